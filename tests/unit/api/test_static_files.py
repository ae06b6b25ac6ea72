"""The console's own files: which are served, and what the browser is told about them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from harness.api.app import create_app
from harness.api.headers import HEADERS
from harness.api.static_files import ASKED_AGAIN, FOR_EVER, PAGES, STATIC, read_pages, takes_gzip
from harness.drill.session import Session
from harness.tokens import TokenBook

PORT = 18900
FIRST_VIEW_MAX_BYTES = 250_000
"""Compressed, as browsers take it."""
SOURCES = STATIC.parent / "web" / "src"
NAMED_ONLY = (
    "http://www.w3.org/",
    "https://react.dev/errors/",
    "https://github.com/syntax-tree/hast-util-to-jsx-runtime",
)
"""In the text of what others wrote: names of languages, and where an error is explained."""
STATICALLY = r'(?:from|import)\s*"(\./[^"]+)"'
LAZILY = r'import\(\s*[`"](\./[^`"]+)[`"]\s*\)'
VIEWS_MIN = 15


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
    assert (await browser.get("/", headers={"If-None-Match": 'W/"old"'})).status_code == 200


async def test_who_takes_a_file_compressed_gets_it_so(browser: httpx.AsyncClient) -> None:
    path = chunk("react")
    small = await browser.get(path, headers={"Accept-Encoding": "br, gzip"})
    plain = await browser.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(PAGES[path].body) / 2
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content == PAGES[path].body
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "is_taken"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.00, br", False),
    ],
)
def test_gzip_is_for_those_who_name_it(accepted: str, is_taken: bool) -> None:
    assert takes_gzip(accepted) == is_taken


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/assets/",
        "/static/package.json",
        "/static/",
        "/static/assets/../../../auth.py",
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
    ours = {path: page for path, page in PAGES.items() if not path.endswith(".txt")}
    for path, page in ours.items():
        found = re.findall(r"https?://[^\s\"'`)]+", page.body.decode())
        assert [url for url in found if not url.startswith(NAMED_ONLY)] == [], path


def test_no_view_writes_markup_past_react() -> None:
    sources = [*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx")]
    assert len(sources) > 100
    for path in sources:
        assert not re.search(
            r"dangerouslySetInnerHTML|innerHTML|document\.write", path.read_text()
        ), path


def test_no_script_makes_code_out_of_text() -> None:
    for path, page in PAGES.items():
        assert not re.search(rb"\beval\(|\bnew Function\b", page.body), path


def chunk(name: str) -> str:
    """The path of a chunk of the build; its name ends in a digest."""
    (found,) = (
        path for path in PAGES if re.fullmatch(rf"/static/assets/{name}-[\w-]{{8}}\.js", path)
    )
    return found


def imports(path: str, how: str) -> set[str]:
    """What a script imports, as paths."""
    found = re.findall(how, PAGES[path].body.decode())
    return {posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in found}


def needed_first() -> set[str]:
    """What the browser fetches until the first view stands: the page, and all that it leads to.

    The other views are fetched when somebody opens them.
    """
    found = {"/", chunk("now")}
    found |= set(re.findall(r'(?:src|href)="(/[^"]+)"', PAGES["/"].body.decode()))
    waiting = [path for path in found if path.endswith(".js")]
    while waiting:
        new = imports(waiting.pop(), STATICALLY) - found
        found |= new
        waiting += new
    return found


def test_the_first_view_is_small() -> None:
    first = needed_first()
    assert chunk("react") in first
    assert chunk("history") not in first
    assert chunk("uplot") not in first
    assert sum(len(PAGES[path].packed) for path in first) <= FIRST_VIEW_MAX_BYTES


def test_every_import_of_the_console_leads_to_a_file_that_is_served() -> None:
    lazily = set()
    for path in PAGES:
        if path.endswith(".js"):
            assert imports(path, STATICALLY) <= set(PAGES), path
            lazily |= imports(path, LAZILY)
    assert len(lazily) >= VIEWS_MIN
    assert lazily <= set(PAGES)


def test_every_view_of_the_menu_has_its_pages_and_a_key_of_its_own() -> None:
    menu = (SOURCES / "app" / "views.ts").read_text()
    views, keys = re.findall(r'id: "([^"]+)"', menu), re.findall(r'key: "(.)"', menu)
    assert len(views) >= VIEWS_MIN
    assert views == re.findall(r'import\("@/features/([^"]+)"\)', menu)
    assert [
        name for name in views if not (SOURCES / "features" / name / "index.tsx").exists()
    ] == []
    assert len(set(keys)) == len(keys) == len(views)


async def test_only_what_is_called_by_its_digest_is_kept_for_ever(
    browser: httpx.AsyncClient,
) -> None:
    caching = {path: (await browser.get(path)).headers["cache-control"] for path in PAGES}
    for path, said in caching.items():
        has_digest = re.fullmatch(r"/static/assets/[\w-]+-[\w-]{8}\.(js|css)", path)
        assert said == (FOR_EVER if has_digest else ASKED_AGAIN), path
    assert {caching["/"], caching["/static/status.css"]} == {ASKED_AGAIN}
