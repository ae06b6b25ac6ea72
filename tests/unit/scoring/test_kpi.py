"""The figures of a drill come from its record alone, and the unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.causes import Answer, Mechanism
from harness.exercise.views import recovered
from harness.record import events as e
from harness.record.story import Story
from harness.scoring import kpi
from harness.scoring.scorecard import outcome_of
from harness.scoring.times import TIMES, Duration, Times, duration_text
from tests.unit.exercise.tales import UPDATE, story_of
from tests.unit.scoring.stories import both

At = tuple[int, e.Event]
"""Milliseconds since the drill began, and what happened."""


def story(events: Iterable[At]) -> Story:
    """The record of these events, in the order of their times."""
    timed = sorted(events, key=lambda one: one[0])
    return story_of(*((at_ms / 1000, event) for at_ms, event in timed))


def fold_kpis(events: Iterable[At], **known: object) -> kpi.Kpis:
    return kpi.kpis_of(story(events), **known)  # type: ignore[arg-type]


def tti(events: Iterable[At], *causes: Answer) -> Duration | None:
    return fold_kpis(events, causes=causes).times.tti


def alert(at_ms: int, what: str, fingerprint: str = "f1") -> At:
    kind = {"fired": e.AlertFired, "resolved": e.AlertResolved}[what]
    return at_ms, kind(fingerprint, "HighErrorRate", "critical", "66% fail", "gateway")


def declared(at_ms: int, service: str, mechanism: str, percent: int = 80) -> At:
    return at_ms, e.DiagnosisDeclared(service, mechanism, percent, (), "", "Ada")


def deploy(at_ms: int, outcome: str, service: str, kind: e.DeployKind, by: str = "Ada") -> At:
    ended = {"succeeded": e.DeploySucceeded, "failed": e.DeployFailed}[outcome]
    return at_ms, ended("dep-1", service, "2", "1", "c0ffee", kind, by, "back")


def impact(at_ms: int, users: int, revenue: float) -> At:
    return at_ms, e.ImpactSampled(users, revenue, 0.9)


def verified(at_ms: int, *, passed: bool) -> At:
    return at_ms, e.VerifyFinished(passed, ())


TRIGGER: At = (10_000, e.DrillTriggered("payments", "2.4.2"))
PAGE = e.PageSent("p1", "HighErrorRate", "critical", "66% fail")
PAGE_MS = 14_100
STORY: tuple[At, ...] = (
    (0, e.DrillCreated("bad-timeouts", 7, "local", "honour", "solo", {})),
    impact(9_000, 2, 10.0),
    TRIGGER,
    alert(14_000, "fired"),
    (PAGE_MS, PAGE),
    (20_000, e.PageAcknowledged("p1", "Ada")),
    declared(30_000, "users", "overload"),
    declared(60_000, "payments", "timeouts"),
    deploy(70_000, "succeeded", "users", "rollback"),
    deploy(75_000, "failed", "payments", "hotfix"),
    deploy(80_000, "succeeded", "payments", "rollback"),
    alert(85_000, "resolved"),
    impact(88_000, 52, 1234.567),
    verified(95_000, passed=True),
)


PAYMENTS_TIMEOUTS = Answer(("payments",), (Mechanism.TIMEOUT_MISCONFIGURED,))


def test_the_fault_is_the_zero_of_detection_and_the_page_that_of_all_else() -> None:
    kpis = fold_kpis(STORY, causes=[PAYMENTS_TIMEOUTS], guilty=frozenset({"payments"}))
    assert kpis.times == Times(
        ttd=both(4_100), tta=both(5_900), tti=both(45_900), ttm=both(70_900), ttr=both(80_900)
    )
    assert kpis.diagnoses == 2


def test_harm_counts_from_the_fault_and_while_that_is_sealed_from_the_baseline() -> None:
    kpis = fold_kpis((*STORY, (20_500, e.DrillTriggered("users", "3.1.1"))))
    assert (kpis.users_affected, kpis.revenue_lost) == (50, 1224.567), "of the first fault"
    assert (kpis.users_before, kpis.revenue_before) == (2, 10.0)
    assert (kpis.harm_since, kpis.sealed().harm_since) == ("the fault", "the baseline")
    sealed = kpis.sealed()
    assert (sealed.users_affected, sealed.revenue_lost) == (52, 1234.567)
    assert (sealed.users_before, sealed.revenue_before) == (0, 0)
    assert sealed.sealed() == sealed


def test_without_a_fault_harm_counts_from_the_baseline() -> None:
    kpis = fold_kpis([one for one in STORY if one != TRIGGER])
    assert (kpis.users_affected, kpis.revenue_lost) == (52, 1234.567)
    assert kpis.harm_since == "the baseline"


@pytest.mark.parametrize("until_ms", [12_000, 14_050, 61_000, 96_000])
@pytest.mark.parametrize("trigger_ms", [1_000, 10_000, 14_000])
def test_what_may_be_told_before_the_answer_does_not_tell_when_it_began(
    until_ms: int, trigger_ms: int
) -> None:
    busy = (*STORY, (11_000, UPDATE), deploy(11_500, "succeeded", "users", "restart"))
    seen = [one for one in busy if one[0] <= until_ms]
    untriggered = [one for one in seen if one != TRIGGER]
    moved = [*untriggered, (trigger_ms, TRIGGER[1])]
    assert fold_kpis(moved).sealed() == fold_kpis(untriggered).sealed()
    if until_ms > PAGE_MS:  # negative control: TTD does
        assert fold_kpis(moved) != fold_kpis(untriggered)


def test_what_is_told_before_the_answer_is_the_same_after_it() -> None:
    kpis = fold_kpis(STORY, causes=[PAYMENTS_TIMEOUTS], guilty=frozenset({"payments"}))
    wrong = replace(kpis.wrong, innocent_rollbacks=None)
    times = replace(kpis.times, ttd=None, tti=None)
    sealed = replace(
        kpis,
        times=times,
        wrong=wrong,
        users_affected=52,
        revenue_lost=1234.567,
        users_before=0,
        revenue_before=0,
        harm_since="the baseline",
    )
    assert kpis.sealed() == sealed


def test_the_agendas_clock_stands_beside_the_walls() -> None:
    fast = fold_kpis((*STORY, (9_500, e.ClockStarted("a", 2.0))), causes=[PAYMENTS_TIMEOUTS])
    assert fast.times.ttm == Duration(70_900, 141_800)
    assert duration_text(fast.times.ttm) == "1 m 11 s (agenda 2 m 22 s)"
    assert duration_text(fold_kpis(STORY).times.ttm) == "1 m 11 s"


def test_a_proof_from_before_the_page_proves_nothing() -> None:
    without_proof = STORY[:-1]
    early = (*without_proof, verified(9_100, passed=True))
    assert fold_kpis(early).times.ttr is None
    proof = recovered(story(early))
    assert proof is not None
    assert proof.drill_ms == 85_000, "the alerts fell silent"


def test_a_page_after_the_proof_reopens_the_outcome() -> None:
    again = (*STORY, (200_000, e.PageSent("p9", "HighLatency", "critical", "s")))
    assert outcome_of(fold_kpis(STORY)) == "verified"
    assert fold_kpis(again).times.ttr is None
    assert outcome_of(fold_kpis(again)) != "verified"
    proven = (*again, verified(300_000, passed=True))
    assert outcome_of(fold_kpis(proven)) == "verified"


def test_of_two_causes_the_second_to_be_named_counts() -> None:
    first_said = Answer(("users",), (Mechanism.OVERLOAD,))
    assert tti(STORY, first_said, PAYMENTS_TIMEOUTS) == both(45_900)
    assert tti(STORY, first_said) == both(15_900)
    assert tti(STORY, PAYMENTS_TIMEOUTS, Answer((), ())) is None


def test_a_cause_that_is_not_believed_in_was_not_found() -> None:
    def found(percent: int) -> Duration | None:
        guess = declared(40_000, "payments", "timeouts", percent)
        return tti((*STORY[:7], guess), PAYMENTS_TIMEOUTS)

    assert found(0) is None
    assert found(49) is None
    assert found(50) == both(25_900)
    guessed = (*STORY, declared(40_000, "payments", "timeouts", 10))
    assert tti(guessed, PAYMENTS_TIMEOUTS) == both(45_900)


@pytest.mark.parametrize(
    "reveal", [e.AnswerRevealed("t", "payments", "timeouts", "l"), e.SealOpened("salt", "{}")]
)
def test_a_cause_that_was_told_was_not_found(reveal: e.Event) -> None:
    told = (*STORY, (59_000, reveal))
    assert tti(told, PAYMENTS_TIMEOUTS) is None
    later = (*STORY, (61_000, reveal))
    assert tti(later, PAYMENTS_TIMEOUTS) == both(45_900)


def test_what_did_not_help_is_counted() -> None:
    wrong = fold_kpis(STORY, guilty=frozenset({"payments"})).wrong
    assert (wrong.restarts, wrong.innocent_rollbacks, wrong.failed_deploys) == (0, 1, 1)
    restarted = (*STORY, deploy(96_000, "succeeded", "orders", "restart"))
    assert fold_kpis(restarted).wrong.restarts == 1


def test_what_the_runtime_rolled_back_by_itself_is_nobody_s_wrong_action() -> None:
    rolled_back_by = partial(deploy, 96_000, "succeeded", "orders", "rollback")
    guilty = frozenset({"payments"})
    itself = fold_kpis((*STORY, rolled_back_by("runtime")), guilty=guilty).wrong
    assert itself == fold_kpis(STORY, guilty=guilty).wrong
    people = fold_kpis((*STORY, rolled_back_by("Ada")), guilty=guilty).wrong
    assert people.innocent_rollbacks == 2


def test_without_the_answer_nothing_that_depends_on_it_is_known() -> None:
    kpis = fold_kpis(STORY)
    assert kpis.times.tti is None
    assert kpis.wrong.innocent_rollbacks is None


def test_an_empty_record_gives_no_data_and_no_zeros() -> None:
    kpis = fold_kpis([])
    assert kpis.times == Times()
    assert kpis.users_affected is None
    assert kpis.revenue_lost is None


def test_a_page_before_the_fault_detected_nothing() -> None:
    early = [(1, PAGE), *STORY[:3]]
    assert fold_kpis(early).times == Times()


def test_a_shop_that_pages_again_was_not_mitigated_the_first_time() -> None:
    again = (*STORY, alert(96_000, "fired", "f2"))
    assert fold_kpis(again).times.ttm is None
    healed = (*again, alert(99_000, "resolved", "f2"))
    assert fold_kpis(healed).times.ttm == both(84_900)


def test_one_of_two_alerts_resolving_is_no_silence() -> None:
    found = [TRIGGER, alert(11_000, "fired", "x"), alert(12_000, "fired", "y")]
    found += [(12_500, PAGE), alert(13_000, "resolved", "x")]
    assert fold_kpis(found).times.ttm is None
    assert fold_kpis([*found, alert(14_000, "resolved", "y")]).times.ttm == both(1_500)


def test_a_verification_that_failed_later_takes_the_pass_back() -> None:
    failed = (*STORY, verified(97_000, passed=False))
    assert fold_kpis(failed).times.ttr is None
    passed = (*failed, verified(99_000, passed=True))
    assert fold_kpis(passed).times.ttr == both(84_900)


def test_an_update_to_stakeholders_counts_and_a_note_does_not() -> None:
    assert fold_kpis(STORY).updates == 0
    told = (*STORY, (96_000, UPDATE), (97_000, e.NoteAdded("hm", "Ada")))
    assert fold_kpis(told).updates == 1


def test_a_drill_without_a_trigger_was_not_detected_late_or_soon() -> None:
    kpis = fold_kpis([one for one in STORY if one != TRIGGER])
    assert kpis.times.ttd is None


@given(st.lists(st.sampled_from(STORY)))
def test_any_part_of_a_record_has_figures(part: list[At]) -> None:
    kpis = fold_kpis(part, causes=[PAYMENTS_TIMEOUTS], guilty=frozenset({"payments"}))
    for took in map(kpis.times.of, TIMES):
        assert took is None or min(took.wall_ms, took.agenda_ms) >= 0
