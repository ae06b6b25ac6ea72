"""What a story says now: who holds which role, what the team believes, what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.record import events
from harness.record.events import FlagSwitched
from harness.record.story import Noted, Story

Response = events.DeployStarted | FlagSwitched
"""What people do to the shop: each has a `kind` and a `service`."""

BEFORE_PAGE_MS = 2 * 60_000
"""Trouble that somebody saw before the page; an incident opened earlier was about nothing."""
RESPONSES: frozenset[str] = frozenset({"rollback", "restart", "hotfix"})
"""Kinds of deploy by which people respond; `release` is a colleague's ordinary work."""


def role_holders(story: Story) -> Mapping[str, tuple[str, ...]]:
    """Role → people who hold it, in the order in which they joined."""
    holders: dict[str, list[str]] = {}
    for one in story.entries:
        event = one.event
        if isinstance(event, events.RoleJoined):
            people = holders.setdefault(event.role, [])
            if event.person not in people:
                people.append(event.person)
        elif isinstance(event, events.RoleLeft) and event.person in holders.get(event.role, []):
            holders[event.role].remove(event.person)
    return {role: tuple(people) for role, people in holders.items() if people}


def incident_start(story: Story) -> Noted[events.Event] | None:
    """When the team could first know: the first page, or an incident opened by hand before it.

    One that was opened while nothing could be wrong yet, such as in a briefing, is none: it would
    begin all clocks, and cannot be taken back. Agendas tell everybody with which phase the incident
    begins; when exactly it was triggered must not show here.
    """
    page = story.first(events.PageSent)
    from_ms = _declarable_from_ms(story, page)
    declared = (
        one
        for one in story.of(events.IncidentDeclared)
        if from_ms is not None and one.team_ms >= from_ms
    )
    found = [page, next(declared, None)]
    return min((one for one in found if one is not None), key=lambda one: one.seq, default=None)


def _declarable_from_ms(story: Story, page: Noted[events.PageSent] | None) -> int | None:
    """Team time from which on an opened incident counts; None where none does yet."""
    started = story.first(events.ClockStarted)
    if started is not None and started.event.trigger_phase and not started.event.from_drill:
        begun = (
            one.team_ms
            for one in story.of(events.PhaseChanged)
            if one.event.phase == started.event.trigger_phase
        )
        return next(begun, None)
    # No phase tells: the page does, once there is one.
    return 0 if page is None else page.team_ms - BEFORE_PAGE_MS


def alert_marks(story: Story) -> Mapping[str, Noted[events.AlertMarked]]:
    """Alert → how it was marked last."""
    return {one.event.alert: one for one in story.of(events.AlertMarked)}


def firing_since_ms(story: Story) -> Mapping[str, int]:
    """Alert that fires now → team time since which it has, without a break.

    An alert that fires for several services fires until the last of them is silent.
    """
    firing: dict[str, dict[str, int]] = {}
    since: dict[str, int] = {}
    for one in story.entries:
        event = one.event
        if isinstance(event, events.AlertFired):
            since.setdefault(event.name, one.team_ms)
            firing.setdefault(event.name, {})[event.fingerprint] = one.team_ms
        elif isinstance(event, events.AlertResolved):
            firing.get(event.name, {}).pop(event.fingerprint, None)
            if not firing.get(event.name):
                since.pop(event.name, None)
    return since


def responses(story: Story) -> tuple[Noted[Response], ...]:
    """Every rollback, restart and hotfix that people began, and every flag that they switched, in
    order."""
    deploys = [
        one
        for one in story.of(events.DeployStarted)
        if one.event.kind in RESPONSES and one.event.by != "runtime"
    ]
    return tuple(sorted([*deploys, *story.of(FlagSwitched)], key=lambda one: one.seq))


def open_actions(story: Story) -> tuple[Noted[events.ActionStated], ...]:
    """Stated actions whose outcome has not been measured."""
    measured = {one.event.action_id for one in story.of(events.OutcomeMeasured)}
    return tuple(
        one for one in story.of(events.ActionStated) if one.event.action_id not in measured
    )


def delivered(story: Story) -> frozenset[str]:
    """The injects that the team has had."""
    return frozenset(one.event.inject_id for one in story.of(events.InjectDelivered))


def evidence_of(event: events.Event) -> Sequence[str]:
    """The evidence that an event brings, if it is one that can."""
    if isinstance(event, events.DiagnosisDeclared):
        return event.evidence
    if isinstance(event, events.HypothesesRevised):
        return [
            link for one in event.hypotheses for link in (*one.evidence_for, *one.evidence_against)
        ]
    return ()


def recovered(story: Story) -> Noted[events.Event] | None:
    """The proof of recovery, of an incident that has begun (`proof_of_recovery`); where nobody has
    verified anything, the moment from which no alert fired."""
    begin = incident_start(story)
    if begin is None:
        return None
    since = [one for one in story.entries if one.seq > begin.seq]
    if any(isinstance(one.event, events.VerifyFinished) for one in since):
        return proof_of_recovery(since)
    silent = silent_from(story.entries)
    return silent if silent is not None and silent.seq > begin.seq else None


def proof_of_recovery(entries: Iterable[Noted[events.Event]]) -> Noted[events.Event] | None:
    """The first verification that passed and was followed neither by one that failed nor by a page:
    what comes back was not mended."""
    proof: Noted[events.Event] | None = None
    for one in entries:
        if isinstance(one.event, events.VerifyFinished):
            proof = (proof or one) if one.event.passed else None
        elif isinstance(one.event, events.PageSent):
            proof = None
    return proof


def silent_from(entries: Iterable[Noted[events.Event]]) -> Noted[events.Event] | None:
    """The resolution after which no alert fired any more; None where one does, or none ever did."""
    firing: set[str] = set()
    silent: Noted[events.Event] | None = None
    for one in entries:
        if isinstance(one.event, events.AlertFired):
            firing.add(one.event.fingerprint)
            silent = None
        elif isinstance(one.event, events.AlertResolved) and one.event.fingerprint in firing:
            firing.discard(one.event.fingerprint)
            silent = one if not firing else None
    return silent


def has_ended(story: Story) -> bool:
    """Whether nothing more can come: what is missing now was not done."""
    return bool(story.of(events.DrillFinished) or story.of(events.DrillAborted))
