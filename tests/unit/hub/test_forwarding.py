"""Parts of a drill at ports of another machine, through the hub and no further than what is
listed."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harness.cli import forward
from harness.cli.profiles import HubPlace, Profile
from harness.hub import forwarding
from harness.hub.accounts import Accounts, Known
from harness.hub.forwarding import Forwarded, signed_in
from harness.hub.hub_database import HubDatabase
from harness.hub.run_registry import Target
from harness.hub.tables import HubRole, Run
from tests.unit.hub.served_hub import TlsHub, served_over_tls

RUN = "r-00000001"
BOUND_S = 20.0


class Drill(BaseHTTPRequestHandler):
    """A drill's API that says where its parts are; and the part that answers there."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        port = self.server.server_address[1]  # type: ignore[misc]
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        here = f"http://127.0.0.1:{port}"
        names = ("gateway", "prometheus", "alertmanager", "recorder", "console", "ai gate")
        answer = {
            "addresses": [
                *({"name": name, "url": here, "what": "it"} for name in names),
                {"name": "grafana", "url": "http://10.9.9.9:3000", "what": "elsewhere"},
            ],
            "processes": [{"service": "gateway"}],
            "databases": {"user": "oncall", "host": "127.0.0.1", "port": port},
        }
        body = json.dumps(answer).encode() if self.path == "/v1/addresses" else bytes(300_000)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class OneRun:
    secrets: Path
    url: str

    def target(self, run: str) -> Target:
        return Target(self.url, self.secrets)


@dataclass
class Served:
    """A hub before a drill, with somebody of each role."""

    hub: TlsHub
    accounts: Accounts
    tokens: dict[str, str]
    seen: list[tuple[str, str]] = field(default_factory=list)

    def profile(self, who: str) -> Profile:
        place = HubPlace(self.hub.url, self.hub.certificate.path.read_text())
        return Profile("test", place, self.tokens[who], run=RUN)

    @asynccontextmanager
    async def socket(self, who: str, name: str) -> AsyncIterator[ClientConnection]:
        profile = self.profile(who)
        url = f"{self.hub.url.replace('https', 'wss')}/drills/{RUN}/forward/{name}"
        headers = {"Authorization": f"Bearer {profile.token}"}
        async with connect(
            url, ssl=profile.place.trust(), additional_headers=headers, proxy=None
        ) as opened:
            yield opened


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture
def served(
    accounts: Accounts, database: HubDatabase, owner: Known, tmp_path: Path
) -> Iterator[Served]:
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="healthy", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=1)
        )  # fmt: skip
    tokens = {
        role.value: accounts.join(accounts.invite(owner, team, role).code, role.value).token
        for role in HubRole
    }
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for role in ("instructor", "participant"):
        (secrets / f"{role}.token").write_text(f"token-of-{role}")
    seen: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Drill,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        runs = OneRun(secrets, f"http://127.0.0.1:{server.server_address[1]}")
        with served_over_tls(accounts, runs, tmp_path / "hub") as hub:
            yield Served(hub, accounts, tokens, seen)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listing(served: Served, who: str) -> dict[str, Any]:
    profile = served.profile(who)
    with profile.place.client(profile.token, run=RUN) as drill:
        return {one["name"]: one for one in drill.get("/forward")}


def test_what_ordinary_tools_are_pointed_at_is_listed_and_nothing_else(served: Served) -> None:
    names = set(listing(served, "participant"))
    assert names == {"gateway", "prometheus", "alertmanager", "postgres"}


@asynccontextmanager
async def forwarded(served: Served, name: str) -> AsyncIterator[int]:
    """The part at a port of this machine, as the command line has it."""
    way = forward._Way(served.profile("participant"), RUN, name)
    async with await asyncio.start_server(way.carry, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    writer.write_eof()
    async with asyncio.timeout(BOUND_S):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


GET = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


async def test_a_request_and_its_answer_go_through_whole(served: Served) -> None:
    async with forwarded(served, "prometheus") as port:
        answers = await asyncio.gather(*(asked(port, GET) for _ in range(3)))
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert len(body) == 300_000
    assert ("/metrics", "") in served.seen


async def test_alertmanager_hears_the_drills_own_user_and_not_the_persons(served: Served) -> None:
    request = GET.replace(b"/metrics", b"/api/v2/alerts")
    request = request.replace(b"Connection", b"Authorization: Basic eDp5\r\nConnection")
    async with forwarded(served, "alertmanager") as port:
        await asked(port, request)
    said = dict(served.seen)["/api/v2/alerts"]
    assert said == "Basic b25jYWxsOnRva2VuLW9mLXBhcnRpY2lwYW50"


async def refusal_of(served: Served, who: str, name: str) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as caught:
        async with served.socket(who, name):
            pass
    return caught.value


async def test_what_is_not_listed_is_refused_with_what_is(served: Served) -> None:
    for name in ("console", "ai%20gate", "22", "grafana", "127.0.0.1:22"):
        answer = (await refusal_of(served, "participant", name)).response
        assert answer.status_code == 404, name
        assert b"no part of the drill to forward" in (answer.body or b"")


async def test_who_looks_on_and_who_is_nobody_get_no_connection(served: Served) -> None:
    assert (await refusal_of(served, "observer", "gateway")).response.status_code == 403
    served.tokens["eve"] = "x" * 43
    assert (await refusal_of(served, "eve", "gateway")).response.status_code == 401
    assert served.seen == []


async def test_who_is_revoked_is_cut_off(served: Served) -> None:
    served.tokens["owner"] = served.accounts.owner_token()
    async with served.socket("participant", "gateway") as opened:
        profile = served.profile("owner")
        with profile.place.client(profile.token) as hub:
            await asyncio.to_thread(hub.post, "/v1/people/participant/revoke")
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(BOUND_S):
                await opened.recv()


async def test_one_person_has_so_many_connections_and_no_more(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "EACH_MAX", 1)
    async with served.socket("participant", "gateway"):
        answer = (await refusal_of(served, "participant", "gateway")).response
        assert b"connections of yours are open" in (answer.body or b"")
        async with served.socket("instructor", "gateway"):
            pass


def test_a_head_is_given_the_parts_user_once() -> None:
    part = Forwarded("alertmanager", 19093, "", ("oncall", "secret"))
    head = b"GET / HTTP/1.1\r\nAUTHORIZATION : x\r\nhost: y\r\nAccept: z\r\n\r\nbody"
    made = signed_in(head, part)
    assert made.lower().count(b"authorization") == 1
    assert b"Host: 127.0.0.1:19093\r\n" in made
    assert made.endswith(b"Accept: z\r\n\r\nbody")


def test_a_port_that_is_taken_is_named_where_it_was_asked_for(served: Served) -> None:
    from harness.errors import PortTaken

    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    way = forward._Way(served.profile("participant"), RUN, "gateway")

    async def listen(wanted: int | None) -> int:
        server = await forward._listening(way, port, wanted)
        server.close()
        return int(server.sockets[0].getsockname()[1]) if server.sockets else 0

    with taken:
        with pytest.raises(PortTaken):
            asyncio.run(listen(port))
        assert asyncio.run(listen(None)) != port
