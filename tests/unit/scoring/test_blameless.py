"""Wording that blames is found; wording that explains is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.events import (
    DeployStarted,
    NoteAdded,
    PostmortemSaved,
    ReflectionWritten,
    RoleJoined,
)
from harness.record.story import Story
from harness.scoring.blameless import blaming_entries, blaming_words
from harness.scoring.postmortem import draft
from harness.scoring.postmortem_text import to_markdown
from tests.unit.scoring.stories import (
    KEY,
    REFLECTION,
    STRUCTURED,
    Moment,
    deploy,
    story_of,
    without,
)
from tests.unit.scoring.test_postmortem import KPIS as POSTMORTEM_KPIS


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


RELEASE = replace(deploy("release", "payments", DeployStarted), by="Aoife Byrne")


def reflected(text: str, *more: Moment) -> Story:
    return story_of([*more, (11.0, ReflectionWritten("could-improve", text, "kim"))])


@pytest.mark.parametrize("text", ["Aoife Byrne ignored the check", "then Aoife forgot staging"])
def test_whoever_released_it_is_not_the_cause_either(text: str) -> None:
    assert blaming_entries(reflected(text)) == ()
    [found] = blaming_entries(reflected(text, (-0.3, RELEASE)))
    assert isinstance(found.event, ReflectionWritten)


def test_what_the_runtime_did_is_nobody_s_name() -> None:
    itself = replace(deploy("rollback", "payments", DeployStarted), by="runtime")
    text = "The runtime failed to start the new version"
    assert blaming_entries(reflected(text, (0.1, itself))) == ()


def saved(text: str) -> PostmortemSaved:
    return PostmortemSaved("v", text, "kim")


def test_the_postmortem_that_people_edit_is_checked_as_it_was_saved_last() -> None:
    blaming = (12.0, saved("## What could improve\n\n- It was Aoife's fault\n"))
    better = (13.0, saved("## What could improve\n\n- Config changes skip staging\n"))
    assert [one.seq for one in blaming_entries(story_of([blaming]))] == [1]
    assert blaming_entries(story_of([blaming, better])) == ()
    assert [one.seq for one in blaming_entries(story_of([better, blaming]))] == [2]


def test_a_drafted_postmortem_does_not_flag_itself() -> None:
    said = [
        *STRUCTURED,
        (0.2, NoteAdded("a careless change, dana broke it", "alex")),
        (11.2, ReflectionWritten("could-improve", "Dana forgot staging", "kim")),
    ]
    story = sorted(said, key=lambda one: one[0])
    text = to_markdown(draft(story_of(story), POSTMORTEM_KPIS, KEY))
    assert "careless" in text
    assert "Dana forgot" in text.partition("## Wording to review")[2]
    tidied = text.replace("- Dana forgot staging\n", "- Nothing asked for staging\n")
    again = [*without(story, ReflectionWritten), (14.0, saved(tidied))]
    assert blaming_entries(story_of(again)) == ()
    untouched = [*without(story, ReflectionWritten), (14.0, saved(text))]
    assert len(blaming_entries(story_of(untouched))) == 1, "what was written in it counts"


def test_a_blame_that_stands_in_draft_and_reflection_is_remarked_on_once() -> None:
    wrote = (11.2, ReflectionWritten("could-improve", "Dana forgot staging", "kim"))
    twice = [*STRUCTURED, wrote, (14.0, saved("- Dana forgot staging\n- human error\n"))]
    post = draft(story_of(sorted(twice, key=lambda one: one[0])), POSTMORTEM_KPIS, KEY)
    assert [one.words for one in post.remarks] == ["Dana forgot", "human error"]


def test_markup_hides_no_name() -> None:
    joined = (-0.9, RoleJoined("d_k", "backend"))
    assert len(blaming_entries(story_of([joined, (14.0, saved(r"- d\_k broke checkout"))]))) == 1
