"""The plan of a drill's history: drawn from the seed, believable, and never the same twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.model import Decoy
from harness.people import PEOPLE
from harness.workspace.history import AFTER_THE_PAGE_S, HistoryPlan, plan_history
from tests.unit.workspace.conftest import NOW, TOPOLOGY, clean_files, release

CULPRIT = release("payments", "2.4.2")
DECOYS = [
    Decoy("one", release("gateway", "1.8.1")),
    Decoy("two", release("users", "3.1.1")),
    Decoy("three", release("b", "1.2.8")),
    Decoy("four", release("a", "1.4.3")),
    Decoy("same service", release("payments", "2.4.2")),
    Decoy("second of its service", release("a", "1.5.0")),
]
SEEDS = range(60)


def plan(seed: int, *, culprits: bool = True, decoys: bool = True) -> HistoryPlan:
    return plan_history(
        seed,
        clean_files(),
        TOPOLOGY,
        [CULPRIT] if culprits else [],
        DECOYS if decoys else [],
        NOW,
    )


def test_a_seed_gives_the_same_plan_again_and_another_seed_another() -> None:
    assert plan(7) == plan(7)
    assert len({str(plan(seed)) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_file_is_committed_exactly_once_before_the_releases(seed: int) -> None:
    history = plan(seed)
    committed = Counter(path for commit in history.base for path in commit.files)
    assert committed == Counter(dict.fromkeys(clean_files(), 1))
    moments = [one.authored_at for one in history.base]
    moments += [one.committed_at for one in history.releases]
    assert moments == sorted(moments)
    assert all(one.authored_at.weekday() < 5 for one in history.base)
    assert history.base[-1].files == ("services/topology.toml",)
    assert history.base_deployed_at < history.releases[0].committed_at


@pytest.mark.parametrize("seed", SEEDS)
def test_at_least_three_releases_go_out_in_the_hour_before_the_page(seed: int) -> None:
    history = plan(seed)
    recent = [one for one in history.deployed_before if NOW - one.deployed_at < timedelta(hours=1)]
    assert len(recent) + len(history.live) >= 4
    assert all(one.committed_at < one.deployed_at < NOW for one in recent)
    [culprit] = [one for one in history.live if one.is_culprit]
    assert culprit.live_offset_s == 0
    assert len(history.live) <= 5


@pytest.mark.parametrize("seed", SEEDS)
def test_no_service_has_two_pending_releases(seed: int) -> None:
    services = [one.release.service for one in plan(seed).releases]
    assert len(services) == len(set(services))


def test_the_bad_release_has_no_place_author_or_reviewer_of_its_own() -> None:
    places, live_places, authors = set(), set(), set()
    for seed in SEEDS:
        history = plan(seed)
        [place] = [n for n, one in enumerate(history.releases) if one.is_culprit]
        places.add((place, len(history.releases)))
        live_places.add(tuple(one.is_culprit for one in history.live))
        author = history.releases[place].release.author_name
        authors.add(author)
        assert author in {person.name for person in PEOPLE}
        assert author != history.reviewers[place].name
    assert {place for place, _ in places} == set(range(5))
    behind = {len(place) - 1 - place.index(True) for place in live_places}
    before = {place.index(True) for place in live_places}
    assert (behind, before) == ({0, 1, 2, 3}, {0, 1})
    assert len(authors) > 5


def place_before_the_page(history: HistoryPlan) -> int:
    """How many releases followed the bad one before the page."""
    log = [
        *history.deployed_before,
        *(one for one in history.live if (one.live_offset_s or 0.0) < AFTER_THE_PAGE_S),
    ]
    [place] = [n for n, one in enumerate(reversed(log)) if one.is_culprit]
    return place


def test_before_the_page_it_has_any_of_the_last_three_places() -> None:
    places = Counter(place_before_the_page(plan(seed)) for seed in range(200))
    assert set(places) == {0, 1, 2}
    assert places[0] < 0.35 * 200


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours_ago", [(2.0, 5.0), (20.0, 110.0)])
def test_a_release_that_lies_in_wait_went_out_before_all_others(
    seed: int, hours_ago: tuple[float, float]
) -> None:
    asleep = replace(CULPRIT, hours_ago=hours_ago)
    history = plan_history(seed, clean_files(), TOPOLOGY, [asleep], DECOYS, NOW)
    [culprit] = [one for one in history.releases if one.is_culprit]
    assert history.deployed_before[0] is culprit
    assert culprit.deployed_at is not None
    low, high = (timedelta(hours=one) for one in hours_ago)
    assert low <= NOW - culprit.deployed_at <= high
    assert timedelta(0) < culprit.deployed_at - culprit.committed_at < timedelta(hours=1)
    committed = [one.committed_at for one in history.releases]
    assert committed == sorted(committed)
    assert history.base_deployed_at < culprit.committed_at
    assert not any(one.is_culprit for one in history.live)
    assert history.live, "others ship while the drill runs"
    # Negative control: without hours it goes out live.
    assert [one.is_culprit for one in plan(seed).live].count(True) == 1


def test_without_a_culprit_a_harmless_release_still_goes_out_live() -> None:
    for seed in SEEDS:
        history = plan(seed, culprits=False)
        assert 1 <= len(history.live) <= 2
        assert not any(one.is_culprit for one in history.releases)


def test_without_any_release_there_is_only_the_base() -> None:
    history = plan(7, culprits=False, decoys=False)
    assert history.releases == ()
    assert len(history.base) > 5
