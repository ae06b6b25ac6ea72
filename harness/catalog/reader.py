"""The catalog: folders under faults/ and the topology, as validated models.

faults/<id>/fault.toml release.patch fix.patch cheats/*.patch notes.md   → Fault
faults/decoys/<id>/release.toml [release.patch]                          → Decoy
faults/scenarios/<id>.toml                                               → Scenario
faults/families/<id>.toml                                                → Family
faults/paths/<id>.toml                                                   → LearningPath
services/topology.toml                                                   → ServiceEntry
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from harness.catalog.fault_checks import check_fault
from harness.catalog.faults import FaultFile, as_fault, existing
from harness.catalog.files import (
    DecoyFile,
    FamilyFile,
    PathFile,
    ReleaseTable,
    ScenarioFile,
    Source,
    TopologyFile,
)
from harness.catalog.folders import check_folders
from harness.catalog.known_names import KnownNames
from harness.catalog.toml_lines import KeyPath
from harness.causes import Blip, Family, LearningPath
from harness.errors import UnknownName
from harness.model import (
    THIRD_PARTY_PROFILES,
    ClueKind,
    Decoy,
    Fault,
    Release,
    Scenario,
    ServiceEntry,
)
from harness.people import PEOPLE

PromqlErrors = Callable[[Sequence[str]], Mapping[str, str]]
"""Expressions → those that do not parse, each with what is wrong."""


def _not_parsed(_expressions: Sequence[str]) -> Mapping[str, str]:
    return {}


class Catalog:
    """What the checkout at `root` has to offer.

    Reads a file when asked, a fault's once. What a file refers to is looked up when it is read:
    raises BadFile for a reference that leads nowhere.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._faults = root / "faults"
        self._names = KnownNames(root)
        self._read: dict[str, Fault] = {}

    def check(self, promql_errors: PromqlErrors = _not_parsed) -> None:
        """Read everything, and have the expressions of all faults parsed in one go.

        Raises BadFile for the first mistake in any file under faults/, or for a file there that
        nothing reads.
        """
        check_folders(self._faults)
        self.decoys(), self.scenarios(), self.families(), self.learning_paths()
        found = [
            (fault.id, index, clue.find)
            for fault in self.faults()
            for index, clue in enumerate(fault.evidence)
            if clue.kind is ClueKind.METRIC
        ]
        errors = promql_errors([find for _, _, find in found])
        for id_, index, find in found:
            if find in errors:
                source = Source(self._faults / id_ / "fault.toml")
                message = f"this is no PromQL: {errors[find]}"
                raise source.bad(("evidence", index, "find"), message)

    def fault_ids(self) -> list[str]:
        """The folders under faults/ that say what is broken."""
        return sorted(path.parent.name for path in self._faults.glob("*/fault.toml"))

    def decoy_ids(self) -> list[str]:
        return sorted(path.parent.name for path in self._faults.glob("decoys/*/release.toml"))

    def scenario_ids(self) -> list[str]:
        return sorted(path.stem for path in self._faults.glob("scenarios/*.toml"))

    def family_ids(self) -> list[str]:
        return sorted(path.stem for path in self._faults.glob("families/*.toml"))

    def learning_path_ids(self) -> list[str]:
        return sorted(path.stem for path in self._faults.glob("paths/*.toml"))

    def drill_names(self) -> list[str]:
        """What a drill can be asked for by name: scenarios and families."""
        return [*self.scenario_ids(), *self.family_ids()]

    def faults(self) -> list[Fault]:
        return [self.fault(id_) for id_ in self.fault_ids()]

    def decoys(self) -> list[Decoy]:
        return [self.decoy(id_) for id_ in self.decoy_ids()]

    def scenarios(self) -> list[Scenario]:
        return [self.scenario(id_) for id_ in self.scenario_ids()]

    def families(self) -> list[Family]:
        return [self.family(id_) for id_ in self.family_ids()]

    def learning_paths(self) -> list[LearningPath]:
        return [self.learning_path(id_) for id_ in self.learning_path_ids()]

    def topology(self) -> tuple[ServiceEntry, ...]:
        """The services in the order of their file."""
        return self._topology

    def fault(self, id_: str) -> Fault:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.fault_ids():
            raise UnknownName("fault", id_, self.fault_ids())
        if id_ not in self._read:
            self._read[id_] = self._fault(id_, self._faults / id_)
        return self._read[id_]

    def _fault(self, id_: str, folder: Path) -> Fault:
        source = Source(folder / "fault.toml")
        read = source.parse(FaultFile)
        patch, release = folder / "release.patch", None
        if read.release is None:
            if patch.is_file():
                raise source.bad((), "there is a release.patch, and no [release]")
        elif existing(patch):
            services = [entry.name for entry in self._topology]
            source.check_name(("service",), "service", read.service, services)
            release = self._release(source, ("release",), read.service, read.release, patch)
        check_fault(
            source,
            read,
            release.patch if release else None,
            root=self.root,
            names=self._names,
            topology=self._topology,
        )
        return as_fault(id_, folder, read, release)

    def decoy(self, id_: str) -> Decoy:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.decoy_ids():
            raise UnknownName("decoy", id_, self.decoy_ids())
        folder = self._faults / "decoys" / id_
        source = Source(folder / "release.toml")
        read = source.parse(DecoyFile)
        services = [entry.name for entry in self._topology]
        source.check_name(("service",), "service", read.service, services)
        patch = folder / "release.patch"
        release = self._release(source, (), read.service, read, patch if patch.is_file() else None)
        return Decoy(id_, release, read.body)

    def scenario(self, id_: str) -> Scenario:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.scenario_ids():
            raise UnknownName("scenario", id_, self.scenario_ids())
        source = Source(self._faults / "scenarios" / f"{id_}.toml")
        read = source.parse(ScenarioFile)
        source.check_names("faults", "fault", read.faults, self.fault_ids())
        self._check_apart(source, read.faults)
        source.check_names("decoys", "decoy", read.decoys, self.decoy_ids())
        source.check_name(("agenda",), "agenda", read.agenda, self._names.agendas)
        source.check_name(
            ("load_profile",), "load profile", read.load_profile, self._names.load_profiles
        )
        self._check_surges(source, read)
        self._check_profile(source, ("third_party_profile",), read.third_party_profile)
        for index, blip in enumerate(read.blip):
            self._check_profile(source, ("blip", index, "profile"), blip.profile)
        return Scenario(
            id=id_,
            title=read.title,
            faults=tuple(read.faults),
            decoys=tuple(read.decoys),
            load_profile=read.load_profile,
            third_party_profile=read.third_party_profile,
            agenda=read.agenda,
            blips=tuple(Blip(one.profile, one.after_s, one.for_s) for one in read.blip),
        )

    def family(self, id_: str) -> Family:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.family_ids():
            raise UnknownName("family", id_, self.family_ids())
        source = Source(self._faults / "families" / f"{id_}.toml")
        read = source.parse(FamilyFile)
        if id_ in self.scenario_ids():
            raise source.bad((), f"there is a scenario '{id_}', too")
        source.check_names("one_of", "scenario", read.one_of, self.scenario_ids())
        source.check_name(("agenda",), "agenda", read.agenda, self._names.agendas)
        return Family(id_, read.title, tuple(read.one_of), read.agenda)

    def learning_path(self, id_: str) -> LearningPath:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.learning_path_ids():
            raise UnknownName("learning path", id_, self.learning_path_ids())
        source = Source(self._faults / "paths" / f"{id_}.toml")
        read = source.parse(PathFile)
        source.check_names("scenarios", "scenario", read.scenarios, self.scenario_ids())
        return LearningPath(id_, read.title, tuple(read.scenarios))

    @cached_property
    def _topology(self) -> tuple[ServiceEntry, ...]:
        source = Source(self.root / "services" / "topology.toml")
        tables = source.parse(TopologyFile).service
        names = [table.name for table in tables]
        ports: set[int] = set()
        for index, table in enumerate(tables):
            where = ("service", index)
            if table.name in names[:index]:
                raise source.bad((*where, "name"), f"there are two services '{table.name}'")
            if table.port in ports:
                raise source.bad((*where, "port"), f"port {table.port} is given twice")
            ports.add(table.port)
            for called in table.calls:
                if called not in names:
                    raise source.bad_name((*where, "calls"), "service", called, names)
        return tuple(
            ServiceEntry(
                one.name,
                one.port,
                one.version,
                one.database,
                tuple(one.calls),
                one.summary,
                tuple(one.flags),
            )
            for one in tables
        )

    def _check_profile(self, source: Source, where: KeyPath, name: str) -> None:
        source.check_name(where, "third-party profile", name, THIRD_PARTY_PROFILES)

    def _check_surges(self, source: Source, read: ScenarioFile) -> None:
        """The load cannot change over to a profile of other journeys."""
        usual = self._names.journeys(read.load_profile)
        for id_ in read.faults:
            fault = self.fault(id_)
            latent = fault.latent
            named = (latent.load_profile, latent.trigger.load_profile) if latent else ()
            for other in filter(None, (fault.trigger.load_profile, *named)):
                if differing := usual ^ self._names.journeys(other):
                    journeys = ", ".join(sorted(differing))
                    message = f"'{read.load_profile}' and '{other}' of '{id_}' differ in: "
                    raise source.bad(("load_profile",), message + journeys)

    def _check_apart(self, source: Source, faults: list[str]) -> None:
        """Two faults of one service cannot be told apart, nor rolled back one by one."""
        services = [self.fault(id_).service for id_ in faults]
        for index, service in enumerate(services):
            if service in services[:index]:
                other = faults[services.index(service)]
                message = f"'{faults[index]}' and '{other}' are both in {service}"
                raise source.bad(("faults", index), message)

    def _release(
        self,
        source: Source,
        where: tuple[str, ...],
        service: str,
        read: ReleaseTable,
        patch: Path | None,
    ) -> Release:
        """The release, which must start from the version that the clean tree is."""
        clean = next(entry.version for entry in self._topology if entry.name == service)
        if read.version_from != clean:
            raise source.bad(
                (*where, "version_from"),
                f"the clean tree has {service} {clean}, not {read.version_from}",
            )
        if _numbers(read.version_to) <= _numbers(clean):
            raise source.bad((*where, "version_to"), f"{read.version_to} is not after {clean}")
        _check_author(source, where, read)
        return Release(
            service=service,
            version_from=read.version_from,
            version_to=read.version_to,
            summary=read.summary,
            author_name=read.author_name,
            author_email=read.author_email,
            patch=patch,
        )


def _check_author(source: Source, where: KeyPath, read: ReleaseTable) -> None:
    """Releases are written by the shop's engineers, each by their own address."""
    emails = {person.name: person.email for person in PEOPLE}
    source.check_name((*where, "author_name"), "engineer", read.author_name, emails)
    email = emails[read.author_name]
    if read.author_email != email:
        message = f"{read.author_name} has the address '{email}', not '{read.author_email}'"
        raise source.bad((*where, "author_email"), message)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
