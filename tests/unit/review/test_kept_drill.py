"""What a drill was, as a file: the same when it is read again; and without a secret."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.catalog.reader import Catalog
from harness.errors import BadFile, DrillError
from harness.exercise.agenda_files import load_agenda
from harness.exercise.guards import BoundGuard, known_guards
from harness.paths import REPO
from harness.review import kept_drill
from harness.review.kept_drill import FORMAT, KeptDrill, KeptRelease
from harness.telemetry.journal import read_segment
from harness.telemetry.journal_files import segments
from tests.unit.review.kept import SECRET_TOKEN

AGENDAS = ("solo", "workshop-60", "workshop-180", "incident-u3", "outage-3am")


def drill(scenario: str, agenda: str) -> KeptDrill:
    catalog = Catalog(REPO)
    found = catalog.scenario(scenario)
    return KeptDrill(
        format=FORMAT,
        seed=1,
        scenario=found,
        faults=tuple(kept_drill.pathless(catalog.fault(name)) for name in found.faults),
        decoys=(),
        topology=catalog.topology(),
        agenda=load_agenda(agenda),
        guards=tuple(BoundGuard(one, "i-1", "Ada", "d-1") for one in known_guards().values()),
        runtime="local",
        mode="honour",
        speed=1.0,
        capacity_units=1,
        releases=(KeptRelease("payments", "2.4.1", "a" * 40),),
        initial=(),
        deploys=(),
    )


@pytest.mark.parametrize("agenda", AGENDAS)
def test_every_drill_is_the_same_when_it_is_read_again(agenda: str, tmp_path: Path) -> None:
    for scenario in Catalog(REPO).scenario_ids():
        before = drill(scenario, agenda)
        kept_drill.write(tmp_path, before)
        assert kept_drill.read(tmp_path) == before
        assert str(REPO) not in (tmp_path / kept_drill.FILE).read_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("releases", [{"service": "a", "version": "1", "commit": "--output=/tmp/x"}]),
        ("releases", [{"service": "a", "version": "one", "commit": "a" * 40}]),
        ("topology", 7),
        ("format", FORMAT + 1),
        ("format", "x"),
        ("seed", None),
    ],
)
def test_a_file_that_says_something_else_is_refused(field: str, value: Any, tmp_path: Path) -> None:
    kept_drill.write(tmp_path, drill("deadlock", "solo"))
    path = tmp_path / kept_drill.FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(DrillError):
        kept_drill.read(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000])
def test_what_describes_no_drill_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / kept_drill.FILE).write_text(content)
    with pytest.raises(BadFile):
        kept_drill.read(tmp_path)


def everything(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, unpacked where it is packed."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        yield (
            path,
            lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes(),
        )


@pytest.mark.live
@pytest.mark.timeout(180)
def test_no_secret_of_the_drill_is_kept(finished: Path) -> None:
    planted = [SECRET_TOKEN, "secret-channel", str(finished)]
    walked = list(everything(finished / "kept"))
    assert len(walked) > 5
    for path, content in walked:
        assert not [one for one in planted if one.encode() in content], path
    # The walk sees into what is packed: a log line is found.
    assert any(b"second 50" in content for _, content in walked)


@pytest.mark.live
@pytest.mark.timeout(180)
def test_the_journal_of_a_drill_is_packed_and_whole(finished: Path) -> None:
    found = segments(finished / "kept" / "journal")
    assert [path.suffix for path in found] == [".xz"] * len(found)
    assert sum(1 for path in found for _ in read_segment(path)) == 24
