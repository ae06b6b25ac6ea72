"""Trivial guesses over every scenario that has an answer: what each gets right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import draw
from harness.drill.spec import DrillSpec
from harness.model import PlannedRelease
from harness.paths import REPO
from harness.players.guesses import Shipped, changes_setting, guesses
from harness.settings import HostSettings
from harness.workspace.history import AFTER_THE_PAGE_S, HistoryPlan, plan_history
from harness.workspace.tree import read_tree

SEEDS = range(1, 6)
MANY = range(1, 101)
NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
SHARE_MAX = 0.35
BLAMED = {
    "PaymentsFailing": "payments",
    "PaymentsDeclined": "payments",
    "LedgerOutOfBalance": "billing",
    "ReconciliationStale": "billing",
    "AITasksFailing": "assistant",
    "AIQueueBacklog": "assistant",
    "FeedMissesObjective": "feed",
    **dict.fromkeys(("HighErrorRate", "HighLatency", "CheckoutStalled"), "gateway"),
}
"""Alert → the service that it names; of the others, it is taken to name the right one."""


def planned(spec: DrillSpec, files: list[str]) -> HistoryPlan:
    gone = {fault.service for fault in spec.faults if fault.release is None}
    culprits = [fault.release for fault in spec.faults if fault.release is not None]
    decoys = [one for one in spec.decoys if one.release.service not in gone]
    return plan_history(spec.seed, files, spec.topology, culprits, decoys, NOW)


def shipped(one: PlannedRelease, *, is_before_page: bool) -> Shipped:
    patch = one.release.patch
    return Shipped(
        one.release.service,
        is_before_page,
        patch is not None and changes_setting(patch.read_text(encoding="utf-8")),
    )


def log_of(plan: HistoryPlan) -> list[Shipped]:
    """Everything that went out until soon after the page."""
    before = [shipped(one, is_before_page=True) for one in plan.deployed_before]
    live = [
        shipped(one, is_before_page=(one.live_offset_s or 0.0) < AFTER_THE_PAGE_S)
        for one in plan.live
    ]
    return [*before, *live]


def outcomes(tmp_path: Path, seeds: range) -> Iterator[tuple[str, dict[str, bool]]]:
    catalog, files = Catalog(REPO), list(read_tree(REPO, "services"))
    for name in catalog.scenario_ids():
        if not catalog.scenario(name).faults:
            continue
        for seed in seeds:
            spec = draw(catalog, HostSettings(home=tmp_path, scenario=name, seed=seed))
            guilty = {fault.service for fault in spec.faults}
            first = min(spec.faults[0].detect, key=lambda rule: rule.within_s)
            blamed = BLAMED.get(first.alert, spec.faults[0].service)
            said = guesses(log_of(planned(spec, files)), blamed)
            yield name, {policy: service in guilty for policy, service in said.items()}


def shares(found: list[tuple[str, dict[str, bool]]]) -> dict[str, float]:
    policies = found[0][1]
    return {one: sum(right[one] for _, right in found) / len(found) for one in policies}


@pytest.mark.parametrize("seeds", [SEEDS, MANY], ids=["5 seeds", "100 seeds"])
def test_a_guess_by_the_deploy_log_names_the_culprit_seldom(tmp_path: Path, seeds: range) -> None:
    found = list(outcomes(tmp_path, seeds))
    told = shares(found)
    for policy, share in told.items():
        print(f"{policy}: {share:.0%} of {len(found)}")  # noqa: T201  shown with -s
    assert told["latest deploy"] <= SHARE_MAX
    assert told["latest before the page"] <= SHARE_MAX
    assert told["only one that changed a setting"] <= SHARE_MAX
    # The first alert's is printed and not bounded: it depends on which faults there are.


def test_a_log_in_which_the_culprit_is_always_the_latest_would_be_noticed() -> None:
    rng = random.Random(1)
    for _ in range(20):
        decoys = [Shipped(rng.choice("abc"), True, True) for _ in range(5)]
        said = guesses([*decoys, Shipped("users", True, False)], None)
        assert said["latest deploy"] == said["latest before the page"] == "users"


def test_of_two_changed_settings_neither_is_the_only_one() -> None:
    one, other = Shipped("a", True, True), Shipped("b", True, True)
    plain = Shipped("c", True, False)
    assert guesses([one, plain], None)["only one that changed a setting"] == "a"
    assert guesses([one, other, plain], None)["only one that changed a setting"] is None


def test_a_release_after_the_page_is_the_latest_but_not_the_latest_before_it() -> None:
    said = guesses([Shipped("a", True, False), Shipped("b", False, False)], "gateway")
    assert said == {
        "latest deploy": "b",
        "latest before the page": "a",
        "service of the first alert": "gateway",
        "only one that changed a setting": None,
    }
