"""The postmortem as a document that several people edit.

The text is the file `postmortem.md` of the drill: whoever edits it there edits the same. Its
version is a digest of the text. Whoever saves says which version they began with; where it is no
longer the current one they are refused, and lose nothing: their text is still with them, the
other's is a read away. Every text that was saved stays in the record.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from harness.drill.outputs.exports import DRAFT, POSTMORTEM
from harness.drill.session import Session
from harness.errors import DrillError, EditConflict
from harness.record.envelope import to_iso
from harness.record.events import PostmortemSaved

TEXT_MAX = 100_000
"""Characters."""


def read_paper(session: Session) -> dict[str, Any]:
    """The text with its version, who saved it last and when, and the newest draft.

    An empty version says that there is no text yet.
    """
    text = _read(session.spec.run_dir / POSTMORTEM)
    draft = _read(session.spec.run_dir / DRAFT)
    saved = session.story().last(PostmortemSaved)
    version = _version(text)
    # A text that was changed in the file, or drafted anew, is nobody's we know.
    is_theirs = saved is not None and saved.event.version == version
    return {
        "text": text or "",
        "version": version,
        "by": saved.event.by if saved and is_theirs else "",
        "at": to_iso(saved.wall_time) if saved and is_theirs else None,
        "draft": draft or "",
        "is_draft": text is not None and text == draft,
    }


def save_paper(session: Session, text: str, base_version: str, by: str) -> dict[str, Any]:
    """Make `text` the postmortem, and return it as `read_paper` does.

    Raises EditConflict where the text is no longer `base_version`, DrillError where the disk
    refuses (the record then has it already).
    """
    # Nothing waits between the look and the write: in one event loop, nobody comes in between.
    current = _version(_read(session.spec.run_dir / POSTMORTEM))
    if current not in (base_version, _version(text)):
        raise EditConflict(
            "somebody else saved the postmortem while you were writing",
            "your text is kept: merge the two, then save again",
        )
    if current != _version(text):
        session.note(PostmortemSaved(version=_version(text), text=text, by=by), actor=by)
        _write(session.spec.run_dir / POSTMORTEM, text)
    return read_paper(session)


def _version(text: str | None) -> str:
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DrillError(f"{path.name} could not be read: {error}") from error


def _write(path: Path, text: str) -> None:
    """All of it or nothing, also through a crash."""
    draft = path.with_name(f"{path.name}.new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise DrillError(f"{path.name} could not be written: {error}") from error
