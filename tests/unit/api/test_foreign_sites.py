"""Requests that another page, or another name for this machine, makes a browser send: refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from harness.api.app import create_app
from harness.drill.session import Session
from harness.record import events
from harness.tokens import Caller, TokenBook

PORT = 18900
OWN = f"http://127.0.0.1:{PORT}"
FOREIGN: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "another host": (421, {"Host": "evil.example"}),
    "a name that was bound anew": (421, {"Host": f"evil.example:{PORT}"}),
    "another port": (421, {"Host": "127.0.0.1:8000"}),
    "no host": (421, {"Host": ""}),
    "another site": (403, {"Origin": "https://evil.example"}),
    "a page of the shop": (403, {"Origin": "http://127.0.0.1:8000"}),
    "a page without an origin": (403, {"Origin": "null"}),
    "another scheme": (403, {"Origin": f"https://127.0.0.1:{PORT}"}),
    "what the browser calls another site": (403, {"Sec-Fetch-Site": "cross-site"}),
    "what it calls the same site": (403, {"Sec-Fetch-Site": "same-site"}),
}
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")


@pytest.fixture
async def http(trouble: Session, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with the participants' key."""
    tokens = TokenBook.create(tmp_path / "secrets")
    transport = httpx.ASGITransport(create_app(trouble, tokens, PORT))
    headers = {"Authorization": f"Bearer {tokens.token(Caller.PARTICIPANT)}"}
    async with httpx.AsyncClient(transport=transport, base_url=OWN, headers=headers) as client:
        yield client


def notes(session: Session) -> list[str]:
    return [one.event.text for one in session.story().of(events.NoteAdded)]


@pytest.mark.parametrize("who", sorted(FOREIGN))
async def test_it_is_refused_and_leaves_nothing_but_a_line_about_it(
    http: httpx.AsyncClient, trouble: Session, who: str
) -> None:
    status, headers = FOREIGN[who]
    answer = await http.post("/v1/notes", json={"text": "theirs"}, headers=headers)
    assert answer.status_code == status
    assert notes(trouble) == []
    (refused,) = [one.event.what for one in trouble.story().of(events.AccessRefused)]
    assert "POST /v1/notes" in refused


@pytest.mark.parametrize("headers", [{}, {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}])
async def test_the_consoles_own_pages_and_the_command_line_are_heard(
    http: httpx.AsyncClient, trouble: Session, headers: dict[str, str]
) -> None:
    """Negative control: the same request, but for who sends it."""
    answer = await http.post("/v1/notes", json={"text": "ours"}, headers=headers)
    assert answer.status_code == 200
    assert notes(trouble) == ["ours"]


@pytest.mark.parametrize("content_type", FORM_TYPES)
async def test_a_form_cannot_hold_the_key_and_does_nothing(
    http: httpx.AsyncClient, trouble: Session, content_type: str
) -> None:
    del http.headers["Authorization"]
    headers = {"Content-Type": content_type, "Cookie": "token=whatever"}
    answer = await http.post("/v1/notes", content=b'{"text": "theirs"}', headers=headers)
    assert answer.status_code == 401
    assert notes(trouble) == []


@pytest.mark.parametrize("path", ["/", "/status", "/static/icon.svg"])
async def test_a_link_on_another_page_may_lead_to_what_everybody_may_see(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


async def test_no_answer_lets_another_site_read_it(http: httpx.AsyncClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (await http.options("/v1/notes", headers=asked), await http.get("/")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


STATUSPAGE = (
    "status",
    "summary",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)


@pytest.mark.parametrize("origin", ["https://status.example", "null", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("path", STATUSPAGE)
async def test_what_statuspage_lets_everybody_read_any_site_may_read(
    http: httpx.AsyncClient, trouble: Session, path: str, origin: str
) -> None:
    del http.headers["Authorization"]
    asked = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    answer = await http.get(f"/api/v2/{path}.json", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.json()["page"]["name"]
    assert trouble.story().of(events.AccessRefused) == ()


async def test_any_site_may_read_nothing_else_that_is_open(http: httpx.AsyncClient) -> None:
    """Negative control: the pages beside them, asked in the same way."""
    for path in ("/status", "/", "/static/icon.svg"):
        answer = await http.get(path, headers={"Origin": "https://status.example"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
