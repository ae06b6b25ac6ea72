"""Reading agendas: harness/agendas/<id>.toml, strictly, with the line of what is wrong.

```toml
title = "…"
clock_starts = "ready"        # with the healthy shop; or "page": with the first page
cause_target_s = 1200         # optional: from the first page to the right cause, for the score
objectives = ["…"]
roles = ["on-call", …]        # of harness/exercise/roles.toml
include = ["customers"]       # optional: injects of common/<name>.toml beside the agenda

[[phase]]
id = "dark-room"
title = "Dark room"
kind = "investigation"        # briefing alerting investigation fix break review respond
duration_s = 1500             # optional: without it the phase ends only when it is skipped
ai = "closed"                 # closed after-cause open
triggers = true               # optional: the incident begins here (clock_starts = "ready" only)
objectives = ["…"]            # optional, as are:
unlocks = ["error-logs"]      # error-logs deployments provider-status config-diff deployment-notes
questions = ["…"]

[[inject]]
id = "ceo"
kind = "executive-asks"       # support-tickets status-page-question red-herring second-alert
sender = "…"                  # person-removed (with role = "…") message
text = "…"
at_s = 300                    # exactly one of: at_s; phase and after_s; alert and for_s;
                              # no_update_for_s; by_hand = true
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from harness.catalog.files import Source, StrictFile, Text
from harness.catalog.toml_lines import KeyPath
from harness.errors import UnknownName
from harness.exercise.agenda import (
    Agenda,
    AiPolicy,
    Artefact,
    AtTime,
    ByHand,
    ClockStart,
    Inject,
    InjectKind,
    InPhase,
    NoUpdate,
    Phase,
    PhaseKind,
    When,
    WhileAlert,
)
from harness.exercise.roles import role_ids

AGENDAS = Path(__file__).resolve().parent.parent / "agendas"

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Duration = Annotated[float, Field(gt=0, le=86_400)]


class PhaseTable(StrictFile):
    """One `[[phase]]`."""

    id: Name
    title: Text
    kind: PhaseKind
    duration_s: Duration | None = None
    ai: AiPolicy
    triggers: bool = False
    objectives: list[Text] = Field(default_factory=list)
    unlocks: list[Artefact] = Field(default_factory=list)
    questions: list[Text] = Field(default_factory=list)


class InjectTable(StrictFile):
    """One `[[inject]]`, with exactly one way of becoming due."""

    id: Name
    kind: InjectKind
    sender: Text
    text: Text
    role: str = ""
    at_s: Seconds | None = None
    phase: Name | None = None
    after_s: Seconds | None = None
    alert: Text | None = None
    for_s: Seconds | None = None
    no_update_for_s: Duration | None = None
    by_hand: bool = False

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        ways = [self.at_s, self.phase, self.alert, self.no_update_for_s, self.by_hand or None]
        if sum(way is not None for way in ways) != 1:
            raise ValueError(
                "it needs exactly one of 'at_s', 'phase', 'alert', 'no_update_for_s', 'by_hand'"
            )
        if self.after_s is not None and self.phase is None:
            raise ValueError("'after_s' goes with 'phase'")
        if self.for_s is not None and self.alert is None:
            raise ValueError("'for_s' goes with 'alert'")
        if (self.kind == "person-removed") != bool(self.role):
            raise ValueError("'role' goes with the kind 'person-removed', and only with it")
        return self


class InjectsFile(StrictFile):
    """common/<name>.toml: injects that several agendas share."""

    inject: Annotated[list[InjectTable], Field(min_length=1)]


class AgendaFile(StrictFile):
    """<id>.toml."""

    title: Text
    clock_starts: ClockStart
    cause_target_s: Duration | None = None
    objectives: Annotated[list[Text], Field(min_length=1)]
    roles: Annotated[list[Text], Field(min_length=1)]
    include: list[Name] = Field(default_factory=list)
    phase: Annotated[list[PhaseTable], Field(min_length=1)]
    inject: list[InjectTable] = Field(default_factory=list)


def agenda_ids(folder: Path = AGENDAS) -> list[str]:
    """The agendas that `folder` holds."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_agenda(id_: str, folder: Path = AGENDAS) -> Agenda:
    """Read one agenda. Raises UnknownName with the nearest ids, or BadFile with file and line."""
    if id_ not in agenda_ids(folder):
        raise UnknownName("agenda", id_, agenda_ids(folder))
    return read_agenda(folder / f"{id_}.toml")


def read_agenda(path: Path) -> Agenda:
    """Read the agenda in `path`, wherever an author keeps it. Raises BadFile."""
    source = Source(path)
    read = source.parse(AgendaFile)
    for index, role in enumerate(read.roles):
        if role not in role_ids():
            raise source.bad_name(("roles", index), "role", role, role_ids())
    phases = _phases(source, read)
    names = [phase.id for phase in phases]
    injects = _injects(source, read.inject, names)
    for index, name in enumerate(read.include):
        shared_path = path.parent / "common" / f"{name}.toml"
        known = sorted(file.stem for file in shared_path.parent.glob("*.toml"))
        if name not in known:
            raise source.bad_name(("include", index), "file of injects", name, known)
        shared = Source(shared_path)
        more = _injects(shared, shared.parse(InjectsFile).inject, names)
        if both := {inject.id for inject in injects} & {inject.id for inject in more}:
            raise source.bad(("include", index), f"'{name}' has an inject '{min(both)}', too")
        injects += more
    return Agenda(
        id=path.stem,
        title=read.title,
        clock_starts=read.clock_starts,
        cause_target_ms=_ms(read.cause_target_s),
        objectives=tuple(read.objectives),
        roles=tuple(read.roles),
        phases=phases,
        injects=tuple(injects),
    )


def _phases(source: Source, read: AgendaFile) -> tuple[Phase, ...]:
    triggers = [index for index, phase in enumerate(read.phase) if phase.triggers]
    if read.clock_starts == "page" and triggers:
        message = "the clock starts with the page, so no phase can trigger it"
        raise source.bad(("phase", triggers[0], "triggers"), message)
    if read.clock_starts == "ready" and len(triggers) != 1:
        where: KeyPath = ("phase", triggers[1], "triggers") if triggers else ("clock_starts",)
        raise source.bad(where, f"exactly one phase has 'triggers = true', not {len(triggers)}")
    for index, phase in enumerate(read.phase):
        if phase.id in {before.id for before in read.phase[:index]}:
            raise source.bad(("phase", index, "id"), f"there are two phases '{phase.id}'")
    return tuple(
        Phase(
            id=one.id,
            title=one.title,
            kind=one.kind,
            duration_ms=_ms(one.duration_s),
            ai=one.ai,
            triggers=one.triggers,
            objectives=tuple(one.objectives),
            unlocks=tuple(one.unlocks),
            questions=tuple(one.questions),
        )
        for one in read.phase
    )


def _injects(source: Source, tables: list[InjectTable], phases: list[str]) -> list[Inject]:
    for index, table in enumerate(tables):
        if table.id in {before.id for before in tables[:index]}:
            raise source.bad(("inject", index, "id"), f"there are two injects '{table.id}'")
        if table.phase is not None and table.phase not in phases:
            raise source.bad_name(("inject", index, "phase"), "phase", table.phase, phases)
        if table.role and table.role not in role_ids():
            raise source.bad_name(("inject", index, "role"), "role", table.role, role_ids())
    return [
        Inject(one.id, one.kind, one.sender, one.text.strip(), _when(one), one.role)
        for one in tables
    ]


def _when(table: InjectTable) -> When:
    if table.at_s is not None:
        return AtTime(_millis(table.at_s))
    if table.phase is not None:
        return InPhase(table.phase, _millis(table.after_s or 0.0))
    if table.alert is not None:
        return WhileAlert(table.alert, _millis(table.for_s or 0.0))
    if table.no_update_for_s is not None:
        return NoUpdate(_millis(table.no_update_for_s))
    return ByHand()


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else _millis(seconds)


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
