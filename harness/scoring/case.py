"""What a rule of the rubric looks at, and what it decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harness.causes import Answer
from harness.exercise.gate import confirmed_cause
from harness.exercise.views import (
    Response,
    evidence_of,
    has_ended,
    incident_start,
    recovered,
    responses,
)
from harness.model import Mechanism
from harness.record.events import ActionStated, Event, InjectDelivered, PageSent, UpdatePosted
from harness.record.story import Noted, Story
from harness.scoring.answer import names_any
from harness.scoring.times import Duration, between

Verdict = Literal["given", "not given", "for the instructor", "no data", "does not apply", "judged"]


@dataclass(frozen=True)
class AnswerKey:
    """What went wrong: one cause, or several that had nothing to do with each other."""

    causes: tuple[Answer, ...]
    title: str = ""
    locus: str = ""

    @property
    def services(self) -> frozenset[str]:
        """The services at the root of anything."""
        return frozenset(name for one in self.causes for name in one.services)

    @property
    def mechanisms(self) -> frozenset[str]:
        """Everything that any of the causes may be called."""
        return frozenset(name for one in self.causes for name in one.mechanisms)

    def is_right(self, service: str, mechanism: str) -> bool:
        """Whether this names one of the causes; one's service with another's mechanism does not."""
        return names_any(service, mechanism, self.causes)


@dataclass(frozen=True)
class Decision:
    """What a rule found. `seqs` are the events that decided it."""

    verdict: Verdict
    because: str
    seqs: tuple[int, ...] = ()


def given(because: str, *entries: Noted[Event]) -> Decision:
    """The points are earned."""
    return Decision("given", because, _seqs(entries))


def withheld(because: str, *entries: Noted[Event]) -> Decision:
    """They are not, by the record so far."""
    return Decision("not given", because, _seqs(entries))


def not_yet(case: Case, because: str, *entries: Noted[Event]) -> Decision:
    """They are not, and until the end they still can be: so long nothing is decided."""
    return withheld(because, *entries) if has_ended(case.story) else no_data(f"so far, {because}")


def for_instructor(because: str, *entries: Noted[Event]) -> Decision:
    """A record cannot tell; a person must."""
    return Decision("for the instructor", because, _seqs(entries))


def no_data(because: str) -> Decision:
    """What the rule asks about did not happen, or was not recorded."""
    return Decision("no data", because)


def not_asked(case: Case, because: str) -> Decision:
    """This drill gave no occasion for it: the line does not count. Before the end, one may come."""
    return Decision("does not apply", because) if has_ended(case.story) else no_data(because)


def unanswered(case: Case) -> Decision:
    """Nobody acted on the shop: where nothing was wrong with it, nobody had to."""
    because = "nothing was rolled back, restarted, switched or fixed"
    return not_asked(case, because) if case.has_nothing_to_undo else no_data(because)


def _seqs(entries: Iterable[Noted[Event]]) -> tuple[int, ...]:
    return tuple(sorted({one.seq for one in entries}))


@dataclass(frozen=True)
class NewEvidence:
    """An event that brought links which none before it had."""

    at: Noted[Event]
    links: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A story with its answer, where that is known, and what several rules ask of it."""

    story: Story
    key: AnswerKey | None = None

    @cached_property
    def start(self) -> Noted[Event] | None:
        """When the team could first know: what it did before is no part of the response."""
        return incident_start(self.story)

    @cached_property
    def zero(self) -> Noted[Event] | None:
        """From which times count: the page; where nobody was paged, the incident's opening."""
        return self.story.first(PageSent) or self.start

    @cached_property
    def recovery(self) -> Noted[Event] | None:
        """When recovery was proven."""
        return recovered(self.story)

    @cached_property
    def responses(self) -> tuple[Noted[Response], ...]:
        """Rollbacks, restarts, hotfixes and switched flags since the start, until recovery."""
        begin = self.start.seq if self.start else 0
        end = self.recovery.seq if self.recovery else self.story.seq + 1
        return tuple(one for one in responses(self.story) if begin < one.seq < end)

    @cached_property
    def truth(self) -> AnswerKey | None:
        """The answer key; without one, the diagnosis that the instructor confirmed."""
        if self.key is not None:
            return self.key
        cause = confirmed_cause(self.story, evidence_min=0)
        if cause is None:
            return None
        diagnosis = cause.event
        names = diagnosis.service, diagnosis.mechanism
        return AnswerKey((Answer((diagnosis.service,), (diagnosis.mechanism,), *names),))

    @property
    def has_nothing_to_undo(self) -> bool:
        """Whether nothing of the shop was wrong, so that no response was called for."""
        return self.truth is not None and self.truth.mechanisms == {Mechanism.NO_FAULT.value}

    @cached_property
    def evidence(self) -> tuple[NewEvidence, ...]:
        """Every event that brought new evidence, in order."""
        seen: set[str] = set()
        found: list[NewEvidence] = []
        for one in self.story.entries:
            fresh = tuple(link for link in evidence_of(one.event) if link not in seen)
            if fresh:
                seen.update(fresh)
                found.append(NewEvidence(one, fresh))
        return tuple(found)

    @cached_property
    def questions(self) -> tuple[Noted[InjectDelivered], ...]:
        """Each time an executive asked."""
        asked = self.story.of(InjectDelivered)
        return tuple(one for one in asked if one.event.kind == "executive-asks")

    @cached_property
    def updates(self) -> tuple[Noted[UpdatePosted], ...]:
        """Updates since the start."""
        begin = self.start.seq if self.start else 0
        return tuple(one for one in self.story.of(UpdatePosted) if one.seq > begin)

    def since_zero(self, one: Noted[Event]) -> Duration:
        """The time from the page to `one`; nothing, where that came before it."""
        return between(self.zero or one, one)

    def since_zero_ms(self, one: Noted[Event]) -> int:
        """The same on the agenda's clock, by which limits are held."""
        return self.since_zero(one).agenda_ms

    def stated_for(self, response: Noted[Response]) -> Noted[ActionStated] | None:
        """The newest statement before a response that speaks of it: same target, same kind of
        act, and not used up by an earlier response."""
        acts = {"hotfix": "deploy"}
        earlier = [
            one.seq for one in self.responses if one.seq < response.seq and _alike(one, response)
        ]
        after = max(earlier, default=0)
        stated = [
            one
            for one in self.story.of(ActionStated)
            if after < one.seq < response.seq
            and one.event.target == response.event.service
            and one.event.action == acts.get(response.event.kind, response.event.kind)
        ]
        return stated[-1] if stated else None


def _alike(one: Noted[Response], other: Noted[Response]) -> bool:
    return (one.event.service, one.event.kind) == (other.event.service, other.event.kind)


Rule = Callable[[Case], Decision]
"""A named, pure rule; its name is that of the function."""
