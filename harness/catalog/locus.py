"""Where the harm of a fault is: `services/<service>/<file>`, or a symbol in it after a colon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from harness.catalog.files import Source

_DEFINED = re.compile(
    r"^\s*(?:(?:async\s+)?def\s+|class\s+)(\w+)"  # of code
    r"|^\s*(\w+)\s*(?::[^=\n]*)?=(?!=)",  # a constant, a field, a key of TOML
    re.MULTILINE,
)


def check_locus(source: Source, root: Path, service: str, locus: str, patch: Path | None) -> None:
    """Raises BadFile where the file is none of the service's, or has no such symbol.

    What counts is the tree with the release on it: `patch` may add the file, or the symbol.
    """
    name, _, symbol = locus.partition(":")
    folder = f"services/{service}/"
    added = _added_lines(patch) if patch is not None else {}
    exists = (root / name).is_file()
    if not name.startswith(folder) or not (exists or name in added):
        known = {str(path.relative_to(root)) for path in _sources(root / folder)}
        known |= {one for one in added if one.startswith(folder)}
        raise source.bad_name(("locus",), f"file of {service}", name, known)
    text = (root / name).read_text(encoding="utf-8") if exists else ""
    defined = set(_symbols("\n".join([text, *added.get(name, ())])))
    for part in symbol.split(".") if symbol else ():
        source.check_name(("locus",), f"symbol of {name}", part, defined)


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _symbols(text: str) -> Iterator[str]:
    for found in _DEFINED.finditer(text):
        yield found[1] or found[2]


def _added_lines(patch: Path) -> dict[str, list[str]]:
    """What a `git format-patch` mail adds, by file."""
    added: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in patch.read_text(encoding="utf-8").splitlines():
        if line.startswith("+++ b/"):
            lines = added.setdefault(line.removeprefix("+++ b/"), [])
        elif line.startswith("+"):
            lines.append(line[1:])
    return added
