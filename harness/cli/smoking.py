"""`drill smoke`: the detectability matrix, each scenario on a stack of its own.

Stacks run side by side as separate processes with their own home, ports and databases. What fell
short beside others runs once more by itself, since neighbours blur latencies: only alone does it
count against a scenario. The matrix says which rows were repeated, and why.
Containers run one stack at a time, and their matrix is held against the local one, cell by cell.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.bootstrap import left_of
from harness.catalog import Catalog
from harness.cli.agreement import disagreements
from harness.cli.matrix_page import render_page
from harness.cli.out import line, say, table
from harness.errors import UnknownName, UsageError
from harness.model import RUNTIMES
from harness.paths import REPO
from harness.ports import StackPorts
from harness.runtime.procfs import port_holder, port_is_free

FIRST_OFFSET = 20_000
OFFSET_STEP = 1_000
STACK_TIMEOUT_S = {"local": 420.0, "compose": 1200.0}
"""Of one row; images of releases, and on a new machine all images, are built meanwhile."""
SMOKE = REPO / "var" / "smoke"
MATRIX = "matrix.json"
ALL = "all"


def output_of(runtime: str) -> Path:
    """Where the matrix of a runtime goes unless one says otherwise."""
    return SMOKE if runtime == "local" else SMOKE / runtime


def jobs_of(runtime: str, asked: int | None) -> int:
    """How many stacks run side by side. Raises UsageError."""
    if runtime == "local":
        return asked or 2
    if asked not in (None, 1):
        raise UsageError(f"{runtime} runs one stack at a time", "leave --jobs out")
    return 1


def rows_of(catalog: Catalog, name: str) -> list[str]:
    """The scenarios that `name` stands for: one, those of a family, or all. Raises UnknownName."""
    known = catalog.scenario_ids()
    if name == ALL:
        return known
    if name in catalog.family_ids():
        return list(catalog.family(name).one_of)
    if name not in known:
        raise UnknownName("scenario", name, [ALL, *catalog.drill_names()])
    return [name]


async def smoke(scenario: str, *, runtime: str, seed: int, jobs: int | None, output: Path) -> bool:
    """Run the matrix (or one row); write matrix.json and matrix.html; True where all holds."""
    chosen = rows_of(Catalog(REPO), scenario)
    if runtime not in RUNTIMES:
        raise UnknownName("runtime", runtime, RUNTIMES)
    side_by_side = jobs_of(runtime, jobs)
    output = output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    rows = await _run_all(chosen, seed, side_by_side, output, runtime)
    took_s = time.monotonic() - began
    for text in table([_short(row) for row in rows], list(_short(rows[0]))):
        line(text)
    matrix = {"runtime": runtime, "seed": seed, "took_s": round(took_s, 1), "rows": rows}
    (output / MATRIX).write_text(json.dumps(matrix, indent=2))
    (output / "matrix.html").write_text(render_page(matrix))
    for row in rows:
        for what in row["shortfalls"]:
            say(f"{row['scenario']}: {what}")
    agrees = runtime == "local" or _agrees_with_local(matrix)
    good = agrees and all(not row["shortfalls"] for row in rows)
    verdict = "all hold" if good else "NOT all hold"
    say(f"{len(rows)} scenarios in {took_s:.0f} s: {verdict}; {output / 'matrix.html'}")
    return good


def _agrees_with_local(matrix: dict[str, Any]) -> bool:
    """Say where the local matrix says otherwise; without one there is nothing to say it of."""
    try:
        other = json.loads((output_of("local") / MATRIX).read_text())
    except (OSError, ValueError):
        say("not compared with the local runtime: `drill smoke` has not been run here")
        return True
    found = disagreements(matrix, other)
    for text in found:
        say(f"differs: {text}")
    if not found:
        say(f"every cell of {len(matrix['rows'])} rows is as on the local runtime")
    return not found


async def _run_all(
    chosen: Sequence[str], seed: int, jobs: int, output: Path, runtime: str
) -> list[dict[str, Any]]:
    """All rows in the order of `chosen`, at most `jobs` stacks at a time."""
    slots = asyncio.Queue[int]()
    for slot in range(jobs):
        slots.put_nowait(slot)

    async def one(name: str) -> dict[str, Any]:
        slot = await slots.get()
        try:
            return await _run_stack(name, seed, slot, output, runtime)
        finally:
            slots.put_nowait(slot)

    # The long ones first, so that no lane ends with one of them on its own.
    order = sorted(chosen, key=lambda name: len(Catalog(REPO).scenario(name).faults), reverse=True)
    rows = dict(zip(order, await asyncio.gather(*map(one, order)), strict=True))
    for name in chosen:
        if rows[name]["shortfalls"] and len(chosen) > 1 and jobs > 1:
            say(f"[{name}] fell short beside others; once more, alone")
            first_try = rows[name]["shortfalls"]
            rows[name] = await one(name) | {"repeated_since": first_try}
    return [rows[name] for name in chosen]


async def _run_stack(name: str, seed: int, slot: int, output: Path, runtime: str) -> dict[str, Any]:
    """One scenario in a process of its own; what it left behind counts against it."""
    home, answer = output / name, output / f"{name}.json"
    shutil.rmtree(home, ignore_errors=True)
    answer.unlink(missing_ok=True)
    offset = FIRST_OFFSET + slot * OFFSET_STEP
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "harness.cli.trying",
        *("--scenario", name, "--seed", str(seed), "--port-offset", str(offset)),
        *("--home", str(home), "--answer", str(answer), "--runtime", runtime),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(STACK_TIMEOUT_S[runtime]):
            last = await _follow(name, process)
            await process.wait()
    except TimeoutError:
        last = f"took longer than {STACK_TIMEOUT_S[runtime]:g} s"
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    row = _read(name, answer, last)
    row["took_s"] = round(time.monotonic() - began, 1)
    row["leftovers"] = _ports_left(offset) + await left_of(home)
    row["shortfalls"] += [f"left behind: {what}" for what in row["leftovers"]]
    return row


async def _follow(name: str, process: asyncio.subprocess.Process) -> str:
    """Pass on what the stack says, marked with its scenario; return its last line."""
    assert process.stderr is not None  # noqa: S101  asked for as a pipe
    last = ""
    async for raw in process.stderr:
        last = raw.decode(errors="replace").rstrip()
        say(f"[{name}] {last}")
    return last


def _read(name: str, answer: Path, last: str) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(answer.read_text())
    except (OSError, ValueError):
        row = {"scenario": name, "shortfalls": [f"the stack gave no answer: {last}"]}
    return row


def _ports_left(offset: int) -> list[str]:
    """Ports of the stack that somebody still listens on."""
    stack = StackPorts.of(Catalog(REPO).topology(), offset)
    return [f"port {port} ({port_holder(port)})" for port in stack.all if not port_is_free(port)]


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the matrix for the terminal."""
    cheats = row.get("cheats", [])
    rejected = sum(not cheat["passed"] for cheat in cheats)
    return {
        "scenario": row["scenario"],
        "page": None if row.get("page_s") is None else f"{row['page_s']:.1f} s",
        "pages": row.get("pages"),
        "source": row.get("source_found"),
        "broken at page": len(row.get("failing_before", [])),
        "rollback": _word(row.get("rollback")),
        "fix": _word(row.get("fix")),
        "cheats rejected": f"{rejected}/{len(cheats)}" if cheats else "-",
        "left": len(row.get("leftovers", [])),
        "took": f"{row['took_s']:.0f} s",
        "verdict": _verdict(row),
    }


def _verdict(row: dict[str, Any]) -> str:
    if row["shortfalls"]:
        return "FAILS"
    return "ok, repeated alone" if row.get("repeated_since") else "ok"


def _word(trial: dict[str, Any] | None) -> str:
    if trial is None:
        return "-"
    return "healed" if trial["passed"] else "NOT healed"
