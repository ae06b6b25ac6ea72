"""What colleagues write about their releases is ordinary, and gives nothing away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.model import Release
from harness.people import PEOPLE
from harness.workspace.mail import message_of

ROOT = Path(__file__).parents[2]
CATALOG = Catalog(ROOT)
FAULTS = CATALOG.fault_ids()
DECOYS = [name for name in CATALOG.decoy_ids() if CATALOG.decoy(name).release.patch]

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


def found(words: tuple[str, ...], text: str) -> set[str]:
    """Those of `words` (regular expressions) that `text` holds as whole words."""
    return {word for word in words if re.search(rf"(?i)(?<![\w-])(?:{word})(?![\w-])", text)}


RELEASED = [name for name in FAULTS if CATALOG.fault(name).release]
"""Where something was released: other faults are the clean tree's own."""
BAD_RELEASES = [release for name in FAULTS if (release := CATALOG.fault(name).release)]
RELEASES = [*BAD_RELEASES, *(CATALOG.decoy(name).release for name in DECOYS)]


def title(release: Release) -> str:
    return f"{release.service}-{release.summary}"


def patches() -> list[Path]:
    return sorted(ROOT.glob("faults/**/*.patch"))


@pytest.mark.parametrize("patch", patches(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_patch_brings_a_sealed_word_or_a_name_of_ours_into_the_shop(patch: Path) -> None:
    ids = tuple(re.escape(name) for name in (*FAULTS, *CATALOG.decoy_ids()))
    assert found((*SEALED, *ids), patch.read_text()) == set()


@pytest.mark.parametrize("release", BAD_RELEASES, ids=title)
def test_the_message_of_a_bad_release_tells_nothing(release: Release) -> None:
    assert release.patch is not None
    assert found(TELLING, message_of(release.patch)) == set()


@pytest.mark.parametrize("release", RELEASES, ids=title)
def test_a_release_is_written_as_the_house_writes(release: Release) -> None:
    assert release.patch is not None
    subject, _, body = message_of(release.patch).partition("\n")
    assert subject.startswith(f"{release.service}: ")
    assert len(subject) <= SUBJECT_LENGTH_MAX
    assert body.strip(), "a message without a reason looks like none of the others"
    assert max(map(len, body.splitlines())) <= BODY_WIDTH_MAX
    assert (release.author_name, release.author_email) in {(one.name, one.email) for one in PEOPLE}


@pytest.mark.parametrize("release", BAD_RELEASES, ids=title)
def test_the_deploy_log_says_what_the_commit_says(release: Release) -> None:
    assert release.patch is not None
    subject = message_of(release.patch).splitlines()[0]
    assert subject == f"{release.service}: {release.summary}"


@pytest.mark.parametrize("name", RELEASED)
def test_a_bad_release_stays_within_its_service(name: str) -> None:
    release = CATALOG.fault(name).release
    assert release is not None
    assert release.patch is not None
    touched = re.findall(r"(?m)^\+\+\+ b/(.+)$", release.patch.read_text())
    assert touched
    assert all(path.startswith(f"services/{release.service}/") for path in touched)


@pytest.mark.parametrize(
    ("words", "text", "telling"),
    [
        (SEALED, "+# see the fault\n", {"faults?"}),
        (SEALED, "+timeout = DEFAULT  # injected dependencies\n", set()),
        (TELLING, "orders: this will deadlock under load", {"deadlocks?"}),
        (TELLING, "orders: the N + 1 version", {r"n\s*\+\s*1"}),
        (TELLING, "orders: show the driver's name on weekly cyclelanes", set()),
    ],
)
def test_the_search_knows_whole_words(words: tuple[str, ...], text: str, telling: set[str]) -> None:
    assert found(words, text) == telling
