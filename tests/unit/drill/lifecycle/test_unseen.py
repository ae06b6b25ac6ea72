"""The numbers that participants see do not tell that something happened which they may not see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness.causes import Blip, Trigger, TriggerKind
from harness.drill.lifecycle import disturbances, release_schedule, unseen
from harness.drill.session import Session
from harness.record.events import DependencyActed, DrillTriggered, ImpactSampled, NothingUnseen
from tests.unit.drill.conftest import Hand
from tests.unit.drill.lifecycle.test_release_schedule import with_fault

Act = Callable[[Session], Awaitable[None]]
BEATS = 8


async def nothing(_: Session) -> None:
    """A drill in which nothing happens."""


async def surge(session: Session) -> None:
    fault = with_fault(session, Trigger(TriggerKind.TRAFFIC, load_profile="news"))
    await release_schedule._strike_later(session, fault)


async def slow_models(session: Session) -> None:
    fault = with_fault(session, Trigger(TriggerKind.MODEL_SLOW))
    await release_schedule._strike_later(session, fault)


async def blip(session: Session) -> None:
    assert not session.spec.faults
    await disturbances.blip(session, Blip("down", after_s=0, for_s=0))


async def numbers(session: Session, hand: Hand, act: Act) -> list[int]:
    """What participants see of a drill in which `act` happens: public events between beats."""
    happening: asyncio.Task[None] | None = None
    for at in range(BEATS):
        hand.move(unseen.BEAT_S)
        session.note(ImpactSampled(at, 0.0, 1.0))
        if at == 2:
            happening = asyncio.create_task(act(session))  # type: ignore[arg-type]
        for _ in range(5):
            await asyncio.sleep(0)  # lets it come as far as it can
        if session.run.has_beat:
            unseen.beat(session)
    assert happening is not None
    await happening
    return [one.seq for one in session.services.record.events(audience="all")]


@pytest.mark.parametrize("has_beat", [True, False], ids=["in time", "negative control"])
@pytest.mark.parametrize("act", [surge, slow_models, blip])
async def test_a_drill_in_which_something_happens_numbers_like_one_in_which_nothing_does(
    session: Session, hand: Hand, act: Act, has_beat: bool
) -> None:
    session.run.has_beat = has_beat
    seen = await numbers(session, hand, act)
    step = 2 if has_beat else 1
    quiet = [1 + step * at for at in range(BEATS)]
    assert (seen == quiet) is has_beat
    hidden = [
        type(one.event)
        for one in session.services.record.events()
        if isinstance(one.event, DrillTriggered | DependencyActed)
    ]
    assert hidden[:2] == [DrillTriggered, DependencyActed], "and instructors see all of it"


async def test_where_nothing_happens_each_beat_says_nothing(session: Session, hand: Hand) -> None:
    session.run.has_beat = True
    seen = await numbers(session, hand, nothing)
    assert seen == [1 + 2 * at for at in range(BEATS)]
    kinds = [type(one.event) for one in session.services.record.events()]
    assert kinds == [ImpactSampled, NothingUnseen] * BEATS
    assert session.story().of(NothingUnseen) == (), "a story need not carry them"


async def test_what_sets_the_fault_off_waits_for_its_beat_and_is_recorded_before_it_acts(
    session: Session,
) -> None:
    session.run.has_beat = True
    customers: Any = session.services.customers
    striking = asyncio.create_task(surge(session))  # type: ignore[arg-type]
    for _ in range(5):
        await asyncio.sleep(0)
    assert customers.profiles == []
    assert session.state().triggered is None
    unseen.beat(session)
    assert session.state().triggered is not None
    await striking
    assert customers.profiles == ["news"]


async def test_the_beat_goes_on_by_itself(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen, "BEAT_S", 0.01)
    beating = asyncio.create_task(unseen.beat_forever(session))
    await asyncio.wait_for(session.services.record.wait_beyond(2), 10)
    beating.cancel()
    assert session.run.has_beat
