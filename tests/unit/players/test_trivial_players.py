"""The policies that look at next to nothing, on a session of fakes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.drill.actions import verify
from harness.drill.session import Session
from harness.measures import MEASURE_NAMES
from harness.players import trivial_players
from harness.players.trivial_players import ACTOR, POLICIES, Trivial
from tests.unit.drill.conftest import deployed, page_sent


class Oracle:
    """Finds everything in order, or everything out of it."""

    def __init__(self, value: float) -> None:
        self.value = value

    async def measure(self, *_: object) -> Mapping[str, float | None]:
        return dict.fromkeys(MEASURE_NAMES, self.value)


@pytest.fixture
def paged(trouble: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Payments is guilty and fires first; feed was released last."""

    async def nothing_waits(*_: object) -> tuple[str, ...]:
        return ()

    for service in ("payments", "feed"):
        deployed(trouble, "release", service, "1.0.0", trouble.running(service).version)
    page_sent(trouble)
    trouble.run.opened, trouble.run.references = Oracle(-1e9), object()  # type: ignore[assignment]
    monkeypatch.setattr(verify, "wait_for_backlog", nothing_waits)
    return trouble


async def played(session: Session, policy: str) -> Trivial:
    player = Trivial(policy, print, looks_after_s=0)
    await player.play(session)
    return player


def acts(session: Session) -> list[tuple[str, str]]:
    return [(one.kind, one.service) for one in session.deploys().entries if one.by == ACTOR]


def declared(session: Session) -> list[str]:
    return [one.service for one in session.state().diagnoses]


async def test_the_latest_deploy_is_rolled_back_and_blamed(paged: Session) -> None:
    player = await played(paged, "latest-deploy")
    assert acts(paged) == [("rollback", "feed")]
    assert declared(paged) == ["feed"]
    assert any("a rollback of feed" in one for one in player.shortfalls)
    assert player.findings is not None
    assert player.findings.services_named == (False,)


async def test_the_service_of_the_first_alert_is_rolled_back_and_blamed(paged: Session) -> None:
    player = await played(paged, "first-alert")
    assert acts(paged) == [("rollback", "payments")]
    assert player.findings is not None
    assert player.findings.services_named == (True,)
    assert not player.findings.proven


async def test_nothing_is_done_and_said_to_be_wrong(paged: Session) -> None:
    await played(paged, "nothing")
    assert acts(paged) == []
    assert declared(paged) == ["none"]
    assert paged.state().pages[0].acknowledged_by == ACTOR


async def test_everything_is_restarted_the_callers_last(paged: Session) -> None:
    await played(paged, "restart-all")
    assert acts(paged) == [("restart", one.name) for one in reversed(paged.spec.topology)]
    assert declared(paged) == []


async def test_everything_that_can_be_is_rolled_back(paged: Session) -> None:
    await played(paged, "rollback-all")
    assert sorted(acts(paged)) == [("rollback", "feed"), ("rollback", "payments")]


@pytest.mark.parametrize("policy", POLICIES)
async def test_none_of_them_solves_a_drill_of_a_fault(paged: Session, policy: str) -> None:
    player = await played(paged, policy)
    assert player.complete
    assert player.shortfalls


async def test_a_healthy_shop_is_solved_by_doing_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def proven(*_: object, **__: object) -> None:
        """As a verification that passes."""

    monkeypatch.setattr(trivial_players, "PAGE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(verify, "verify", proven)
    player = await played(session, "nothing")
    assert player.shortfalls == ["not verified"], "nobody was to be named, and nothing undone"
