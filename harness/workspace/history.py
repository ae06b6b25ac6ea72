"""The history of a drill's shop, planned from a seed: who committed and deployed what, when.

Pure: the same seed, files and moment give the same plan. `build.py` carries it out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from harness.model import Decoy, PlannedRelease, Release, ServiceEntry
from harness.people import PEOPLE, Person, owners
from harness.workspace.subjects import TOPOLOGY, parts_of, titles_of

DECOYS_MIN, DECOYS_MAX = 5, 6
"""With the bad release beside them, at least six in the hour before the page or soon after it."""
CLOSE_BEHIND = (0, 1, 1, 2, 2)
"""Drawn from these: how many go out between a release that does harm at once and its page."""
CLOSE_BEHIND_S = (0.5, 2.0)
NEXT_CULPRIT_S = 20.0
AFTER_THE_PAGE_S = 60.0
"""From here on an offset means: once somebody was paged."""
HOUR = timedelta(hours=1)
YOUNGEST_H, OLDEST_H = 1.2, 32.0
"""How long ago colleagues committed what goes out around the drill."""
REVIEWED_WITHIN_MIN = (15.0, 45.0)
"""From the commit to the deploy of a release that lies in wait."""
BASE_AGE_DAYS = (45, 9)
"""The clean tree came about within these days before the drill."""


@dataclass(frozen=True)
class PlannedCommit:
    """A commit of the base history: files of the clean tree as they are."""

    subject: str
    author: Person
    authored_at: datetime
    files: tuple[str, ...]


@dataclass(frozen=True)
class HistoryPlan:
    """Everything that differs between two drills of one scenario."""

    base: tuple[PlannedCommit, ...]
    """Oldest first; the last one is what all services run to begin with."""
    base_deployed_at: datetime
    releases: tuple[PlannedRelease, ...]
    """In the order of their commits."""
    reviewers: tuple[Person, ...]
    """Of the releases, in the same order."""
    tickets: tuple[str, ...]

    @property
    def deployed_before(self) -> tuple[PlannedRelease, ...]:
        """What was deployed before the drill, in that order."""
        done = [(one.deployed_at, one) for one in self.releases if one.deployed_at is not None]
        return tuple(one for _, one in sorted(done, key=lambda pair: pair[0]))

    @property
    def live(self) -> tuple[PlannedRelease, ...]:
        """What is deployed during the drill, in that order."""
        live = [one for one in self.releases if one.deployed_at is None]
        return tuple(sorted(live, key=lambda one: one.live_offset_s or 0.0))


def plan_history(
    seed: int,
    files: Iterable[str],
    topology: Sequence[ServiceEntry],
    culprits: Sequence[Release],
    decoys: Sequence[Decoy],
    now: datetime,
) -> HistoryPlan:
    """Plan the commits and deploys of a drill that begins at `now`.

    A culprit with `hours_ago` was committed and deployed before all others. Decoys for a culprit's
    service are left out, so that no version has two pending releases.
    """
    rng = random.Random(f"history {seed}")  # noqa: S311
    teams = owners([entry.name for entry in topology], rng)
    base = _base(rng, files, teams, now)
    taken = {release.service for release in culprits}
    releases = _releases(rng, culprits, _choose(rng, decoys, taken), teams, now)
    reviewers = tuple(
        rng.choice([one for one in PEOPLE if one.name != planned.release.author_name])
        for planned in releases
    )
    first_ticket = rng.randrange(2_000, 6_000)
    tickets = tuple(f"SHOP-{first_ticket + rng.randrange(7) + 7 * n}" for n in range(len(releases)))
    deployed_at = base[-1].authored_at + timedelta(minutes=rng.randrange(20, 90))
    return HistoryPlan(base, deployed_at, releases, reviewers, tickets)


def _base(
    rng: random.Random,
    files: Iterable[str],
    teams: dict[str, tuple[Person, Person]],
    now: datetime,
) -> tuple[PlannedCommit, ...]:
    files = list(files)
    parts = parts_of(files)
    moments = _office_moments(rng, len(parts) + 1, now)
    keepers = rng.sample(PEOPLE, 2)
    commits = []
    for (part, paths), moment in zip(parts.items(), moments, strict=False):
        author = rng.choice(teams.get(part[0], tuple(keepers)))
        commits.append(PlannedCommit(rng.choice(titles_of(part)), author, moment, tuple(paths)))
    title = rng.choice(("shop: versions of this month's release", "shop: release train"))
    rest = tuple(path for path in files if path == TOPOLOGY)
    commits.append(PlannedCommit(title, rng.choice(keepers), moments[-1], rest))
    return tuple(commits)


def _office_moments(rng: random.Random, count: int, now: datetime) -> list[datetime]:
    """`count` rising moments on working days, by day."""
    oldest, newest = BASE_AGE_DAYS
    days = []
    for _ in range(count):
        day = (now - timedelta(days=rng.uniform(newest, oldest))).date()
        days.append(day - timedelta(days=max(0, day.weekday() - 4)))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [
        midnight
        + timedelta(days=(day - now.date()).days, seconds=rng.randrange(8 * 3600, 18 * 3600))
        for day in days
    ]
    return sorted(moments)


def _choose(rng: random.Random, decoys: Sequence[Decoy], taken: set[str]) -> list[Decoy]:
    """Some decoys in seeded order, each for a service of its own."""
    pool = sorted(decoys, key=lambda decoy: decoy.id)
    rng.shuffle(pool)
    chosen: dict[str, Decoy] = {}
    for decoy in pool:
        if decoy.release.service not in taken:
            chosen.setdefault(decoy.release.service, decoy)
    count = rng.randint(DECOYS_MIN, DECOYS_MAX)
    return list(chosen.values())[:count]


def _releases(
    rng: random.Random,
    culprits: Sequence[Release],
    decoys: Sequence[Decoy],
    teams: dict[str, tuple[Person, Person]],
    now: datetime,
) -> tuple[PlannedRelease, ...]:
    """Culprits and decoys with their dates, in the order of their commits."""
    fresh = [release for release in culprits if release.hours_ago is None]
    planned = [
        PlannedRelease(release, now, None, is_culprit=True, live_offset_s=place * NEXT_CULPRIT_S)
        for place, release in enumerate(fresh)
    ]
    offsets = _live_offsets(rng, len(decoys), len(culprits), len(fresh))
    minutes = sorted(rng.sample(range(6, 52), len(decoys)), reverse=True)
    for place, decoy in enumerate(decoys):
        deployed_at, offset_s = None, None
        if place < len(offsets):
            offset_s = offsets[place]
        else:
            deployed_at = now - timedelta(minutes=minutes[place], seconds=rng.randrange(60))
        planned.append(
            PlannedRelease(decoy.release, now, deployed_at, live_offset_s=offset_s, body=decoy.body)
        )
    rng.shuffle(planned)
    long_out = _long_out(rng, culprits, teams, now)
    oldest_h = min([OLDEST_H, *((now - one.committed_at) / HOUR for one in long_out)])
    return (*long_out, *_dated(rng, planned, teams, now, oldest_h))


def _long_out(
    rng: random.Random,
    culprits: Sequence[Release],
    teams: dict[str, tuple[Person, Person]],
    now: datetime,
) -> tuple[PlannedRelease, ...]:
    """The culprits that went out long before the drill, by age, each committed not long before."""
    found = []
    for release in culprits:
        if release.hours_ago is not None:
            deployed_at = now - rng.uniform(*release.hours_ago) * HOUR
            committed_at = deployed_at - timedelta(minutes=rng.uniform(*REVIEWED_WITHIN_MIN))
            found.append(
                PlannedRelease(
                    _by(rng, release, teams),
                    committed_at.replace(microsecond=0),
                    deployed_at,
                    is_culprit=True,
                )
            )
    return tuple(sorted(found, key=lambda one: one.committed_at))


def _live_offsets(rng: random.Random, decoys: int, culprits: int, fresh: int) -> list[float]:
    """When decoys go out live, from the trigger on: before it, right behind the bad release, and
    once somebody was paged. Where none of the culprits is `fresh`, one goes out in any case."""
    before = [-rng.uniform(6.0, 14.0) for _ in range(rng.randint(0, 1) if fresh else 1)]
    if not culprits:
        return before[:decoys]
    behind = [rng.uniform(*CLOSE_BEHIND_S) for _ in range(rng.choice(CLOSE_BEHIND))]
    late = [AFTER_THE_PAGE_S + rng.uniform(0.0, 5.0) for _ in range(rng.randint(0, 1))]
    return [*behind, *before, *late][:decoys]


def _dated(
    rng: random.Random,
    planned: Sequence[PlannedRelease],
    teams: dict[str, tuple[Person, Person]],
    now: datetime,
    oldest_h: float,
) -> tuple[PlannedRelease, ...]:
    """Each release with an author, and a commit within the last `oldest_h` hours but before its
    deploy."""
    ages_h = sorted((rng.uniform(YOUNGEST_H, oldest_h) for _ in planned), reverse=True)
    dated = []
    for one, age_h in zip(planned, ages_h, strict=True):
        release = _by(rng, one.release, teams)
        committed_at = (now - age_h * HOUR).replace(microsecond=0)
        dated.append(replace(one, release=release, committed_at=committed_at))
    return tuple(dated)


def _by(rng: random.Random, release: Release, teams: dict[str, tuple[Person, Person]]) -> Release:
    """The release, by one of those who own its service."""
    author = rng.choice(teams[release.service])
    return replace(release, author_name=author.name, author_email=author.email)
