"""The matrix in words: lines for the terminal, and a page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

Row = Mapping[str, Any]


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
_FIGURES = ("Figure", "Measured", "95 % interval", "Required", "Verdict")
_REFERENCE = ("Page after", "Evidence", "Rollback", "Code fix", "Cheats")
_RESPONDER = ("Page after", "Service named", "Mechanism named", "Proven", "Innocent touched")


def render_page(matrix: Mapping[str, Any]) -> str:
    """An HTML page for the content of matrix.json."""
    rows, earlier = matrix["rows"], matrix.get("earlier", [])
    good = sum(not row["shortfalls"] for row in rows)
    is_solved = matrix["player"] == "responder"
    columns = ("Scenario", "Seed", "Verdict", *(_RESPONDER if is_solved else _REFERENCE))
    cells_of = _responder_cells if is_solved else _reference_cells
    title = "Played by the responder" if is_solved else "Detectability matrix"
    seeds = ", ".join(map(str, matrix["seeds"]))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>3AM: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><h1>{title}</h1>
<p>{good} of {len(rows)} rows hold. Runtime {escape(matrix["runtime"])}, seeds {seeds},
{matrix["took_s"]:.0f} s in all{_at(matrix["commit"])}.</p>
{_table(_FIGURES, map(_figure, matrix["figures"]))}
{_table(columns, (_overview(row, cells_of(row)) for row in rows))}
{_by_alerts_alone(rows)}{_left_out(matrix["left_out"])}{_not_reached(matrix.get("not_reached", []))}
{_earlier(columns, [_overview(row, cells_of(row)) for row in earlier])}
{"".join(map(_section, [*rows, *earlier]))}
</main></body></html>
"""


def _at(commit: str | None) -> str:
    return f", at <code>{escape(commit[:9])}</code>" if commit else ", with changes not committed"


def _table(headings: Iterable[str], lines: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in headings)
    return f"""<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>
<tbody>{"".join(lines)}</tbody></table></div>"""


def _figure(one: Mapping[str, Any]) -> str:
    cells = (
        f'<th scope="row">{escape(one["figure"])}</th>',
        _cell(f"{one['good']} of {one['of']}"),
        _cell(f"{one['low']:.0%} to {one['high']:.0%}"),
        _cell(f"{one['at_least']:.0%}"),
        _cell(_mark(one["holds"], "holds", "BELOW REQUIRED")),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _by_alerts_alone(rows: Iterable[Mapping[str, Any]]) -> str:
    """Cheats that no measured objective noticed: where one is missing, or nearly noticed."""
    items = "".join(
        f"<dt>{escape(row['scenario'])}, {escape(one['patch'])}</dt>"
        f"<dd>nearest: {escape(one['nearest'])}</dd>"
        for row in rows
        for one in row.get("cheats", [])
        if one.get("nearest")
    )
    return f"<h2>Cheats rejected by alerts alone</h2><dl>{items}</dl>" if items else ""


def _left_out(rows: Iterable[Mapping[str, Any]]) -> str:
    items = "".join(
        f"<dt>{escape(one['scenario'])}, seed {one['seed']}</dt><dd>{escape(one['why'])}</dd>"
        for one in rows
    )
    return f"<h2>Skipped for lack of time</h2><dl>{items}</dl>" if items else ""


def _not_reached(rows: Iterable[Mapping[str, Any]]) -> str:
    names = ", ".join(f"{escape(one['scenario'])} at seed {one['seed']}" for one in rows)
    return f"<h2>Not run yet</h2><p>{names}</p>" if names else ""


def _earlier(columns: Iterable[str], lines: list[str]) -> str:
    return f"<h2>Earlier results at the same commit</h2>{_table(columns, lines)}" if lines else ""


def _overview(row: Mapping[str, Any], details: Iterable[str]) -> str:
    page_s = row.get("page_s")
    cells = (
        f'<th scope="row"><a href="#{_anchor(row)}">{escape(row["scenario"])}</a></th>',
        _cell(f"{row['seed']}, latent" if row.get("is_latent") else str(row["seed"])),
        _cell(_mark(not row["shortfalls"], "holds", "FAILS")),
        _cell("no page" if page_s is None else f"{page_s:.1f} s"),
        *map(_cell, details),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _reference_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    cheats = row.get("cheats", [])
    rejected = sum(not cheat["passed"] for cheat in cheats)
    found = row.get("source_found")
    return (
        "-" if found is None else _mark(found, "found", "MISSING"),
        _healed(row.get("rollback")),
        _healed(row.get("fix")),
        _mark(rejected == len(cheats), f"{rejected} of {len(cheats)} rejected", "ACCEPTED")
        if cheats
        else "-",
    )


def _responder_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    def named(key: str) -> str:
        answers = row.get(key)
        return _mark(all(answers), count(answers), count(answers)) if answers else "-"

    innocent = row.get("innocent", [])
    return (
        named("services_named"),
        named("mechanisms_named"),
        _mark(bool(row.get("proven")), "yes", "NO"),
        _mark(not innocent, "none", escape(", ".join(innocent))),
    )


def _anchor(row: Mapping[str, Any]) -> str:
    return f"{escape(row['scenario'])}-{row['seed']}"


def _section(row: Mapping[str, Any]) -> str:
    alerts = (f"{escape(name)} after {took:g} s" for name, took in row.get("alerts", {}).items())
    facts = [
        ("Alerts", "<br>".join(alerts) or "none"),
        *_broken(row),
        *_guesses(row),
        *((f"Cheat {escape(one['patch'])}", _cheat(one)) for one in row.get("cheats", [])),
        ("Left behind", escape(", ".join(row.get("leftovers", []))) or "nothing"),
        ("Duration", f"{row['took_s']:.0f} s"),
    ]
    if row.get("repeated_since"):
        first = "<br>".join(escape(text) for text in row["repeated_since"])
        facts.insert(0, ("Retried alone, after failing in parallel", first))
    if row["shortfalls"]:
        what = "<br>".join(escape(text) for text in row["shortfalls"])
        facts.insert(0, ("Shortfalls", f'<span class="bad">{what}</span>'))
    title = f"{escape(row['scenario'])}, seed {row['seed']}"
    items = "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in facts)
    return f'<section id="{_anchor(row)}"><h2>{title}</h2><dl>{items}</dl></section>\n'


def _broken(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if "failing_before" in row:
        yield "Failing when paged", _codes(row["failing_before"])


def _guesses(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if said := row.get("guesses"):
        right = [escape(policy) for policy, is_right in said.items() if is_right]
        yield "Found by a mere guess", ", ".join(right) or "by none"


def _cheat(trial: Mapping[str, Any]) -> str:
    reasons = _codes(trial["failing"]) if trial["failing"] else escape(trial["error"])
    verdict = _mark(not trial["passed"], "rejected", "ACCEPTED")
    alone = f" alone; nearest: {escape(trial['nearest'])}" if trial.get("nearest") else ""
    return f'{verdict} <span class="why">by {reasons}{alone}</span>' if reasons else verdict


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"<code>{escape(name)}</code>" for name in names) or "nothing"


def _healed(trial: Mapping[str, Any] | None) -> str:
    return "-" if trial is None else _mark(trial["passed"], "healed", "NOT healed")


def _cell(content: str) -> str:
    return f"<td>{content}</td>"


def _mark(good: bool, yes: str, no: str) -> str:
    """A word in colour: the word alone says it all."""
    return f'<span class="{"good" if good else "bad"}">{yes if good else no}</span>'


def short(row: Row, player: str) -> dict[str, Any]:
    """A row as the cells of a line."""
    details = _of_the_responder(row) if player == "responder" else _of_the_reference(row)
    return {
        "scenario": row["scenario"],
        "seed": row["seed"],
        "page": None if row.get("page_s") is None else f"{row['page_s']:.1f} s",
        "pages": row.get("pages"),
        **details,
        "left": len(row.get("leftovers", [])),
        "took": f"{row['took_s']:.0f} s",
        "verdict": _verdict(row),
    }


def figure_cells(figure: Mapping[str, Any]) -> dict[str, str]:
    """A figure as the cells of a line."""
    return {
        "figure": figure["figure"],
        "measured": f"{figure['good']} of {figure['of']}",
        "95 %": f"{figure['low']:.0%} to {figure['high']:.0%}",
        "required": f"{figure['at_least']:.0%}",
        "holds": "yes" if figure["holds"] else "NO",
    }


def count(answers: Sequence[bool] | None) -> str:
    """`yes` or `no` of one thing, `1 of 2` of several, `-` of none."""
    if not answers:
        return "-"
    if len(answers) == 1:
        return "yes" if answers[0] else "NO"
    return f"{sum(answers)} of {len(answers)}"


def _of_the_responder(row: Row) -> dict[str, Any]:
    innocent = row.get("innocent", [])
    return {
        "service": count(row.get("services_named")),
        "mechanism": count(row.get("mechanisms_named")),
        "proven": row.get("proven"),
        "innocent touched": ", ".join(innocent) or "none",
    }


def _of_the_reference(row: Row) -> dict[str, Any]:
    cheats = row.get("cheats", [])
    rejected = sum(not cheat["passed"] for cheat in cheats)
    return {
        "source": row.get("source_found"),
        "failing at page": len(row.get("failing_before", [])),
        "rollback": _word(row.get("rollback")),
        "fix": _word(row.get("fix")),
        "cheats rejected": f"{rejected}/{len(cheats)}" if cheats else "-",
    }


def _verdict(row: Row) -> str:
    if row["shortfalls"]:
        return "FAILS"
    return "ok, retried alone" if row.get("repeated_since") else "ok"


def _word(trial: Mapping[str, Any] | None) -> str:
    if trial is None:
        return "-"
    return "healed" if trial["passed"] else "NOT healed"
