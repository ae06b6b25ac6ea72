"""A word to stakeholders, checked: it says what is known, how surely, and what is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from harness.errors import UsageError
from harness.exercise.entries import Update
from harness.exercise.fields import number, one_of, percent, text, texts
from harness.record.events import ComponentStatus, Readers, UpdatePosted, UpdateStatus

ETA_MAX_MINUTES = 7 * 24 * 60.0


def update_posted(entry: Update, *, by: str, known_systems: Collection[str] = ()) -> UpdatePosted:
    """An update with all its parts. Raises UsageError where one is missing, confidence above all.

    Unknowns and the estimate may be empty: then the update says so in words. An estimate of 0 is
    "any moment", or that it is over. `components` says for
    the status page how each of the named services does.
    """
    eta, latest = entry.eta_minutes, entry.eta_latest_minutes
    if eta is not None:
        eta = number("eta_minutes", eta, at_most=ETA_MAX_MINUTES, or_zero=True)
    if latest is not None:
        latest = number("eta_latest_minutes", latest, at_most=ETA_MAX_MINUTES, or_zero=True)
        if eta is None or latest < eta:
            raise UsageError(
                "'eta_latest_minutes' is the end of the interval that 'eta_minutes' begins"
            )
    return UpdatePosted(
        status=one_of("status", entry.status, get_args(UpdateStatus)),  # type: ignore[arg-type]
        what_happened=text("what_happened", entry.what_happened),
        what_we_did=text("what_we_did", entry.what_we_did),
        current_state=text("current_state", entry.current_state),
        confidence_percent=percent("confidence", entry.confidence),
        unknowns=texts("unknowns", entry.unknowns, required=False),
        next_steps=texts("next_steps", entry.next_steps),
        eta_minutes=eta,
        readers=one_of("group of readers", entry.readers, get_args(Readers)),  # type: ignore[arg-type]
        by=by,
        eta_latest_minutes=latest,
        components=_components(entry.components, known_systems),
    )


def _components(
    given: Mapping[str, str] | None, known_systems: Collection[str]
) -> dict[str, ComponentStatus] | None:
    if given is None:
        return None
    known = get_args(ComponentStatus)
    return {
        one_of("service", name, known_systems): one_of("component status", status, known)  # type: ignore[misc]
        for name, status in given.items()
    }
