"""Each time of an incident goes by one name, and every page that explains or shows it uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.paths import REPO
from harness.scoring.times import TIMES, Definition

HISTORY = REPO / "harness/console/web/src/features/history/TeamHistory.tsx"
GLOSSARY = REPO / "docs" / "architecture.md"


def explained(text: str, one: Definition) -> bool:
    return f"| {one.label} | until {one.until} |" in text


@pytest.mark.parametrize("one", TIMES.values(), ids=TIMES)
def test_the_glossary_explains_each_time_as_it_is_computed(one: Definition) -> None:
    text = GLOSSARY.read_text()
    assert explained(text, one)
    assert not explained(text.replace(f"from the {one.zero}", "from the start"), one)


def words_of(page: Path) -> set[str]:
    return {one.label for one in TIMES.values() if f'"{one.label}"' in page.read_text()}


def test_the_console_calls_each_as_the_scorecard_does(tmp_path: Path) -> None:
    assert words_of(HISTORY) == {one.label for one in TIMES.values()}
    other = tmp_path / "index.tsx"
    other.write_text(HISTORY.read_text().replace("TTM (mitigate)", "to mitigate"))
    assert words_of(other) < words_of(HISTORY)
