"""People at a live drill with nothing but the console: what they can click, by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.consoles import card

PATIENCE_MS = 30_000
SIZE = {"width": 1280, "height": 800}


class Person:
    """Somebody with a browser of their own, on one link of the drill."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def see(self, title: str) -> None:
        """Go to a view by its name in the menu."""
        menu = self.page.get_by_role("navigation", name="Views")
        # What waits there is counted beside the name.
        name = title.replace("/", r"\/")  # the browser's engine reads it between two of them
        menu.get_by_role("link", name=re.compile(rf"^{name}( \d+ waiting)?$")).click()
        self.page.locator("main .loading").first.wait_for(state="detached")

    def card(self, name: str) -> Any:
        """A part of the view, by its heading."""
        return card(self.page, name)

    def click(self, name: str, within: Any = None, timeout_ms: int = PATIENCE_MS) -> None:
        """Press the first button of that name that can be pressed."""
        place = within or self.page
        place.get_by_role("button", name=name, exact=True).first.click(timeout=timeout_ms)

    def fill(self, fields: dict[str, str], within: Any = None) -> None:
        """Write into boxes, by their labels."""
        place = within or self.page
        for label, text in fields.items():
            place.get_by_label(label).first.fill(text)

    def pick(self, fields: dict[str, str], within: Any = None) -> None:
        """Choose from lists, by their labels."""
        place = within or self.page
        for label, value in fields.items():
            place.get_by_label(label, exact=False).first.select_option(value)

    def reads(self, text: str, timeout_ms: int = PATIENCE_MS) -> None:
        """Wait until it is on the page."""
        self.page.get_by_text(text).first.wait_for(timeout=timeout_ms)

    def join(self, name: str, role: str) -> None:
        """Say who one is."""
        form = self.page.get_by_role("form", name="Who you are")
        form.get_by_label("Your name").fill(name)
        form.get_by_role("combobox").select_option(role)
        self.click("Join", form)
        form.wait_for(state="detached")

    def shot(self, path: Path) -> None:
        """A picture of what is on the screen, once what was said of the last click is gone."""
        self.page.locator(".toast").first.wait_for(state="detached")
        self.page.screenshot(path=path)


@contextmanager
def seated(browser: Any, *links: str, **options: Any) -> Iterator[list[Person]]:
    """A person for each link."""
    contexts = [browser.new_context(**{"viewport": SIZE, **options}) for _ in links]
    try:
        people = []
        for context, link in zip(contexts, links, strict=True):
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.goto(link)
            page.locator(".brand .badge.good").wait_for()
            people.append(Person(page))
        yield people
    finally:
        for context in contexts:
            context.close()
