"""Wording that blames people: what allowed a mistake is of use, who made it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from harness.catalog.files import Source, StrictFile, Text
from harness.record.events import (
    ActionItemAdded,
    CauseAnalysed,
    DeployStarted,
    Event,
    LearningStored,
    PostmortemSaved,
    ReflectionWritten,
    RoleJoined,
)
from harness.record.story import Noted, Story
from harness.scoring.markup import unescaped

WORDING = Path(__file__).with_name("blaming.toml")
NAME = "{name}"
DENIAL_REACH = 80
"""Characters before a word within which a "not" still denies it."""
QUOTING = frozenset(
    f"## {title}" for title in ("Timeline", "Confidence calibration review", "Wording to review")
)
"""Sections of a drafted postmortem that repeat what was said during the incident, by whom, and the
very words to be looked at again: whoever saves the draft has not written them."""

_NEGATED = re.compile(
    r"(?:\b(?:not|no|nobody|never|without)|n't)\W+(?:\w+\W+){0,3}$", re.IGNORECASE
)


class _WordingTable(StrictFile):
    pattern: Text
    advice: Text


class _WordingFile(StrictFile):
    wording: Annotated[list[_WordingTable], Field(min_length=1)]


@cache
def _wordings() -> tuple[tuple[str, str], ...]:
    """Each pattern with its advice."""
    tables = Source(WORDING).parse(_WordingFile).wording
    return tuple((one.pattern, one.advice) for one in tables)


@dataclass(frozen=True)
class Blame:
    """Some words that blame, where they stand (in characters), and what to write instead."""

    words: str
    begin: int
    advice: str


def blaming_words(text: str, people: Iterable[str] = ()) -> tuple[Blame, ...]:
    """What in `text` blames somebody; `people` are names of those who took part.

    A denial ("nobody is to blame") is none.
    """
    return _blaming_words(text, tuple(sorted({name.strip() for name in people if name.strip()})))


@lru_cache(maxsize=256)  # a score is asked for every few seconds, and a postmortem is long
def _blaming_words(text: str, names: tuple[str, ...]) -> tuple[Blame, ...]:
    # Typographic apostrophes are as long as plain ones, so places stay the same.
    plain = text.replace("\u2019", "'")
    found: dict[tuple[int, str], Blame] = {}
    for pattern, advice in _for_people(names):
        for match in re.finditer(pattern, plain, re.IGNORECASE):
            sentence = plain[max(0, match.start() - DENIAL_REACH) : match.start()].rpartition(".")[
                2
            ]
            if not _NEGATED.search(sentence):
                words = text[match.start() : match.end()]
                found[match.start(), words] = Blame(words, match.start(), advice)
    return tuple(found[place] for place in sorted(found))


def _for_people(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The patterns, those with a name once for each person."""
    return [
        (pattern.replace(NAME, re.escape(name)), advice)
        for pattern, advice in _wordings()
        for name in (names if NAME in pattern else [""])
    ]


def people_of(story: Story) -> frozenset[str]:
    """Whoever could be blamed by name: those who took a role, and those whose releases went out,
    by their full and by their first names."""
    team = {one.event.person for one in story.of(RoleJoined)}
    authors = {one.event.by for one in story.of(DeployStarted) if one.event.kind == "release"}
    return frozenset(team | authors | {name.split()[0] for name in authors if name.split()})


def written_texts(story: Story) -> tuple[tuple[Noted[Event], str], ...]:
    """Every text that a postmortem is made of, with its event; of the postmortem itself the text
    that was saved last."""
    found: list[tuple[Noted[Event], str]] = []
    saved = story.last(PostmortemSaved)
    for one in story.entries:
        event = one.event
        if isinstance(event, ReflectionWritten | CauseAnalysed | ActionItemAdded):
            found.append((one, event.text))
        elif isinstance(event, LearningStored):
            found.append((one, ". ".join(_flat(part) for part in event.fields.values())))
        elif isinstance(event, PostmortemSaved) and saved and one.seq == saved.seq:
            found.append((one, _own_words(event.text)))
    return tuple(found)


def _own_words(markdown: str) -> str:
    """A postmortem as plain text, without what is drafted from the record and quotes it."""
    sections = re.split(r"^(?=## )", markdown, flags=re.MULTILINE)
    kept = [one for one in sections if one.partition("\n")[0].strip() not in QUOTING]
    return unescaped("".join(kept))


def _flat(part: str | tuple[str, ...]) -> str:
    return part if isinstance(part, str) else ", ".join(part)


def blaming_entries(story: Story) -> tuple[Noted[Event], ...]:
    """The events whose text blames somebody."""
    people = people_of(story)
    return tuple(one for one, text in written_texts(story) if blaming_words(text, people))
