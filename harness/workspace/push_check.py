"""Git's pre-receive hook: what is pushed is branches of plain files, within bounds.

It runs by itself with every push (`python -I`), so it imports nothing of ours. Git has checked the
objects by then, and holds them apart until this says yes; what it prints stands in the terminal of
whoever pushes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

BRANCH = re.compile(r"refs/heads/[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")
PLAIN = {"000000": "", "100644": "", "100755": ""}
"""Modes of what is taken; the first is that of what is not there any more."""
OTHERS = {
    "120000": "a symbolic link, which could lead out of the tree",
    "160000": "a submodule, whose files would come from elsewhere",
}
NEW_COMMITS_MAX = 2_000
FILE_BYTES_MAX = 1_000_000
TOTAL_BYTES_MAX = 50_000_000


class Refused(Exception):
    """What is wrong with a push, in a sentence for whoever pushed."""


def check(lines: list[str]) -> None:
    """Raises Refused for the first update that is not taken."""
    for line in lines:
        _, new, ref = line.rstrip("\n").split(" ", 2)
        if not BRANCH.fullmatch(ref) or ".." in ref:
            raise Refused(f"{ref[:100]}: only branches are taken, such as refs/heads/main")
        if set(new) == {"0"}:
            raise Refused(f"{ref}: branches are not deleted here")
        if _git("cat-file", "-t", new).strip() != "commit":
            raise Refused(f"{ref}: it is no commit")
        if int(_git("rev-list", "--count", new, "--not", "--all")) > NEW_COMMITS_MAX:
            raise Refused(f"{ref}: there are more than {NEW_COMMITS_MAX} new commits")
        for mode, path in _changes(new):
            if mode not in PLAIN:
                what = OTHERS.get(mode, f"of the kind {mode}")
                raise Refused(f"{path[:200]!r} is {what}; push plain files alone")
        _check_sizes(new)


def _changes(new: str) -> Iterator[tuple[str, str]]:
    """The mode and path of everything that the new commits add or change."""
    raw = _git("log", "--raw", "-z", "-m", "--root", "--no-renames", "--format=",
               "--no-ext-diff", "--no-textconv", new, "--not", "--all")  # fmt: skip
    fields = iter(raw.split("\0"))
    for field in fields:
        about = field.strip()
        if about.startswith(":"):
            yield about.split()[1], next(fields, "")


def _check_sizes(new: str) -> None:
    names = _git("rev-list", "--objects", "--no-object-names", new, "--not", "--all")
    total = 0
    for line in _git("cat-file", "--batch-check=%(objectsize)", given=names).splitlines():
        size = int(line) if line.isdigit() else 0
        total += size
        if size > FILE_BYTES_MAX:
            raise Refused(f"a file is larger than {FILE_BYTES_MAX // 1_000_000} MB")
    if total > TOTAL_BYTES_MAX:
        raise Refused(f"unpacked it is larger than {TOTAL_BYTES_MAX // 1_000_000} MB")


def _git(*arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments],
        input=given.encode(),
        capture_output=True,
        check=False,
        env=_environment(),
    )
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise Refused(f"it cannot be read: {complaint[0][:300]}")
    return done.stdout.decode(errors="surrogateescape")


def _environment() -> dict[str, str]:
    """What git tells its hooks: above all where the pushed objects are held."""
    return {k: v for k, v in os.environ.items() if k == "PATH" or k.startswith("GIT_")}


def main() -> int:
    """The exit code: 0 where the push is taken."""
    try:
        check(sys.stdin.readlines())
    except (Refused, ValueError) as error:
        sys.stderr.write(f"refused: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
