"""The fold: phases and times from events alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record import events
from harness.record.envelope import Envelope, decode, encode
from harness.record.events import FlagSwitched
from harness.record.state import DrillState, Phase
from harness.record.story import fold

CREATED = events.DrillCreated("deadlock", 7, "local", "honour", "solo", {"payments": "2.4.1"})


def deploy(
    kind: events.DeployKind, version_to: str, outcome: type[events.DeployEvent]
) -> events.DeployEvent:
    return outcome(f"dep-{version_to}", "payments", "2.4.1", version_to, "c0ffee", kind, "kim", "x")


STORY: list[tuple[int, events.Event, Phase]] = [
    (0, CREATED, Phase.STARTING),
    (1, events.DrillStarting(), Phase.STARTING),
    (900, events.StackReady("postgres", 400), Phase.STARTING),
    (5_000, events.BaselineConfirmed({"rps": 30.0}), Phase.HEALTHY),
    (8_000, deploy("release", "2.4.2", events.DeployStarted), Phase.HEALTHY),
    (8_000, events.DrillTriggered("payments", "2.4.2"), Phase.TRIGGERED),
    (8_400, deploy("release", "2.4.2", events.DeploySucceeded), Phase.TRIGGERED),
    (13_000, events.AlertFired("f1", "HighErrorRate", "critical", "s", "gateway"), Phase.TRIGGERED),
    (13_001, events.PageSent("p1", "HighErrorRate", "critical", "s"), Phase.PAGED),
    (20_000, events.PageAcknowledged("p1", "kim"), Phase.ACKNOWLEDGED),
    (40_000, events.DiagnosisDeclared("payments", "t", 80, ("t:1",), "", "kim"), Phase.DIAGNOSED),
    (50_000, deploy("rollback", "2.4.1", events.DeployStarted), Phase.MITIGATING),
    (51_000, deploy("rollback", "2.4.1", events.DeploySucceeded), Phase.MITIGATING),
    (
        60_000,
        events.AlertResolved("f1", "HighErrorRate", "critical", "s", "gateway"),
        Phase.MITIGATING,
    ),
    (61_000, events.VerifyStarted("kim"), Phase.MITIGATING),
    (70_000, events.VerifyFinished(False, ()), Phase.MITIGATING),
    (90_000, events.VerifyFinished(True, ()), Phase.VERIFIED),
    (95_000, events.DrillFinished("asked"), Phase.FINISHED),
]


def envelopes(story: list[tuple[int, events.Event]]) -> list[Envelope]:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        Envelope(seq, "d-1", moment, now_ms, "host", event.type, event.audience, event, {})
        for seq, (now_ms, event) in enumerate(story, 1)
    ]


REOPENED: list[tuple[int, events.Event]] = [
    *((now_ms, event) for now_ms, event, _ in STORY[:-1]),
    (92_000, events.PageSent("p2", "HighLatency", "critical", "s")),
]


def test_a_page_after_the_proof_reopens_it_until_the_next_one() -> None:
    state = fold(envelopes(REOPENED)).state
    assert (state.phase, state.is_proven) == (Phase.MITIGATING, False)
    assert "verified" not in state.times_ms
    again = fold(envelopes([*REOPENED, (120_000, events.VerifyFinished(True, ()))])).state
    assert (again.phase, again.times_ms["verified"]) == (Phase.VERIFIED, 120_000)


def test_a_warning_after_the_proof_does_not_reopen_it() -> None:
    warned = [*REOPENED[:-1], (92_000, events.AlertFired("f2", "Slow", "warning", "s", "a"))]
    assert fold(envelopes(warned)).state.phase is Phase.VERIFIED


LINES = envelopes([(now_ms, event) for now_ms, event, _ in STORY])


@pytest.mark.parametrize("count", range(1, len(STORY) + 1))
def test_each_event_of_a_drill_leads_to_its_phase(count: int) -> None:
    assert fold(LINES[:count]).state.phase is STORY[count - 1][2]


def test_times_are_those_of_the_first_arrival() -> None:
    times = fold(LINES).state.times_ms
    assert times["paged"] == 13_001
    assert times["mitigating"] == 50_000
    assert times["mitigated"] == 51_000
    assert times["verified"] == 90_000


def test_a_resolved_alert_fires_no_more() -> None:
    assert set(fold(LINES[:8]).state.alerts) == {"f1"}
    assert fold(LINES).state.alerts == {}


def test_a_restart_before_any_trouble_is_no_mitigation() -> None:
    restart = deploy("restart", "2.4.1", events.DeployStarted)
    assert fold(envelopes([(0, CREATED), (5, restart)])).state.phase is Phase.STARTING


def test_participants_never_see_the_trigger_in_the_phase() -> None:
    for count in range(1, 9):
        seen = [one for one in LINES[:count] if one.audience == "all"]
        assert fold(seen).state.phase in {Phase.STARTING, Phase.HEALTHY}


def test_an_acknowledgement_of_an_unknown_page_changes_nothing() -> None:
    state = fold(envelopes([(0, events.PageAcknowledged("p9", "kim"))])).state
    assert "acknowledged" not in state.times_ms


def test_an_aborted_drill_says_so() -> None:
    assert (
        fold(envelopes([(0, CREATED), (9, events.DrillAborted("killed"))])).state.phase
        is Phase.ABORTED
    )


@given(st.integers(0, len(LINES)))
def test_folding_in_two_parts_is_folding_at_once(cut: int) -> None:
    assert fold(LINES[cut:], fold(LINES[:cut])) == fold(LINES)


EVENTS = st.one_of(
    [st.from_type(kind) for kind in events.EVENT_TYPES.values() if kind.__dataclass_fields__]  # type: ignore[attr-defined]
)


@given(EVENTS)
def test_every_event_survives_its_json(event: events.Event) -> None:
    again, _ = decode(event.type, encode(event))
    assert encode(again) == encode(event)
    assert type(again) is type(event)


@given(st.lists(st.tuples(st.integers(0, 10**7), EVENTS), max_size=12))
def test_no_order_of_events_breaks_the_fold(story: list[tuple[int, events.Event]]) -> None:
    lines = envelopes(story)
    state = fold(lines).state
    assert state == fold(lines).state
    assert state.phase in Phase
    assert state == DrillState() or state.seq == len(lines)


def test_a_flag_that_is_switched_in_trouble_mitigates_as_a_rollback_does() -> None:
    switched = FlagSwitched("feed", "ranking", False, "kim")
    story = [
        (now_ms, event) for now_ms, event, _ in STORY if not isinstance(event, events.DeployEvent)
    ]
    story = [*story[:8], (52_000, switched), *story[8:]]
    state = fold(envelopes(story)).state
    assert state.flags == {"ranking": False}
    assert state.times_ms["mitigating"] == state.times_ms["mitigated"] == 52_000


def test_a_flag_that_is_switched_in_peace_mitigates_nothing() -> None:
    state = fold(
        envelopes([(0, CREATED), (9, FlagSwitched("feed", "ranking", False, "kim"))])
    ).state
    assert "mitigated" not in state.times_ms
