"""The names outside faults/ that its files refer to, as they stand in the checkout."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from harness.catalog.toml_lines import read_toml

ALERT = re.compile(r"^\s*- alert: (\w+)", re.MULTILINE)
RECORDED = re.compile(r"^\s*- record: (\S+)", re.MULTILINE)
METRIC = re.compile(r'\b(?:Counter|Gauge|Histogram)(?:MetricFamily)?\(\s*"(\w+)"')
CLIENT = "prometheus_client"
OF_PROMETHEUS = ("up", "ALERTS")


class KnownNames:
    """What the checkout at `root` has: each list is read once, when it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def alerts(self) -> list[str]:
        """The alerts that some rule of Prometheus raises."""
        return sorted(ALERT.findall(self._rules))

    @cached_property
    def metrics(self) -> list[str]:
        """What shop and load export, what Prometheus records of it and adds."""
        modules = (
            path.read_text(encoding="utf-8")
            for part in ("services", "loadgen")
            for path in (self._root / part).rglob("*.py")
        )
        # Asking first what a module imports makes this three times as quick.
        exporting = (text for text in modules if CLIENT in text)
        exported = [name for text in exporting for name in METRIC.findall(text)]
        return sorted({*exported, *RECORDED.findall(self._rules), *OF_PROMETHEUS})

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

    def journeys(self, load_profile: str) -> set[str]:
        """What customers do by this profile. Raises BadFile where its file is malformed."""
        content, _ = read_toml(self._root / "loadgen" / "profiles" / f"{load_profile}.toml")
        rates = content.get("rates_per_s", {})
        return set(rates) if isinstance(rates, dict) else set()

    @cached_property
    def _rules(self) -> str:
        paths = sorted(self._root.glob("compose/prometheus/rules/*.yml"))
        return "\n".join(path.read_text(encoding="utf-8") for path in paths)

    def _stems(self, pattern: str) -> list[str]:
        return sorted(path.stem for path in self._root.glob(pattern))
