"""The catalog: folders under faults/ and the topology, as validated models.

faults/<id>/fault.toml release.patch fix.patch cheats/*.patch notes.md   → Fault
faults/decoys/<id>/release.toml [release.patch]                          → Decoy
faults/scenarios/<id>.toml                                               → Scenario
faults/families/<id>.toml                                                → Family
services/topology.toml                                                   → ServiceEntry
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from harness.catalog.faults import FaultFile, as_fault, existing
from harness.catalog.files import (
    DecoyFile,
    FamilyFile,
    ReleaseTable,
    ScenarioFile,
    Source,
    TopologyFile,
)
from harness.causes import Blip, Family
from harness.errors import UnknownName
from harness.model import Decoy, Fault, Release, Scenario, ServiceEntry

LOAD_PROFILES = "loadgen/profiles/*.toml"


class Catalog:
    """What the checkout at `root` has to offer. Reads files when asked; raises BadFile."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._faults = root / "faults"

    def fault_ids(self) -> list[str]:
        """The folders under faults/ that say what is broken."""
        return sorted(path.parent.name for path in self._faults.glob("*/fault.toml"))

    def decoy_ids(self) -> list[str]:
        return sorted(path.parent.name for path in self._faults.glob("decoys/*/release.toml"))

    def scenario_ids(self) -> list[str]:
        return sorted(path.stem for path in self._faults.glob("scenarios/*.toml"))

    def family_ids(self) -> list[str]:
        return sorted(path.stem for path in self._faults.glob("families/*.toml"))

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

    def topology(self) -> tuple[ServiceEntry, ...]:
        """The services in the order of their file."""
        return self._topology

    def fault(self, id_: str) -> Fault:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.fault_ids():
            raise UnknownName("fault", id_, self.fault_ids())
        folder = self._faults / id_
        source = Source(folder / "fault.toml")
        read = source.parse(FaultFile)
        if read.id not in (None, id_):
            raise source.bad(("id",), f"the id is '{read.id}', but the folder is '{id_}'")
        self._check_services(source, read.service, read.accepts.services)
        if read.service not in read.accepts.services:
            raise source.bad(("accepts",), f"the fault's own service '{read.service}' is missing")
        if read.mechanism not in read.accepts.mechanisms:
            raise source.bad(("accepts",), f"the fault's own '{read.mechanism}' is missing")
        self._check_surroundings(source, read)
        release = None
        if read.release is not None:
            patch = existing(folder / "release.patch")
            release = self._release(source, ("release",), read.service, read.release, patch)
        return as_fault(id_, folder, read, release)

    def decoy(self, id_: str) -> Decoy:
        """Raises UnknownName with the nearest ids, or BadFile."""
        if id_ not in self.decoy_ids():
            raise UnknownName("decoy", id_, self.decoy_ids())
        folder = self._faults / "decoys" / id_
        source = Source(folder / "release.toml")
        read = source.parse(DecoyFile)
        self._check_services(source, read.service, [])
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
        return Family(id_, read.title, tuple(read.one_of), read.agenda)

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

    def _check_services(self, source: Source, service: str, accepted: list[str]) -> None:
        names = [entry.name for entry in self._topology]
        if service not in names:
            raise source.bad_name(("service",), "service", service, names)
        for name in accepted:
            if name not in names:
                raise source.bad_name(("accepts", "services"), "service", name, names)

    def _check_apart(self, source: Source, faults: list[str]) -> None:
        """Two faults of one service cannot be told apart, nor rolled back one by one."""
        services = [self.fault(id_).service for id_ in faults]
        for index, service in enumerate(services):
            if service in services[:index]:
                other = faults[services.index(service)]
                message = f"'{faults[index]}' and '{other}' are both in {service}"
                raise source.bad(("faults", index), message)

    def _check_surroundings(self, source: Source, read: FaultFile) -> None:
        """What a fault takes from elsewhere must be there: load profiles, its service's flags."""
        profiles = sorted(path.stem for path in self.root.glob(LOAD_PROFILES))
        wanted = read.trigger.load_profile
        if wanted is not None and wanted not in profiles:
            raise source.bad_name(("trigger", "load_profile"), "load profile", wanted, profiles)
        entry = next(one for one in self._topology if one.name == read.service)
        if read.mitigation is not None and read.mitigation.flag not in entry.flags:
            kind, where = f"feature flag of {read.service}", ("mitigation", "flag")
            raise source.bad_name(where, kind, read.mitigation.flag, list(entry.flags))

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
        return Release(
            service=service,
            version_from=read.version_from,
            version_to=read.version_to,
            summary=read.summary,
            author_name=read.author_name,
            author_email=read.author_email,
            patch=patch,
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
