"""`drill smoke`: the detectability matrix."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.host import Runtime


def smoke(
    scenario: Annotated[str, typer.Argument(help="One scenario, or `all`.")] = "all",
    runtime: Runtime = "local",
    seed: Annotated[int, typer.Option()] = 1,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=8, help="Stacks side by side; 2, and 1 on compose."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the matrix goes; default: below var/smoke.")
    ] = None,
) -> None:
    """The detectability matrix: every scenario, its fixes and cheats.

    On compose it is held against the matrix of the local runtime, where there is one.

    Example: drill smoke all --seed 2
    """
    from harness.cli.smoking import output_of
    from harness.cli.smoking import smoke as run_smoke

    folder = output or output_of(runtime)
    if not asyncio.run(run_smoke(scenario, runtime=runtime, seed=seed, jobs=jobs, output=folder)):
        raise typer.Exit(1)


COMMANDS = (smoke,)
