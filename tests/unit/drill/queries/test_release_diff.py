"""`drill diff` without versions shows what people mean, whatever was deployed last."""

from __future__ import annotations

from typing import Any

import pytest

from harness.drill.actions import deploy
from harness.drill.queries import release_diff
from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.record.deploys import Deploy
from tests.unit.drill.conftest import FakeWorkspace


class Differences(FakeWorkspace):
    """Says of a difference between which versions it is; of a version with itself, nothing."""

    def diff(self, service: str, version_from: str, version_to: str) -> str:
        return "" if version_from == version_to else f"{version_from}..{version_to}"


@pytest.fixture
def shop(session: Session) -> Session:
    """A shop whose differences say which versions they are between."""
    workspace: Any = Differences()
    session.services.workspace = workspace
    return session


async def ship(session: Session, version: str) -> Deploy:
    built = session.services.workspace.release("payments", version)
    return await deploy.release(session, built, by="ada", summary="", progress=print)


async def roll_back(session: Session, to_version: str | None = None) -> Deploy:
    return await deploy.rollback(
        session, "payments", to_version=to_version, by="bo", progress=print
    )


async def shown(session: Session, *versions: str) -> release_diff.Change:
    version_from, version_to = (*versions, None, None)[:2]
    return await release_diff.diff(session, "payments", version_from, version_to)


async def test_after_two_releases_the_newest_is_shown_against_the_one_before(
    shop: Session,
) -> None:
    await ship(shop, "2.4.2")
    await ship(shop, "2.4.3")
    change = await shown(shop)
    assert change.diff == "2.4.2..2.4.3"
    assert change.notes.startswith("payments 2.4.2 -> 2.4.3\n")


async def test_after_a_restart_it_is_what_the_running_version_changed(shop: Session) -> None:
    await ship(shop, "2.4.2")
    await deploy.restart(shop, "payments", by="bo", progress=print)
    assert (await shown(shop)).diff == "2.4.1..2.4.2", "not a version with itself"


async def test_after_a_rollback_it_is_what_that_took_back_and_says_so(shop: Session) -> None:
    await ship(shop, "2.4.2")
    await roll_back(shop)
    change = await shown(shop)
    assert change.diff == "2.4.1..2.4.2"
    assert change.notes.startswith(
        "payments runs 2.4.1 again: bo rolled it back from 2.4.2.\n"
        "The rollback took back the changes of 2.4.2:\n\n"
        "payments 2.4.1 -> 2.4.2\n"
    )


async def test_a_rollback_over_two_releases_took_back_both(shop: Session) -> None:
    await ship(shop, "2.4.2")
    await ship(shop, "2.4.3")
    await roll_back(shop, "2.4.1")
    change = await shown(shop)
    assert change.diff == "2.4.1..2.4.3"
    assert "took back the changes of 2.4.3 and 2.4.2:" in change.notes


async def test_a_restart_after_a_rollback_hides_nothing_of_it(shop: Session) -> None:
    await ship(shop, "2.4.2")
    await roll_back(shop)
    await deploy.restart(shop, "payments", by="bo", progress=print)
    assert "took back the changes of 2.4.2" in (await shown(shop)).notes


async def test_a_rollback_that_was_undone_is_not_spoken_of(shop: Session) -> None:
    await ship(shop, "2.4.2")
    await roll_back(shop)
    await roll_back(shop, "2.4.2")
    change = await shown(shop)
    assert change.diff == "2.4.1..2.4.2"
    assert "took back" not in change.notes


async def test_versions_that_are_named_are_compared_whatever_was_deployed_last(
    shop: Session,
) -> None:
    await ship(shop, "2.4.2")
    await roll_back(shop)
    change = await shown(shop, "2.4.0", "2.4.2")
    assert (change.diff, "took back" in change.notes) == ("2.4.0..2.4.2", False)


async def test_a_version_that_nothing_came_before_is_not_compared_with_itself(
    shop: Session,
) -> None:
    await deploy.restart(shop, "payments", by="bo", progress=print)
    with pytest.raises(UsageError, match="only version deployed so far"):
        await shown(shop)


async def test_an_unknown_service_is_named_with_the_nearest(shop: Session) -> None:
    with pytest.raises(UnknownName, match="did you mean payments"):
        await release_diff.diff(shop, "paymens", None, None)
