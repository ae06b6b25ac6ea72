"""The menu: views grouped by what people do, and a header that leaves a telephone its screen."""

from __future__ import annotations

import pytest

from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}
HEADER_MAX_PX = 57
"""56 and the line below it."""


@pytest.mark.parametrize("width", [1280, 1440])
def test_views_are_grouped_by_what_people_do_with_them(open_console: Open, width: int) -> None:
    page = open_console(caller=Caller.INSTRUCTOR, viewport={"width": width, "height": 800})
    menu = page.get_by_role("navigation", name="Views")
    assert menu.get_by_role("group").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label'))"
    ) == ["Respond", "Explore", "Decide", "Tell", "Learn", "Run"]
    explore = menu.get_by_role("group", name="Explore").get_by_role("link")
    assert explore.all_inner_texts() == ["Dashboards", "Query", "Traces", "Logs", "Profiles"]
    assert menu.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "all of it is in sight"


def test_a_participants_menu_has_what_participants_may_open(open_console: Open) -> None:
    page = open_console()
    run = page.get_by_role("navigation", name="Views").get_by_role("group", name="Run")
    assert run.get_by_role("link").all_inner_texts() == ["Projector"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_the_header_is_low_and_the_menu_unfolds(
    open_console: Open, scheme: str
) -> None:
    page = open_console(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    header, menu = page.locator(".top"), page.get_by_role("navigation", name="Views")
    assert header.evaluate("(one) => one.offsetHeight") <= HEADER_MAX_PX
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Postmortem").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    menu.get_by_role("link", name="Postmortem").click()
    page.locator("main.view-postmortem").wait_for()
    menu.wait_for(state="hidden")
    assert header.evaluate("(one) => one.offsetHeight") <= HEADER_MAX_PX
