"""The bad ways of playing a drill, on a session of fakes."""

from __future__ import annotations

import pytest

from harness.drill.session import Session
from harness.players import baselines
from tests.unit.drill.conftest import deployed, page_sent


@pytest.fixture
def paged(trouble: Session) -> Session:
    page_sent(trouble)
    return trouble


def acts(session: Session) -> list[tuple[str, str]]:
    return [
        (one.kind, one.service) for one in session.deploys().entries if one.by == baselines.ACTOR
    ]


async def test_doing_nothing_acknowledges_and_changes_nothing(paged: Session) -> None:
    await baselines.play(paged, baselines.PLAYS["do nothing"], print, watched_s=0.01)
    assert paged.state().pages[0].acknowledged_by == baselines.ACTOR
    assert acts(paged) == []


async def test_a_blind_restart_restarts_all_services_the_callers_last(paged: Session) -> None:
    await baselines.play(paged, baselines.PLAYS["blind restart"], print, watched_s=0.01)
    names = [entry.name for entry in paged.spec.topology]
    assert acts(paged) == [("restart", name) for name in reversed(names)]


async def test_the_wrong_rollback_spares_the_guilty_service(paged: Session) -> None:
    version = paged.running("a").version
    deployed(paged, "release", "a", "1.0.0", version)
    deployed(paged, "release", "payments", "1.0.0", paged.running("payments").version)
    await baselines.play(paged, baselines.PLAYS["wrong rollback"], print, watched_s=0.01)
    assert acts(paged) == [("rollback", "a")]


async def test_where_nothing_can_be_rolled_back_that_is_said(paged: Session) -> None:
    said: list[str] = []
    await baselines.play(paged, baselines.PLAYS["wrong rollback"], said.append, watched_s=0.01)
    assert said[-1] == "there is no unrelated release to roll back"


async def test_without_a_page_there_is_nothing_to_compare(
    trouble: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "PAGE_TIMEOUT_S", 0.05)
    with pytest.raises(baselines.NoPage):
        await baselines.play(trouble, None, print)
