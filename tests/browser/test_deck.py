"""The workshop's slides: one a page in print, and what to say to each, seen by whoever presents."""

from __future__ import annotations

import re

import pytest

from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

SLIDES = 10
PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_slide_is_a_page_and_its_notes_are_on_none(open_console: Open, scheme: str) -> None:
    page = open_console("deck", caller=Caller.INSTRUCTOR, color_scheme=scheme, bypass_csp=True)
    page.get_by_role("article", name=f"Slide {SLIDES}").wait_for()
    page.locator(".slide .v-chart canvas").first.wait_for()
    note = page.get_by_role("complementary", name="Notes for slide 1", exact=True)
    assert note.is_visible()
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) == SLIDES
    page.emulate_media(media="print")
    assert not note.is_visible()
    page.add_style_tag(content=".slide { break-after: auto !important }")
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) < SLIDES, "negative control"


def test_the_notes_are_in_a_window_of_their_own_and_go_from_slide_to_slide(
    open_console: Open,
) -> None:
    page = open_console("deck", caller=Caller.INSTRUCTOR, bypass_csp=True)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Speaker notes").click()
    notes = opened.value
    notes.get_by_text("1 / 10").wait_for()
    page.get_by_role("button", name="Present", exact=True).click()
    page.keyboard.press("ArrowRight")
    notes.get_by_text("2 / 10: Agenda").wait_for()
    notes.get_by_role("button", name="Next slide").click()
    page.get_by_role("article", name="Slide 3").wait_for()
    assert not page.get_by_role("article", name="Slide 2").is_visible()
    assert not page.get_by_role("complementary", name="Notes for slide 3").is_visible()
    assert violations(notes) == []
