"""The rules of the house as functions over a tree, so that each can be tested on a bad one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

MODULE_LINES_MAX = 400
MODULE_LINES_MIN = 25
FUNCTION_LINES_MAX = 60
WHY_ONE = re.compile(r"^One concept: \S+", re.MULTILINE)
"""Begins the line of a docstring that says why its module is whole above the bound."""
COLUMNS_MAX = 100

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        (
            "causes child_env currency door ends_with_parent errors limits paths people plain_http"
            " signals tasks terminal waiting"
        ),
        "model settings",
        "database_meter drill_client measures ports tokens turns",
        "bounded_http catalog record",
        "exercise",
        "scoring",
        "aigate responder runtime telemetry thirdparty trajectory verification workspace",
        "drill",
        "api",
        "agents",
        "players",
        "events review",
        "host",
        "authoring bench hub matrix",
        "agentbench",
        "cli",
    )
)
"""Parts of the harness, from the ground up: each may import what is below it, and itself."""

PROTOCOLS_ONLY = {"drill": "runtime"}
"""Who knows another part by its Protocols alone, which are in `base`."""

TELLING = re.compile(r"\b(faults?|chaos|inject\w*|drills?|simulat\w*|harness)\b", re.IGNORECASE)
"""What would tell a participant that the shop is not an ordinary one."""


def python_files(root: Path) -> list[Path]:
    """Every Python file below `root` that is ours."""
    skipped = {"__pycache__", ".venv", "var", "node_modules"}
    return sorted(p for p in root.rglob("*.py") if not skipped & set(p.relative_to(root).parts))


def long_modules(files: Iterable[Path]) -> Iterator[str]:
    """Modules over the bound whose docstring does not say why they are one concept (ADR 8)."""
    for path in files:
        text = path.read_text()
        lines = text.count("\n")
        if lines > MODULE_LINES_MAX and not WHY_ONE.search(
            ast.get_docstring(ast.parse(text)) or ""
        ):
            yield f"{path}: {lines} lines"


def _docstring(text: str) -> str:
    return ast.get_docstring(ast.parse(text)) or ""


def slivers(root: Path, package: str) -> Iterator[str]:
    """Modules of a few lines with a single importer, whose concept they are a part of (ADR 8).

    Not so the siblings of one shape (`settings` of each service), and what a package's own
    `__init__` gathers (the journeys of the load).
    """
    known = _modules(root, package)
    importers: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for target in _targets(root, path, set(known)):
            importers[target].add(name)
    for name, path in known.items():
        one = importers[name] - {name}
        lines = path.read_text().count("\n")
        is_sibling = any(
            other.name == path.name and other.parent.parent == path.parent.parent
            for other in known.values()
            if other != path
        )
        if (
            lines < MODULE_LINES_MIN
            and len(one) == 1
            and not (path.stem.startswith("__") or is_sibling or one == {name.rpartition(".")[0]})
        ):
            yield f"{name}: {lines} lines, for {one.pop()} alone"


def long_functions(files: Iterable[Path]) -> Iterator[str]:
    """Functions over the bound (ADR 2)."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    yield f"{path}:{node.lineno}: {node.name} is {lines} lines"


def wide_lines(files: Iterable[Path]) -> Iterator[str]:
    """Lines of scripts over the bound; ruff has the same one for Python, oxlint has none."""
    for path in files:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns"


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
    """Imports inside the harness that go up a layer, or sideways between parts of one layer
    (ADR 8)."""
    level = {name: i for i, layer in enumerate(LAYERS) for name in layer}
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
            if other is None or other == part:
                continue
            if level.get(other, len(LAYERS)) >= level[part]:
                yield f"{path}: {part} imports {name}"
            elif PROTOCOLS_ONLY.get(part) == other and words[2:3] != ["base"]:
                yield f"{path}: {part} imports {name}, beyond its Protocols"


def imports_between_runtimes(root: Path) -> Iterator[str]:
    """Runtimes know nothing of each other, nor does what they share know one of them.

    A runtime is a folder of `harness/runtime` with a module `runtime`.
    """
    folder = root / "harness" / "runtime"
    runtimes = {path.parent.name for path in folder.glob("*/runtime.py")}
    for path in python_files(folder):
        own = path.relative_to(folder).parts[0]
        known = {f"harness.runtime.{other}" for other in runtimes - {own}}
        known |= {
            _module(root, one) for other in runtimes - {own} for one in python_files(folder / other)
        }
        for name in sorted(_targets(root, path, known)):
            yield f"{path}: imports {name}"


def import_circles(root: Path, package: str) -> Iterator[str]:
    """Groups of modules that import each other, directly or around corners (ADR 8)."""
    known = _modules(root, package)
    arrows = {
        name: {one for one in _targets(root, path, set(known)) if one != name}
        for name, path in known.items()
    }
    try:
        tuple(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        yield " -> ".join(error.args[1])


def _modules(root: Path, package: str) -> dict[str, Path]:
    """The modules of a package by their dotted names, without its tests."""
    return {
        _module(root, path): path
        for path in python_files(root / package)
        if "tests" not in path.relative_to(root).parts
    }


def _module(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _targets(root: Path, path: Path, known: set[str]) -> Iterator[str]:
    """The modules of the tree that a file imports, relative imports among them."""
    package = _module(root, path).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            named = {f"{base}.{alias.name}" for alias in node.names} & known
            yield from named
            # A package's own face is what is imported where its modules are not named.
            if base in known and len(named) < len(node.names):
                yield base


def repeated_names(root: Path) -> Iterator[str]:
    """Modules of one base name, unless they are siblings of one shape: the same in packages that
    stand side by side, as `runtime/local/stack.py` and `runtime/compose/stack.py` do (ADR 8)."""
    by_name: dict[str, list[Path]] = {}
    for path in python_files(root / "harness"):
        if not path.stem.startswith("__"):
            by_name.setdefault(path.stem, []).append(path)
    for name, paths in sorted(by_name.items()):
        if len({path.parent.parent for path in paths}) > 1 or (
            len(paths) > 1 and any(path.parent == root / "harness" for path in paths)
        ):
            yield f"{name}: " + ", ".join(str(path.relative_to(root)) for path in paths)


def misplaced_tests(root: Path) -> Iterator[str]:
    """Unit tests that lie in a folder without a package of that name, or that are called after a
    module of another one (ADR 2). Tests of a behaviour are called after it, in the package that
    shows it.
    """
    unit = root / "tests" / "unit"
    for path in sorted(unit.rglob("test_*.py")):
        folder = path.relative_to(unit).parent
        tree = root if folder.parts[:1] == ("loadgen",) else root / "harness"
        if not (tree / folder).is_dir():
            yield f"{path.relative_to(root)}: there is no package {folder}"
            continue
        module = f"{path.stem.removeprefix('test_')}.py"
        top = root / "loadgen" if folder.parts[:1] == ("loadgen",) else tree
        places = sorted(one.parent.relative_to(tree) for one in top.rglob(module))
        if places and folder not in places:
            yield f"{path.relative_to(root)}: {module} is in {places[0]}"


def untyped_readings(root: Path, event_types: Iterable[str]) -> Iterator[str]:
    """What reads the record by the names of its types or by payloads, outside `record`: everybody
    else reads typed events (ADR 8)."""
    types = frozenset(event_types)
    for path in python_files(root / "harness"):
        if path.relative_to(root).parts[1] == "record":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in types:
                yield f"{path.relative_to(root)}:{node.lineno}: {node.value}"
            if isinstance(node, ast.Attribute) and node.attr == "payload":
                yield f"{path.relative_to(root)}:{node.lineno}: .payload"


def foreign_imports(root: Path) -> Iterator[str]:
    """The shop, the load and the harness know nothing of each other but by the network (ADR 2)."""
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
    """Words under `root` (the shop) that speak of what participants must not know (ADR 1)."""
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


STARTERS = frozenset(
    {
        *("Popen", "run", "call", "check_call", "check_output"),
        *("create_subprocess_exec", "create_subprocess_shell"),
    }
)
"""What starts a process and lets it inherit everything where no `env` is given."""
INHERITING = frozenset(
    {"system", "popen", "execv", "execvp", "execl", "execlp", "spawnv", "spawnl"}
)
"""Functions of `os` that give no choice."""

HTTP_CLIENTS = frozenset(
    f"httpx.{name}"
    for name in (
        *("AsyncClient", "Client", "AsyncHTTPTransport", "HTTPTransport"),
        *("get", "post", "request", "stream"),
    )
)


def inheriting_children(files: Iterable[Path]) -> Iterator[str]:
    """Processes that are started with the shell's settings, beside what `child_env` makes."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner, name = ast.unparse(node.func.value), node.func.attr
            given = next((one.value for one in node.keywords if one.arg == "env"), None)
            if owner in ("subprocess", "asyncio") and name in STARTERS:
                if given is None and (owner, name) != ("asyncio", "run"):
                    yield f"{path}:{node.lineno}: {name} without env"
                elif given is not None and "os.environ" in ast.unparse(given):
                    yield f"{path}:{node.lineno}: {name} with all of os.environ"
            elif owner == "os" and name in INHERITING:
                yield f"{path}:{node.lineno}: os.{name}"


def clients_with_the_shells_say(files: Iterable[Path]) -> Iterator[str]:
    """HTTP clients that go by proxies, authorities and passwords of the shell: a certificate file
    that is missing would end even one that speaks plain HTTP."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in HTTP_CLIENTS:
                given = {one.arg: ast.unparse(one.value) for one in node.keywords}
                if given.get("trust_env") != "False":
                    yield f"{path}:{node.lineno}: {ast.unparse(node.func)} without trust_env=False"


def texts_without_encoding(files: Iterable[Path]) -> Iterator[str]:
    """Text files and pipes that are read by whatever the locale's encoding is."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            names = {one.arg: ast.unparse(one.value) for one in node.keywords}
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            is_text = called in ("read_text", "write_text") or names.get("text") == "True"
            if is_text and "encoding" not in names:
                yield f"{path}:{node.lineno}: {ast.unparse(node.func)} without an encoding"
