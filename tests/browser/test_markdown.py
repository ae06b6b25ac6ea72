"""Markdown that people wrote: shown as what it means, and never more than that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import SCRIPT
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PAPER = """# What happened

The pool ran **dry**.

| when | what |
| --- | --- |
| 03:00 | paged |
"""
HOSTILE = f"""{SCRIPT} as a block

In a line: {SCRIPT} and a [link](javascript:window.owned=1) and ![map](https://elsewhere.test/x.png)

[away](https://elsewhere.test/)
"""


def preview(page: Any, text: str) -> Any:
    box = page.get_by_label("text (Markdown)")
    box.wait_for()
    box.fill(text)
    page.get_by_role("button", name="Preview").click()
    return card(page, "Preview")


def test_the_preview_follows_what_is_written(open_console: Open) -> None:
    page = open_console("postmortem")
    shown = preview(page, PAPER)
    shown.get_by_role("heading", name="What happened").wait_for()
    shown.get_by_role("cell", name="paged").wait_for()
    assert shown.locator("strong").inner_text() == "dry"
    page.get_by_label("text (Markdown)").fill("## Later")
    shown.get_by_role("heading", name="Later").wait_for()
    assert shown.get_by_role("table").count() == 0


def test_html_in_a_preview_is_text_and_pictures_are_words(open_console: Open) -> None:
    """Without the policy, so that nothing but the preview itself keeps it from running."""
    page = open_console("postmortem", bypass_csp=True)
    shown = preview(page, HOSTILE)
    away = shown.get_by_role("link", name="away")
    away.wait_for()
    assert shown.inner_text().count(SCRIPT) == 2
    assert shown.get_by_text("[picture: map]").count() == 1
    assert shown.locator("img, script, [href^=javascript]").count() == 0
    assert away.get_attribute("rel") == "noreferrer"
    assert page.evaluate("window.owned") is None


def test_what_reads_markdown_is_not_part_of_the_first_view(open_console: Open) -> None:
    fetched: list[str] = []
    page = open_console("postmortem")
    page.on("request", lambda asked: fetched.append(asked.url.rsplit("/", 1)[-1]))
    page.get_by_label("text (Markdown)").wait_for()
    assert not [name for name in fetched if name.startswith("MarkdownText")]
    preview(page, PAPER).get_by_role("heading").wait_for()
    assert [name for name in fetched if name.startswith("MarkdownText")]
