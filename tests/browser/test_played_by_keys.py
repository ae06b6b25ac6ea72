"""A drill from its page to its end by nothing but keys: no mouse is touched.

The shop behind it is played by doubles; the API, the record and every page are real.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.drill.actions import flags, verify
from harness.drill.session import Session
from harness.record import events
from tests.browser.consoles import Open, complaints, open_console
from tests.browser.drill import ServedDrill, served
from tests.unit.api.whole_workshop import Recorder
from tests.unit.drill.conftest import deployed, hand, page_sent, session, trouble

__all__ = ["complaints", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PRESSES_MAX = 150
"""Tab leads everywhere on a page in fewer."""
HAS_KEYBOARD = "(one) => one === document.activeElement || one.contains(document.activeElement)"


class Healed:
    """Measures a shop that keeps every objective just so."""

    def __init__(self, session: Session) -> None:
        self.asked = verify.objectives(session.spec)

    async def measure(self, *_: object) -> Mapping[str, float | None]:
        return {
            one.measure: one.at_least if one.at_least is not None else one.at_most
            for one in self.asked
        }


@pytest.fixture
def drill(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServedDrill]:
    async def settled(*_: object) -> tuple[str, ...]:
        return ()

    async def switches(*_: object, **__: object) -> Mapping[str, bool]:
        return {"ranking": True}

    monkeypatch.setattr(verify, "wait_for_backlog", settled)
    monkeypatch.setattr(flags, "_ask", switches)
    healed: Any = Healed(trouble)
    trouble.run.opened, trouble.run.references = healed, healed
    trouble.note(events.BaselineConfirmed({}))
    trouble.note(events.RoleJoined("Ada", "on-call"))
    deployed(trouble, "release", "payments", "2.4.0", "2.4.1")
    page_sent(trouble)
    with served(trouble, tmp_path / "secrets", recorder=Recorder()) as found:
        yield found


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.press, self.type = page.keyboard.press, page.keyboard.type

    def see(self, key: str, view: str) -> None:
        """`g` and a letter, from wherever the keyboard is but a text."""
        self.press("g")
        self.press(key)
        self.page.locator(f"main.view-{view}").wait_for()

    def to(self, place: Any) -> None:
        """Tab until it has the keyboard."""
        place.first.wait_for()
        for _ in range(PRESSES_MAX):
            if place.first.evaluate(HAS_KEYBOARD):
                return
            self.press("Tab")
        raise AssertionError(f"no number of Tabs leads to {place}")

    def write(self, label: str, text: str) -> None:
        self.to(self.page.get_by_label(label))
        self.type(text)

    def button(self, name: str) -> None:
        """To it, and Enter."""
        self.to(self.page.get_by_role("button", name=name, exact=True))
        self.press("Enter")


def test_a_drill_is_played_by_keys_alone(open_console: Open, drill: ServedDrill) -> None:
    keys = Keys(open_console())
    page, story = keys.page, drill.session.story
    keys.press("a")
    page.get_by_text("acknowledged by Ada").wait_for()

    keys.see("r", "traces")
    keys.to(page.get_by_label("Search").get_by_role("listitem").get_by_role("link"))
    keys.press("Enter")
    page.get_by_role("article", name="Trace").wait_for()
    keys.button("Attach")
    page.get_by_text("Collected as evidence").first.wait_for()

    keys.see("d", "diagnosis")
    keys.press("h")
    page.locator("#hypothesis-h1:focus").wait_for()
    keys.type("the new timeouts are too short")
    keys.button("Save revision")
    page.get_by_text("by Ada").first.wait_for()
    cause = page.get_by_role("region", name="Diagnosis", exact=True)
    for label, chosen in (("Service", "payments"), ("Mechanism", "timeout-m")):
        keys.to(cause.get_by_label(label))
        keys.type(chosen)
    keys.to(cause.get_by_label("The team agrees"))
    keys.press("Space")
    keys.button("Submit diagnosis")
    cause.get_by_text("payments: timeout-misconfigured").wait_for()

    keys.press("Control+k")
    page.get_by_role("dialog", name="Search").get_by_role("combobox").wait_for()
    keys.type("roll back payments")
    page.get_by_role("option", name="Roll back payments").wait_for()
    keys.press("Enter")
    page.locator("main.view-changes").wait_for()
    keys.to(page.get_by_label("to version"))
    keys.type("2.4.0")
    keys.write("expectation", "errors < 5%")
    keys.write("if it gets worse", "deploy it again")
    keys.button("Roll back payments")
    page.get_by_text("Rolling back payments: done").wait_for()

    keys.see("m", "comms")
    told = page.get_by_role("region", name="Stakeholder update")
    keys.to(told.get_by_label("Status"))
    keys.type("resolved")
    keys.write("What happened", "A release cut timeouts.")
    keys.write("What we did", "Put back the old one.")
    keys.write("Current state", "Payments work again.")
    keys.write("Next steps", "watch for two minutes")
    keys.button("Post update")
    page.get_by_text("Payments work again.").last.wait_for()

    keys.see("f", "before-after")
    keys.button("Verify")
    page.get_by_text("all met").wait_for()
    keys.to(page.get_by_label("Everybody has finished writing"))
    keys.press("Space")
    keys.button("End the drill")
    page.get_by_text("The drill is ending").wait_for()
    assert drill.session.run.over_reason == "finished by Ada"
    drill.session.note(events.DrillFinished("finished by Ada"))  # as its host does
    page.get_by_text("The drill is over").wait_for()

    assert [one.event.by for one in story().of(events.PageAcknowledged)] == ["Ada"]
    assert len(story().first(events.DiagnosisDeclared).event.evidence) == 1
    rolled = [one.event for one in story().of(events.DeployStarted) if one.event.by == "Ada"]
    assert [(one.kind, one.version_to) for one in rolled] == [("rollback", "2.4.0")]
    assert story().first(events.UpdatePosted).event.status == "resolved"
    assert story().first(events.VerifyFinished).event.passed


def test_what_no_tab_leads_to_is_noticed(open_console: Open) -> None:
    """Negative control."""
    keys = Keys(open_console("timeline"))
    button = keys.page.get_by_role("button", name="Add note")
    button.evaluate("(one) => one.tabIndex = -1")
    with pytest.raises(AssertionError, match="no number of Tabs"):
        keys.to(button)
