"""A drill that is over as one file, and back: for a review anywhere.

The file is a plain tar: what is in it is packed already. Names are those of an allow-list, each
with its bound, so that nothing else leaves a home, and nothing that a file says of itself leads
anywhere else. The record travels as JSON lines, not as a database that somebody else wrote.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.drill.outputs import exports, incident_files
from harness.drill.spec import JOURNAL_DIR, KEPT_DIR
from harness.errors import BadFile, DrillError, RecordFailed, UsageError
from harness.paths import PRIVATE_MODE
from harness.record.store import Record
from harness.review import kept_drill
from harness.review.metrics_store import METRICS

FORMAT = 1
ENDING = ".drill"
MANIFEST, RECORD_LINES, RECORD = "manifest.json", "record.jsonl", "record.db"
MEGABYTE = 1024 * 1024
TOTAL_BYTES_MAX = 2048 * MEGABYTE
FILES_MAX = 20_000
PIECE_BYTES = MEGABYTE
DRILL_ID = re.compile(r"d-[0-9a-z]{1,16}")


@dataclass(frozen=True)
class Allowed:
    """Names that may stand in a file, and how large each may be."""

    names: re.Pattern[str]
    bytes_max: int


_PAPERS = "|".join(re.escape(name) for name in sorted({*exports.FILES, "scorecard.json"}))
ALLOWED = (
    Allowed(re.compile(re.escape(MANIFEST)), MEGABYTE),
    Allowed(re.compile(re.escape(RECORD_LINES)), 256 * MEGABYTE),
    Allowed(re.compile(_PAPERS), 16 * MEGABYTE),
    Allowed(re.compile(rf"{incident_files.FOLDER}/[A-Za-z0-9_-][A-Za-z0-9._-]{{0,100}}"), MEGABYTE),
    Allowed(re.compile(rf"{KEPT_DIR}/{re.escape(kept_drill.FILE)}"), kept_drill.FILE_BYTES_MAX),
    Allowed(re.compile(rf"{KEPT_DIR}/{re.escape(kept_drill.SHOP)}"), 128 * MEGABYTE),
    Allowed(re.compile(rf"{KEPT_DIR}/{JOURNAL_DIR}/[0-9]{{1,15}}\.(xz|gz)"), 256 * MEGABYTE),
    Allowed(
        re.compile(
            rf"{KEPT_DIR}/{METRICS}/[0-9A-Z]{{26}}/"
            r"(index|meta\.json|tombstones|chunks/[0-9]{6})\.xz"
        ),
        1024 * MEGABYTE,
    ),
)


def export(run_dir: Path, target: Path) -> int:
    """Write the drill in `run_dir` to the new file `target`; returns its size in bytes.

    Raises UsageError where the file is there already, RecordFailed, and OSError.
    """
    if target.exists():
        raise UsageError(f"{target} exists already", "choose another name: drill export -o FILE")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with (
            open(draft, "xb", opener=_private) as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar,
        ):
            with Record(run_dir / RECORD, stands=True) as record:
                manifest = {"format": FORMAT, "drill_id": record.drill_id}
                _add(tar, MANIFEST, json.dumps(manifest).encode())
                lines = draft.with_name(f"{draft.name}.jsonl")
                try:
                    record.export_jsonl(lines)
                    _add(tar, RECORD_LINES, lines.read_bytes())
                finally:
                    lines.unlink(missing_ok=True)
            for name, path in _files(run_dir):
                with path.open("rb") as source:
                    _add_file(tar, name, source, path.stat().st_size)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def unpack(source: Path, folder: Path) -> str:
    """Write the drill in the file `source` into the new folder `folder`; returns its id.

    Nothing is written elsewhere. Raises BadFile for what is damaged or no such file, RecordFailed
    for one of a newer version, and OSError.
    """
    folder.mkdir(mode=PRIVATE_MODE)
    try:
        with source.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            _write_all(source, tar, folder)
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise BadFile(source, None, f"no exported drill: {error}") from error
    drill_id = _identity(source, folder)
    lines = folder / RECORD_LINES
    if not lines.is_file():
        raise BadFile(source, None, "no exported drill: it has no record")
    with Record.import_jsonl(lines, folder / RECORD) as record:
        if record.drill_id != drill_id:
            raise BadFile(source, None, f"the record in it is that of {record.drill_id[:40]}")
    lines.unlink()
    (folder / MANIFEST).unlink()
    return drill_id


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _files(run_dir: Path) -> Iterator[tuple[str, Path]]:
    """What of the folder may be in a file, by its name there. Links are left out."""
    for path in sorted(run_dir.rglob("*")):
        name = path.relative_to(run_dir).as_posix()
        if _bound_of(name) is not None and path.is_file() and not path.is_symlink():
            yield name, path


def _bound_of(name: str) -> int | None:
    return next((one.bytes_max for one in ALLOWED if one.names.fullmatch(name)), None)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    _add_file(tar, name, io.BytesIO(content), len(content))


def _add_file(tar: tarfile.TarFile, name: str, source: IO[bytes], size_bytes: int) -> None:
    # Neither who exports nor when: whoever gets the file need not know.
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size_bytes, 0o600
    tar.addfile(entry, source)


def _write_all(source: Path, tar: tarfile.TarFile, folder: Path) -> None:
    total = count = 0
    for entry in tar:
        count, total = count + 1, total + entry.size
        bound = _bound_of(entry.name)
        shown = repr(entry.name[:80])
        if bound is None:
            raise BadFile(source, None, f"no exported drill has a file {shown}")
        if not entry.isreg() or entry.issparse():
            raise BadFile(source, None, f"{shown} in it is no ordinary file")
        if entry.size > bound or total > TOTAL_BYTES_MAX or count > FILES_MAX:
            raise BadFile(source, None, f"{shown} in it is larger than any that is written")
        target = folder / entry.name
        target.parent.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        content = tar.extractfile(entry)
        try:
            with open(target, "xb", opener=_private) as file:
                while content is not None and (piece := content.read(PIECE_BYTES)):
                    file.write(piece)
        except FileExistsError as error:
            raise BadFile(source, None, f"{shown} is in it twice") from error
        if target.stat().st_size != entry.size:
            raise BadFile(source, None, f"it ends within {shown}")


def _identity(source: Path, folder: Path) -> str:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        version, drill_id = manifest["format"], manifest["drill_id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadFile(source, None, "no exported drill: it does not say which it is") from error
    if not isinstance(version, int) or version > FORMAT:
        raise RecordFailed(
            f"{source} was written by a newer version (format {str(version)[:20]})",
            f"open it with that one; this one reads format {FORMAT}",
        )
    if not isinstance(drill_id, str) or not DRILL_ID.fullmatch(drill_id):
        raise BadFile(source, None, "no exported drill: what it calls itself is no drill's id")
    return drill_id


def take_in(source: Path, home: Path, work: Path) -> Path:
    """Make the drill in the file `source` one of this home; returns its folder. `work` is on the
    same disk. Raises UsageError where the home has it already, and what `unpack` raises."""
    drill_id = unpack(source, work / "imported")
    target = home / "runs" / drill_id
    target.parent.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
    if target.exists():
        raise UsageError(f"{drill_id} is in this home already", f"drill review {drill_id}")
    try:
        (work / "imported").rename(target)
    except OSError as error:
        raise DrillError(f"{drill_id} could not be put into {target}: {error.strerror}") from error
    return target
