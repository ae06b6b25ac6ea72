"""The matrix as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0;
         border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
small { opacity: .75; display: block; }
"""


def render_page(matrix: Mapping[str, Any]) -> str:
    """An HTML page for the content of matrix.json."""
    rows = "\n".join(_row(row) for row in matrix["rows"])
    good = sum(not row["shortfalls"] for row in matrix["rows"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>3AM: detectability matrix</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><h1>Detectability matrix</h1>
<p>{good} of {len(matrix["rows"])} scenarios hold. Seed {matrix["seed"]}, {matrix["took_s"]:.0f} s
in all.</p><div class="scroll"><table><thead><tr><th>Scenario</th><th>Alerts, seconds from the
trigger</th><th>Evidence</th><th>Broken at the page</th><th>Rollback</th><th>Code fix</th>
<th>Cheats</th><th>Left behind</th><th>Verdict</th></tr></thead><tbody>
{rows}
</tbody></table></div></body></html>
"""


def _row(row: Mapping[str, Any]) -> str:
    alerts = ", ".join(f"{name} {took:g}" for name, took in row.get("alerts", {}).items())
    cheats = "".join(
        f"<div>{escape(cheat['patch'])}: {_mark(not cheat['passed'], 'rejected', 'ACCEPTED')}"
        f"<small>{escape(', '.join(cheat['failing']))}</small></div>"
        for cheat in row.get("cheats", [])
    )
    cells = [
        escape(row["scenario"]),
        escape(alerts) or "none",
        "-" if row.get("source_found") is None else _mark(row["source_found"], "found", "MISSING"),
        escape(", ".join(row.get("failing_before", []))) or "-",
        _trial(row.get("rollback")),
        _trial(row.get("fix")),
        cheats or "-",
        escape(", ".join(row.get("leftovers", []))) or "nothing",
        _mark(not row["shortfalls"], "holds", "FAILS")
        + "".join(f"<small>{escape(what)}</small>" for what in row["shortfalls"]),
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _trial(trial: Mapping[str, Any] | None) -> str:
    if trial is None:
        return "-"
    failing = escape(", ".join(trial["failing"]) or trial["error"])
    return _mark(trial["passed"], "healed", "NOT healed") + f"<small>{failing}</small>"


def _mark(good: bool, yes: str, no: str) -> str:
    """A word in colour: the word alone says it all."""
    return f'<span class="{"good" if good else "bad"}">{yes if good else no}</span>'
