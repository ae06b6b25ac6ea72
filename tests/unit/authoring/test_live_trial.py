"""`drill author try` refuses what would prove nothing, each with its reason, before it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.authoring import live_trial
from harness.authoring.live_trial import AuthorsTrial, Tried, scenario_of, try_fault
from harness.catalog.reader import Catalog
from harness.drill.session import Session
from harness.errors import UsageError
from harness.paths import REPO
from harness.players import evidence_check
from harness.players.trial import TrialRun
from tests.unit.authoring.test_checks import FAULT, cheat_that_does_not_apply, reverting, root

__all__ = ["root"]


class Started(Exception):
    """A stack would have come up."""


@pytest.fixture
def no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    def host(*_: object, **__: object) -> None:
        raise Started

    monkeypatch.setattr(live_trial, "host", host)


def cheat_that_does_not_run(folder: Path) -> None:
    cheat = min(folder.glob("cheats/*.patch"))
    text = cheat.read_text()
    added = next(
        one for one in text.splitlines() if one.startswith("+") and not one.startswith("+++")
    )
    indent = added[1 : len(added) - len(added[1:].lstrip())]
    cheat.write_text(text.replace(added, f"+{indent}no_such", 1))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (reverting, "the fix is more than the revert: it takes the release back"),
        (cheat_that_does_not_apply, "applies and can run: "),
        (cheat_that_does_not_run, "applies and can run: "),
    ],
)
def test_a_fix_that_reverts_and_a_cheat_that_is_none_are_refused_with_the_reason(
    root: Path, no_stack: None, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(root / "faults" / FAULT)
    tried = try_fault(root, FAULT, lambda _: None)
    assert isinstance(tried, Tried)
    assert any(reason in one for one in tried.refusals), tried.refusals
    assert tried.outcome is None


def test_a_sound_fault_gets_its_stack(root: Path, no_stack: None) -> None:
    with pytest.raises(Started):
        try_fault(root, FAULT, lambda _: None)


@pytest.mark.parametrize("is_found", [True, False])
def test_evidence_of_the_healthy_shop_is_refused_and_nothing_is_played_then(
    monkeypatch: pytest.MonkeyPatch, is_found: bool
) -> None:
    async def found(*_: object) -> bool:
        return is_found

    played: list[str] = []

    class Run:
        async def play(self, session: Session) -> None:
            played.append("played")

    monkeypatch.setattr(evidence_check, "find_evidence", found)
    fault = Catalog(REPO).fault(FAULT)
    session = cast(Any, SimpleNamespace(spec=SimpleNamespace(faults=(fault,))))
    trial = AuthorsTrial(cast(TrialRun, Run()))
    asyncio.run(trial.play(session))
    assert played == ([] if is_found else ["played"])
    assert all("found in the healthy shop, too: " in one for one in trial.refusals)
    assert bool(trial.refusals) is is_found


def test_a_fault_without_a_scenario_of_its_own_is_named() -> None:
    assert scenario_of(Catalog(REPO), "n-plus-one") == "n-plus-one"
    with pytest.raises(UsageError, match="no scenario has nothing-of-it alone"):
        scenario_of(Catalog(REPO), "nothing-of-it")
