"""Markup in whatever can be written, and pages of other sites: shown as text, and not heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.drill.session import Session
from harness.record import events
from harness.tokens import Caller
from harness.waiting import wait_until_sync
from tests.browser.consoles import Open, complaints, open_console
from tests.browser.drill import SCRIPT, ServedDrill, play_a_little, served
from tests.browser.hostile import TEXTS, HostileRecorder, markup, spread_markup
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

WRITTEN = """(text) => {
  const boxes = [...document.querySelectorAll("main input, main textarea")];
  const said = document.querySelector("main").innerText;
  return said.includes(text) || boxes.some((box) => box.value.includes(text));
}"""
"""Whether the view says it, in a box or beside one."""

FORM = """<form method=post enctype=text/plain action="{url}/v1/notes">
<input name='{{"text": "theirs' value='"}}'></form><script>document.forms[0].submit()</script>"""
ASKS = """async ([url, key]) => {
  const asked = { method: "POST", body: '{"text": "asked"}' };
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  try { return (await fetch(`${url}/v1/notes`, { ...asked, headers })).status; } catch { return 0; }
}"""
ASKS_BLINDLY = """async ([url]) => {
  const asked = { method: "POST", mode: "no-cors", body: '{"text": "asked blindly"}' };
  try { await fetch(`${url}/v1/notes`, asked); return "sent"; } catch { return "not answered"; }
}"""


@pytest.fixture
def drill(trouble: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    play_a_little(trouble)
    spread_markup(trouble)
    with served(trouble, tmp_path / "secrets", recorder=HostileRecorder()) as found:
        yield found


class Elsewhere(BaseHTTPRequestHandler):
    """A page of another server on this machine, as the shop's are."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"elsewhere")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class names it
        """Nothing: a test's output is its own."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def notes(drill: ServedDrill) -> list[str]:
    return [one.event.text for one in drill.session.story().of(events.NoteAdded)]


def test_markup_is_text_in_every_view_that_shows_it(open_console: Open, drill: ServedDrill) -> None:
    """Without the policy, so that nothing but the pages themselves keeps it from running."""
    page = open_console(caller=Caller.INSTRUCTOR, bypass_csp=True)
    for view, pieces in TEXTS.items():
        page.goto(f"{drill.url}/#/{view}")
        page.locator("main .loading").first.wait_for(state="detached")
        if view == "changes":
            page.get_by_label("Deploys").get_by_role("link").first.click()
        for piece in pieces:
            shown = partial(page.evaluate, WRITTEN, markup(piece))
            wait_until_sync(shown, timeout_s=5, what=f"{piece} in {view}")
        assert page.evaluate("window.owned") is None, view
        assert page.locator("img[src=x]").count() == 0, view


def test_markup_is_text_on_the_status_page(open_console: Open, drill: ServedDrill) -> None:
    page = open_console(bypass_csp=True)
    page.goto(f"{drill.url}/status")
    page.get_by_text(markup("state")).first.wait_for()
    assert page.evaluate("window.owned") is None


def test_markup_that_a_page_took_for_its_own_would_run(
    open_console: Open, drill: ServedDrill
) -> None:
    """Negative control: the markup works, where a page lets it."""
    page = open_console(bypass_csp=True)
    page.evaluate("(markup) => document.body.insertAdjacentHTML('beforeend', markup)", SCRIPT)
    wait_until_sync(
        lambda: page.evaluate("window.owned === 1"), timeout_s=5, what="the markup to run"
    )


def test_another_site_can_do_nothing_here_even_with_the_key(
    open_console: Open, drill: ServedDrill, elsewhere: str
) -> None:
    before, key = notes(drill), drill.tokens.token(Caller.PARTICIPANT)
    page = open_console().context.new_page()
    page.goto(elsewhere)
    assert page.evaluate(ASKS, [drill.url, key]) == 0
    assert page.evaluate(ASKS_BLINDLY, [drill.url]) == "not answered"
    with page.expect_response(f"{drill.url}/v1/notes") as answered:
        page.set_content(FORM.format(url=drill.url))
    assert answered.value.status == 403
    assert notes(drill) == before
    refused = [one.event.what for one in drill.session.story().of(events.AccessRefused)]
    assert sum("requests from other sites" in one for one in refused) == 3


def test_the_consoles_own_page_can(open_console: Open, drill: ServedDrill) -> None:
    """Negative control: the same request, from the page that it is meant for."""
    page: Any = open_console()
    key = drill.tokens.token(Caller.PARTICIPANT)
    assert page.evaluate(ASKS, [drill.url, key]) == 200
    assert notes(drill)[-1] == "asked"
