"""`drill score, postmortem, history`: what came of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli.api_client import active_drill, client_of, profile_meant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.currency import euros
from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, UnknownName
from harness.model import Role
from harness.paths import PRIVATE_UMASK, created_with, home_dir
from harness.terminal import AsJson, data, line, number, say, show_table

if TYPE_CHECKING:
    from harness.drill.queries.past_drills import PastDrill
    from harness.scoring.times import Duration

DrillId = Annotated[str | None, typer.Argument(help="Default: the running drill, else the last.")]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
BEFORE_AND_AFTER = (
    "ledger_exact_ratio",
    "basket_success_ratio",
    "longest_wait_ms",
    "statements_per_history",
    "history_p95_ms",
)
"""Measures shown at the page and at the last verification: the ledger's accuracy, a deadlock's
resolution, an N+1."""


@paged
def score(drill_id: DrillId = None, as_json: AsJson = False) -> None:
    """Show the scorecard, and the rubric with deciding events.

    Example: drill score
    """
    running = _running(drill_id)
    if running is not None:
        answer = running.get("/v1/score")
        _show(answer, answer["lines"], as_json)
        return
    from harness.drill.lifecycle.seal import opened_key
    from harness.drill.queries.live_score import as_data
    from harness.drill.queries.past_drills import read_events
    from harness.record.story import fold
    from harness.scoring.score import score as judge

    found = {p.parent.name: p for p in (home_dir() / "runs").glob("*/scorecard.json")}
    if not found:
        raise EnvironmentMissing("no finished drills on record", "finish one first: drill finish")
    chosen = drill_id or max(found, key=lambda name: found[name].stat().st_mtime)
    if chosen not in found:
        raise UnknownName("finished drill", chosen, found)
    card = json.loads(found[chosen].read_text(encoding="utf-8"))
    story = fold(read_events(found[chosen].with_name("record.db")))
    rubric = as_data(judge(story, opened_key(story)))
    _show({**card, "rubric": rubric}, [*card["lines"], "", *rubric["lines"]], as_json)


def postmortem(drill_id: DrillId = None) -> None:
    """Draft the postmortem from the record.

    `postmortem.md` is yours once you have edited it; the newest draft is `postmortem-draft.md`.

    Example: drill postmortem
    """
    running = _running(drill_id)
    if running is not None:
        files = running.post("/v1/postmortem")["files"]
    else:
        from harness.drill.lifecycle.seal import opened_key
        from harness.drill.outputs.exports import write_postmortem
        from harness.drill.queries.past_drills import read_events
        from harness.record.story import fold

        run_dir = run_dir_of(drill_id)
        events = read_events(run_dir / "record.db")
        with created_with(PRIVATE_UMASK):
            files = write_postmortem(run_dir, events, opened_key(fold(events)))
    for path in files:
        line(str(path))


@paged
def history(
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    exclude: Annotated[
        str | None, typer.Option(help="A drill to leave out of the averages.")
    ] = None,
    because: Annotated[str, typer.Option(help="Why it is excluded.")] = "",
) -> None:
    """Show all drills of this home: times, costs and averages.

    Example: drill history --exclude d-7f3a91c2 --because 'the network failed'
    """
    from harness.drill.queries.past_drills import averages, past_drills
    from harness.record.events import FiguresExcluded
    from harness.record.store import Record
    from harness.scoring.times import TIMES

    if exclude is not None:
        with Record(run_dir_of(exclude) / "record.db") as record:
            event = FiguresExcluded(because or "no reason given", Role.PARTICIPANT.value)
            record.append(event, actor=Role.PARTICIPANT.value)
        say(f"{exclude} is excluded from the averages")
    found = past_drills(home_dir() / "runs", lambda why: say(f"left out: {why}"))
    if as_json:
        drills = [one.to_json() for one in found]
        data({"drills": drills, "averages": averages(found)})
        return
    if as_csv:
        _print_csv([{**_row(one), **_more(one)} for one in found])
        return
    rows = [_row(one) for one in found]
    if not rows:
        say("no drills on record")
        return
    show_table(rows, list(rows[0]))
    line()
    for one in TIMES.values():
        line(f"{one.label} until {one.until}")
    for words in _averages_in_words(averages(found)):
        line(words)


def _row(one: PastDrill) -> dict[str, Any]:
    """One drill; times in seconds of the wall's clock."""
    from harness.scoring.times import TIMES

    kpis = one.kpis
    return {
        "drill": one.drill_id,
        "began": f"{one.began_at:%Y-%m-%d %H:%M}",
        "scenario": one.scenario,
        "agenda": one.agenda,
        "outcome": one.outcome if one.excluded_because is None else f"{one.outcome} (excluded)",
        **{f"{word}_s": _seconds(kpis.times.of(word)) for word in TIMES},
        "users": kpis.users_affected,
        "revenue": kpis.revenue_lost,
        "first_update_s": _seconds(one.first_update),
        "points": f"{one.points} of {one.points_max}" + (f" + {one.bonus}" if one.bonus else ""),
        "recurrence": one.is_recurrence,
        "guardrails": one.guardrails,
    }


def _more(one: PastDrill) -> dict[str, Any]:
    """What a terminal has no room for: the agenda's clock, communication, before and after."""
    from harness.scoring.times import TIMES

    times = one.kpis.times
    columns: dict[str, Any] = {
        **{f"{word}_agenda_s": _agenda_seconds(times.of(word)) for word in TIMES},
        "harm_since": one.kpis.harm_since,
        "updates": one.kpis.updates,
        "updates_in_time": one.updates_in_time,
        "brier": one.brier,
        "restarts": one.kpis.wrong.restarts,
        "innocent_rollbacks": one.kpis.wrong.innocent_rollbacks,
    }
    for measure in BEFORE_AND_AFTER:
        values = one.measures.get(measure, {})
        columns[f"{measure}_at_page"] = values.get("at_page")
        columns[f"{measure}_after"] = values.get("now")
    return {**columns, "excluded_because": one.excluded_because}


def _averages_in_words(found: Mapping[str, float | None]) -> Iterator[str]:
    """One line for each average that there is."""
    if not found["drills"]:
        yield "no averages yet: they are over the drills that are finished and not excluded"
        return
    yield f"averages over {found['drills']:.0f} drills"
    for name, value in found.items():
        if value is not None and name != "drills":
            yield f"{_average_name(name)}: {_average(name, value)}"


def _average_name(name: str) -> str:
    words = name.removesuffix("_ms").replace("_", " ")
    return words.upper() if words.startswith("mt") else words


def _average(name: str, value: float) -> str:
    if name.endswith("_ms"):
        return f"{value / 1000:.1f} s"
    if name == "mean_revenue_lost":
        return euros(value)
    return f"{value:.0%}" if name.endswith("_rate") else number(value)


def _print_csv(rows: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    for one in text.getvalue().split("\r\n")[:-1]:
        line(one, is_code=True)


def _cell(value: Any) -> Any:
    """A text in one line; one that a spreadsheet would run is shown as text."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.splitlines())
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


def _seconds(duration: Duration | None) -> float | None:
    return None if duration is None else duration.wall_ms / 1000


def _agenda_seconds(duration: Duration | None) -> float | None:
    return None if duration is None else duration.agenda_ms / 1000


def _show(answer: Any, lines: list[str], as_json: bool) -> None:
    if as_json:
        data(answer)
        return
    for text in lines:
        line(text)


def _running(drill_id: str | None) -> DrillClient | None:
    """The drill that runs, where that is the one that is meant."""
    if drill_id is None and (elsewhere := profile_meant()) is not None:
        return elsewhere.drill()
    try:
        drill = active_drill()
    except EnvironmentMissing:
        return None
    meant = drill_id in (None, drill.drill_id)
    return client_of(drill, Role.PARTICIPANT) if meant else None


def run_dir_of(drill_id: str | None) -> Path:
    """The folder of a drill of this home; of the last one, where none is named. Raises
    EnvironmentMissing without any, UnknownName.
    """
    found = {path.parent.name: path for path in (home_dir() / "runs").glob("*/record.db")}
    if not found:
        raise EnvironmentMissing("no drills on record", "run one first: drill run")
    chosen = drill_id or max(found, key=lambda name: found[name].stat().st_mtime)
    if chosen not in found:
        raise UnknownName("drill", chosen, found)
    return found[chosen].parent


COMMANDS: Commands = {
    "Afterwards": (
        score,
        postmortem,
        history,
    )
}
