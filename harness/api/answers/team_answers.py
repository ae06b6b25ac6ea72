"""What a team wrote, beside the events that hold it."""

from __future__ import annotations

from typing import Literal

from harness.api.answers.shapes import Answer
from harness.exercise.update_texts import Reader
from harness.record.events import (
    ActionKind,
    GuardVerdict,
    Hypothesis,
    Readers,
    UpdateStatus,
)


class Noted(Answer):
    """It stands in the record."""

    status: Literal["noted"]


class Ending(Answer):
    """The drill is on its way to its end."""

    status: Literal["finishing", "halting"]
    drill_id: str


class Revision(Answer):
    """All hypotheses as they stood then; `seq` is the number of the event."""

    at: str
    seq: int
    hypotheses: list[Hypothesis]
    reason: str
    by: str


class Revised(Answer):
    """All hypotheses as they stand now; `problems` are links that lead nowhere, and why."""

    hypotheses: list[Hypothesis]
    reason: str
    by: str
    problems: list[str]


class Declared(Answer):
    """A declared cause; `problems` are links that lead nowhere, and why."""

    service: str
    mechanism: str
    confidence_percent: int
    evidence: list[str]
    note: str
    by: str
    links: list[str]
    problems: list[str]


class Stated(Answer):
    """What is expected of an act; `held` says who tells what came of it."""

    action_id: str
    action: ActionKind
    target: str
    expectation: str
    probability_percent: int
    within_s: float
    if_worse: str
    by: str
    held: str


class UpdateAsRead(Answer):
    """An update as one kind of reader gets it."""

    at: str
    status: UpdateStatus
    readers: Readers
    text: str


UpdateTexts = dict[Reader, str]
"""An update for each kind of reader that it is meant for."""


class GuardSaid(Answer):
    """What a check said of a release."""

    service: str
    version: str
    verdict: GuardVerdict
    why: str


class Guardrail(Answer):
    """A check; `bound_by` is the drill that bound it, and null where none did."""

    check: str
    kind: Literal["source", "deploy", "alert"]
    title: str
    bound_by: str | None
    owner: str | None
    said: list[GuardSaid]


class Postmortem(Answer):
    """The team's postmortem; `version` is empty while there is no text."""

    text: str
    version: str
    by: str
    at: str | None
    draft: str
    is_draft: bool


class PostmortemFiles(Answer):
    """The files that were written."""

    files: list[str]
