"""The console in a real browser: two people at once, an instructor, no way around."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harness.record.events import HypothesesRevised
from harness.tokens import Caller
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

FIRST_VIEW_MAX_BYTES = 250_000

CUTTABLE = """
const through = window.fetch;
let isCut = false;
let line = new AbortController();
window.cut = (wanted) => { isCut = wanted; line.abort(new TypeError("the line is cut")); };
window.fetch = (path, options) => {
  if (!String(path).includes("/v1/stream")) return through(path, options);
  if (isCut) return Promise.reject(new TypeError("the line is cut"));
  line = new AbortController();
  return through(path, { ...options, signal: line.signal });
};
"""
"""Lets a test break the live connection, and nothing else."""


def shares(page: Any) -> list[int]:
    sliders = card(page, "Hypotheses").get_by_role("slider")
    return [int(sliders.nth(index).input_value()) for index in range(sliders.count())]


def test_a_script_that_came_into_a_page_all_the_same_does_not_run(
    open_console: Open, complaints: list[str]
) -> None:
    page = open_console()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        ' {textContent: "window.ran = 1"}))'
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in one for one in complaints)
    complaints.clear()


def test_the_key_leaves_the_address_and_is_kept_for_this_tab_alone(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console()
    assert "token" not in page.url
    assert drill.tokens.token(Caller.PARTICIPANT) not in page.evaluate(
        "JSON.stringify(localStorage) + document.cookie"
    )
    assert page.context.cookies() == []


def test_a_busy_machine_is_told_for_as_long_as_it_is_busy_and_moves_nothing(
    open_console: Open, drill: ServedDrill
) -> None:
    page, phone = open_console(), open_console(viewport={"width": 390, "height": 844})
    card(page, "Customer impact").wait_for()
    top = "document.querySelector('main').getBoundingClientRect().top"
    stood = page.evaluate(top)
    assert page.get_by_text("machine busy").count() == 0
    drill.session.run.machine_busy = "others take 1.4 of 2 cores (yes 1.4)"
    page.get_by_title("others take 1.4 of 2 cores").get_by_text("machine busy").wait_for()
    assert page.evaluate(top) == stood
    told = phone.get_by_role("status").filter(has_text="busy with other work")
    told.get_by_text("others take 1.4 of 2 cores").wait_for()
    drill.session.run.machine_busy = ""
    page.get_by_text("machine busy").wait_for(state="detached")
    told.wait_for(state="detached")


@pytest.mark.parametrize("view", ["instructor", "deck"])
def test_a_participant_is_told_why_the_instructors_view_is_not_for_them(
    open_console: Open, view: str
) -> None:
    page = open_console(view)
    page.get_by_role("heading", name="403: instructor only").wait_for()
    page.get_by_text("You have a participant's link").wait_for()
    assert page.get_by_role("button", name="Reveal the answer").count() == 0
    assert page.locator(".slide").count() == 0


def test_the_instructor_gets_it(open_console: Open) -> None:
    """Negative control: the same address, the other key."""
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    page.get_by_role("button", name="Reveal the answer").wait_for()


def test_a_page_that_one_acknowledges_is_acknowledged_for_the_other(open_console: Open) -> None:
    ada, bo = open_console(), open_console(person="Bo")
    bo.get_by_role("button", name="Acknowledge").wait_for()
    ada.keyboard.press("a")
    bo.get_by_text("acknowledged by Ada").wait_for()


def test_sliders_keep_a_hundred_and_a_new_hypothesis_is_a_key_away(open_console: Open) -> None:
    page = open_console()
    page.keyboard.press("h")
    page.get_by_label("Hypothesis h3", exact=True).wait_for()
    assert len(shares(page)) == 3
    assert sum(shares(page)) == 100
    page.get_by_label("Probability of h1, in percent").fill("10")
    assert shares(page)[0] == 10
    assert sum(shares(page)) == 100


def test_of_two_who_write_hypotheses_at_once_neither_loses_text(
    open_console: Open, drill: ServedDrill
) -> None:
    ada, bo = open_console("diagnosis"), open_console("diagnosis", person="Bo")
    ada.get_by_label("Hypothesis h1", exact=True).fill("the provider is slow since noon")
    bo.get_by_role("button", name="Add (h)").click()
    bo.get_by_label("Hypothesis h3", exact=True).fill("the release of payments cut the timeouts")
    bo.get_by_role("button", name="Save revision").click()
    ada.get_by_text("Bo saved while you were writing").wait_for()
    assert ada.get_by_role("button", name="Save revision").is_disabled()
    ada.get_by_role("button", name="Merge both").click()
    ada.get_by_role("button", name="Save revision").click()
    revisions = bo.get_by_role("region", name=re.compile("^Revisions"))
    revisions.get_by_text("the provider is slow since noon").first.wait_for()
    last = drill.session.story().last(HypothesesRevised)
    assert last is not None
    assert {"the provider is slow since noon", "the release of payments cut the timeouts"} <= {
        one.text for one in last.event.hypotheses
    }


def test_what_is_being_written_outlives_a_reload(open_console: Open) -> None:
    page = open_console("comms")
    page.get_by_label("What happened").fill("Payments fail since noon.")
    page.reload()
    page.get_by_label("What happened").wait_for()
    assert page.get_by_label("What happened").input_value() == "Payments fail since noon."


def test_a_link_with_another_key_begins_anew_in_the_same_tab(
    open_console: Open, drill: ServedDrill
) -> None:
    """What was being written is of this drill and this person, and stays theirs."""
    page = open_console("comms")
    page.get_by_label("What happened").fill("Payments fail since noon.")
    page.evaluate("sessionStorage.setItem('drill-token', 'of-a-drill-that-is-over')")
    page.goto(drill.link(Caller.PARTICIPANT))
    page.locator("main.view-now").wait_for()
    page.goto(f"{drill.url}/#/comms")
    page.get_by_label("What happened").wait_for()
    assert page.get_by_label("What happened").input_value() == "Payments fail since noon."
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_label("What happened").wait_for()
    assert page.get_by_label("What happened").input_value() == "", "the control"


def test_a_tab_without_a_key_says_so_and_takes_the_link_that_is_opened_in_it(
    browser: Any, drill: ServedDrill
) -> None:
    page = browser.new_page()
    page.goto(drill.url)
    page.get_by_role("heading", name="This link has no valid token").wait_for()
    page.goto(drill.link(Caller.PARTICIPANT))
    page.locator(".brand .badge.good").wait_for()
    page.close()


def test_after_a_broken_connection_nothing_is_missing_and_nothing_is_there_twice(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline")
    page.add_init_script(CUTTABLE)
    page.reload()
    page.locator(".brand .badge.good").wait_for()
    page.evaluate("cut(true)")
    page.get_by_text("reconnecting").wait_for()
    for number in range(3):
        note = page.request.post(
            f"{drill.url}/v1/notes",
            data={"text": f"while away {number}"},
            headers={"Authorization": f"Bearer {drill.tokens.token(Caller.PARTICIPANT)}"},
        )
        assert note.ok
    assert page.get_by_text("while away").count() == 0
    page.evaluate("cut(false)")
    page.get_by_text("while away 2").wait_for()
    assert page.get_by_text("while away").count() == 3


def test_an_update_reaches_the_channel_and_the_status_page(open_console: Open) -> None:
    page = open_console("comms")
    page.get_by_label("What happened").fill("A release cut the timeouts.")
    page.get_by_label("What we did").fill("Rolling it back.")
    page.get_by_label("Current state").fill("One of ten payments fails.")
    page.get_by_label("Next steps").fill("Prove it under stress.")
    page.get_by_text("Status page: component status").click()
    page.get_by_label(re.compile("^payments")).select_option("partial_outage")
    page.get_by_role("button", name="Post update").click()
    card(page, "Channel").get_by_text("A release cut the timeouts.").wait_for()
    seen = card(page, "Status page")
    seen.get_by_text("Partial System Outage").wait_for()
    seen.get_by_text("One of ten payments fails.").wait_for()


def test_an_instructor_runs_the_exercise_from_one_page(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    team = open_console("timeline")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Send now: Build server, second alert").click()
    team.locator("main").get_by_text("disk of the build server").wait_for()
    page.get_by_role("button", name="Give next hint").click()
    page.get_by_text("1 of 4 given").wait_for()
    page.get_by_role("button", name="Reject").click()
    card(page, "Diagnoses").locator(".badge", has_text="rejected").wait_for()
    page.get_by_label("Points for: Pressure didn't degrade quality").fill("7")
    page.get_by_role("button", name="Grade", exact=True).click()
    page.get_by_text("Nothing to grade").wait_for()
    locus = drill.session.spec.faults[0].title
    assert team.get_by_text(locus).count() == 0
    page.get_by_label("The exercise is over; show the answer to everybody").check()
    page.get_by_role("button", name="Reveal the answer").click()
    team.get_by_text(locus).first.wait_for()


def test_the_first_view_is_small_and_asks_no_other_host(browser: Any, drill: ServedDrill) -> None:
    page = browser.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(drill.link(Caller.PARTICIPANT))
    page.locator(".brand .badge.good").wait_for()
    static = [one for one in answers if "/v1/" not in one.url]
    assert {one.url.startswith(drill.url) for one in answers} == {True}
    sent_bytes = [one.request.sizes()["responseBodySize"] for one in static if one.ok]
    assert 0 < sum(sent_bytes) <= FIRST_VIEW_MAX_BYTES
    page.close()
