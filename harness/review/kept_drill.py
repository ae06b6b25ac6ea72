"""What a drill was, as a file of its kept folder: enough to open it without the catalogue that it
was drawn from, and on another machine. It holds no secret and no path of this machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from harness.drill.spec import DrillSpec
from harness.errors import BadFile, RecordFailed
from harness.exercise.agenda import Agenda
from harness.exercise.guards import BoundGuard
from harness.model import BuiltRelease, Decoy, Fault, Scenario, ServiceEntry
from harness.record.deploys import Deploy
from harness.workspace.shop import BuiltShop
from harness.workspace.versions import Versions

FILE = "drill.json"
SHOP = "shop.bundle"
"""The shop's history with all its versions, beside the file: commits alone, and no configuration
that git would go by."""
FORMAT = 1
FILE_BYTES_MAX = 16 * 1024 * 1024
NOWHERE = Path("not-kept")


@dataclass(frozen=True)
class KeptRelease:
    """A version of a service and the commit that it is."""

    service: str
    version: Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$")]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


@dataclass(frozen=True)
class KeptDrill:
    """A drill without what only a running one has: places, tokens, its seal's salt."""

    format: int
    seed: int
    scenario: Scenario
    faults: tuple[Fault, ...]
    decoys: tuple[Decoy, ...]
    topology: tuple[ServiceEntry, ...]
    agenda: Agenda
    guards: tuple[BoundGuard, ...]
    runtime: str
    mode: str
    speed: float
    capacity_units: int
    releases: tuple[KeptRelease, ...]
    initial: tuple[KeptRelease, ...]
    """What ran when the shop came up."""
    deploys: tuple[Deploy, ...]
    """From before the drill."""

    @classmethod
    def of(cls, spec: DrillSpec, versions: Versions, mode: str) -> KeptDrill:
        """The drill that `spec` describes, with the versions that it has come to."""
        return cls(
            format=FORMAT,
            seed=spec.seed,
            scenario=spec.scenario,
            faults=tuple(pathless(one) for one in spec.faults),
            decoys=tuple(
                replace(one, release=replace(one.release, patch=None)) for one in spec.decoys
            ),
            topology=spec.topology,
            agenda=spec.agenda,
            guards=spec.guards,
            runtime=spec.runtime,
            mode=mode,
            speed=spec.speed,
            capacity_units=spec.capacity_units,
            releases=tuple(_kept(one) for one in versions.known()),
            initial=tuple(_kept(one) for one in versions.shop.initial.values()),
            deploys=versions.shop.log,
        )

    def shop(self, git_dir: Path, workspace: Path) -> BuiltShop:
        """The shop as the workspace's code knows it; nothing of it can be run."""
        return BuiltShop(
            git_dir=git_dir,
            workspace=workspace,
            releases={(one.service, one.version): _built(one) for one in self.releases},
            initial={one.service: _built(one) for one in self.initial},
            live=(),
            log=self.deploys,
        )


_FILE: TypeAdapter[KeptDrill] = TypeAdapter(KeptDrill)


def write(kept: Path, drill: KeptDrill) -> None:
    """Write the file. Raises OSError."""
    (kept / FILE).write_bytes(_FILE.dump_json(drill, indent=1))


def read(kept: Path) -> KeptDrill:
    """Raises BadFile for what is none, and RecordFailed for that of a newer version."""
    path = kept / FILE
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise BadFile(path, None, "larger than any that is written")
        content = path.read_bytes()
        version = _version(content)
        if version > FORMAT:
            raise RecordFailed(
                f"the drill was kept by a newer version (format {version})",
                f"open it with that one; this one reads format {FORMAT}",
            )
        return _FILE.validate_json(content)
    except OSError as error:
        raise BadFile(path, None, f"cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFile(path, None, f"describes no drill: {where} {first['msg']}") from error


def _version(content: bytes) -> int:
    data: Any = TypeAdapter(dict[str, Any]).validate_json(content)
    found = data.get("format")
    return found if isinstance(found, int) else FORMAT


def _kept(release: BuiltRelease) -> KeptRelease:
    return KeptRelease(release.service, release.version, release.commit)


def _built(release: KeptRelease) -> BuiltRelease:
    return BuiltRelease(release.service, release.version, release.commit, NOWHERE)


def pathless(fault: Fault) -> Fault:
    """A fault without what lies on this machine."""
    release = replace(fault.release, patch=None) if fault.release else None
    return replace(
        fault,
        folder=NOWHERE,
        release=release,
        fix_patch=NOWHERE,
        cheat_patches=(),
        notes=NOWHERE,
    )
