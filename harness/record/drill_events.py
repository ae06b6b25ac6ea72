"""The events of a drill as a whole: its sealed answer, and whether it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events import Event


@dataclass(frozen=True)
class AnswerSealed(Event, type="answer.sealed"):
    """`commitment` is the SHA-256 of salt and answer, in hex: proof that neither was changed."""

    commitment: str


@dataclass(frozen=True)
class SealOpened(Event, type="answer.unsealed"):
    """What the commitment was made of; `answer` is JSON text."""

    salt: str
    answer: str


@dataclass(frozen=True)
class FiguresExcluded(Event, type="figures.excluded"):
    """This drill does not count in the figures of the team."""

    reason: str
    by: str


@dataclass(frozen=True)
class FlagSwitched(Event, type="flag.switched"):
    """Somebody switched a feature flag of a service."""

    service: str
    name: str
    enabled: bool
    by: str

    @property
    def kind(self) -> Literal["flag"]:
        """What sort of act it is, beside those of deploys."""
        return "flag"


@dataclass(frozen=True)
class EngagementSampled(Event, type="engagement.sampled"):
    """What visitors have done since the load began, by what their home feed showed them."""

    views: dict[str, int]
    """Content (`personalised`, `cached`, `default`, `failing`) → home feeds of that kind."""
    continued: dict[str, int]
    """Visitors who went on from there; the others left."""
    returning: dict[str, int]
    """Of those who left, who come back another day."""


@dataclass(frozen=True)
class ReleasePlanned(Event, type="release.planned", audience="instructor"):
    """A colleague's release that sets nothing off by itself is about to go out.

    The one that does has `drill.triggered` in its place: participants see the numbers of the events
    that they may see, and a gap before one release alone would mark it.
    """

    service: str
    version_to: str


@dataclass(frozen=True)
class DependencyActed(Event, type="dependency.acted", audience="instructor"):
    """Something outside the shop's code did what it does now and then: a database failed over, a
    third party was slow for a while."""

    what: str
