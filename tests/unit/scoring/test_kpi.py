"""The figures of a drill come from its record alone, and the unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.causes import Answer, Mechanism
from harness.record import events as e
from harness.record.story import Story
from harness.scoring import kpi
from tests.unit.exercise.tales import UPDATE, story_of

At = tuple[int, e.Event]
"""Milliseconds since the drill began, and what happened."""


def story(events: Iterable[At]) -> Story:
    """The record of these events, in the order of their times."""
    timed = sorted(events, key=lambda one: one[0])
    return story_of(*((at_ms / 1000, event) for at_ms, event in timed))


def fold_kpis(events: Iterable[At], **known: object) -> kpi.Kpis:
    return kpi.kpis_of(story(events), **known)  # type: ignore[arg-type]


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


def test_a_whole_drill_is_timed_from_its_trigger() -> None:
    kpis = fold_kpis(STORY, causes=[PAYMENTS_TIMEOUTS], guilty=frozenset({"payments"}))
    assert (kpis.page_ms, kpis.acknowledge_ms, kpis.cause_ms) == (4_100, 10_000, 50_000)
    assert (kpis.mitigate_ms, kpis.verify_ms) == (75_000, 85_000)
    assert (kpis.users_affected, kpis.revenue_lost) == (50, 1224.57)
    assert kpis.diagnoses == 2


def test_counted_from_the_page_no_time_tells_when_it_began() -> None:
    kpis = fold_kpis(STORY, causes=[PAYMENTS_TIMEOUTS], counted_from="page")
    assert (kpis.page_ms, kpis.acknowledge_ms, kpis.cause_ms) == (None, 5_900, 45_900)
    assert (kpis.mitigate_ms, kpis.verify_ms) == (70_900, 80_900)
    assert (kpis.users_affected, kpis.revenue_lost) == (52, 1234.57), "what everybody sees"


@pytest.mark.parametrize("until_ms", [12_000, 14_050, 61_000, 96_000])
@pytest.mark.parametrize("trigger_ms", [1_000, 10_000, 14_000])
def test_counted_from_the_page_the_moment_of_the_trigger_changes_nothing(
    until_ms: int, trigger_ms: int
) -> None:
    busy = (*STORY, (11_000, UPDATE), deploy(11_500, "succeeded", "users", "restart"))
    seen = [one for one in busy if one[0] <= until_ms]
    untriggered = [one for one in seen if one != TRIGGER]
    moved = [*untriggered, (trigger_ms, TRIGGER[1])]
    wanted = fold_kpis(untriggered, counted_from="page")
    assert fold_kpis(moved, counted_from="page") == wanted
    if until_ms > PAGE_MS:  # negative control: counted from the trigger it shows
        assert fold_kpis(moved) != fold_kpis(untriggered)


def test_of_two_causes_the_second_to_be_named_counts() -> None:
    first_said = Answer(("users",), (Mechanism.OVERLOAD,))
    both = fold_kpis(STORY, causes=[first_said, PAYMENTS_TIMEOUTS])
    assert both.cause_ms == 50_000
    assert fold_kpis(STORY, causes=[first_said]).cause_ms < 50_000  # type: ignore[operator]
    assert fold_kpis(STORY, causes=[PAYMENTS_TIMEOUTS, Answer((), ())]).cause_ms is None


def test_a_cause_that_is_not_believed_in_was_not_found() -> None:
    def found_ms(percent: int) -> int | None:
        guess = declared(40_000, "payments", "timeouts", percent)
        return fold_kpis((*STORY[:7], guess), causes=[PAYMENTS_TIMEOUTS]).cause_ms

    assert found_ms(0) is None
    assert found_ms(49) is None
    assert found_ms(50) == 30_000
    guessed = (*STORY, declared(40_000, "payments", "timeouts", 10))
    assert fold_kpis(guessed, causes=[PAYMENTS_TIMEOUTS]).cause_ms == 50_000


@pytest.mark.parametrize(
    "reveal", [e.AnswerRevealed("t", "payments", "timeouts", "l"), e.SealOpened("salt", "{}")]
)
def test_a_cause_that_was_told_was_not_found(reveal: e.Event) -> None:
    told = (*STORY, (59_000, reveal))
    assert fold_kpis(told, causes=[PAYMENTS_TIMEOUTS]).cause_ms is None
    later = (*STORY, (61_000, reveal))
    assert fold_kpis(later, causes=[PAYMENTS_TIMEOUTS]).cause_ms == 50_000


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
    assert kpis.cause_ms is None
    assert kpis.wrong.innocent_rollbacks is None


def test_an_empty_record_gives_no_data_and_no_zeros() -> None:
    kpis = fold_kpis([])
    times = (kpis.page_ms, kpis.acknowledge_ms, kpis.cause_ms, kpis.mitigate_ms, kpis.verify_ms)
    assert times == (None,) * 5
    assert kpis.users_affected is None
    assert kpis.revenue_lost is None


def test_what_came_before_the_trigger_does_not_count() -> None:
    early = [(1, PAGE), alert(2, "fired"), alert(3, "resolved"), *STORY[:3]]
    kpis = fold_kpis(early)
    assert kpis.page_ms is None
    assert kpis.mitigate_ms is None


def test_a_shop_that_pages_again_was_not_mitigated_the_first_time() -> None:
    again = (*STORY, alert(96_000, "fired", "f2"))
    assert fold_kpis(again).mitigate_ms is None
    healed = (*again, alert(99_000, "resolved", "f2"))
    assert fold_kpis(healed).mitigate_ms == 89_000


def test_one_of_two_alerts_resolving_is_no_silence() -> None:
    found = [TRIGGER, alert(11_000, "fired", "x"), alert(12_000, "fired", "y")]
    found.append(alert(13_000, "resolved", "x"))
    assert fold_kpis(found).mitigate_ms is None


def test_a_verification_that_failed_later_takes_the_pass_back() -> None:
    failed = (*STORY, verified(97_000, passed=False))
    assert fold_kpis(failed).verify_ms is None
    passed = (*failed, verified(99_000, passed=True))
    assert fold_kpis(passed).verify_ms == 89_000


def test_an_update_to_stakeholders_counts_and_a_note_does_not() -> None:
    assert fold_kpis(STORY).updates == 0
    told = (*STORY, (96_000, UPDATE), (97_000, e.NoteAdded("hm", "Ada")))
    assert fold_kpis(told).updates == 1


def test_a_drill_without_a_trigger_has_no_times() -> None:
    kpis = fold_kpis([one for one in STORY if one != TRIGGER])
    assert kpis.page_ms is None
    assert kpis.users_affected is None


@given(st.lists(st.sampled_from(STORY)))
def test_any_part_of_a_record_has_figures(part: list[At]) -> None:
    kpis = fold_kpis(part, causes=[PAYMENTS_TIMEOUTS], guilty=frozenset({"payments"}))
    for time_ms in (kpis.page_ms, kpis.cause_ms, kpis.mitigate_ms, kpis.verify_ms):
        assert time_ms is None or time_ms >= 0
