"""What a fault.toml refers to must exist: services, alerts, measures, profiles, flags, code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harness.catalog.clues import (
    PathClue,
    expression,
    log_clue,
    matches_added_line,
    trace_clue,
    unknown_metric,
)
from harness.catalog.faults import (
    DetectTable,
    EvidenceTable,
    FaultFile,
    LatentTable,
    TriggerTable,
    VerifyTable,
)
from harness.catalog.files import Source
from harness.catalog.known_names import METRIC, KnownNames
from harness.catalog.locus import check_locus
from harness.catalog.toml_lines import KeyPath
from harness.measures import DEFAULT_OBJECTIVES
from harness.model import THIRD_PARTY_PROFILES, ClueKind, Objective, ServiceEntry

_DEFAULTS = {one.measure: one for one in DEFAULT_OBJECTIVES}


def check_fault(
    source: Source,
    read: FaultFile,
    patch: Path | None,
    *,
    root: Path,
    names: KnownNames,
    topology: Sequence[ServiceEntry],
) -> None:
    """Raises BadFile for the first reference that leads nowhere. `patch` is the release's."""
    services = [entry.name for entry in topology]
    _check_services(source, read, services)
    check_locus(source, root, read.service, read.locus, patch)
    _check_alerts(source, (), read.detect, names)
    for index, clue in enumerate(read.evidence):
        at: KeyPath = ("evidence", index, "find")
        if clue.kind is ClueKind.METRIC:
            _check_metrics(source, at, clue.find, names, patch)
        else:
            _check_clue(source, at, clue, services, patch)
    _check_mix(source, read)
    for index, bound in enumerate(read.verify):
        _check_bound(source, ("verify", index), bound)
    _check_profiles(source, ("trigger",), read.trigger, names)
    if read.latent is not None:
        _check_alerts(source, ("latent",), read.latent.detect, names)
        _check_profiles(source, ("latent",), read.latent, names)
        if read.latent.trigger is not None:
            _check_profiles(source, ("latent", "trigger"), read.latent.trigger, names)
    if read.mitigation is not None:
        flags = next(entry.flags for entry in topology if entry.name == read.service)
        kind = f"feature flag of {read.service}"
        source.check_name(("mitigation", "flag"), kind, read.mitigation.flag, flags)


def _check_alerts(
    source: Source, where: KeyPath, rules: Sequence[DetectTable], names: KnownNames
) -> None:
    for index, rule in enumerate(rules):
        at: KeyPath = (*where, "detect", index, "alert")
        source.check_name(at, "alert", rule.alert, names.alerts)
        source.check_name(at, "runbook of the alert", rule.alert, names.runbooks)


def _check_profiles(
    source: Source, where: KeyPath, table: TriggerTable | LatentTable, names: KnownNames
) -> None:
    """By which customers come and third parties behave, in one table or the other."""
    parties = "third_party_profile" if isinstance(table, LatentTable) else "profile"
    for key, kind, known in (
        ("load_profile", "load profile", names.load_profiles),
        (parties, "third-party profile", THIRD_PARTY_PROFILES),
    ):
        if (profile := getattr(table, key)) is not None:
            source.check_name((*where, key), kind, profile, known)


def _check_services(source: Source, read: FaultFile, services: list[str]) -> None:
    source.check_name(("service",), "service", read.service, services)
    for name in read.accepts.services:
        source.check_name(("accepts", "services"), "service", name, services)
    if read.service not in read.accepts.services:
        raise source.bad(("accepts",), f"the fault's own service '{read.service}' is missing")
    if read.mechanism not in read.accepts.mechanisms:
        raise source.bad(("accepts",), f"the fault's own '{read.mechanism}' is missing")


def _check_metrics(
    source: Source, where: KeyPath, find: str, names: KnownNames, patch: Path | None
) -> None:
    """The metrics exist, or come with the release. `Catalog.check` has the rest parsed in one go,
    for all faults."""
    added = METRIC.findall(patch.read_text(encoding="utf-8")) if patch else []
    if (metric := unknown_metric(find, [*names.metrics, *added])) is not None:
        raise source.bad_name(where, "metric", metric, names.metrics)


def _check_clue(
    source: Source, where: KeyPath, clue: EvidenceTable, services: list[str], patch: Path | None
) -> None:
    """A log, trace or commit: the expression compiles, and its services are there."""
    try:
        if clue.kind is ClueKind.LOG:
            source.check_name(where, "service", log_clue(clue.find).service, services)
        elif clue.kind is ClueKind.TRACE:
            shape = trace_clue(clue.find)
            for name in shape.services if isinstance(shape, PathClue) else ():
                source.check_name(where, "service", name, services)
        elif clue.kind is ClueKind.COMMIT:
            _check_commit(expression(clue.find), patch)
    except ValueError as error:
        raise source.bad(where, str(error)) from error


def _check_commit(pattern: re.Pattern[str], patch: Path | None) -> None:
    if patch is None:
        raise ValueError("a commit is evidence only of a release")
    if not matches_added_line(pattern, patch.read_text(encoding="utf-8").splitlines()):
        raise ValueError(f"no line that {patch.name} adds matches '{pattern.pattern}'")


def _check_mix(source: Source, read: FaultFile) -> None:
    """The cause can be found by more than one tool."""
    kinds = {clue.kind for clue in read.evidence}
    required = [{ClueKind.METRIC}, {ClueKind.LOG, ClueKind.TRACE}]
    if read.release is not None:
        required.append({ClueKind.COMMIT})
    for group in required:
        if not group & kinds:
            raise source.bad(("evidence",), f"there is no evidence of kind {_either(group)}")


def _either(kinds: set[ClueKind]) -> str:
    return " or ".join(f"'{kind}'" for kind in sorted(kinds))


def _check_bound(source: Source, where: KeyPath, bound: VerifyTable) -> None:
    """The measure exists, and the bound is as hard as the one that every drill is held to."""
    source.check_name((*where, "measure"), "measure", bound.measure, _DEFAULTS)
    usual = _DEFAULTS[bound.measure]
    own = Objective(bound.measure, bound.at_least, bound.at_most)
    for side in ("at_least", "at_most"):
        value, default = getattr(own, side), getattr(usual, side)
        if value is not None and default is None:
            other = "at_most" if side == "at_least" else "at_least"
            raise source.bad((*where, side), f"'{bound.measure}' is bounded by '{other}'")
        if value is not None and getattr(usual.and_also(own), side) != value:
            message = f"{value:g} is looser than the {default:g} that every drill is held to"
            raise source.bad((*where, side), message)
