"""A declared diagnosis: which service, what kind of cause, how sure, by what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.causes import NOTHING_WRONG, NOWHERE, Answer
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName, UsageError
from harness.exercise.gate import links_to_evidence
from harness.model import Mechanism
from harness.record import events
from harness.scoring.answer import names_any, recognise_mechanism


def accepted(spec: DrillSpec) -> list[Answer]:
    """What is right to say of this drill: any of each fault's answers, or that nothing is wrong."""
    return [fault.accepts for fault in spec.faults] or [NOTHING_WRONG]


def judged(session: Session) -> list[dict[str, Any]]:
    """Each declared diagnosis by its number: whether it is right, and its links to evidence."""
    return [
        {
            "seq": one.seq,
            "right": names_any(one.event.service, one.event.mechanism, accepted(session.spec)),
            "evidence": links_to_evidence(one.event),
        }
        for one in session.story().of(events.DiagnosisDeclared)
    ]


def declare(
    session: Session,
    *,
    service: str,
    mechanism: str,
    confidence_percent: int,
    evidence: Sequence[str],
    note: str,
    by: str,
    links: Sequence[str] = (),
) -> events.DiagnosisDeclared:
    """Record a diagnosis. Whether it is right is not said before the drill's end.

    `links` are those in `evidence` that lead somewhere.

    Where nothing is wrong, `service` may be NOWHERE, and is recorded so. Raises
    UnknownName for a service or mechanism, UsageError for the rest.
    """
    names = [entry.name for entry in session.spec.topology]
    kind = recognise_mechanism(mechanism)
    if kind is Mechanism.NO_FAULT and service in (NOWHERE, *names):
        service = NOWHERE  # nothing is wrong anywhere, whichever service was looked at
    elif service not in names:
        raise UnknownName("service", service, names)
    if kind is None:
        raise UnknownName("mechanism", mechanism, [known.value for known in Mechanism])
    if not 0 <= confidence_percent <= 100:
        raise UsageError(f"confidence is a percentage from 0 to 100, not {confidence_percent}")
    event = events.DiagnosisDeclared(
        service=service,
        mechanism=kind.value,
        confidence_percent=confidence_percent,
        evidence=tuple(evidence),
        note=note,
        by=by,
        links=tuple(links),
    )
    session.note(event, actor=by)
    return event
