"""The API's document: it is the code's, it is whole, and it tells nobody anything."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.api.access import policy_of
from harness.api.app import ROUTERS
from harness.api.openapi import DOCUMENT, document, main, operation_id, text
from harness.api.static_files import PAGES
from harness.drill.session import Session
from harness.record.events import EVENT_TYPES
from harness.tokens import Caller
from tests.unit.api.document import committed, operations
from tests.unit.api.sealed_drill import BAD_RELEASE, SURGE, SealedDrill

WRITE = "make types"


def test_the_committed_document_is_the_codes() -> None:
    assert DOCUMENT.read_text() == text(), f"write it anew: {WRITE}"


def test_it_is_written_where_it_is_asked_to_be(tmp_path: Path) -> None:
    main(tmp_path / "web" / "openapi.json")
    assert (tmp_path / "web" / "openapi.json").read_text() == text()


def test_every_route_but_files_and_the_html_page_is_in_it_with_who_may_use_it() -> None:
    policy = policy_of(ROUTERS)
    routes = {*policy.rules, *policy.public} - {("GET", path) for path in (*PAGES, "/status")}
    routes -= {(method, "/mcp") for method in ("DELETE", "GET", "POST")}  # a protocol of its own
    found = {(method, path): one for method, path, one in operations(committed())}
    assert set(found) == routes
    for (method, path), one in found.items():
        callers = sorted(map(str, policy.rules.get((method, path), ())))
        assert one["x-callers"] == (callers or ["everybody"])
        assert bool(one["security"]) == bool(callers)


def test_every_answer_has_a_shape_and_every_problem_is_one() -> None:
    for method, path, one in operations(committed()):
        responses = one["responses"]
        assert set(responses) == {"200", "default"}, (method, path)
        for response in responses.values():
            ((media_type, content),) = response["content"].items()
            assert content["schema"] not in ({}, {"type": "object"}), (method, path, media_type)
        assert list(responses["default"]["content"]) == ["application/problem+json"]


def test_operations_are_named_after_their_paths() -> None:
    ids = Counter(one["operationId"] for _, _, one in operations(committed()))
    assert set(ids.values()) == {1}
    assert all(re.fullmatch(r"(get|post)(_[a-z0-9]+)+", one) for one in ids)
    assert operation_id("get", "/v1/traces/{trace_id}") == "get_traces_trace_id"


def test_every_type_of_event_is_in_it() -> None:
    schemas = committed()["components"]["schemas"]
    mapping = schemas["RecordedEvent"]["discriminator"]["mapping"]
    assert set(mapping) == set(EVENT_TYPES)
    for kind, reference in mapping.items():
        recorded = schemas[reference.rpartition("/")[2]]
        assert recorded["properties"]["type"]["const"] == kind


def test_names_do_not_tell_how_they_came_about() -> None:
    assert all(re.fullmatch("[A-Za-z0-9]+", one) for one in committed()["components"]["schemas"])


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/v1/openapi.json"])
def test_a_drill_shows_its_document_to_nobody(session: Session, tmp_path: Path, path: str) -> None:
    drill = SealedDrill(session, tmp_path, BAD_RELEASE, "paged")
    try:
        tokens = {"nobody": "", **{caller: drill.tokens.token(caller) for caller in Caller}}
        for who, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = drill.http.get(path, headers=headers)
            nonsense = drill.http.get("/v1/no-such-route", headers=headers)
            assert answer.status_code == (401 if who == "nobody" else 403)
            assert answer.text == nonsense.text, "it tells that there is something"
    finally:
        drill.close()


def test_it_is_the_same_whatever_a_drill_is_about(session: Session, tmp_path: Path) -> None:
    before = document()
    drills = [
        SealedDrill(replace(session), tmp_path / str(nth), answer, "failed")
        for nth, answer in enumerate((BAD_RELEASE, SURGE))
    ]
    try:
        assert document() == before
        made = [drill.http.app.openapi() for drill in drills]  # type: ignore[attr-defined]
        assert made[0] == made[1]
    finally:
        for drill in drills:
            drill.close()
