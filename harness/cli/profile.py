"""`drill profile, stacks`: a service looked into while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.look import participant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.errors import DrillError, EnvironmentMissing
from harness.terminal import line, say

ENDINGS = {"flamegraph": ".svg", "speedscope": ".speedscope.json"}
Service = Annotated[str, typer.Argument(help="Such as payments.")]


def profile(
    service: Service,
    seconds: Annotated[int, typer.Option(min=1, max=30, help="For how long.")] = 10,
    speedscope: Annotated[
        bool, typer.Option("--speedscope", help="JSON for speedscope, in place of an SVG.")
    ] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Count threads that wait, too.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file; default: named for the service.")
    ] = None,
) -> None:
    """Record where a service spends its time, as a flame graph.

    Example: drill profile payments --seconds 10 --waiting -o payments.svg
    """
    form = "speedscope" if speedscope else "flamegraph"
    path = out or Path(f"{service}{ENDINGS[form]}")
    body = {"service": service, "form": form, "seconds": seconds, "waiting": waiting}
    content = _taken(body)["content"]
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise EnvironmentMissing(f"{path} cannot be written: {error.strerror}", "-o FILE") from None
    line(str(path))


@paged
def stacks(service: Service) -> None:
    """Show where every thread of a service is at this moment.

    Example: drill stacks payments
    """
    for text in str(_taken({"service": service, "form": "stacks"})["content"]).splitlines():
        line(text, is_code=True)


def _taken(body: dict[str, Any]) -> dict[str, Any]:
    """What came of it; what is done meanwhile is said."""
    for step in participant().stream("/v1/profiles", body):
        if "progress" in step:
            say(step["progress"])
        else:
            result: dict[str, Any] = step["result"]
            return result
    raise DrillError("the drill broke off", "try again")


COMMANDS: Commands = {"Look": (profile, stacks)}
