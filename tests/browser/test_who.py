"""A name and its role: what is not joined is not said to be, and who is out is told so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from harness.exercise.views import role_holders
from harness.record.events import NoteAdded, RoleLeft
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


def asked(page: Any) -> Any:
    """The form that asks who one is."""
    return page.get_by_role("form", name="Who you are")


def holders(drill: ServedDrill, role: str) -> Sequence[str]:
    return role_holders(drill.session.story()).get(role, ())


def take(page: Any, role: str) -> None:
    asked(page).get_by_role("combobox").select_option(role)
    asked(page).get_by_role("button", name="Join").click()
    asked(page).wait_for(state="detached")


def write(page: Any, text: str) -> None:
    page.get_by_label("Note", exact=True).fill(text)
    page.get_by_label("Note", exact=True).press("Enter")
    page.locator("main").get_by_text(text).wait_for()


def author(drill: ServedDrill) -> str:
    last = drill.session.story().last(NoteAdded)
    assert last is not None
    return last.event.by


def test_a_name_without_a_role_joins_nothing_and_is_not_said_to_be_in(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline", person="")
    asked(page).get_by_label("Your name").fill("Zoe")
    asked(page).get_by_role("button", name="Join").click()
    assert asked(page).get_by_role("combobox").evaluate("(one) => one.validity.valueMissing")
    assert page.get_by_text("Zoe joined").count() == 0
    assert page.evaluate("localStorage.getItem('drill-person')") == ""
    take(page, "backend")
    page.get_by_text("Zoe joined as backend").wait_for()
    assert holders(drill, "backend") == ("Zoe",)
    write(page, "under a name")
    assert author(drill) == "Zoe"
    assert asked(page).count() == 0


def test_a_name_of_an_earlier_drill_is_asked_for_its_role(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline", person="Zoe")
    asked(page).get_by_text("Zoe has no role in this drill").wait_for()
    assert asked(page).get_by_label("Your name").input_value() == "Zoe"
    take(page, "frontend")
    write(page, "here, too")
    assert author(drill) == "Zoe"


def test_whoever_answers_later_writes_without_a_name(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline", person="Zoe")
    asked(page).get_by_role("button", name="Later").click()
    page.get_by_role("button", name="Who are you?").wait_for()
    write(page, "nobody in particular")
    assert author(drill) == "participant"


def test_whoever_loses_the_only_role_is_told_and_can_take_another(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline")
    write(page, "while on call")
    drill.session.note(RoleLeft("Ada", "on-call"), actor="instructor")
    asked(page).get_by_text("Ada has no role in this drill").wait_for()
    take(page, "documentation")
    write(page, "while writing it down")
    assert author(drill) == "Ada"


def test_whoever_holds_a_role_is_not_asked_and_may_come_back_without_another(
    open_console: Open, drill: ServedDrill
) -> None:
    """Negative control: the same name, which is in."""
    page = open_console("timeline")
    write(page, "as ever")
    assert asked(page).count() == 0
    page.get_by_role("button", name="Ada", exact=True).click()
    asked(page).get_by_role("button", name="Join").click()
    page.get_by_text("Ada joined as on-call").wait_for()
    assert holders(drill, "on-call") == ("Ada",)


def test_the_form_that_asks_is_accessible(open_console: Open) -> None:
    page = open_console("timeline", person="Zoe", bypass_csp=True)
    asked(page).get_by_role("alert").wait_for()
    assert violations(page) == []
