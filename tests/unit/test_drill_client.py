"""Whoever speaks with a drill's host hears what the host says, as the error that it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.drill_client import DrillClient
from harness.errors import DrillError, EnvironmentMissing, UsageError

SAID = {"detail": "no such alert", "hint": "one of these"}

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, **named: Any) -> DrillClient:
    transport = httpx.MockTransport(answer)
    return DrillClient("http://127.0.0.1:1", "secret", transport=transport, **named)


def problem(status: int, **fields: Any) -> Answer:
    return lambda _: httpx.Response(status, json={"status": status, **fields})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(409, **SAID, exit_code=1), DrillError),
        (problem(400, **SAID, exit_code=2), UsageError),
        (problem(422, **SAID), UsageError),
        (
            problem(503, **SAID, exit_code=3),
            EnvironmentMissing,
        ),
    ],
)
def test_what_the_host_refuses_is_raised_in_its_words(
    answer: Answer, kind: type[DrillError]
) -> None:
    with pytest.raises(DrillError) as raised:
        client(answer).get("/v1/alerts")
    assert type(raised.value) is kind
    assert (raised.value.message, raised.value.hint) == ("no such alert", "one of these")


def test_an_answer_that_is_no_json_is_an_error_with_its_status() -> None:
    with pytest.raises(DrillError, match="the host answered 502"):
        client(lambda _: httpx.Response(502, text="<html>")).post("/v1/notes", {})


def test_a_host_that_is_gone_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(EnvironmentMissing, match="drill d-7f3a does not answer"):
        client(refuse, drill="drill d-7f3a").get("/v1/status")
    with pytest.raises(EnvironmentMissing, match="the drill does not answer"):
        list(client(refuse).stream("/v1/verify"))


def test_token_and_name_travel_in_headers_and_what_was_not_asked_stays_out() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    client(answer, person="Zoë").get("/v1/logs", service="payments", level=None)
    client(answer).get("/v1/logs")
    named, unnamed = seen
    assert named.headers["Authorization"] == "Bearer secret"
    assert named.headers["X-Person"] == "Zo%C3%AB"
    assert dict(named.url.params) == {"service": "payments"}
    assert "X-Person" not in unnamed.headers


def test_a_long_operation_comes_step_by_step_until_its_error() -> None:
    steps = [{"progress": "deploying"}, {"error": {"detail": "it died", "hint": "see its logs"}}]
    body = "\n\n".join(map(json.dumps, steps))
    arriving = client(lambda _: httpx.Response(200, text=body)).stream("/v1/deploys")
    assert next(arriving) == {"progress": "deploying"}
    with pytest.raises(DrillError, match="it died"):
        next(arriving)
