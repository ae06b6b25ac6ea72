"""The page's list of attacks names tests that there are."""

from __future__ import annotations

import re

from harness.paths import REPO
from tests.tidy.pages import DOCS, section, spans, table


def missing(page: str) -> list[str]:
    """The tests that the list names and that there are not."""
    rows = list(table(section(page, "Attacks and accidents"), "what"))
    assert rows
    names = [name for row in rows for name in spans(row[2])]
    assert len(names) == len(rows), "each row names one test"
    return [name for name in names if not exists(*name.split("::"))]


def exists(path: str, test: str) -> bool:
    file = REPO / "tests" / path
    return file.is_file() and bool(re.search(rf"def {test}\(", file.read_text()))


def test_each_attack_has_a_test() -> None:
    assert missing((DOCS / "hub.md").read_text()) == []


def test_one_that_is_renamed_is_noticed() -> None:
    page = (DOCS / "hub.md").read_text().replace("::test_a_foreign_host", "::test_a_renamed_host")
    assert len(missing(page)) == 1
