"""The console's own files: which are served, and what the browser is told about them."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from harness.api.app import create_app
from harness.api.headers import HEADERS
from harness.api.static_files import PAGES, STATIC, read_pages
from harness.drill.session import Session
from harness.tokens import TokenBook

PORT = 18900
FIRST_VIEW_MAX_BYTES = 400_000


@pytest.fixture
async def browser(session: Session, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(session, TokenBook.create(tmp_path / "secrets"), PORT)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"http://127.0.0.1:{PORT}"
    ) as client:
        yield client


async def test_every_file_is_served_as_what_it_is(browser: httpx.AsyncClient) -> None:
    for path, page in PAGES.items():
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert answer.content == page.body
        assert answer.headers["content-type"] == page.media_type


async def test_a_file_that_the_browser_has_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get("/")).headers["etag"]
    again = await browser.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.get("/", headers={"If-None-Match": '"old"'})).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/vendor/SHA256SUMS",
        "/static/",
        "/static/views/../../auth.py",
        "/index.html",
    ],
)
async def test_nothing_besides_the_list_is_served(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 401


def test_a_file_of_another_kind_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    (tmp_path / "notes.md").write_text("not for browsers")
    assert set(read_pages(tmp_path)) == {"/"}


async def test_every_answer_forbids_what_the_console_does_not_need(
    browser: httpx.AsyncClient,
) -> None:
    for path in ("/", "/v1/status", "/status"):
        headers = (await browser.get(path)).headers
        for name, value in HEADERS.items():
            assert headers[name] == value


def test_no_page_holds_a_script_or_a_style_of_its_own() -> None:
    for page in (PAGES["/"],):
        text = page.body.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert "<style" not in text
        assert not re.search(r"\son\w+=|\sstyle=", text)


def test_nothing_is_fetched_from_another_host() -> None:
    ours = {path: page for path, page in PAGES.items() if "/vendor/" not in path}
    for path, page in ours.items():
        found = re.findall(r"https?://[^\s\"'`)]+", page.body.decode())
        assert [url for url in found if "www.w3.org" not in url] == [], path


def test_no_view_writes_markup_past_react() -> None:
    for path, page in PAGES.items():
        if "/vendor/" not in path:
            assert not re.search(rb"dangerouslySetInnerHTML|innerHTML|document\.write", page.body)


def test_what_others_wrote_is_as_they_published_it() -> None:
    sums = dict(
        reversed(line.split("  ", 1))
        for line in (STATIC / "vendor" / "SHA256SUMS").read_text().splitlines()
    )
    served = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").iterdir()
        if path.suffix in (".js", ".css")
    }
    assert served == sums
    assert {"LICENSE.react.txt", "LICENSE.htm.txt", "LICENSE.uplot.txt"} <= {
        path.name for path in (STATIC / "vendor").iterdir()
    }


def needed_first() -> set[str]:
    """What the browser fetches until the first view stands: the page, and all that it leads to.

    The other views are fetched when somebody opens them.
    """
    found = {"/", "/static/views/now.js"}
    found |= set(re.findall(r'(?:src|href)="(/[^"]+)"', PAGES["/"].body.decode()))
    waiting = list(found)
    while waiting:
        path = waiting.pop()
        if not path.endswith(".js"):
            continue
        for name in re.findall(r'from "(\.[^"]+)"', PAGES[path].body.decode()):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_the_first_view_is_small() -> None:
    first = needed_first()
    assert "/static/lib.js" in first
    assert "/static/views/history.js" not in first
    assert sum(len(PAGES[path].body) for path in first) <= FIRST_VIEW_MAX_BYTES


def test_every_import_of_the_console_leads_to_a_file_that_is_served() -> None:
    for path, page in PAGES.items():
        if path.endswith(".js") and "/vendor/" not in path:
            for name in re.findall(r'from "([^"]+)"', page.body.decode()):
                other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                assert other in PAGES, f"{path} imports {name}"


def test_every_view_of_the_menu_is_served_and_has_a_key_of_its_own() -> None:
    menu = PAGES["/static/views/index.js"].body.decode()
    views, keys = re.findall(r'id: "([^"]+)"', menu), re.findall(r'key: "(.)"', menu)
    assert [name for name in views if f"/static/views/{name}.js" not in PAGES] == []
    assert len(set(keys)) == len(keys) == len(views)
