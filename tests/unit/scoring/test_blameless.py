"""Wording that blames is found; wording that explains is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scoring.blameless import blaming_entries, blaming_words
from tests.unit.scoring.stories import REFLECTION, story_of


@pytest.mark.parametrize(
    "text",
    [
        "It was Kim's fault",
        "It was Kim\u2019s fault",
        "the on-call engineer is to blame",
        "We blame the author of the change",
        "a careless change",
        "Root cause: human error.",
        "The reviewer should have noticed the comment",
        "somebody screwed up the deploy",
        "The junior developer who wrote it broke production",
        "that was stupid",
    ],
)
def test_wording_that_blames_is_found_with_advice(text: str) -> None:
    found = blaming_words(text)
    assert found
    for blame in found:
        assert text[blame.begin :].startswith(blame.words)
        assert blame.advice


@pytest.mark.parametrize(
    "text",
    [
        "Nobody is to blame; the process allowed it",
        "This is not about whose idea it was: no careless act, a missing check",
        "Blameless but accountable",
        "Deployment without review or staging test",
        "Junior dev made a reasonable-sounding decision; they tested locally, just not enough",
        "The fault tolerance of the pool failed under load",
        "We need deployment reviews, staging requirements and timeout guidelines",
        "Checkout failed for all customers",
    ],
)
def test_wording_that_explains_is_left_alone(text: str) -> None:
    assert blaming_words(text) == ()


def test_a_person_who_took_part_is_not_the_cause() -> None:
    text = "Dana then broke the checkout"
    assert blaming_words(text) == ()
    assert blaming_words(text, ["Dana"])[0].words == text.removesuffix(" the checkout")
    assert blaming_words("Dana rolled payments back", ["Dana"]) == ()


def test_names_are_names_whatever_is_in_them() -> None:
    assert blaming_words("everything broke it", ["(.*", "", "  "]) == ()
    assert blaming_words("then (.* broke it", ["(.*"])[0].words == "(.* broke"


def test_the_reflection_of_the_incident_blames_nobody() -> None:
    assert blaming_entries(story_of(REFLECTION)) == ()


@given(st.text(max_size=300), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_can_be_checked(text: str, people: list[str]) -> None:
    for blame in blaming_words(text, people):
        assert text[blame.begin : blame.begin + len(blame.words)] == blame.words
