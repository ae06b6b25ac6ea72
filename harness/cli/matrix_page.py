"""The matrix as one page of HTML that needs nothing else: an overview, then each scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin: 2.5rem 0 .5rem; }
.scroll { overflow-x: auto; margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line);
         white-space: nowrap; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .35rem 1.25rem;
     margin: 0; }
dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
.why { opacity: .75; font-size: .9em; }
code { background: var(--soft); padding: .05rem .3rem; border-radius: .25rem; }
a { color: inherit; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
"""
_HEADINGS = ("Scenario", "Verdict", "Page after", "Evidence", "Rollback", "Code fix", "Cheats")


def render_page(matrix: Mapping[str, Any]) -> str:
    """An HTML page for the content of matrix.json."""
    rows = matrix["rows"]
    good = sum(not row["shortfalls"] for row in rows)
    headings = "".join(f'<th scope="col">{name}</th>' for name in _HEADINGS)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>3AM: detectability matrix</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><h1>Detectability matrix</h1>
<p>{good} of {len(rows)} scenarios hold. Runtime {matrix["runtime"]}, seed {matrix["seed"]},
{matrix["took_s"]:.0f} s in all.</p>
<div class="scroll" tabindex="0"><table><thead><tr>{headings}</tr></thead>
<tbody>{"".join(map(_overview, rows))}</tbody></table></div>
{"".join(map(_section, rows))}
</main></body></html>
"""


def _overview(row: Mapping[str, Any]) -> str:
    cheats = row.get("cheats", [])
    rejected = sum(not cheat["passed"] for cheat in cheats)
    name = escape(row["scenario"])
    page_s = row.get("page_s")
    found = row.get("source_found")
    cells = (
        f'<th scope="row"><a href="#{name}">{name}</a></th>',
        _cell(_mark(not row["shortfalls"], "holds", "FAILS")),
        _cell("no page" if page_s is None else f"{page_s:.1f} s"),
        _cell("-" if found is None else _mark(found, "found", "MISSING")),
        _cell(_healed(row.get("rollback"))),
        _cell(_healed(row.get("fix"))),
        _cell(
            _mark(rejected == len(cheats), f"{rejected} of {len(cheats)} rejected", "ACCEPTED")
            if cheats
            else "-"
        ),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _section(row: Mapping[str, Any]) -> str:
    alerts = (f"{escape(name)} after {took:g} s" for name, took in row.get("alerts", {}).items())
    facts = [
        ("Alerts", "<br>".join(alerts) or "none"),
        ("Broken at the page", _codes(row.get("failing_before", []))),
        *((f"Cheat {escape(one['patch'])}", _cheat(one)) for one in row.get("cheats", [])),
        ("Left behind", escape(", ".join(row.get("leftovers", []))) or "nothing"),
        ("Took", f"{row['took_s']:.0f} s"),
    ]
    if row.get("repeated_since"):
        first = "<br>".join(escape(text) for text in row["repeated_since"])
        facts.insert(0, ("Repeated alone, since beside others", first))
    if row["shortfalls"]:
        what = "<br>".join(escape(text) for text in row["shortfalls"])
        facts.insert(0, ("Falls short", f'<span class="bad">{what}</span>'))
    name = escape(row["scenario"])
    items = "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in facts)
    return f'<section id="{name}"><h2>{name}</h2><dl>{items}</dl></section>\n'


def _cheat(trial: Mapping[str, Any]) -> str:
    reasons = _codes(trial["failing"]) if trial["failing"] else escape(trial["error"])
    verdict = _mark(not trial["passed"], "rejected", "ACCEPTED")
    return f'{verdict} <span class="why">by {reasons}</span>' if reasons else verdict


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"<code>{escape(name)}</code>" for name in names) or "nothing"


def _healed(trial: Mapping[str, Any] | None) -> str:
    return "-" if trial is None else _mark(trial["passed"], "healed", "NOT healed")


def _cell(content: str) -> str:
    return f"<td>{content}</td>"


def _mark(good: bool, yes: str, no: str) -> str:
    """A word in colour: the word alone says it all."""
    return f'<span class="{"good" if good else "bad"}">{yes if good else no}</span>'
