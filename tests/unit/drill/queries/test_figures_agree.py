"""Every figure of a drill, wherever it is shown, is what the record's lines come to by hand.

The records are of live exercises (`tests/unit/scoring/golden`), whose agenda ran 20 to 60 times as
fast as the wall's clock and stood meanwhile. By hand means: from their JSON lines, by nothing of
ours.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.catalog.reader import Catalog
from harness.cli import look
from harness.cli.main import app
from harness.currency import euros
from harness.drill.lifecycle import finish
from harness.drill.lifecycle.seal import opened_key
from harness.drill.outputs.exports import write_postmortem
from harness.drill.queries import live_score, team_entries
from harness.drill.queries.status import status
from harness.drill.queries.trend import trend
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.paths import REPO
from harness.record.store import Record
from harness.scoring.times import TIMES, Duration, duration_text
from tests.unit.drill.conftest import CalmPrometheus

GOLDEN = Path(__file__).parents[2] / "scoring" / "golden"
RECORDS = sorted(GOLDEN.glob("*.jsonl"))
ID = "d-golden"
Line = Mapping[str, Any]
Figures = dict[str, object]


class ByHand:
    """Reads the lines of a record, one by one."""

    def __init__(self, path: Path) -> None:
        self.lines: list[Line] = [json.loads(one) for one in path.read_text().splitlines()]
        self.page = self.first("page.sent")

    def of(self, type_: str) -> list[Line]:
        return [one for one in self.lines if one["type"] == type_]

    def first(self, type_: str) -> Line:
        return self.of(type_)[0]

    def between(self, begin: Line, end: Line) -> Duration:
        """On the wall's clock, and on the agenda's: from change of pace to change of pace."""
        now_ms, until_ms, passed, pace = begin["drilltimems"], end["drilltimems"], 0.0, 1.0
        for one in self.lines:
            at_ms = one["drilltimems"]
            if one["type"] in ("clock.started", "clock.paused", "clock.resumed"):
                step = max(0, min(at_ms, until_ms) - now_ms)
                passed, now_ms = passed + pace * step, max(now_ms, min(at_ms, until_ms))
                speed = self.first("clock.started")["data"]["speed"]
                pace = 0.0 if one["type"] == "clock.paused" else speed
        passed += pace * (until_ms - now_ms)
        return Duration(until_ms - begin["drilltimems"], round(passed))

    def identified(self) -> Line:
        answer = json.loads(self.first("answer.unsealed")["data"]["answer"])["faults"][0]
        for one in self.of("diagnosis.declared"):
            said = one["data"]
            if said["confidence_percent"] >= 50 and (said["service"], said["mechanism"]) == (
                answer["service"],
                answer["mechanism"],
            ):
                return one
        raise AssertionError("nobody named it")

    def silent(self) -> Line:
        firing: set[str] = set()
        last: Line | None = None
        for one in self.lines:
            if one["type"] == "alert.fired":
                firing.add(one["data"]["fingerprint"])
            elif one["type"] == "alert.resolved":
                firing.discard(one["data"]["fingerprint"])
                last = one
        assert last is not None
        assert not firing
        return last

    def proven(self) -> Line:
        proof: Line | None = None
        for one in self.of("verify.finished"):
            proof = (proof or one) if one["data"]["passed"] else None
        assert proof is not None
        return proof

    def updates(self) -> list[Line]:
        return [one for one in self.of("update.posted") if int(one["id"]) > int(self.page["id"])]

    def damage(self, until: int) -> tuple[int, float]:
        newest = [one for one in self.of("impact.sampled") if int(one["id"]) < until][-1]["data"]
        return newest["users_affected"], newest["revenue_lost"]

    def figures(self) -> Figures:
        users, revenue = self.damage(10**9)
        people = [
            one["data"] for one in self.of("deploy.succeeded") if one["data"]["by"] != "runtime"
        ]
        return {
            "ttd": self.between(self.first("drill.triggered"), self.page),
            "tta": self.between(self.page, self.first("page.acknowledged")),
            "tti": self.between(self.page, self.identified()),
            "ttm": self.between(self.page, self.silent()),
            "ttr": self.between(self.page, self.proven()),
            "first update": self.between(self.page, self.updates()[0]),
            "updates": len(self.updates()),
            "users": users,
            "revenue": revenue,
            "restarts": sum(one["kind"] == "restart" for one in people),
            "failed deploys": len(self.of("deploy.failed")),
        }


class Prometheus(CalmPrometheus):
    async def query(self, _expression: str) -> tuple[()]:
        return ()


@pytest.fixture
def played(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path], Session]]:
    """The session of a recorded drill, with its record in a home of its own."""
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    run_dir = tmp_path / "home" / "runs" / ID
    run_dir.mkdir(parents=True)
    records: list[Record] = []

    def play(path: Path) -> Session:
        record = Record.import_jsonl(path, run_dir / "record.db")
        records.append(record)
        fault = Catalog(REPO).fault("bad-timeouts")
        prometheus: Any = Prometheus()
        session.spec = replace(
            session.spec,
            drill_id=ID,
            run_dir=run_dir,
            faults=(fault,),
            agenda=load_agenda(path.stem),
        )
        session.services.record, session.services.prometheus = record, prometheus
        card = finish.scorecard(session, aborted=False)
        content = {**card.to_json(), "lines": card.render_lines()}
        (run_dir / "scorecard.json").write_text(json.dumps(content))
        return session

    yield play
    for record in records:
        record.close()


def as_text(hand: Figures) -> Figures:
    """The figures as people read them."""
    users, revenue = hand["users"], hand["revenue"]
    assert isinstance(revenue, float)
    return {
        name: duration_text(value) if isinstance(value, Duration) else str(value)
        for name, value in hand.items()
    } | {"users": f"{users:,}", "revenue": euros(revenue)}


def durations(data: Mapping[str, Any]) -> Figures:
    return {word: Duration(**data[word]) for word in TIMES}


async def shown(session: Session) -> dict[str, tuple[bool, Figures]]:
    """Place → whether it shows text, and the figures that stand there."""
    answer = await status(session, "participant")
    score = live_score.score_so_far(session, "participant")
    (past,) = (await trend(session.spec, "participant"))["drills"]
    (listed,) = json.loads(_printed("history", "--json"))["drills"]
    events = session.services.record.events()
    key = opened_key(session.story())
    write_postmortem(session.spec.run_dir, events, key)
    paper = json.loads((session.spec.run_dir / "postmortem.json").read_text())
    text = (session.spec.run_dir / "postmortem.md").read_text()
    card = json.loads(_printed("score", ID, "--json"))
    (row,) = csv.DictReader(io.StringIO(_printed("history", "--csv")))
    impact, first = answer["impact"], _took(past["first_update"])
    return {
        "status": (False, {"users": impact["users_affected"], "revenue": impact["revenue_lost"]}),
        "status, printed": (True, _of_status(look.status_lines(answer))),
        "console, score": (False, _of_score(score)),
        "console, history": (False, {**_of_kpis(past["kpis"]), "first update": first}),
        "scorecard": (False, _of_kpis(card["kpis"])),
        "scorecard, printed": (True, _of_card(_printed("score", ID))),
        "rubric": (False, _of_score(card["rubric"])),
        "rubric, printed": (True, _of_rubric(score["lines"])),
        "history, csv": (False, _of_row(row)),
        "history, json": (False, _of_kpis(listed["kpis"])),
        "postmortem, json": (False, _of_paper(paper["impact"])),
        "postmortem": (True, _of_text(text)),
    }  # fmt: skip


def _printed(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def _took(data: Mapping[str, int]) -> Duration:
    return Duration(**data)


def _of_kpis(kpis: Mapping[str, Any]) -> Figures:
    return durations(kpis["times"]) | {
        "users": kpis["users_affected"], "revenue": kpis["revenue_lost"],
        "updates": kpis["updates"], "restarts": kpis["wrong"]["restarts"],
        "failed deploys": kpis["wrong"]["failed_deploys"],
    }  # fmt: skip


def _of_score(score: Mapping[str, Any]) -> Figures:
    told = score["cadence"]
    return {
        "tti": _took(json.loads(json.dumps(score["cause_time"]))["took"]),
        "updates": told["updates"],
        "first update": _took(told["first"]),
    }


BASELINE = "now, since the baseline "


def _of_status(lines: list[str]) -> Figures:
    (line,) = [one for one in lines if one.startswith("impact: ")]
    _, users, revenue = line.replace(" users affected, ", "|").replace(BASELINE, "|").split("|")
    return {"users": users, "revenue": revenue.removesuffix(" revenue lost")}


def _labelled(text: str, separator: str) -> dict[str, str]:
    pairs = (one.strip().removeprefix("- ").split(separator, 1) for one in text.splitlines())
    return {one[0]: one[1].strip() for one in pairs if len(one) == 2}


LABELS = {one.label: word for word, one in TIMES.items()} | {
    "users affected, from the fault": "users", "revenue lost, from the fault": "revenue",
    "updates": "updates",
    "restarts": "restarts", "failed deploys": "failed deploys",
    "Users affected, from the fault": "users", "Revenue lost, from the fault": "revenue",
    "first, from the page": "first update",
}  # fmt: skip


def _named(found: Mapping[str, str]) -> Figures:
    return {LABELS[label]: value for label, value in found.items() if label in LABELS}


def _of_card(text: str) -> Figures:
    return _named(_labelled(text, "  "))


def _of_rubric(lines: list[str]) -> Figures:
    found = _named(_labelled("\n".join(lines), ": "))
    first = str(found["first update"]).split(", in time")[0]
    return {**found, "first update": first}


def _of_row(row: Mapping[str, str]) -> Figures:
    def took(word: str) -> Duration:
        wall, agenda = float(row[f"{word}_s"]), float(row[f"{word}_agenda_s"])
        return Duration(round(wall * 1000), round(agenda * 1000))

    return {word: took(word) for word in TIMES} | {
        "users": int(row["users"]), "revenue": float(row["revenue"]),
        "updates": int(row["updates"]), "restarts": int(row["restarts"]),
    }  # fmt: skip


def _of_paper(impact: Mapping[str, Any]) -> Figures:
    damage = {"users": impact["users_affected"], "revenue": impact["revenue_lost"]}
    return durations(impact["times"]) | damage


def _of_text(text: str) -> Figures:
    found = _named(_labelled(text, ": "))
    return {**found, "users": str(found["users"]).split(" (")[0]}


async def differing(session: Session, hand: ByHand) -> dict[str, set[str]]:
    """Place → the figures that are not those of the record."""
    figures = hand.figures()
    found = {}
    for place, (is_text, there) in (await shown(session)).items():
        assert there, place
        wanted = as_text(figures) if is_text else figures
        found[place] = {name for name, value in there.items() if value != wanted[name]}
    return {place: names for place, names in found.items() if names}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
async def test_every_figure_is_what_the_record_comes_to(
    path: Path, played: Callable[[Path], Session]
) -> None:
    session, hand = played(path), ByHand(path)
    assert await differing(session, hand) == {}
    there = await shown(session)
    for figure in hand.figures():  # each is shown, and in several places
        assert sum(figure in figures for _, figures in there.values()) > 3, figure
    for place in ("scorecard, printed", "postmortem", "history, csv"):
        assert set(TIMES) | {"users", "revenue"} <= set(there[place][1])


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
async def test_the_timeline_and_what_executives_were_told_are_those_of_the_record(
    path: Path, played: Callable[[Path], Session]
) -> None:
    session, hand = played(path), ByHand(path)
    for line, told in zip(
        hand.updates(), team_entries.updates(session.story(), "executive"), strict=True
    ):
        users, revenue = hand.damage(int(line["id"]))
        assert f"{users:,} users affected, {euros(revenue)} revenue lost" in told["text"]
    write_postmortem(session.spec.run_dir, session.services.record.events(), None)
    by_seq = {int(one["id"]): one for one in hand.lines}
    rows = json.loads((session.spec.run_dir / "postmortem.json").read_text())["timeline"]
    assert len(rows) > 20
    for row in rows:
        line = by_seq[row["seq"]]
        early = line["drilltimems"] < hand.page["drilltimems"]
        took = hand.between(line, hand.page) if early else hand.between(hand.page, line)
        sign = -1 if early else 1
        assert row["since_page_s"] == sign * took.wall_ms / 1000
        assert row["since_page_agenda_s"] == sign * took.agenda_ms / 1000


@pytest.mark.parametrize(
    ("where", "wrong", "place", "figure"),
    [
        ("harness.scoring.cadence.updates_of", lambda _: 1, "rubric", "updates"),
        ("harness.scoring.kpi.updates_of", lambda _: 7, "scorecard, printed", "updates"),
        ("harness.scoring.times.silent_from", lambda all_: all_[-1], "history, csv", "ttm"),
        ("harness.scoring.times.proof_of_recovery", lambda all_: all_[0], "postmortem", "ttr"),
        ("harness.cli.look.euros", lambda value: euros(value + 6393), "status, printed", "revenue"),
        (
            "harness.scoring.times.between",
            lambda begin, end: Duration(end.team_ms - begin.team_ms, end.team_ms - begin.team_ms),
            "console, history",
            "tta",
        ),
    ],
)
async def test_a_figure_that_is_counted_otherwise_in_one_place_is_found(
    where: str,
    wrong: Callable[..., object],
    place: str,
    figure: str,
    played: Callable[[Path], Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = GOLDEN / "workshop-60.jsonl"
    monkeypatch.setattr(where, wrong)
    found = await differing(played(path), ByHand(path))
    assert figure in found[place]
