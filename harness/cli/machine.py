"""`drill doctor, bench`: what this machine has and can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.panels import Commands
from harness.errors import BadFile, EnvironmentMissing, UnknownName
from harness.host.runtimes import RUNTIMES
from harness.terminal import AsJson, data, line, say, show_table

if TYPE_CHECKING:
    from harness.runtime.programs.external import Piece

BOTH = "both"


def doctor(
    fetch: Annotated[bool, typer.Option("--fetch", help="Download what is missing.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only what is missing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the external programs: where each is, or how to get it.

    Example: drill doctor --fetch
    """
    from harness.runtime.local.sealing import way_to_seal
    from harness.runtime.programs.external import find_all
    from harness.runtime.programs.pager_choice import choose_pager

    if fetch:
        _fetch(find_all())
    pieces = find_all()
    missing = [piece for piece in pieces if piece.path is None and not piece.optional]
    if as_json:
        data([asdict(piece) for piece in pieces])
    elif not quiet:
        rows = [
            {
                "program": piece.name,
                "version": piece.version,
                "found": piece.source if piece.path else "-",
                "where": piece.path or piece.how_to_get,
            }
            for piece in pieces
        ]
        show_table(rows, ["program", "version", "found", "where"])
        line(f"pager of local drills: {choose_pager()}")
        line(str(way_to_seal()))
    for piece in missing:
        say(f"missing: {piece.name}: {piece.how_to_get}")
    if missing:
        raise typer.Exit(3)


def _fetch(pieces: Sequence[Piece]) -> None:
    """Get what is missing and can be had; of what is optional it is only said where it cannot."""
    from harness.runtime.programs.external import ensure, is_fetched

    for piece in pieces:
        if piece.path is not None or (piece.optional and not is_fetched(piece.name)):
            continue
        try:
            ensure(piece.name, say)
        except EnvironmentMissing as error:
            if not piece.optional:
                raise
            say(f"{piece.name}, which is optional, was not fetched: {error.message}")


def bench(
    runtime: Annotated[
        str,
        typer.Option(envvar="RUNTIME", help="`local`, `compose`, or `both`, one after the other."),
    ] = "local",
    only_processor: Annotated[
        bool, typer.Option("--only-processor", help="Measure processor time alone.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the figures in this file, too.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Compare with the figures kept in this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure start-up, memory, tracing, and processor time by work.

    Example: drill bench --only-processor --against before.json
    """
    from harness.bench.table import compared, saved
    from harness.bench.table import save as keep

    known = [name for name in RUNTIMES if find_spec(_benchmark_of(name))]
    if runtime not in (*known, BOTH):
        raise UnknownName("runtime", runtime, (*known, BOTH))
    if save is not None and not save.parent.is_dir():
        raise BadFile(save, None, "there is no such folder")
    former = saved(against) if against else None
    chosen = known if runtime == BOTH else [runtime]
    figures = [
        row
        for name in chosen
        for row in import_module(_benchmark_of(name)).run_bench(say, only_processor=only_processor)
    ]
    shown = figures if former is None else compared(figures, former)
    if as_json:
        data(shown)
    else:
        compare = [] if former is None else ["before", "ratio"]
        show_table(shown, ["figure", "measured", "error", *compare, "bound", "holds"])
    if save is not None:
        keep(figures, save)


def _benchmark_of(runtime: str) -> str:
    """The module whose `run_bench` measures a runtime, where there is one."""
    return f"harness.bench.{runtime}"


COMMANDS: Commands = {
    "Machine": (
        doctor,
        bench,
    )
}
