"""The names outside faults/ that its files refer to, as they stand in the checkout."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

ALERT = re.compile(r"^\s*- alert: (\w+)", re.MULTILINE)


class KnownNames:
    """What the checkout at `root` has: each list is read once, when it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def alerts(self) -> list[str]:
        """The alerts that some rule of Prometheus raises."""
        rules = self._root.glob("compose/prometheus/rules/*.yml")
        return sorted(name for path in rules for name in ALERT.findall(path.read_text("utf-8")))

    @cached_property
    def runbooks(self) -> list[str]:
        """The alerts that have a page under docs/runbooks/."""
        return self._stems("docs/runbooks/*.md")

    @cached_property
    def load_profiles(self) -> list[str]:
        """By what customers can come."""
        return self._stems("loadgen/profiles/*.toml")

    @cached_property
    def agendas(self) -> list[str]:
        """What an exercise can follow."""
        return self._stems("harness/agendas/*.toml")

    def _stems(self, pattern: str) -> list[str]:
        return sorted(path.stem for path in self._root.glob(pattern))
