"""What the drills of a team came to, and what stays of each on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import agenda_named, begin_record, choose, draw, pace
from harness.drill.lifecycle.home import Home
from harness.drill.lifecycle.resume import HOST_DIED, left_off
from harness.drill.lifecycle.seal import sealed
from harness.drill.outputs.exports import DRAFT, POSTMORTEM, TIMELINE, write_postmortem
from harness.drill.queries.past_drills import (
    PastDrill,
    averages,
    past_drill,
    past_drills,
    read_events,
    scenarios_had,
)
from harness.errors import BadFile, UnknownName
from harness.paths import REPO
from harness.record import end_mark, events
from harness.record.events import GuardChecked, GuardVerdict
from harness.record.store import Record
from harness.scoring.scorecard import SEALED
from harness.settings import HostSettings
from tests.unit.drill.conftest import Hand
from tests.unit.scoring.stories import both

CATALOG = Catalog(REPO)
PAGE = events.PageSent("p1", "PaymentsFailing", "critical", "66% of charges fail")


def a_drill(
    runs: Path,
    id_: str,
    scenario: str,
    *,
    cause_after_s: float = 60,
    opened: bool = True,
    ended: bool = True,
) -> Path:
    """A drill whose team named the cause, began at once, and proved the fix a minute later."""
    hand = Hand()
    path = runs / id_ / "record.db"
    path.parent.mkdir(parents=True)
    faults = tuple(CATALOG.fault(name) for name in CATALOG.scenario(scenario).faults)
    seal = sealed(CATALOG.scenario(scenario), 7, faults)
    cause = faults[0]
    told: list[tuple[float, events.Event]] = [
        (0, events.DrillCreated(scenario, 7, "local", "honour", "solo", {})),
        (0, events.AnswerSealed(seal.commitment)),
        (1, events.ImpactSampled(0, 0.0, 1.0)),
        (1, events.DrillTriggered(cause.service, cause.release.version_to)),
        (9, events.AlertFired("f1", "PaymentsFailing", "critical", "x", cause.service)),
        (0, PAGE),
        (5, events.PageAcknowledged("p1", "Ada")),
        (
            cause_after_s,
            events.DiagnosisDeclared(cause.service, cause.mechanism.value, 90, (), "", "Ada"),
        ),
        (10, events.ImpactSampled(120, 2500.0, 0.6)),
        (20, events.AlertResolved("f1", "PaymentsFailing", "critical", "x", cause.service)),
        (30, events.VerifyFinished(True, ())),
        (5, events.ReflectionWritten("went-well", "we looked at the difference first", "Ada")),
    ]
    if ended:
        told.append((1, events.DrillFinished("asked")))
    if opened:
        told.append((0, events.SealOpened(seal.salt, seal.answer)))
    with Record(path, id_, clock=hand.clock) as record:
        for after_s, event in told:
            hand.move(after_s)
            record.append(event, actor="harness")
    return path


def test_a_drills_figures_are_read_from_its_record(tmp_path: Path) -> None:
    one = past_drill(read_events(a_drill(tmp_path, "d-1", "bad-timeouts")))
    assert one is not None
    assert (one.scenario, one.outcome, one.cause) == (
        "bad-timeouts", "verified", "timeout-misconfigured",
    )  # fmt: skip
    assert one.kpis.times.ttd == both(9_000)
    assert one.kpis.times.tti == both(5_000 + 60_000)
    assert one.kpis.users_affected == 120


def test_without_the_answer_what_depends_on_it_stays_unknown(tmp_path: Path) -> None:
    one = past_drill(read_events(a_drill(tmp_path, "d-1", "bad-timeouts", opened=False)))
    assert one is not None
    assert one.cause is None
    assert one.kpis.times.tti is None
    assert one.kpis.times.ttd == both(9_000)


ENDS = {
    "running": (),
    "killed": (events.DrillAborted(HOST_DIED),),
    "failed": (events.DrillAborted("the shop did not become healthy"),),
    "finished": (events.DrillFinished("asked"),),
}


def by_id(drills: list[PastDrill]) -> list[PastDrill]:
    return sorted(drills, key=lambda one: one.drill_id)


@pytest.mark.parametrize("end", ENDS)
def test_only_an_opened_answer_tells_participants_what_was_wrong(tmp_path: Path, end: str) -> None:
    for opened in (False, True):
        path = a_drill(tmp_path, f"d-{opened}", "bad-timeouts", opened=opened, ended=False)
        with Record(path) as record:
            for event in ENDS[end]:
                record.append(event, actor="harness")
    told, told_open = by_id(past_drills(tmp_path, pytest.fail, viewer="instructor"))
    assert told.scenario == told_open.scenario == "bad-timeouts"
    assert (told.outcome == "aborted") is (end in ("killed", "failed"))
    seen, seen_open = by_id(past_drills(tmp_path, pytest.fail))
    assert seen_open == told_open, "negative control: what was opened is told"
    assert "timeout" not in json.dumps(seen.to_json())
    assert seen.outcome == ("running" if end == "running" else told.outcome)
    assert (seen.kpis.times.ttd, seen.kpis.times.tta) == (None, both(5_000))


def test_a_killed_drill_is_sealed_before_and_after_the_next_start_closes_it(
    tmp_path: Path,
) -> None:
    path = a_drill(tmp_path / "runs", "d-1", "bad-timeouts", opened=False, ended=False)
    (path.parent / "secrets").mkdir()
    for is_running in (True, False):
        (seen,) = past_drills(tmp_path / "runs", pytest.fail)
        assert (seen.scenario, seen.is_running) == (SEALED, is_running)
        with Home(tmp_path).owned(lambda _: []) as put_in_order:
            assert "timeout" not in " ".join(put_in_order)
    assert left_off(tmp_path / "runs").scenario == "bad-timeouts", "and it can still be resumed"


def test_until_the_reveal_the_papers_do_not_tell_when_it_began(tmp_path: Path) -> None:
    drafts = {}
    for opened in (False, True):
        path = a_drill(tmp_path, f"d-{opened}", "bad-timeouts", opened=opened)
        write_postmortem(path.parent, read_events(path), None)
        drafts[opened] = (path.parent / DRAFT).read_text()
    assert "TTD (detect), from the fault: sealed until the reveal" in drafts[False]
    assert "TTA (acknowledge), from the page: 5.0 s" in drafts[False]
    assert "after the first page" in drafts[False]
    assert "TTD (detect), from the fault: 9.0 s" in drafts[True]
    assert "TTA (acknowledge), from the page: 5.0 s" in drafts[True]


def test_a_cause_that_comes_again_is_a_recurrence(tmp_path: Path) -> None:
    for number, scenario in enumerate(("bad-timeouts", "deadlock", "bad-timeouts"), 1):
        path = a_drill(tmp_path, f"d-{number}", scenario)
        _shift(path, days=number)
    found = past_drills(tmp_path, pytest.fail)
    assert [one.is_recurrence for one in found] == [False, False, True]
    assert averages(found)["recurrence_rate"] == pytest.approx(1 / 3)


def test_a_recurrence_that_no_check_guards_against_is_unguarded(tmp_path: Path) -> None:
    for number in (1, 2):
        _shift(a_drill(tmp_path, f"d-{number}", "bad-timeouts"), days=number)
    found = past_drills(tmp_path, pytest.fail)
    assert [one.guardrails for one in found] == [None, "unguarded"]
    assert averages(found)["recurrences_caught_rate"] == 0


@pytest.mark.parametrize(("verdict", "came_of_it"), [("objected", "caught"), ("passed", "missed")])
def test_a_recurrence_is_caught_or_missed_by_the_checks_that_are_bound(
    tmp_path: Path, verdict: GuardVerdict, came_of_it: str
) -> None:
    path = a_drill(tmp_path, "d-1", "bad-timeouts")
    with Record(path) as record:
        for service, said in (("payments", verdict), ("users", "objected")):
            one = GuardChecked(
                "timeout-change-needs-load-test", "ai-1", "d-0", service, "2.4.2", said, ""
            )  # type: ignore[arg-type]
            record.append(one, actor="guardrails")
    assert [one.guardrails for one in past_drills(tmp_path, pytest.fail)] == [came_of_it]


def _shift(path: Path, days: int) -> None:
    """Move a record to another day, so that the order is known."""
    export = path.with_name("export.jsonl")
    with Record(path) as record:
        record.export_jsonl(export)
    export.write_text(export.read_text().replace("2026-03-01T", f"2026-03-{days:02}T"))
    path.unlink()
    end_mark.path_of(path).unlink()
    Record.import_jsonl(export, path).close()
    export.unlink()


def test_a_drill_that_is_excluded_is_shown_but_does_not_count(tmp_path: Path) -> None:
    a_drill(tmp_path, "d-1", "bad-timeouts", cause_after_s=60)
    path = a_drill(tmp_path, "d-2", "deadlock", cause_after_s=600)
    before = averages(past_drills(tmp_path, pytest.fail))["mtti_ms"]
    with Record(path) as record:
        record.append(events.FiguresExcluded("the network failed", "Ada"), actor="Ada")
    found = past_drills(tmp_path, pytest.fail)
    after = averages(found)
    assert len(found) == 2
    assert before == 335_000
    assert (after["drills"], after["mtti_ms"]) == (1, 65_000)


def test_a_record_that_cannot_be_read_is_told_and_left_out(tmp_path: Path) -> None:
    a_drill(tmp_path, "d-1", "bad-timeouts")
    broken = tmp_path / "d-2" / "record.db"
    broken.parent.mkdir()
    broken.write_bytes(b"not a record at all" * 100)
    told: list[str] = []
    assert [one.drill_id for one in past_drills(tmp_path, told.append)] == ["d-1"]
    assert len(told) == 1


def test_a_team_without_drills_has_no_figures(tmp_path: Path) -> None:
    assert past_drills(tmp_path, pytest.fail) == []
    assert averages([])["mttd_ms"] is None


def test_random_avoids_what_the_team_has_had_until_it_has_had_all(tmp_path: Path) -> None:
    a_drill(tmp_path, "d-1", "bad-timeouts")
    a_drill(tmp_path, "d-2", "deadlock")
    had = scenarios_had(tmp_path)
    assert had == {"bad-timeouts", "deadlock"}
    drawn = {choose(CATALOG, "random", seed, had).id for seed in range(40)}
    assert drawn
    assert not drawn & had
    everything = frozenset(CATALOG.scenario_ids())
    assert choose(CATALOG, "random", 1, everything).id in everything
    assert {choose(CATALOG, "random", seed).id for seed in range(40)} & had  # negative control


def test_a_familys_seeds_draw_each_of_its_scenarios_under_its_own_agenda() -> None:
    family = CATALOG.family("outage-3am")
    drawn = [choose(CATALOG, family.id, seed) for seed in range(40)]
    assert {one.id for one in drawn} == set(family.one_of)
    assert {one.agenda for one in drawn} == {"outage-3am"}
    assert draw(CATALOG, HostSettings(scenario=family.id, seed=3)).agenda.id == "outage-3am"
    own = draw(CATALOG, HostSettings(scenario=family.id, seed=3, agenda="solo"))
    assert own.agenda.id == "solo"


def test_without_a_seed_a_family_avoids_what_the_team_has_had() -> None:
    first, *others = CATALOG.family("outage-3am").one_of
    drawn = {choose(CATALOG, "outage-3am", seed, {first}).id for seed in range(40)}
    assert drawn == set(others)


def test_a_seed_draws_the_same_drill_whatever_the_team_has_had() -> None:
    settings = HostSettings(scenario="random", seed=11)
    first = draw(CATALOG, settings)
    again = draw(CATALOG, settings, had={first.scenario.id})
    assert again.scenario == first.scenario


def test_the_intent_and_the_commitment_are_recorded_first(tmp_path: Path) -> None:
    drawn = draw(CATALOG, HostSettings(scenario="deadlock", agenda="workshop-60"))
    with begin_record(tmp_path / "record.db", drawn, mode="honour") as record:
        created, promised = (one.event for one in record.events())
    assert isinstance(created, events.DrillCreated)
    assert created.agenda == "workshop-60"
    assert promised == events.AnswerSealed(drawn.seal.commitment)


def test_an_agenda_is_one_of_ours_or_an_authors_own_file(tmp_path: Path) -> None:
    assert agenda_named("solo").id == "solo"
    with pytest.raises(UnknownName, match="did you mean workshop-60"):
        agenda_named("workshop-6")
    own = tmp_path / "own.toml"
    own.write_text((REPO / "harness" / "agendas" / "solo.toml").read_text())
    assert agenda_named(str(own)).id == "own"
    own.write_text("title = 1\n")
    with pytest.raises(BadFile, match=r"own\.toml:1"):
        agenda_named(str(own))


def test_a_faster_clock_shortens_the_waits_of_the_exercise() -> None:
    slow, quick = (pace(HostSettings(speed=speed), 7) for speed in (1.0, 10.0))
    assert quick.trigger_delay_s == pytest.approx(slow.trigger_delay_s / 10)
    assert quick.deploy_s == pytest.approx(slow.deploy_s / 10)


def test_a_postmortem_belongs_to_whoever_edits_it(tmp_path: Path) -> None:
    path = a_drill(tmp_path, "d-1", "bad-timeouts")
    run_dir, told = path.parent, read_events(path)
    write_postmortem(run_dir, told[:7], None)
    write_postmortem(run_dir, told, None)  # not edited yet: written anew
    assert "we looked at the difference first" in (run_dir / POSTMORTEM).read_text()
    (run_dir / POSTMORTEM).write_text("mine")
    written = write_postmortem(run_dir, told[:7], None)
    assert (run_dir / POSTMORTEM).read_text() == "mine"
    assert run_dir / POSTMORTEM not in written
    assert "we looked at" not in (run_dir / DRAFT).read_text()


def test_a_postmortem_that_was_there_first_is_left_alone(tmp_path: Path) -> None:
    path = a_drill(tmp_path, "d-1", "bad-timeouts")
    (path.parent / POSTMORTEM).write_text("mine")
    write_postmortem(path.parent, read_events(path), None)
    assert (path.parent / POSTMORTEM).read_text() == "mine"


def test_papers_tell_the_answer_only_where_they_may(tmp_path: Path) -> None:
    path = a_drill(tmp_path, "d-1", "bad-timeouts", opened=False)
    write_postmortem(path.parent, read_events(path), None)
    text = "".join(one.read_text() for one in path.parent.glob("*.[mj]*"))
    assert CATALOG.fault("bad-timeouts").title not in text
    assert "drill.triggered" not in (path.parent / TIMELINE).read_text()


def test_the_timeline_is_cloudevents_a_line(tmp_path: Path) -> None:
    path = a_drill(tmp_path, "d-1", "bad-timeouts")
    write_postmortem(path.parent, read_events(path), None)
    lines = [json.loads(one) for one in (path.parent / TIMELINE).read_text().splitlines()]
    assert {one["specversion"] for one in lines} == {"1.0"}
    assert "page.sent" in {one["type"] for one in lines}
