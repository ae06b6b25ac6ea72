"""The rules of the house as functions over a tree, so that each can be tested on a bad one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

MODULE_LINES_MAX = 250
FUNCTION_LINES_MAX = 60

LAYERS: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "model",
            "causes",
            "currency",
            "errors",
            "limits",
            "paths",
            "plain_http",
            "ports",
            "waiting",
        }
    ),
    frozenset(
        {
            "settings",
            "tokens",
            "catalog",
            "catalog_faults",
            "catalog_files",
            "toml_lines",
            "record",
            "exercise",
            "scoring",
        }
    ),
    frozenset(
        {"workspace", "runtime", "thirdparty", "telemetry", "diagnosis", "aigate", "loading"}
    ),
    frozenset({"drill"}),
    frozenset({"bootstrap", "containers", "stack"}),
    frozenset({"console"}),
    frozenset({"cli"}),
)
"""Parts of the harness, from the ground up: each may import what is below it, and itself."""

TELLING = re.compile(r"\b(faults?|chaos|inject\w*|drills?|simulat\w*|harness)\b", re.IGNORECASE)
"""What would tell a participant that the shop is not an ordinary one."""


def python_files(root: Path) -> list[Path]:
    """Every Python file below `root` that is ours."""
    skipped = {"__pycache__", ".venv", "var", "node_modules"}
    return sorted(p for p in root.rglob("*.py") if not skipped & set(p.parts))


def long_modules(files: Iterable[Path]) -> Iterator[str]:
    """Modules over the bound: which second concept is in them?"""
    for path in files:
        lines = path.read_text().count("\n")
        if lines > MODULE_LINES_MAX:
            yield f"{path}: {lines} lines"


def long_functions(files: Iterable[Path]) -> Iterator[str]:
    """Functions over the bound."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    yield f"{path}:{node.lineno}: {node.name} is {lines} lines"


def imports(path: Path) -> Iterator[str]:
    """The absolute module names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module in ("harness", "services"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def upward_imports(root: Path) -> Iterator[str]:
    """Imports inside the harness that go up a layer, or sideways between parts of one layer."""
    level = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    ground = LAYERS[0] | LAYERS[1] | LAYERS[4]
    for path in python_files(root / "harness"):
        part = path.relative_to(root / "harness").parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        if part not in level:
            yield f"{path}: '{part}' has no place in the layers"
            continue
        for name in imports(path):
            words = name.split(".")
            other = words[1] if words[0] == "harness" and len(words) > 1 else None
            if other is None or other == part or other not in level:
                continue
            sideways = level[other] == level[part] and other not in ground
            if level[other] > level[part] or sideways:
                yield f"{path}: {part} imports {name}"


def foreign_imports(root: Path) -> Iterator[str]:
    """The shop, the load and the harness know nothing of each other but by the network."""
    for part in ("harness", "loadgen", "services"):
        foreign = {"harness", "loadgen", "services", "faults"} - {part}
        for path in python_files(root / part):
            own = path.relative_to(root / part).parts[0]
            for name in imports(path):
                words = name.split(".")
                if words[0] in foreign or (part == "services" and _other_service(words, own)):
                    yield f"{path}: imports {name}"


def _other_service(words: list[str], own: str) -> bool:
    shared = {"chassis", "sampledata", own}
    return words[0] == "services" and len(words) > 1 and words[1] not in shared


def telling_words(root: Path) -> Iterator[str]:
    """Words under `root` (the shop) that speak of what participants must not know."""
    for path in sorted(root.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        if found := TELLING.search(str(path.relative_to(root)).replace("_", " ")):
            yield f"{path}: is called '{found[0]}'"
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := TELLING.search(line):
                yield f"{path}:{number}: says '{found[0]}'"
