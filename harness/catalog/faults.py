"""The shape of a fault's file, and the fault that it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from harness.catalog.files import LooseMechanism, ReleaseTable, StrictFile, Text
from harness.causes import Mitigation, Trigger, TriggerKind
from harness.errors import BadFile
from harness.model import (
    Answer,
    ClueKind,
    DetectRule,
    EvidenceClue,
    Fault,
    LatentForm,
    Objective,
    Release,
)

CHEATS_MIN = 2
"""A fault whose oracle was never tried against a cheat proves nothing."""
EVIDENCE_MIN, EVIDENCE_MAX = 3, 5
HINTS_MIN = 3
ACTION_ITEMS_MIN = 4
HOURS_AGO_MIN, HOURS_AGO_MAX = 2.0, 120.0
"""Of a release that lies in wait: before the colleagues' of the last hour, after the base."""


class DetectTable(StrictFile):
    """One `[[detect]]`."""

    alert: Text
    within_s: Annotated[float, Field(gt=0)]

    def as_rule(self) -> DetectRule:
        return DetectRule(self.alert, self.within_s)


class EvidenceTable(StrictFile):
    """One `[[evidence]]`."""

    kind: Annotated[ClueKind, Strict(False)]
    find: Text
    shows: Text


class VerifyTable(StrictFile):
    """One `[[verify]]`: a measure and at least one bound."""

    measure: Text
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("an objective needs 'at_least' or 'at_most'")
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise ValueError("'at_least' is greater than 'at_most'")
        return self


class AcceptsTable(StrictFile):
    """`[accepts]`: what a right diagnosis may say."""

    services: Annotated[list[Text], Field(min_length=1)]
    mechanisms: Annotated[list[LooseMechanism], Field(min_length=1)]


class TriggerTable(StrictFile):
    """`[trigger]`; without one, the release alone does it."""

    kind: Annotated[TriggerKind, Strict(False)]
    after_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    load_profile: Text | None = None
    """By which customers come, with `traffic`."""
    profile: Text | None = None
    """By which third parties behave, with `brief-outage` and `third-parties`."""
    for_s: Annotated[float, Field(gt=0, le=10)] | None = None

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if self.kind is TriggerKind.TRAFFIC and self.load_profile is None:
            raise ValueError("'traffic' needs a 'load_profile'")
        if self.kind is not TriggerKind.TRAFFIC and self.load_profile is not None:
            raise ValueError("only 'traffic' has a 'load_profile'")
        is_outage, says = self.kind is TriggerKind.BRIEF_OUTAGE, {self.profile, self.for_s}
        if is_outage and None in says:
            raise ValueError("'brief-outage' needs a 'profile' and 'for_s'")
        if self.kind is TriggerKind.THIRD_PARTIES:
            if self.profile is None or self.for_s is not None:
                raise ValueError("'third-parties' needs a 'profile', and has no 'for_s'")
        elif not is_outage and says != {None}:
            raise ValueError("only 'brief-outage' has a 'profile' and 'for_s'")
        return self

    def as_trigger(self) -> Trigger:
        return Trigger(
            self.kind,
            self.after_s,
            self.load_profile or "",
            self.profile or "",
            self.for_s or 0.0,
        )


class LatentTable(StrictFile):
    """`[latent]`: the form in which the release was out long before the drill."""

    hours_ago: Annotated[list[float], Field(min_length=2, max_length=2)]
    load_profile: Text | None = None
    third_party_profile: Text | None = None
    trigger: TriggerTable | None = None
    """Without one, that of the fault."""
    detect: list[DetectTable] = Field(default_factory=list)
    """Without any, those of the fault."""

    @model_validator(mode="after")
    def _went_out_in_time(self) -> Self:
        low, high = self.hours_ago
        if not HOURS_AGO_MIN <= low <= high <= HOURS_AGO_MAX:
            bounds = f"{HOURS_AGO_MIN:g} to {HOURS_AGO_MAX:g}"
            raise ValueError(f"'hours_ago' is from when to when, of {bounds}, the later one first")
        return self

    def as_form(self, usual: TriggerTable) -> LatentForm:
        low, high = self.hours_ago
        return LatentForm(
            (self.trigger or usual).as_trigger(),
            (low, high),
            self.load_profile or "",
            self.third_party_profile or "",
            tuple(one.as_rule() for one in self.detect),
        )


class MitigationTable(StrictFile):
    """`[mitigation]`; without one, the release is rolled back."""

    flag: Text
    """Of the fault's service, switched off."""


class FaultFile(StrictFile):
    """fault.toml."""

    title: Text
    service: Text
    mechanism: LooseMechanism
    locus: Text
    release: ReleaseTable | None = None
    detect: Annotated[list[DetectTable], Field(min_length=1)]
    evidence: Annotated[
        list[EvidenceTable], Field(min_length=EVIDENCE_MIN, max_length=EVIDENCE_MAX)
    ]
    verify: Annotated[list[VerifyTable], Field(min_length=1)]
    hints: Annotated[list[Text], Field(min_length=HINTS_MIN)]
    accepts: AcceptsTable
    action_items: Annotated[list[Text], Field(min_length=ACTION_ITEMS_MIN)]
    trigger: TriggerTable = TriggerTable(kind=TriggerKind.DEPLOY)
    mitigation: MitigationTable | None = None
    latent: LatentTable | None = None

    @model_validator(mode="after")
    def _can_lie_in_wait(self) -> Self:
        if self.latent is None:
            return self
        if self.release is None:
            raise ValueError("[latent] is of a [release] that was out before")
        if (self.latent.trigger or self.trigger).kind is TriggerKind.DEPLOY:
            raise ValueError("[latent] needs a [latent.trigger]: no deploy sets it off")
        return self

    @model_validator(mode="after")
    def _can_be_played(self) -> Self:
        if self.release is not None:
            return self
        if self.trigger.kind is not TriggerKind.TRAFFIC:
            raise ValueError("without a [release] nothing but 'traffic' can set it off")
        if self.mitigation is None:
            raise ValueError("without a [release] there is nothing to roll back: say [mitigation]")
        return self


def as_fault(id_: str, folder: Path, read: FaultFile, release: Release | None) -> Fault:
    """The fault in `folder`; raises BadFile for what is missing there."""
    cheats = tuple(sorted(folder.glob("cheats/*.patch")))
    if len(cheats) < CHEATS_MIN:
        raise BadFile(folder / "cheats", None, f"it needs at least {CHEATS_MIN} patches")
    return Fault(
        id=id_,
        title=read.title,
        folder=folder,
        service=read.service,
        mechanism=read.mechanism,
        locus=read.locus,
        release=release,
        detect=tuple(one.as_rule() for one in read.detect),
        evidence=tuple(EvidenceClue(one.kind, one.find, one.shows) for one in read.evidence),
        verify=tuple(Objective(one.measure, one.at_least, one.at_most) for one in read.verify),
        hints=tuple(read.hints),
        accepts=Answer(
            tuple(read.accepts.services),
            tuple(read.accepts.mechanisms),
            read.service,
            read.mechanism,
        ),
        action_items=tuple(read.action_items),
        fix_patch=existing(folder / "fix.patch"),
        cheat_patches=cheats,
        notes=existing(folder / "notes.md"),
        trigger=read.trigger.as_trigger(),
        mitigation=Mitigation(read.mitigation.flag if read.mitigation else ""),
        latent=read.latent.as_form(read.trigger) if read.latent else None,
    )


def existing(path: Path) -> Path:
    """The path of a file that is there; raises BadFile."""
    if not path.is_file():
        raise BadFile(path, None, "there is no such file")
    return path
