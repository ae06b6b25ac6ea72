"""Every view, at every size, light and dark: it fits, is accessible, and shows markup as text."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import DESK, KEYS, Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

PHONE, WALL = ({"width": w, "height": h} for w, h in ((390, 844), (2560, 1440)))
SETTLED_MS = 600


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(size, scheme, id=f"{size['width']}-{scheme}")
        for size, scheme in [*product((PHONE, DESK), ("light", "dark")), (WALL, "dark")]
    ],
)
def test_every_view_fits_is_accessible_and_shows_markup_as_text(
    open_console: Open, drill: ServedDrill, shots: Path, size: dict[str, int], scheme: str
) -> None:
    page = open_console(
        caller=Caller.INSTRUCTOR, viewport=size, color_scheme=scheme, bypass_csp=True
    )
    for view in KEYS:
        page.goto(f"{drill.url}/#/{view}")
        page.locator(f"main.view-{view}").wait_for()
        page.locator("main .loading").first.wait_for(state="detached")
        page.wait_for_timeout(SETTLED_MS)  # charts are drawn a moment after their data came
        page.screenshot(path=shots / f"{view}-{size['width']}-{scheme}.png", full_page=True)
        assert page.evaluate("window.owned") is None, view
        assert page.locator("img[src=x]").count() == 0, view
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
        assert violations(page) == [], view


@pytest.mark.parametrize("view", ["now", "projector"])
def test_what_was_lost_is_told_in_the_shops_currency(open_console: Open, view: str) -> None:
    page = open_console(view)
    lost = page.locator(".stat").filter(
        has=page.get_by_text("revenue lost since the baseline", exact=True)
    )
    assert lost.locator(".value").inner_text() == "€ 4,538"


def test_a_view_that_is_not_accessible_is_noticed(open_console: Open) -> None:
    """Negative control of the checker."""
    page = open_console("comms", bypass_csp=True)
    card(page, "Stakeholder update").wait_for()
    page.evaluate(
        "for (const one of document.querySelectorAll('label')) one.replaceWith(...one.children)"
    )
    assert any(found.startswith("select-name") for found in violations(page))
