"""A busy machine: said, recorded from when to when, waited for, and marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.drill.lifecycle import fair_signals, healthy_baseline, start
from harness.drill.lifecycle.fair_signals import FairSignals, wait_until_free, why_busy
from harness.drill.lifecycle.finish import scorecard
from harness.drill.session import Progress, Session
from harness.errors import StackFailed
from harness.model import MachineLoad, Taker
from harness.record.events import MachineBusy, MachineFree
from harness.scoring.kpi import machine_busy_ms
from tests.unit.drill.conftest import FakeMachine, Hand

BUSY = MachineLoad(
    cores=2,
    waiting_share=0.9,
    stolen_share=0.0,
    others_cores=1.4,
    takers=(Taker("yes", 0.7), Taker("yes", 0.7)),
)


def machine(session: Session) -> FakeMachine:
    found = session.services.machine
    assert isinstance(found, FakeMachine)
    return found


def test_it_is_said_how_much_others_take_and_who_they_are() -> None:
    expected = "others take 1.4 of 2 cores (yes 0.7, yes 0.7); work waits 90% of the time"
    assert why_busy(BUSY) == expected


def test_what_the_hypervisor_takes_is_taken_by_others() -> None:
    stolen = replace(BUSY, others_cores=0.0, stolen_share=0.4, takers=())
    assert "the hypervisor 0.8" in why_busy(stolen)


@pytest.mark.parametrize(
    "load",
    [
        replace(BUSY, others_cores=0.3, takers=()),  # the shop waits for itself: a fault
        replace(BUSY, waiting_share=0.2),  # others take a core that nobody wants
    ],
)
def test_a_shop_that_waits_for_itself_or_for_nothing_has_fair_signals(load: MachineLoad) -> None:
    assert why_busy(load) == ""


def test_without_pressure_figures_the_drills_own_lateness_tells() -> None:
    unknown = replace(BUSY, waiting_share=None)
    assert why_busy(unknown, lateness_share=0.01) == ""
    assert why_busy(unknown, lateness_share=0.3) == "others take 1.4 of 2 cores (yes 0.7, yes 0.7)"


async def test_the_record_has_from_when_to_when(
    session: Session, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 0.0
    monkeypatch.setattr(fair_signals.time, "monotonic", lambda: now_s)
    said: list[str] = []
    watch = FairSignals(session, said.append)
    loads = [FakeMachine.FREE, *[BUSY] * 3, *[FakeMachine.FREE] * 6]
    for machine(session).load in loads:
        await watch.look()
        now_s += 1.0
        hand.move(1.0)
    story = session.story("all")
    assert [one.drill_ms for one in story.of(MachineBusy)] == [1000]
    assert [one.event.busy_ms for one in story.of(MachineFree)] == [7000]
    assert machine_busy_ms(story) == 7000
    assert [text.split(":")[0] for text in said] == [
        "the machine is busy",
        "the machine is free again, after 7 s",
    ]


async def test_one_short_gap_is_no_free_machine(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 0.0
    monkeypatch.setattr(fair_signals.time, "monotonic", lambda: now_s)
    watch = FairSignals(session, lambda _: None)
    for machine(session).load in (BUSY, FakeMachine.FREE, FakeMachine.FREE, BUSY):
        await watch.look()
        now_s += 1.0
    assert len(session.story().of(MachineBusy)) == 1
    assert session.run.machine_busy


async def test_a_free_machine_leaves_no_mark(session: Session) -> None:
    watch = FairSignals(session, lambda _: None)
    for _ in range(10):
        await watch.look()
    assert not session.story().of(MachineBusy)
    assert machine_busy_ms(session.story()) == 0
    lines = scorecard(session, aborted=False).render_lines()
    assert not any("machine" in line for line in lines)


async def test_a_drill_waits_for_a_free_machine_and_then_begins_all_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_signals, "FREE_WITHIN_S", 0.05)
    monkeypatch.setattr(fair_signals, "LOOK_EVERY_S", 0.01)
    said: list[str] = []
    assert await wait_until_free(session, said.append)
    assert not said
    session.run.machine_busy = why_busy(BUSY)
    assert not await wait_until_free(session, said.append)
    assert said[-1] == "beginning on a busy machine; the drill is marked"


async def test_what_was_measured_while_the_machine_became_busy_is_no_baseline(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[str] = []

    async def take(session: Session, progress: Progress) -> healthy_baseline.Reading:
        session.run.machine_busy = "" if measured else why_busy(BUSY)
        measured.append(session.run.machine_busy)
        return healthy_baseline.Reading(1.0, 30, 0.1, 0, 0)

    async def becomes_free(session: Session, progress: Progress) -> bool:
        return True

    monkeypatch.setattr(healthy_baseline, "take", take)
    monkeypatch.setattr(start, "wait_until_free", becomes_free)
    await start._baseline(session, lambda _: None)
    assert measured == [why_busy(BUSY), ""]


async def test_a_shop_that_does_not_get_well_before_the_fault_on_a_busy_machine_says_so(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(healthy_baseline, "RETAKE_TIMEOUT_S", 0.05)

    async def nobody_answers(_: Session) -> healthy_baseline.Reading:
        raise StackFailed("nobody answers")

    monkeypatch.setattr(healthy_baseline, "read", nobody_answers)
    session.run.machine_busy = why_busy(BUSY)
    with pytest.raises(StackFailed) as failed:
        await healthy_baseline.hold(session, is_pristine=False)
    assert "the machine is busy: others take 1.4 of 2 cores" in failed.value.message
    assert failed.value.hint == "end what else runs, then start another drill"


async def test_a_score_says_how_long_others_had_the_processor(session: Session, hand: Hand) -> None:
    session.note(MachineBusy("others take 1.4 of 2 cores"))
    hand.move(65)
    session.note(MachineFree(busy_ms=65_000))
    card = scorecard(session, aborted=True)
    assert card.machine_busy_ms == 65_000
    shown = [line for line in card.render_lines() if "machine busy" in line]
    assert shown
    assert "1 m 05 s" in shown[0]


@pytest.mark.parametrize("busy", [True, False])
async def test_whatever_fails_a_start_on_a_busy_machine_the_shop_is_not_blamed_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise StackFailed("a basket was not priced", "look at the logs of gateway")

    monkeypatch.setattr(start, "_bring_up", fails)
    session.run.machine_busy = why_busy(BUSY) if busy else ""
    nothing: Any = None
    with pytest.raises(StackFailed) as failed:
        await start.start(session, nothing, nothing, expected_per_s=30, progress=lambda _: None)
    assert ("others take 1.4 of 2 cores" in failed.value.message) is busy
    assert failed.value.message.startswith("a basket was not priced")
    assert ("end what else runs" in failed.value.hint) is busy
