"""The document of the hub's own API: what is committed is what the routes say."""

from __future__ import annotations

from harness.api.openapi import text
from harness.hub.hub_app import OWN_ROUTERS
from harness.hub.hub_document import DOCUMENT, hub_document
from tests.unit.hub.test_hub_access import served


def test_the_committed_document_is_that_of_the_routes() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(hub_document()), "make types"


def test_every_route_of_the_hub_is_in_it() -> None:
    paths = hub_document()["paths"]
    described = {(method.upper(), path) for path, one in paths.items() for method in one}
    assert described == served(OWN_ROUTERS)
