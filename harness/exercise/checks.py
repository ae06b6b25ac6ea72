"""What a team may write while the incident lasts: each check returns the event, ready to append.

All raise UsageError that says what is expected, or UnknownName with the nearest names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import get_args

from harness.errors import UsageError
from harness.exercise import entries
from harness.exercise.evidence import evidence_texts
from harness.exercise.fields import (
    ITEMS_MAX,
    NAME_MAX,
    number,
    one_of,
    percent,
    text,
    texts,
)
from harness.exercise.roles import team_roles
from harness.exercise.views import open_actions, role_holders
from harness.model import Mechanism
from harness.record import events
from harness.record.story import Story

WITHIN_MAX_S = 86_400.0


def role_joined(
    story: Story, person: str, role: str, *, is_agent: bool = False
) -> events.RoleJoined:
    """Somebody takes a role. Taking one twice is refused, several roles or people are not."""
    person = text("person", person, length_max=NAME_MAX)
    one_of("role", role, team_roles())
    if person in role_holders(story).get(role, ()):
        raise UsageError(f"{person} holds the role '{role}' already")
    return events.RoleJoined(person, role, is_agent)


def role_left(story: Story, person: str, role: str) -> events.RoleLeft:
    """Somebody gives a role up."""
    one_of("role", role, team_roles())
    holders = role_holders(story).get(role, ())
    if person not in holders:
        held = ", ".join(holders) or "nobody"
        raise UsageError(f"{person} does not hold the role '{role}'", f"it is held by: {held}")
    return events.RoleLeft(person, role)


def incident_declared(
    entry: entries.Incident, *, known_systems: Collection[str], by: str
) -> events.IncidentDeclared:
    """An incident, opened by hand or after the page; `known_systems` are the shop's services."""
    severities, reasons = get_args(events.Severity), get_args(events.Escalation)
    if entry.users_affected is not None and entry.users_affected < 0:
        raise UsageError("'users_affected' is a number of people, at least 0")
    return events.IncidentDeclared(
        severity=one_of("severity", entry.severity, severities),  # type: ignore[arg-type]
        summary=text("summary", entry.summary),
        systems=tuple(
            one_of("service", one, known_systems)
            for one in texts("systems", dict.fromkeys(entry.systems))
        ),
        users_affected=entry.users_affected,
        blast_radius=text("blast_radius", entry.blast_radius),
        escalate=tuple(one_of("escalation", one, reasons) for one in dict.fromkeys(entry.escalate)),  # type: ignore[misc]
        by=by,
    )


def triage_written(entry: entries.Triage, *, by: str) -> events.TriageWritten:
    """A triage sheet; priorities in their order."""
    kinds = get_args(events.PriorityKind)
    ordered = tuple(
        events.Priority(one_of("priority", one.kind, kinds), text("priorities", one.text))  # type: ignore[arg-type]
        for one in entry.priorities
    )
    if not ordered:
        raise UsageError("'priorities' is empty", f"what comes first? kinds: {', '.join(kinds)}")
    if len(ordered) > ITEMS_MAX:
        raise UsageError(f"'priorities' has {len(ordered)} items, {ITEMS_MAX} are the most")
    return events.TriageWritten(
        known=texts("known", entry.known),
        unknown=texts("unknown", entry.unknown),
        priorities=ordered,
        not_doing_yet=texts("not_doing_yet", entry.not_doing_yet, required=False),
        by=by,
    )


def hypotheses_revised(
    hypotheses: Iterable[events.Hypothesis],
    *,
    reason: str,
    known_systems: Collection[str],
    by: str,
    now: datetime | None = None,
) -> events.HypothesesRevised:
    """All hypotheses as they stand now. Probabilities sum to 100; ids are unique. Times of day in
    their evidence are those nearest to `now`."""
    checked = tuple(_hypothesis(one, known_systems, now) for one in hypotheses)
    if not checked:
        raise UsageError("there is no hypothesis", "name at least one, with its probability")
    if len(checked) > ITEMS_MAX:
        raise UsageError(f"there are {len(checked)} hypotheses, {ITEMS_MAX} are the most")
    if len({one.id for one in checked}) < len(checked):
        raise UsageError("two hypotheses have the same id", "an id names one over all revisions")
    total = sum(one.probability_percent for one in checked)
    if total != 100:
        given = " + ".join(str(one.probability_percent) for one in checked)
        raise UsageError(
            f"the probabilities sum to {total}, not to 100 ({given})",
            "give 'something else' what is left",
        )
    return events.HypothesesRevised(checked, text("reason", reason, required=False), by)


def _hypothesis(
    one: events.Hypothesis, known_systems: Collection[str], now: datetime | None
) -> events.Hypothesis:
    if one.service:
        one_of("service", one.service, known_systems)
    if one.mechanism:
        one_of("mechanism", one.mechanism, [known.value for known in Mechanism])
    return events.Hypothesis(
        id=text("id", one.id, length_max=NAME_MAX),
        text=text("hypothesis", one.text),
        probability_percent=percent("probability", one.probability_percent),
        service=one.service,
        mechanism=one.mechanism,
        evidence_for=evidence_texts(one.evidence_for, now=now),
        evidence_against=evidence_texts(one.evidence_against, now=now),
    )


def alert_marked(
    entry: entries.Mark, *, by: str, known_alerts: Collection[str]
) -> events.AlertMarked:
    """An alert that has fired, as source, symptom or unrelated."""
    return events.AlertMarked(
        alert=one_of("alert", entry.alert, known_alerts),
        mark=one_of("mark", entry.mark, get_args(events.AlertMark)),  # type: ignore[arg-type]
        reason=text("reason", entry.reason, required=False),
        by=by,
    )


def action_stated(
    story: Story,
    *,
    action: str,
    target: str,
    expectation: str,
    probability_percent: int | None,
    within_s: float,
    if_worse: str,
    by: str,
) -> events.ActionStated:
    """An expectation before the act. A rollback needs a plan for when it makes things worse."""
    kind = one_of("action", action, get_args(events.ActionKind))
    if kind == "rollback" and not if_worse.strip():
        raise UsageError(
            "'if_worse' is missing: a rollback needs a plan for when it makes things worse",
            "such as: --if-worse 'deploy the newer version again'",
        )
    return events.ActionStated(
        action_id=f"act-{len(story.of(events.ActionStated)) + 1}",
        action=kind,  # type: ignore[arg-type]
        target=text("target", target, length_max=NAME_MAX, required=kind != "wait"),
        expectation=text("expectation", expectation),
        probability_percent=percent("probability", probability_percent),
        within_s=number("within_s", within_s, at_most=WITHIN_MAX_S),
        if_worse=text("if_worse", if_worse, required=False),
        by=by,
    )


def outcome_measured(
    story: Story, *, action_id: str, met: bool, measured: str, by: str
) -> events.OutcomeMeasured:
    """The outcome of a stated action, once."""
    waiting = [one.event.action_id for one in open_actions(story)]
    if not waiting:
        raise UsageError("no stated action waits for its outcome")
    one_of("open action", action_id, waiting)
    return events.OutcomeMeasured(action_id, met, text("measured", measured), by)
