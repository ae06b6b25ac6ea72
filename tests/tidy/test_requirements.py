"""The page of requirements: each clause has an answer, and what the answer names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.tidy.test_docs import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "requirements.md"


def rows(text: str) -> list[tuple[str, str]]:
    """(number, answer) of each row."""
    found = re.findall(r"^\| ([B\d][\d.]*) \| .+? \| (.+) \|$", text, re.MULTILINE)
    return [(number, answer) for number, answer in found]


def missing(answer: str) -> list[str]:
    """What an answer names that is neither a file, a command, nor a make target."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    gone = []
    for name in re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", answer)):
        words = name.split()
        if words[0] == "drill":
            is_there = bool({words[1], " ".join(words[1:3])} & set(COMMANDS))
        elif words[0] == "make":
            is_there = words[1] in targets
        else:
            is_there = ("/" not in name and name != "Makefile") or (ROOT / name).exists()
        if not is_there:
            gone.append(name)
    return gone


def test_everything_that_the_page_names_exists() -> None:
    assert {
        number: gone for number, answer in rows(PAGE.read_text()) if (gone := missing(answer))
    } == {}


def test_each_clause_stands_once_and_is_answered() -> None:
    found = rows(PAGE.read_text())
    assert [number for number, count in Counter(n for n, _ in found).items() if count > 1] == []
    assert all("`" in answer or "**Open**" in answer for _, answer in found)
    sections = {number.split(".")[0] for number, _ in found}
    assert sections == {"B1", "B2", "B3", "B4", "0", "1", "2", "3", "4"}
    assert len(found) > 150


def test_what_does_not_exist_is_noticed() -> None:
    assert missing("`drill conjure`, `make magic`, `harness/nowhere.py`, `drill ai status`") == [
        "drill conjure", "make magic", "harness/nowhere.py",
    ]  # fmt: skip
