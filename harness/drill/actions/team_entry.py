"""What the people of an exercise write: checked, recorded under their name, and returned.

All raise UsageError that says what is expected, or UnknownName with the nearest names.
"""

from __future__ import annotations

import shlex
from typing import TypeVar

from harness.drill.queries.evidence_links import follow_links, newest_moment
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName, UsageError
from harness.exercise import checks, entries, learning_checks, update_checks
from harness.exercise.fields import NAME_MAX, text
from harness.exercise.guards import known_guards
from harness.exercise.views import role_holders
from harness.record import events
from harness.scoring.answer import recognise_mechanism

E = TypeVar("E", bound=events.Event)

ANONYMOUS = "participant"
"""Who wrote what nobody put a name to."""


def speaker(session: Session, name: str) -> str:
    """Who is writing: `name`, who must have joined; without one the only person there is.

    An agent is none of these: one that comes to a drill must not change whose acts are whose in a
    terminal where nobody has given a name.
    """
    story = session.story()
    people = sorted({one for held in role_holders(story).values() for one in held})
    if not name:
        agents = {one.event.person for one in story.of(events.RoleJoined) if one.event.is_agent}
        alone = [one for one in people if one not in agents]
        return alone[0] if len(alone) == 1 else ANONYMOUS
    if name not in people:
        refused = UnknownName("person in this drill", name, people)
        known = f"{refused.hint} " if people else ""
        way = f"`drill join {shlex.quote(name)} --role …`, or your name at the top of the console"
        refused.hint = f"{known}(whoever writes under a name holds a role: {way})"
        raise refused
    return name


def actor(session: Session, name: str) -> str:
    """Who does something to the shop or takes a page: as `speaker`, but a name that has not joined
    yet is enough. Nothing that is urgent waits for a form; one whose roles were all taken away or
    given up is away."""
    joined = {one.event.person for one in session.story().of(events.RoleJoined)}
    if not name or name in joined:
        return speaker(session, name)
    if not name.isprintable():
        raise UsageError("a name is printable characters")
    return text("person", name, length_max=NAME_MAX)


def join(session: Session, person: str, role: str, *, is_agent: bool = False) -> events.RoleJoined:
    """Somebody takes a role."""
    event = checks.role_joined(session.story(), person, role, is_agent=is_agent)
    return _noted(session, event, event.person)


def leave(session: Session, person: str, role: str) -> events.RoleLeft:
    """Somebody gives a role up."""
    return _noted(session, checks.role_left(session.story(), person, role), person)


def declare(session: Session, entry: entries.Incident, *, by: str) -> events.IncidentDeclared:
    """Open the incident, or say anew what it is."""
    event = checks.incident_declared(entry, known_systems=_services(session.spec), by=by)
    return _noted(session, event, by)


def triage(session: Session, entry: entries.Triage, *, by: str) -> events.TriageWritten:
    """Write the triage."""
    return _noted(session, checks.triage_written(entry, by=by), by)


async def revise_hypotheses(
    session: Session, entry: entries.Hypotheses, *, by: str
) -> tuple[events.HypothesesRevised, tuple[str, ...]]:
    """Write all hypotheses as they stand now; also returns which links lead nowhere, and why."""
    event = checks.hypotheses_revised(
        [_understood(one) for one in entry.hypotheses],
        reason=entry.reason,
        known_systems=_services(session.spec),
        by=by,
        now=newest_moment(session),
    )
    problems: list[str] = []
    for one in event.hypotheses:
        for side in (one.evidence_for, one.evidence_against):
            problems += (await follow_links(session, side)).problems
    return _noted(session, event, by), tuple(dict.fromkeys(problems))


def mark(session: Session, entry: entries.Mark, *, by: str) -> events.AlertMarked:
    """Say whether an alert is source or symptom."""
    fired = {one.event.name for one in session.story().of(events.AlertFired)}
    event = checks.alert_marked(entry, by=by, known_alerts=fired or {"none has fired"})
    return _noted(session, event, by)


def post_update(session: Session, entry: entries.Update, *, by: str) -> events.UpdatePosted:
    """Tell stakeholders. The status page and the shop's banner follow."""
    event = update_checks.update_posted(entry, by=by, known_systems=_services(session.spec))
    return _noted(session, event, by)


def reflect(session: Session, entry: entries.Reflection, *, by: str) -> events.ReflectionWritten:
    """What went well, what could improve, or an answer to a question of the agenda."""
    questions = [one for phase in session.spec.agenda.phases for one in phase.questions]
    event = learning_checks.reflection_written(entry, by=by, questions=questions)
    return _noted(session, event, by)


def analyse(session: Session, entry: entries.Analysis, *, by: str) -> events.CauseAnalysed:
    """One level of the cause."""
    return _noted(session, learning_checks.cause_analysed(entry, by=by), by)


def learn(session: Session, entry: entries.Learning, *, by: str) -> events.LearningStored:
    """Store what was learned."""
    return _noted(session, learning_checks.learning_stored(entry, by=by), by)


def add_action_item(
    session: Session, entry: entries.ActionItem, *, by: str
) -> events.ActionItemAdded:
    """An action item with its owner; later drills run the check that it is bound to."""
    event = learning_checks.action_item_added(
        session.story(), entry, by=by, known_checks=known_guards()
    )
    return _noted(session, event, by)


def _understood(one: entries.Hypothesis) -> events.Hypothesis:
    """As it is recorded: a mechanism by its own name, whatever usual name it was given."""
    kind = recognise_mechanism(one.mechanism)
    return events.Hypothesis(
        id=one.id,
        text=one.text,
        probability_percent=one.probability,
        service=one.service,
        mechanism=kind.value if kind else one.mechanism,
        evidence_for=tuple(one.evidence_for),
        evidence_against=tuple(one.evidence_against),
    )


def _services(spec: DrillSpec) -> list[str]:
    return [entry.name for entry in spec.topology]


def _noted(session: Session, event: E, by: str) -> E:
    session.note(event, actor=by)
    return event
