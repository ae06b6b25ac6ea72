"""What calls a person: it stays until it was seen, wherever in the console they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.record import events
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

CALLING = (
    events.PageSent("p2", "HighLatency", "warning", "checkout takes 2 s"),
    events.InjectDelivered("asks", "executive-asks", "Chief executive", "When is it over?", "x"),
    events.HintTaken(1, "look at the timeouts", 5, "Bo"),
    events.PhaseChanged("dark-room", "Dark room investigation"),
    events.CauseConfirmed(1, True, "", "instructor"),
    events.AnswerRevealed("Timeouts cut", "payments", "timeout", "settings.toml"),
)
HEARD = """
window.heard = [];
class Tone {
  frequency = {};
  connect() { return { connect() {} }; }
  start() { window.heard.push("tone"); }
  stop() {}
}
window.AudioContext = class {
  currentTime = 0;
  createOscillator() { return new Tone(); }
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect() {} };
  }
  async resume() {}
};
window.Notification = class {
  static permission = "default";
  static async requestPermission() { Notification.permission = "granted"; }
  constructor(title, { body }) { window.heard.push(`${title} | ${body}`); }
  addEventListener() {}
};
document.hasFocus = () => false;
"""
"""A browser that tells what it was asked to sound and to show."""


def banner(page: Any) -> Any:
    return page.locator(".calls")


def seen(page: Any) -> None:
    banner(page).get_by_role("button", name="Seen").click()
    banner(page).wait_for(state="detached")


@pytest.mark.parametrize("event", CALLING, ids=[one.type for one in CALLING])
def test_whatever_calls_stays_on_every_view_and_after_a_reload_until_it_was_seen(
    open_console: Open, drill: ServedDrill, event: events.Event
) -> None:
    page = open_console("logs")
    seen(page)  # the page that waited
    drill.session.note(event)
    described = event.describe()
    assert described is not None
    banner(page).get_by_text(described.text).wait_for()
    page.goto(f"{drill.url}/#/traces")
    page.reload()
    banner(page).get_by_text(described.text).wait_for()
    seen(page)
    page.reload()
    page.locator(".brand .badge.good").wait_for()
    page.get_by_role("region", name="Where the exercise is").wait_for()
    assert banner(page).count() == 0


def test_what_calls_nobody_is_no_banner(open_console: Open, drill: ServedDrill) -> None:
    """Negative control."""
    page = open_console("timeline")
    seen(page)
    drill.session.note(events.NoteAdded("quietly", "Bo"), actor="Bo")
    page.locator("main").get_by_text("quietly").wait_for()
    assert banner(page).count() == 0


def test_many_fit_a_telephone_and_are_accessible(open_console: Open, drill: ServedDrill) -> None:
    for event in CALLING:
        drill.session.note(event)
    page = open_console(viewport={"width": 390, "height": 844}, bypass_csp=True)
    banner(page).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []


def test_counts_stand_at_the_menu_and_in_the_title(open_console: Open, drill: ServedDrill) -> None:
    page = open_console("logs", bypass_csp=True)
    menu = page.get_by_role("navigation", name="Views")
    menu.get_by_role("link", name="Now 1 waiting").wait_for()
    assert page.title().startswith("(1) Logs")
    drill.session.note(CALLING[1])
    menu.get_by_role("link", name="Comms 1 waiting").wait_for()
    page.wait_for_function("document.title.startsWith('(2) ')")
    seen(page)
    # Nobody has taken the page yet: that it was seen is not enough.
    page.wait_for_function("document.title.startsWith('(1) ')")
    page.keyboard.press("a")
    page.wait_for_function("document.title.startsWith('Logs')")


def switch(page: Any, *labels: str) -> None:
    page.get_by_role("button", name="How you are called").click()
    for label in labels:
        page.get_by_label(label).check()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def called(page: Any, drill: ServedDrill) -> list[str]:
    """What was heard of a message by the time the page shows it."""
    page.evaluate("window.heard.length = 0")
    drill.session.note(CALLING[1])
    banner(page).get_by_text("When is it over?").wait_for()
    heard: list[str] = page.evaluate("window.heard")
    return heard


@pytest.fixture
def listening(open_console: Open) -> Callable[[], Any]:
    def opened() -> Any:
        page = open_console("logs", bypass_csp=True)
        page.add_init_script(HEARD)
        page.reload()
        page.locator(".brand .badge.good").wait_for()
        banner(page).wait_for()
        return page

    return opened


def test_a_sound_and_a_notification_come_once_they_were_switched_on(
    listening: Callable[[], Any], drill: ServedDrill
) -> None:
    page = listening()
    switch(page, "And by a sound", "And by a notification of the browser")
    assert called(page, drill) == [
        "tone", "tone", "3AM: message | Chief executive: When is it over?"
    ]  # fmt: skip


def test_without_them_it_is_quiet(listening: Callable[[], Any], drill: ServedDrill) -> None:
    """Negative control."""
    page = listening()
    assert called(page, drill) == []
