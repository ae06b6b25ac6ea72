"""A drill as a file: it comes back whole, and a file that is damaged or hostile gets nowhere."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import BadFile, DrillError, RecordFailed, UsageError
from harness.record.store import Record
from harness.review import archive, kept_drill
from harness.review.archive import ENDING, export, take_in, unpack
from harness.review.metrics_store import unpack_blocks
from tests.unit.review.kept import SECRET_TOKEN

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


@pytest.fixture(scope="session")
def exported(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("files") / f"one{ENDING}"
    export(finished, target)
    return target


def parts(source: Path) -> dict[str, bytes]:
    with tarfile.open(source) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


Change = Callable[[tarfile.TarInfo], None]


def remade(target: Path, content: dict[str, bytes], change: Change | None = None) -> Path:
    """A file of these parts, the last of them changed."""
    with tarfile.open(target, "w") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            if change is not None and name == list(content)[-1]:
                change(entry)
            tar.addfile(entry, io.BytesIO(data))
    return target


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_drill_comes_back_whole(finished: Path, exported: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    folder = take_in(exported, tmp_path / "other", work)
    assert folder == tmp_path / "other" / "runs" / "d-kept"
    assert everything_in(folder / "kept") == everything_in(finished / "kept")
    with Record(finished / "record.db") as before, Record(folder / "record.db") as after:
        assert [one.as_cloudevent() for one in after.events()] == [
            one.as_cloudevent() for one in before.events()
        ]
    assert kept_drill.read(folder / "kept") == kept_drill.read(finished / "kept")


def test_nothing_but_what_is_listed_leaves_a_home(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = finished / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "participant.token").write_text("planted-token")
    (finished / "kept" / "stray.key").write_text("planted-token")
    export(finished, tmp_path / "one")
    assert b"planted-token" not in (tmp_path / "one").read_bytes()
    assert SECRET_TOKEN.encode() not in (tmp_path / "one").read_bytes()
    # Without the list they would be in it.
    monkeypatch.setattr(archive, "_bound_of", lambda name: 1000)
    export(finished, tmp_path / "all")
    assert b"planted-token" in (tmp_path / "all").read_bytes()
    (finished / "kept" / "stray.key").unlink()
    (secrets / "participant.token").unlink()


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/tmp/outside",
        "kept/../../outside",
        "kept/journal/../../../outside",
        "secrets/instructor.token",
        "kept/metrics/../../outside.xz",
        "workspace/.git/hooks/post-checkout",
        "incident/../record.db",
        "record.db",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(exported: Path, tmp_path: Path, name: str) -> None:
    hostile = remade(tmp_path / "hostile", {**parts(exported), name: b"x"})
    folder = tmp_path / "deep" / "folder"
    folder.parent.mkdir()
    with pytest.raises(BadFile, match="no exported drill has a file"):
        unpack(hostile, folder)
    assert everything_in(tmp_path) - {
        f"deep/{one}" for one in everything_in(tmp_path / "deep")
    } == {
        "hostile",
        "deep",
    }


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE]
)
def test_what_is_no_ordinary_file_is_refused(exported: Path, tmp_path: Path, kind: bytes) -> None:
    def change(entry: tarfile.TarInfo) -> None:
        entry.type, entry.linkname, entry.size = kind, "/etc/passwd", 0

    hostile = remade(tmp_path / "hostile", {**parts(exported), "postmortem.md": b""}, change)
    with pytest.raises(BadFile, match="no ordinary file"):
        unpack(hostile, tmp_path / "folder")


def test_sizes_are_bounded_one_by_one_and_together(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = {**parts(exported), "incident/a.txt": bytes(archive.MEGABYTE + 1)}
    with pytest.raises(BadFile, match="larger than any"):
        unpack(remade(tmp_path / "one", large), tmp_path / "first")
    monkeypatch.setattr(archive, "TOTAL_BYTES_MAX", 1000)
    with pytest.raises(BadFile, match="larger than any"):
        unpack(exported, tmp_path / "second")


def test_metrics_that_unpack_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = tmp_path / "kept" / ("0" * 26)
    block.mkdir(parents=True)
    (block / "index.xz").write_bytes(lzma.compress(bytes(5_000_000)))
    monkeypatch.setattr("harness.review.metrics_store.STORE_BYTES_MAX", 1_000_000)
    with pytest.raises(BadFile, match="unpacks to more"):
        unpack_blocks(tmp_path / "kept", tmp_path / "data")
    written = sum(one.stat().st_size for one in (tmp_path / "data").rglob("*") if one.is_file())
    assert written <= 1_000_000


def test_a_file_that_is_in_it_twice_or_breaks_off_is_refused(
    exported: Path, tmp_path: Path
) -> None:
    twice = tmp_path / "twice"
    with tarfile.open(twice, "w") as tar:
        for _ in range(2):
            entry = tarfile.TarInfo("postmortem.md")
            tar.addfile(entry, io.BytesIO(b""))
    with pytest.raises(BadFile, match="twice"):
        unpack(twice, tmp_path / "first")
    half = tmp_path / "half"
    half.write_bytes(exported.read_bytes()[: exported.stat().st_size // 2])
    with pytest.raises(BadFile):
        unpack(half, tmp_path / "second")


@pytest.mark.parametrize("content", [b"", b"not a tar", bytes(10_240), b"\x1f\x8b" + bytes(600)])
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any").write_bytes(content)
    with pytest.raises(BadFile, match="no exported drill"):
        unpack(tmp_path / "any", tmp_path / "folder")


def test_versions_and_identities_are_checked(exported: Path, tmp_path: Path) -> None:
    whole = parts(exported)
    newer = json.dumps({"format": archive.FORMAT + 1, "drill_id": "d-kept"}).encode()
    with pytest.raises(RecordFailed, match="newer version"):
        unpack(remade(tmp_path / "a", {**whole, "manifest.json": newer}), tmp_path / "first")
    for number, identity in enumerate(["../d-kept", "d-other", "", 7]):
        other = json.dumps({"format": 1, "drill_id": identity}).encode()
        with pytest.raises(BadFile):
            unpack(
                remade(tmp_path / f"b{number}", {**whole, "manifest.json": other}),
                tmp_path / f"folder{number}",
            )


def test_a_damaged_record_is_told_with_its_line(exported: Path, tmp_path: Path) -> None:
    whole = parts(exported)
    lines = whole["record.jsonl"].splitlines()
    lines[2] = b"{"
    broken = {**whole, "record.jsonl": b"\n".join(lines)}
    with pytest.raises(BadFile, match=":3:"):
        unpack(remade(tmp_path / "broken", broken), tmp_path / "folder")


def test_neither_a_file_nor_a_drill_is_overwritten(
    finished: Path, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="exists already"):
        export(finished, exported)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    take_in(exported, tmp_path / "home", tmp_path / "one")
    with pytest.raises(DrillError, match="in this home already"):
        take_in(exported, tmp_path / "home", tmp_path / "two")
