"""Two people at one thing: whoever is second sees the other's text beside their own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from harness.record.events import CauseAnalysed, PostmortemSaved, TriageWritten
from harness.waiting import wait_until_sync
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

ADAS, BOS = "Ada saw the pool run dry.", "Bo saw the timeouts change."


def write(page: Any, text: str) -> None:
    """Into the postmortem, unsaved."""
    box = page.get_by_label("text (Markdown)")
    box.wait_for()
    box.fill(text)


def save(page: Any) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def saved_papers(drill: ServedDrill) -> list[str]:
    return [one.event.text for one in drill.session.story().of(PostmortemSaved)]


def test_of_two_who_write_a_postmortem_at_once_neither_loses_text(
    open_console: Open, drill: ServedDrill
) -> None:
    ada, bo = open_console("postmortem"), open_console("postmortem", person="Bo")
    write(ada, ADAS)
    write(bo, BOS)
    save(bo)
    ada.get_by_role(
        "heading", name="Bo saved a different version while you were writing"
    ).wait_for()
    assert ada.get_by_label("your text").input_value() == ADAS
    assert ada.get_by_role("button", name="Save", exact=True).is_disabled()
    ada.get_by_role("button", name="Merge both, line by line").click()
    save(ada)
    ada.get_by_text("Saved by Ada").wait_for()
    assert {ADAS, BOS} == set(saved_papers(drill)[-1].splitlines())
    bo.get_by_text("Saved by Ada").wait_for()
    assert bo.get_by_label("text (Markdown)").input_value() == saved_papers(drill)[-1]


def test_pieces_of_the_others_postmortem_are_taken_one_by_one(
    open_console: Open, drill: ServedDrill
) -> None:
    """Under the policy of the pages, which the fixture of complaints watches."""
    first = open_console("postmortem")
    write(first, "## Impact\n\nsame\n\nsame\n\n## Cause")
    save(first)
    first.get_by_text("Saved by Ada").wait_for()
    ada, bo = open_console("postmortem"), open_console("postmortem", person="Bo")
    write(ada, f"## Impact\n{ADAS}\n\nsame\n\nsame\n\n## Cause")
    write(bo, f"## Impact\n\nsame\n\nsame\n\n## Cause\n{BOS}")
    save(bo)
    theirs, mine = ada.get_by_label("Theirs", exact=True), ada.get_by_label("Mine", exact=True)
    theirs.get_by_text(BOS).wait_for()
    tint = "(line) => getComputedStyle(line).backgroundColor"
    changed, same = mine.locator(".cm-line", has_text=ADAS), mine.locator(".cm-line").first
    assert changed.evaluate(tint) != same.evaluate(tint)
    piece = ada.get_by_role("button", name="Take this piece of theirs").last
    piece.press("Enter")
    mine.get_by_text(BOS).wait_for()
    expect(ada.get_by_label("your text")).to_have_value(re.compile(f"\n{BOS}$"))
    ada.get_by_label("your text").fill("## Impact")
    mine.get_by_text(BOS).wait_for(state="detached")
    ada.get_by_role("button", name="Keep mine").click()
    save(ada)
    ada.get_by_text("Saved by Ada").wait_for()
    assert saved_papers(drill)[-1] == "## Impact"


def test_what_one_took_out_stays_out_when_the_texts_are_merged(
    open_console: Open, drill: ServedDrill
) -> None:
    first = open_console("postmortem")
    write(first, f"{ADAS}\n## Impact\n## Cause")
    save(first)
    first.get_by_text("Saved by Ada").wait_for()
    ada, bo = open_console("postmortem"), open_console("postmortem", person="Bo")
    write(ada, "## Impact\n## Cause")
    write(bo, f"{ADAS}\n## Impact\n## Cause\n{BOS}")
    save(bo)
    ada.get_by_role("button", name="Merge both, line by line").click()
    save(ada)
    ada.locator("main").get_by_role("alert").wait_for(state="detached")
    ada.get_by_text("Saved by Ada").wait_for()
    assert saved_papers(drill)[-1] == f"## Impact\n## Cause\n{BOS}"


def test_whoever_saves_without_knowing_of_the_other_is_refused_and_keeps_their_text(
    open_console: Open, drill: ServedDrill
) -> None:
    ada, bo = open_console("postmortem"), open_console("postmortem", person="Bo")
    write(ada, ADAS)
    write(bo, BOS)
    ada.route("**/v1/postmortem", lambda asked: asked.abort())  # Ada hears nothing of Bo
    save(bo)
    bo.get_by_text("Saved by Bo").wait_for()
    save(ada)
    ada.get_by_text("somebody else saved the postmortem").wait_for()
    assert ada.get_by_label("text (Markdown)").input_value() == ADAS
    assert saved_papers(drill) == [BOS]
    ada.unroute("**/v1/postmortem")
    ada.get_by_role(
        "heading", name="Bo saved a different version while you were writing"
    ).wait_for()


def test_a_text_that_nobody_else_touched_is_saved_without_a_question(
    open_console: Open, drill: ServedDrill
) -> None:
    """Negative control: it takes two to be asked."""
    ada = open_console("postmortem")
    write(ada, ADAS)
    save(ada)
    ada.get_by_text("Saved by Ada").wait_for()
    write(ada, f"{ADAS}\n{BOS}")
    save(ada)
    ada.get_by_text("Saved by Ada").wait_for()
    assert ada.locator("main").get_by_role("alert").count() == 0
    assert saved_papers(drill)[-1] == f"{ADAS}\n{BOS}"


class Held:
    """Keeps a page's requests on their way until they are let through."""

    def __init__(self, page: Any, pattern: str) -> None:
        self.page, self.pattern = page, pattern
        self.kept: list[Any] = []
        page.route(pattern, self.keep)

    def keep(self, one: Any) -> None:
        self.kept.append(one)

    def let_through(self) -> None:
        def kept() -> Any:
            self.page.evaluate("0")  # hears what the browser has to tell
            return self.kept

        wait_until_sync(kept, timeout_s=10, what="a request")
        for one in self.kept:
            one.continue_()
        self.page.unroute(self.pattern)


def test_what_is_typed_while_a_postmortem_is_on_its_way_goes_on_from_it(
    open_console: Open, drill: ServedDrill
) -> None:
    ada = open_console("postmortem")
    write(ada, ADAS)
    held = Held(ada, "**/v1/postmortem/text")
    save(ada)
    write(ada, f"{ADAS}\n{BOS}")
    held.let_through()
    ada.get_by_role("status").get_by_text("Saved.").wait_for()
    assert ada.get_by_label("text (Markdown)").input_value() == f"{ADAS}\n{BOS}"
    save(ada)
    ada.get_by_text("Saved by Ada").wait_for()
    assert ada.locator("main").get_by_role("alert").count() == 0
    assert saved_papers(drill) == [ADAS, f"{ADAS}\n{BOS}"]


def test_what_is_typed_while_a_triage_is_on_its_way_is_not_held_against_oneself(
    open_console: Open, drill: ServedDrill
) -> None:
    ada = open_console("diagnosis")
    sheet = card(ada, "Triage")
    fill_triage(sheet, ADAS)
    held = Held(ada, "**/v1/triage")
    sheet.get_by_role("button", name="Save triage").click()
    sheet.get_by_label("Unknown").fill("who noticed it")
    held.let_through()
    ada.get_by_role("status").get_by_text("Saved").wait_for()
    sheet.get_by_role("button", name="Save triage").click()
    sheet.get_by_text("by Ada").wait_for()
    assert ada.locator("main").get_by_role("alert").count() == 0
    said = [one.event.unknown for one in drill.session.story().of(TriageWritten)]
    assert said[-2:] == [("who released it",), ("who noticed it",)]


def test_the_next_cause_is_kept_though_it_is_typed_while_the_first_is_on_its_way(
    open_console: Open, drill: ServedDrill
) -> None:
    ada = open_console("postmortem")
    form = card(ada, "Root cause analysis")
    text = form.get_by_label("Cause at this level")
    add = form.get_by_role("button", name="Add cause")
    text.fill("timeouts were cut")
    held = Held(ada, "**/v1/causes")
    add.click()
    form.get_by_role("radio", name="deepest").click()
    text.fill("nobody tests them")
    held.let_through()
    ada.get_by_role("status").get_by_text("Saved").wait_for()
    add.click()
    form.get_by_role("listitem").filter(has_text="nobody tests them").wait_for()
    said = [(one.event.level, one.event.text) for one in drill.session.story().of(CauseAnalysed)]
    assert said == [("surface", "timeouts were cut"), ("deepest", "nobody tests them")]
    assert text.input_value() == ""


def test_of_two_who_write_the_triage_at_once_neither_loses_text(
    open_console: Open, drill: ServedDrill
) -> None:
    ada, bo = open_console("diagnosis"), open_console("diagnosis", person="Bo")
    for page, text in ((ada, ADAS), (bo, BOS)):
        fill_triage(card(page, "Triage"), text)
    card(bo, "Triage").get_by_role("button", name="Save triage").click()
    ada.get_by_text("Bo saved while you were writing").wait_for()
    ada.get_by_role("button", name="Merge both").click()
    card(ada, "Triage").get_by_role("button", name="Save triage").click()
    card(ada, "Triage").get_by_text("by Ada").wait_for()
    last = drill.session.story().last(TriageWritten)
    assert last is not None
    assert set(last.event.known) == {ADAS, BOS}
    assert last.event.unknown == ("who released it",)


def fill_triage(sheet: Any, known: str) -> None:
    sheet.get_by_label("Known", exact=False).first.fill(known)
    sheet.get_by_label("Unknown").fill("who released it")
    for number in (1, 2, 3):
        sheet.get_by_label(f"Priority {number}", exact=True).fill(f"what comes {number}")
    sheet.get_by_label("Not doing yet").fill("restarts")
