"""The exercise: its clock, phases, messages, roles, and the words that its forms offer."""

from __future__ import annotations

from harness.api.answers.shapes import Answer
from harness.causes import Mechanism
from harness.exercise.agenda import AiPolicy, InjectKind, PhaseKind
from harness.exercise.update_texts import Reader
from harness.record.events import (
    ActionStated,
    AlertMark,
    CauseLevel,
    ComponentStatus,
    Escalation,
    LearningKind,
    PriorityKind,
    Readers,
    Severity,
    UpdateStatus,
)


class Clock(Answer):
    """What the clock shows, in seconds of the agenda; `remaining_s` is null for a phase without an
    end of its own."""

    is_running: bool
    is_paused: bool
    is_over: bool
    agenda_s: float
    phase: str
    phase_title: str
    phase_kind: PhaseKind
    phase_s: float
    remaining_s: float | None
    objectives: list[str]
    questions: list[str]


class AgendaPhase(Answer):
    """A phase of the agenda."""

    id: str
    title: str
    duration_s: float | None


class Message(Answer):
    """What the team was told; `seq` is the number of its event."""

    id: str
    kind: InjectKind
    sender: str
    text: str
    seq: int


class MessageTo(Answer):
    """What was said; `to` is empty where it was said to everybody."""

    seq: int
    to: str
    sender: str
    text: str


class Exercise(Answer):
    """The exercise as its people see it. `roles` is role → who holds it; `update_due_s` falls below
    zero once an update is late; `sealed` is the commitment to the answer."""

    agenda: str
    title: str
    objectives: list[str]
    speed: float
    asks_for_plan: bool
    clock: Clock
    phases: list[AgendaPhase]
    ai: AiPolicy
    roles: dict[str, list[str]]
    messages: list[Message]
    hints: list[str]
    files: list[str]
    open_actions: list[ActionStated]
    update_due_s: float | None
    sealed: str | None


class Runbook(Answer):
    """What to do about an alert, as Markdown."""

    alert: str
    text: str


class UnlockedFile(Answer):
    """A file that a phase has unlocked; a long one is cut."""

    name: str
    text: str


class Role(Answer):
    """A role, what it is there for, and who holds it."""

    id: str
    title: str
    people: list[str]
    responsibilities: list[str]
    checklist: list[str]


class Choices(Answer):
    """What the fields of the forms may hold. `checks` is id → title; `learnings` is kind → its
    fields, of which `learning_lists` are lists."""

    severities: list[Severity]
    escalations: list[Escalation]
    priorities: list[PriorityKind]
    marks: list[AlertMark]
    update_statuses: list[UpdateStatus]
    component_statuses: list[ComponentStatus]
    readers: list[Readers]
    channels: list[Reader]
    cause_levels: list[CauseLevel]
    services: list[str]
    mechanisms: list[Mechanism]
    learnings: dict[LearningKind, list[str]]
    learning_lists: list[str]
    checks: dict[str, str]
    questions: list[str]
    first_update_within_s: float
    update_every_s: float


class DeckPhase(Answer):
    """A phase before it is played; `end_s` is null for one without an end of its own."""

    title: str
    kind: PhaseKind
    ai: AiPolicy
    begin_s: float
    end_s: float | None
    objectives: list[str]
    questions: list[str]


class Deck(Answer):
    """The agenda as the workshop's slides tell it."""

    title: str
    objectives: list[str]
    phases: list[DeckPhase]
