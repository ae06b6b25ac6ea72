"""Lists on the pages that people read are those of the code.

Why: whoever types a variable, a mechanism or a route from a page relies on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from harness.aigate.gate_settings import GateSettings
from harness.aigate.vendors import ROUTES
from harness.model import Mechanism
from harness.runtime.compose.images import DEFAULTS
from harness.runtime.programs.external import REQUIREMENTS
from harness.settings import HostSettings
from tests.tidy.pages import DOCS, section, spans, table


@dataclass(frozen=True)
class PageList:
    """A table of a page, and what the code has in its place."""

    page: str
    section: str
    first: str
    """The heading of the table's first column."""
    read: Callable[[list[str]], list[str]]
    """What one row lists."""
    code: frozenset[str]

    def stated(self, text: str) -> set[str]:
        """What a text of the page lists."""
        rows = table(section(text, self.section), self.first)
        return {one for row in rows for one in self.read(row)}

    @property
    def text(self) -> str:
        return (DOCS / self.page).read_text()


def named(row: list[str]) -> list[str]:
    return spans(row[0])


def valued(row: list[str]) -> list[str]:
    return [f"{name} {value}" for name in spans(row[0]) for value in spans(row[1])]


def settings_in(row: list[str]) -> list[str]:
    return [one for one in spans(row[1]) if re.fullmatch(r"DRILL_\w+", one)]


def variables(settings: type[HostSettings] | type[GateSettings]) -> Iterator[str]:
    prefix = settings.model_config["env_prefix"]
    return (f"{prefix}{field}".upper() for field in settings.model_fields)


LISTS = [
    PageList(
        "participant.md",
        "Mechanisms for `drill diagnose`",
        "mechanism",
        named,
        frozenset(one.value for one in Mechanism),
    ),
    PageList(
        "ai-gate.md",
        "For participants",
        "vendor",
        lambda row: [f"{row[0].lower()} {route}" for route in spans(row[1])],
        frozenset(f"{one.vendor} {one.method} {one.path}" for one in ROUTES.values()),
    ),
    PageList(
        "ai-gate.md", "For instructors", "variable", named, frozenset(variables(GateSettings))
    ),
    PageList(
        "compose.md",
        "Images",
        "variable",
        valued,
        frozenset(f"{name} {image}" for name, image in DEFAULTS.items()),
    ),
    PageList("operations.md", "Settings", "variable", named, frozenset(variables(HostSettings))),
    PageList(
        "operations.md",
        "What it needs",
        "program",
        settings_in,
        frozenset(one.setting for one in REQUIREMENTS.values()),
    ),
]
EACH = pytest.mark.parametrize("one", LISTS, ids=lambda one: f"{one.page}: {one.section}")


@EACH
def test_a_page_lists_what_the_code_has(one: PageList) -> None:
    assert one.stated(one.text) == one.code


@EACH
def test_a_name_that_is_missing_or_wrong_is_noticed(one: PageList) -> None:
    name = max(one.code, key=len).split()[-1]
    assert one.stated(one.text.replace(name, f"{name}X")) != one.code
    assert one.stated(re.sub(rf"`[^`\n]*{re.escape(name)}`", "", one.text)) != one.code
