"""Whether PromQL parses: asked of promtool, once for each expression that is new."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness.child_env import program_env
from harness.runtime.programs.cache import cache_dir
from harness.runtime.programs.external import located

CHECK_S = 20.0
PARSED = "promql-parsed.json"
_COMPLAINT = re.compile(
    r'rule (\d+), "[^"]*": (?:could not parse expression: )?(.+)$', re.MULTILINE
)


def syntax_errors(expressions: Sequence[str], parsed: Path | None = None) -> dict[str, str]:
    """Those of `expressions` that do not parse, each with what is wrong and where (line:column).

    `parsed` is the file that remembers what this promtool has parsed before; by default one in the
    cache. Empty where there is no promtool on this machine: nothing is fetched for a check.
    Blocking, a quarter of a second where an expression is new.
    """
    if (promtool := located("promtool")) is None:
        return {}
    kept = parsed or cache_dir() / PARSED
    by = _identity(promtool)
    known = _read(kept, by)
    new = sorted(set(expressions) - known)
    try:
        errors = _complaints(promtool, new) if new else {}
    except (OSError, subprocess.SubprocessError):
        return {}
    if fine := set(new) - set(errors):
        _write(kept, by, known | fine)
    return errors


def _complaints(promtool: Path, expressions: Sequence[str]) -> dict[str, str]:
    """What promtool says of each, which it takes as the rules of one file.

    Raises OSError, SubprocessError where it says nothing that can be read.
    """
    rules = [
        {"record": f"parsed:{number}", "expr": text} for number, text in enumerate(expressions)
    ]
    done = subprocess.run(
        [promtool, "check", "rules", "--lint=none"],
        input=json.dumps({"groups": [{"name": "expressions", "rules": rules}]}),
        env=program_env(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=CHECK_S,
    )
    errors = {
        expressions[int(found[1]) - 1]: found[2].strip()
        for found in _COMPLAINT.finditer(done.stderr)
    }
    if not errors:
        done.check_returncode()
    return errors


def _identity(program: Path) -> str:
    status = program.stat()
    return f"{program} {status.st_size} {status.st_mtime_ns}"


def _read(path: Path, by: str) -> set[str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return set(kept["expressions"]) if kept["by"] == by else set()
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def _write(path: Path, by: str, expressions: set[str]) -> None:
    """Replaces the file as a whole: another drill may read it meanwhile."""
    whole = path.with_suffix(".new")
    whole.write_text(json.dumps({"by": by, "expressions": sorted(expressions)}), encoding="utf-8")
    whole.replace(path)
