"""A service's own page of its API, in a browser that reaches the service and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.openapi.docs import get_swagger_ui_html

WAIT_MS = 20_000
NOBODY = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
"""Where every way out leads; this machine's own addresses need none."""


@contextmanager
def alone_with(browser: Any, url: str) -> Iterator[tuple[Any, list[str]]]:
    """A page to whom every host but this one is refused, and the addresses elsewhere that it asked
    for in vain."""
    context = browser.new_context(service_workers="block", proxy=NOBODY)
    context.set_default_timeout(WAIT_MS)
    refused: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((f"{url}/", "data:", "about:")):
            refused.append(request.url)

    context.on("request", note)
    try:
        yield context.new_page(), refused
    finally:
        context.close()


def test_it_shows_the_routes_and_asks_no_other_host(browser: Any, gateway_url: str) -> None:
    with alone_with(browser, gateway_url) as (tab, refused):
        mistakes: list[str] = []
        tab.on("pageerror", lambda error: mistakes.append(str(error)))
        tab.goto(f"{gateway_url}/docs")
        tab.locator(".opblock-summary-path").first.wait_for()
        tab.wait_for_load_state("networkidle")
        assert "/api/" in tab.locator("body").inner_text().replace("\u200b", "")
        assert (refused, mistakes) == ([], [])


def test_a_request_can_be_tried_from_it(browser: Any, gateway_url: str) -> None:
    with alone_with(browser, gateway_url) as (tab, refused):
        tab.goto(f"{gateway_url}/docs")
        route = tab.locator(".opblock-get").filter(has_text="/api/flags").first
        route.locator(".opblock-summary-control").click()
        route.get_by_role("button", name="Try it out").click()
        route.get_by_role("button", name="Execute").click()
        status = route.locator(".live-responses-table tr.response td.response-col_status").first
        assert status.inner_text().startswith("200")
        assert refused == []


def test_the_frameworks_own_page_would_stay_empty(browser: Any, gateway_url: str) -> None:
    """Negative control."""
    own = bytes(get_swagger_ui_html(openapi_url="/openapi.json", title="gateway").body)
    with alone_with(browser, gateway_url) as (tab, refused):
        tab.goto(f"{gateway_url}/healthz")
        tab.set_content(own.decode(), wait_until="load")
        assert refused
        assert tab.locator(".opblock-summary-path").count() == 0
