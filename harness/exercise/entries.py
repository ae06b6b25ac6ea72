"""What a team writes, in the one form that flags, files and HTTP bodies share.

The models say which fields there are, of which type and size. Whether what they hold makes sense in
this drill, the checks beside this module say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.errors import UnknownName, UsageError
from harness.exercise.fields import NAME_MAX, TEXT_MAX
from harness.record.events import CallOutcome, ToolName

HYPOTHESES_MAX = 100
WITHIN_DEFAULT_S = 120.0

Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
Text = Annotated[str, Field(max_length=TEXT_MAX)]
Texts = Annotated[list[Text], Field(max_length=100)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class Entry(BaseModel):
    """Something that people send. A field that is not known is a mistake, and is named."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @classmethod
    def field_names(cls) -> dict[str, bool]:
        """Each field, as people write it, and whether it must be there."""
        return {
            field.alias or name: field.is_required() for name, field in cls.model_fields.items()
        }

    @classmethod
    def require_fields(cls, given: Mapping[str, Any], how: str = "") -> None:
        """Raises UsageError for a field that there is not, with the nearest ones that there are;
        and for one that is missing, with `how` to give it."""
        names = cls.field_names()
        for name in given:
            if name not in names:
                unknown = UnknownName("field", str(name)[:NAME_MAX], names)
                raise UsageError(unknown.message, unknown.hint)
        for name, is_required in names.items():
            if is_required and name not in given:
                raise UsageError(
                    f"'{name}' is missing", how or f"the fields are: {', '.join(names)}"
                )

    @model_validator(mode="before")
    @classmethod
    def _has_its_fields(cls, given: Any) -> Any:
        if isinstance(given, dict):
            cls.require_fields(given)
        return given


class Membership(Entry):
    """Who takes a role, or gives it up."""

    person: Name
    role: Name


class Joining(Membership):
    """Who takes a role."""

    is_agent: bool = False


class Note(Entry):
    """A line for the timeline."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


class Diagnosis(Entry):
    """What is wrong, and how surely; confidence in percent."""

    service: Name
    mechanism: Name
    confidence: int
    evidence: Texts = []
    note: Text = ""


class Incident(Entry):
    """What the team takes the incident to be."""

    severity: Text
    summary: Text
    systems: Texts
    blast_radius: Text
    users_affected: int | None = None
    escalate: Texts = []


class Priority(Entry):
    """One thing to do, in its place in the order."""

    kind: Text
    text: Text


class Triage(Entry):
    """What is known and what is not, what comes first, and what can wait."""

    known: Texts = []
    unknown: Texts = []
    priorities: list[Priority] = []
    not_doing_yet: Texts = []


class Hypothesis(Entry):
    """One explanation, its probability in percent, and links to evidence."""

    id: Text
    text: Text
    probability: int
    service: Text = ""
    mechanism: Text = ""
    evidence_for: Texts = Field(default=[], alias="for")
    evidence_against: Texts = Field(default=[], alias="against")


class Hypotheses(Entry):
    """All hypotheses as they stand now."""

    hypotheses: Annotated[list[Hypothesis], Field(max_length=HYPOTHESES_MAX)]
    reason: Text = ""


class Mark(Entry):
    """Whether an alert is source or symptom."""

    alert: Name
    mark: Text
    reason: Text = ""


class Expectation(Entry):
    """What somebody is about to do, and what they expect of it; probability in percent."""

    action: Text
    target: Text = ""
    expect: Text
    probability: int | None = None
    within_s: float = WITHIN_DEFAULT_S
    if_worse: Text = ""


class Outcome(Entry):
    """What came of a stated action."""

    action_id: Name
    met: bool
    measured: Text


class Update(Entry):
    """A word to stakeholders; confidence in percent, which must be said."""

    status: Text
    what_happened: Text
    what_we_did: Text
    current_state: Text
    confidence: int | None
    unknowns: Texts = []
    next_steps: Texts = []
    readers: Text = "all"
    eta_minutes: float | None = None
    eta_latest_minutes: float | None = None
    """The end of the interval that `eta_minutes` begins."""
    components: dict[str, str] | None = None
    """Service → how it does, for the status page."""


class Reflection(Entry):
    """What went well, what could improve, or an answer to a question of the agenda."""

    kind: Text
    text: Text
    question: Text = ""


class Analysis(Entry):
    """One level of the cause; confidence in percent, which must be said."""

    level: Text
    text: Text
    confidence: int | None


class Learning(Entry):
    """What was learned; which fields there are depends on the kind."""

    kind: Text
    fields: dict[str, Text | Texts]


class ActionItem(Entry):
    """What will be done, by whom, and the check that later drills run."""

    text: Text
    owner: Text
    check: Text = ""


class ToolCall(Entry):
    """A call of a tool that an agent has, once it is over."""

    tool: ToolName
    arguments: Text
    arguments_chars: Count
    outcome: CallOutcome
    answer_chars: Count
    took_ms: Count
    reason: Text = ""
