"""The storefront's files: what is sent, how, and that they are what they say they are."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services import sampledata
from services.chassis.testing import running
from services.gateway.app import create_app
from services.gateway.pages import STATIC, load_assets

VENDOR = STATIC / "vendor"
SCRIPTS = sorted(path for path in STATIC.glob("*.js"))


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("ORDERS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("USERS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("FEED_URL", "http://127.0.0.1:9")
    async with running(create_app()) as client:
        yield client


async def test_the_page_is_sent_under_a_strict_policy(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_the_page_has_no_script_or_style_of_its_own(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []


async def test_everything_that_the_page_and_its_scripts_name_is_there(
    client: httpx.AsyncClient,
) -> None:
    named = set(re.findall(r'(?:src|href)="(/[^"]+)"', (await client.get("/")).text))
    for script in SCRIPTS:
        named |= {f"/static/{one}" for one in re.findall(r'from "\./([^"]+)"', script.read_text())}
    assert len(named) > len(SCRIPTS)
    for path in sorted(named):
        assert (await client.get(path)).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("storefront.css", "text/css; charset=utf-8"),
        ("catalogue.json", "application/json"),
        ("mark.svg", "image/svg+xml"),
        ("vendor/htm.umd.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_files_are_sent_as_what_they_are(
    client: httpx.AsyncClient, path: str, media_type: str
) -> None:
    answer = await client.get(f"/static/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["nothing.js", "../settings.py", "%2e%2e/settings.py", "vendor", "", "//etc/passwd"]
)
async def test_nothing_else_can_be_asked_for(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404


async def test_a_library_is_sent_compressed_to_who_takes_it_so_and_plain_to_others(
    client: httpx.AsyncClient,
) -> None:
    path = "/static/vendor/react.production.min.js"
    packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


async def test_a_browser_that_has_the_newest_file_is_not_sent_it_again(
    client: httpx.AsyncClient,
) -> None:
    first = await client.get("/static/app.js")
    again = await client.get("/static/app.js", headers={"If-None-Match": first.headers["ETag"]})
    other = await client.get("/static/app.js", headers={"If-None-Match": '"older"'})
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)


def test_the_libraries_are_what_their_authors_published() -> None:
    listed = tomllib.loads((VENDOR / "vendor.toml").read_text())
    assert {f"{name}.gz" for name in listed} == {path.name for path in VENDOR.glob("*.gz")}
    licences = (VENDOR / "LICENSES.txt").read_text()
    for name, entry in listed.items():
        content = gzip.decompress((VENDOR / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        assert f"{entry['package']} {entry['version']}" in licences


def test_the_published_catalogue_is_what_the_shop_sells() -> None:
    published = json.loads((STATIC / "catalogue.json").read_text())["products"]
    assert published == [
        {
            "sku": product.sku,
            "name": product.name,
            "category": product.category,
            "net_price": str(product.net_price),
        }
        for product in sampledata.products()
    ]


def test_every_kind_of_article_has_a_drawing_of_its_own() -> None:
    text = (STATIC / "pictures.js").read_text()
    shapes = set(re.findall(r'^  (\w+): "M', text, re.MULTILINE))
    drawn = dict(re.findall(r'(?<=[ {])"?([A-Z][\w \']*?)"?: "(\w+)"', text))
    kinds = {product.name.partition(" ")[2] for product in sampledata.products()}
    assert kinds <= drawn.keys()
    assert set(drawn.values()) <= shapes


def test_a_file_that_is_added_is_found_without_further_ado(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.css.gz").write_bytes(gzip.compress(b"a {}"))
    assets = load_assets(tmp_path)
    assert list(assets) == ["deep/a.css"]
    assert assets["deep/a.css"].media_type == "text/css"
