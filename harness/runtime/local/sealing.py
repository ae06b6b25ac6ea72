"""Whether a release of this machine is kept from all that is not its own, and how.

It sees a file system of its own (`shopd/view.py`). Where this process is root, it is a user of its
own, too, and each drill's is another: nobody else, and no other drill, has that number. An ordinary
user may make such a file system in a namespace of its own, where the machine lets him; then the
release stays that user, and the kernel keeps it from looking into others all the same.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.child_env import CLEAN_ENV
from harness.errors import EnvironmentMissing
from harness.paths import REPO, catalog_dir
from harness.runtime.programs.cache import User, cache_dir
from harness.runtime.shopd import view

FIRST_USER = 1_900_000_000
"""Numbers from here to 2^31 are for nobody's use, by systemd's list of them all."""
TRIED = FIRST_USER + 99_999
"""Beyond every port, and so no drill's."""
FILE_ENDING = "_FILE"
"""Of the variables that name one."""
LIBRARIES = frozenset({"site-packages", "dist-packages"})
"""What Python calls folders of installed packages."""
READ_BY_LIBRARIES = (os.__file__, ctypes.__file__)
UNKNOWN = "the kernel permits neither users of their own nor namespaces"


@dataclass(frozen=True)
class Seal:
    """What releases of one drill see, and who they are."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    user: User | None

    def view(self, env: Mapping[str, str] | None = None) -> dict[str, Any]:
        """As shopd is told, for a release with this environment: the files that it names are there,
        such as the certificate by which the payment provider is known."""
        user = None if self.user is None else [self.user.uid, self.user.gid]
        named = [value for name, value in (env or {}).items() if name.endswith(FILE_ENDING)]
        files = [path for path in named if Path(path).is_file()]
        return asdict(self) | {"user": user, "files": files}


def seal_of(run_dir: Path, port_offset: int) -> Seal | None:
    """The seal of a drill, whose ports no other has; None where there is none here."""
    way = way_to_seal()
    if way.why_not:
        return None
    number = FIRST_USER + port_offset
    return _seal(User(number, number) if way.has_users else None, run_dir.parent.parent)


@dataclass(frozen=True)
class Way:
    """How releases can be sealed on this machine."""

    has_users: bool
    why_not: str = ""
    """Empty where they can be."""

    def __str__(self) -> str:
        if self.why_not:
            return (
                "nothing keeps releases of local drills from this user's files, the answer among"
                f" them: {self.why_not}"
            )
        who = "a user of its own" if self.has_users else "this user in a namespace"
        return f"releases of local drills see their own files alone, each drill's as {who}"


@functools.cache
def way_to_seal() -> Way:
    """The best one; each is tried out. Takes some 0.1 s."""
    if os.geteuid() == 0 and not _why_not(_seal(User(TRIED, TRIED))):
        return Way(has_users=True)
    return Way(has_users=False, why_not=_why_not(_seal(None)))


def _seal(user: User | None, *homes: Path) -> Seal:
    places = [REPO / "faults", catalog_dir() / "faults", *homes]
    with contextlib.suppress(EnvironmentMissing):  # whoever needs it says so
        places.append(cache_dir())
    # Libraries may lie elsewhere, by a .pth file. The repository on the path is none of them.
    libraries = [one for one in sys.path if Path(one).name in LIBRARIES and Path(one).is_dir()]
    shown = dict.fromkeys((sys.prefix, sys.base_prefix, *libraries))
    return Seal(tuple(shown), tuple(dict.fromkeys(str(one.resolve()) for one in places)), user)


def _why_not(seal: Seal) -> str:
    program = [sys.executable, "-I", "-S", view.__file__]
    tried = subprocess.run(
        [*program, json.dumps(seal.view()), *READ_BY_LIBRARIES],
        env=CLEAN_ENV,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if tried.returncode == 0:
        return ""
    return tried.stderr.strip().rpartition("\n")[2] or UNKNOWN
