"""What is for the instructor alone."""

from __future__ import annotations

from harness.api.answers.shapes import Answer
from harness.catalog.difficulty import Level
from harness.causes import Mechanism
from harness.exercise.agenda import InjectKind
from harness.record.events import AnswerRevealed


class PlannedMessage(Answer):
    """A message of the agenda, what brings it and in how many seconds of the agenda (null: that
    cannot be told), and whether the team has had it."""

    id: str
    kind: InjectKind
    sender: str
    text: str
    when: str
    due_s: float | None
    delivered: bool


class Proof(Answer):
    """What the matrix found of a scenario here; null for what was not tried."""

    holds: bool
    shortfalls: list[str]
    page_s: float | None
    found: bool | None
    rollback: bool | None
    fix: bool | None
    cheats: int
    cheats_rejected: int


class PickableScenario(Answer):
    """A scenario to run next; `proof` is null where the matrix has not tried it here, `difficulty`
    where nothing is wrong."""

    id: str
    title: str
    agenda: str
    faults: int
    proof: Proof | None
    difficulty: Level | None


class Pickable(Answer):
    """What can be run next. `agendas` is id → title."""

    scenarios: list[PickableScenario]
    agendas: dict[str, str]
    tried_at: str | None


class Fault(Answer):
    """What is wrong."""

    id: str
    title: str
    service: str
    mechanism: Mechanism
    locus: str
    hints: list[str]
    action_items: list[str]


class JudgedDiagnosis(Answer):
    """A declared diagnosis by its number, whether it is right, and its links to evidence."""

    seq: int
    right: bool
    evidence: int


class DrillAnswer(Answer):
    """What the drill is about, and how what was declared stands to it."""

    scenario: str
    seed: int
    faults: list[Fault]
    declared: list[JudgedDiagnosis]
    evidence_min: int


class Revealed(Answer):
    """The answer as the team is told it; `seal_holds` is null where nothing was sealed."""

    answer: list[AnswerRevealed]
    seal_holds: bool | None
