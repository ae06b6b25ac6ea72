"""What may stand in a patch and its message: nothing of ours, and nothing that tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.model import Release
from harness.people import PEOPLE

SEALED = ("faults?", "chaos", "inject", "drills?", "simulate", "harness")
"""Never in anything that comes to lie under services/."""
TELLING = (
    "deadlocks?", "circular", "cycles?", "drifts?", "precision loss", "imprecise", r"n\s*\+\s*1",
    "slow(er|ly|ness)?", "breaks?", "broken", "bugs?", "wrong", "incidents?", "outages?",
    "mistakes?", "root cause", "exhaust(s|ed|ion)?", "starv(e|es|ed|ation)", "leaks?",
    "cheats?", "decoys?", "untested", "risky", "dangerous", "hopefully", "blocking",
)  # fmt: skip
"""Never in the message of a release: its author saw no harm in it."""
SUBJECT_LENGTH_MAX = 72
BODY_WIDTH_MAX = 76


def words_found(words: Iterable[str], text: str) -> list[str]:
    """What `text` has as whole words of `words`, which are regular expressions."""
    pattern = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(words)})(?![\w-])")
    return sorted({match.group().lower() for match in pattern.finditer(text)})


def sealed_words(patch: str, ids: Iterable[str]) -> list[str]:
    """Words of ours in a patch; `ids` are the names of faults and decoys."""
    return words_found((*SEALED, *map(re.escape, ids)), patch)


def mistakes_in_message(message: str, release: Release) -> Iterator[str]:
    """In what a release's message is not as the house writes."""
    subject, _, body = message.partition("\n")
    if not subject.startswith(f"{release.service}: "):
        yield f"the subject is '{subject}', and should begin with '{release.service}: '"
    if len(subject) > SUBJECT_LENGTH_MAX:
        yield f"the subject has {len(subject)} characters, at most {SUBJECT_LENGTH_MAX} fit"
    if not body.strip():
        yield "there is no body: a message without a reason looks like none of the others"
    for line in body.splitlines():
        if len(line) > BODY_WIDTH_MAX:
            yield f"a line of the body has {len(line)} characters, at most {BODY_WIDTH_MAX} fit"
    if (release.author_name, release.author_email) not in {(one.name, one.email) for one in PEOPLE}:
        yield f"{release.author_name} <{release.author_email}> is none of the shop's engineers"


def mistakes_in_culprits_message(message: str, release: Release) -> Iterator[str]:
    """The same for a release that does harm: its author saw none in it, and the deploy log says
    what the commit says."""
    yield from mistakes_in_message(message, release)
    subject, logged = message.partition("\n")[0], f"{release.service}: {release.summary}"
    if subject != logged:
        yield f"the subject is '{subject}', the deploy log's '{logged}'"
    if told := words_found(TELLING, message):
        yield f"the message tells too much: {', '.join(told)}"
