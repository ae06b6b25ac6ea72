"""What colleagues write about their releases is ordinary, and gives nothing away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.authoring.wording import (
    SEALED,
    TELLING,
    mistakes_in_culprits_message,
    mistakes_in_message,
    sealed_words,
    words_found,
)
from harness.catalog.reader import Catalog
from harness.model import Release
from harness.people import PEOPLE
from harness.workspace.mail import message_of

ROOT = Path(__file__).parents[2]
CATALOG = Catalog(ROOT)
FAULTS = CATALOG.fault_ids()
DECOYS = [name for name in CATALOG.decoy_ids() if CATALOG.decoy(name).release.patch]
RELEASED = [name for name in FAULTS if CATALOG.fault(name).release]
"""Where something was released: other faults are the clean tree's own."""
BAD_RELEASES = [release for name in FAULTS if (release := CATALOG.fault(name).release)]
DECOY_RELEASES = [CATALOG.decoy(name).release for name in DECOYS]


def title(release: Release) -> str:
    return f"{release.service}-{release.summary}"


def patches() -> list[Path]:
    return sorted(ROOT.glob("faults/**/*.patch"))


@pytest.mark.parametrize("patch", patches(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_patch_brings_a_sealed_word_or_a_name_of_ours_into_the_shop(patch: Path) -> None:
    assert sealed_words(patch.read_text(), [*FAULTS, *CATALOG.decoy_ids()]) == []


@pytest.mark.parametrize("release", BAD_RELEASES, ids=title)
def test_a_bad_release_is_written_as_the_house_writes_and_tells_nothing(release: Release) -> None:
    assert release.patch is not None
    assert list(mistakes_in_culprits_message(message_of(release.patch), release)) == []


@pytest.mark.parametrize("release", DECOY_RELEASES, ids=title)
def test_a_decoy_is_written_as_the_house_writes(release: Release) -> None:
    assert release.patch is not None
    assert list(mistakes_in_message(message_of(release.patch), release)) == []


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
        (SEALED, "+# see the fault\n", ["fault"]),
        (SEALED, "+timeout = DEFAULT  # injected dependencies\n", []),
        (TELLING, "orders: this will deadlock under load", ["deadlock"]),
        (TELLING, "orders: the N + 1 version", ["n + 1"]),
        (TELLING, "orders: show the driver's name on weekly cyclelanes", []),
    ],
)
def test_the_search_knows_whole_words(
    words: tuple[str, ...], text: str, telling: list[str]
) -> None:
    assert words_found(words, text) == telling


GOOD = "orders: keep the newest first\n\nThe list is read from the top.\n"


@pytest.mark.parametrize(
    ("message", "mistake"),
    [
        (GOOD, ""),
        ("orders: keep the newest last\n\nWhy.\n", "the deploy log's"),
        ("orders: keep the newest first\n", "there is no body"),
        (GOOD + "x" * 77 + "\n", "a line of the body has 77 characters"),
        (GOOD + "This avoids the deadlock.\n", "the message tells too much: deadlock"),
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_named(message: str, mistake: str) -> None:
    first = PEOPLE[0]
    release = Release(
        service="orders",
        version_from="1.0.0",
        version_to="1.0.1",
        summary="keep the newest first",
        author_name=first.name,
        author_email=first.email,
        patch=None,
    )
    found = list(mistakes_in_culprits_message(message, release))
    assert len(found) == bool(mistake)
    assert all(mistake in one for one in found)
