"""Every route, asked with what its schema allows and what not, by both roles of people: each
answer is ours. `make torture` asks 20,000 times, and a live drill, too (`tests/e2e`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.drill.lifecycle.home import TRACEBACK
from harness.drill.session import Session
from harness.errors import UnknownName
from harness.tokens import Caller
from tests.api_fuzz import ENDS_THE_DRILL, Target, attack_all, complaints, operations, uncovered
from tests.browser.drill import FakeRecorder, ServedDrill, play_a_little, served
from tests.unit.api.sealed_drill import QuietRuntime

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

PEOPLE = (Caller.PARTICIPANT, Caller.INSTRUCTOR)
LONG = 122
"""Cases of each route and role, 20,000 in all."""


class Recorder(FakeRecorder):
    async def trace(self, trace_id: str) -> Mapping[str, Any]:
        raise UnknownName("trace", trace_id, [])


@pytest.fixture
def drill(trouble: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    play_a_little(trouble)
    runtime: Any = QuietRuntime(trouble.services.runtime.deployed())
    trouble.services.runtime = runtime
    with served(trouble, tmp_path / "secrets", recorder=Recorder()) as found:
        yield found


@pytest.fixture
def target(drill: ServedDrill) -> Iterator[Target]:
    made = Target(drill.url, drill.tokens)
    yield made
    made.close()


def mistakes(drill: ServedDrill) -> str:
    """What nobody thought of, as the drill kept it."""
    path = drill.session.spec.run_dir / TRACEBACK
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("caller", PEOPLE)
@pytest.mark.parametrize(
    ("count", "file_count"),
    [
        pytest.param(2, 2, id="short"),
        pytest.param(LONG, 10, id="long", marks=[pytest.mark.torture, pytest.mark.timeout(5_400)]),
    ],
)
def test_every_answer_is_one_of_ours(
    drill: ServedDrill, target: Target, caller: Caller, count: int, file_count: int
) -> None:
    attack_all(target, caller, count, file_count)
    print(target.findings.table())  # noqa: T201  the long run's figures
    assert target.findings.complaints == []
    assert mistakes(drill) == ""
    assert not drill.session.run.over.is_set(), "what came after the end would be refused alike"
    assert target.findings.statuses.keys() >= {200, 422}


@pytest.mark.parametrize("caller", PEOPLE)
@pytest.mark.parametrize("path", sorted(ENDS_THE_DRILL))
@pytest.mark.parametrize("body", [b"", b"null", b"[" * 60_000, b"\xff", b"x" * 900_000])
def test_what_ends_the_drill_ends_it_whatever_else_it_is_sent(
    drill: ServedDrill, caller: Caller, path: str, body: bytes
) -> None:
    headers = {"Authorization": f"Bearer {drill.tokens.token(caller)}"}
    with httpx.Client(base_url=drill.url, headers=headers, trust_env=False) as http:
        answer = http.post(path, content=body, params={"x": "9" * 4_290})
    assert answer.status_code == 200, answer.text
    assert drill.session.run.over.is_set()
    assert mistakes(drill) == ""


def test_no_route_is_left_out() -> None:
    labels = {one.label for one in operations()}
    assert uncovered(labels) == set()
    assert uncovered(labels - {"GET /v1/logs"}) == {"GET /v1/logs"}, "negative control"


@pytest.mark.parametrize(
    ("status", "kind", "body", "took_s"),
    [
        (500, "application/problem+json", b"{}", 0),
        (200, "application/json", b"Traceback (most recent call last):", 0),
        (200, "text/plain; charset=utf-8", b"ok", 0),
        (404, "application/json", b"{}", 0),
        (200, "application/x-ndjson", b'{"error": {"status": 500}}', 0),
        (200, "application/json", b"{}", 11),
    ],
)
def test_each_kind_of_wrong_answer_is_found(
    status: int, kind: str, body: bytes, took_s: float
) -> None:
    """Negative control: and nothing is wrong with an ordinary one."""
    assert list(complaints("GET /v1/x", status, {"content-type": kind}, body, took_s))
    fine = {"content-type": "application/problem+json"}
    assert not list(complaints("GET /v1/x", 404, fine, b"{}", 0))


def test_a_route_that_fails_is_found(
    drill: ServedDrill, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, over the wire."""
    from harness.api import routes_read

    def broken(*_: object) -> Any:
        raise KeyError("payments")

    monkeypatch.setattr(routes_read.addresses, "addresses", broken)
    request = {"method": "GET", "url": f"{drill.url}/v1/addresses", "headers": {}}
    target.attack(Caller.PARTICIPANT, "GET /v1/addresses", request)
    (complaint,) = target.findings.complaints
    assert "500" in complaint
    assert "KeyError" in mistakes(drill)
