"""Ways around a gate, on real sockets: none sends a byte to a provider that it must not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.aigate import connection, gate_server, inbound
from harness.tokens import Caller
from tests.unit.aigate.bench import Bench, NewBench
from tests.unit.aigate.provider import stream, whole

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "why?"}]}'
PATH = "/v1/chat/completions"

Forge = Callable[[Bench], bytes]


def request(
    target: str = PATH,
    *extra: str,
    method: str = "POST",
    host: str | None = None,
    length: str | None = str(len(BODY)),
    body: bytes = BODY,
    leaves_out: tuple[str, ...] = (),
) -> Forge:
    """A request in order but for what is said; `{elsewhere}` and the like are filled in."""

    def forge(bench: Bench) -> bytes:
        lines = {
            "host": f"Host: {host or '127.0.0.1:{port}'}",
            "authorization": "Authorization: Bearer {token}",
            "content-type": "Content-Type: application/json",
            "length": f"Content-Length: {length}" if length is not None else "",
        }
        kept = [line for name, line in lines.items() if line and name not in leaves_out]
        head = "\r\n".join([f"{method} {target} HTTP/1.1", *kept, *extra, "", ""])
        places = {
            "{port}": str(bench.port),
            "{token}": bench.token,
            "{telemetry}": bench.tokens.token(Caller.TELEMETRY),
            "{provider}": f"127.0.0.1:{bench.provider.port}",
            "{elsewhere}": f"127.0.0.1:{bench.elsewhere.port}",
        }
        for name, value in places.items():
            head = head.replace(name, value)
            body_ = body.replace(name.encode(), value.encode())
        return head.encode("latin-1") + body_

    return forge


FORM = "Content-Type: text/plain"
BASIC = "Authorization: Basic {token}"
COOKIE = "Cookie: token={token}"
TELEMETRY = "Authorization: Bearer {telemetry}"
NO_TOKEN = ("authorization",)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
AIMED = BODY.replace(
    b"{", b'{"api_base": "http://{elsewhere}", "base_url": "http://{elsewhere}", ', 1
)

IN_ORDER: dict[str, Forge] = {
    "direct": request(),
    "the provider's own API version in the query": request(PATH + "?beta=true"),
    "localhost": request(host="localhost:{port}"),
    "forwarded headers": request(
        PATH,
        "X-Forwarded-Host: {elsewhere}",
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: host={elsewhere}",
        "X-Original-URL: http://{elsewhere}/v1/models",
        "X-Rewrite-URL: //{elsewhere}/",
        "Via: 1.1 proxy",
    ),
    "hop-by-hop headers": request(
        PATH, "Connection: close, authorization", "Keep-Alive: timeout=99", "TE: trailers",
        "Proxy-Authorization: Basic eDp5",
    ),
    "a second request behind the first": request(body=BODY + b"POST /v1/models HTTP/1.1\r\n\r\n"),
}  # fmt: skip

CROOKED: dict[str, Forge] = {
    "double slash": request("/" + PATH),
    "double slash inside": request("/v1//chat/completions"),
    "authority in the path": request("//{elsewhere}/v1/chat/completions"),
    "encoded slash": request("/v1%2Fchat%2Fcompletions"),
    "encoded letter": request("/v1/ch%61t/completions"),
    "encoded twice": request("/v1/chat%252Fcompletions"),
    "dot segments": request("/v1/models/../chat/completions"),
    "encoded dot segments": request("/v1/models/%2e%2e/chat/completions"),
    "slash at the end": request(PATH + "/"),
    "path parameter": request(PATH + ";x=1"),
    "backslashes": request("\\v1\\chat\\completions"),
    "fragment": request(PATH + "#x"),
    "a path that is not served": request("/v1/files"),
    "the root": request("/"),
    "absolute form, ourselves": request("http://127.0.0.1:{port}" + PATH),
    "absolute form, elsewhere": request("http://{elsewhere}" + PATH),
    "absolute form with a user": request("http://127.0.0.1:{port}@{elsewhere}" + PATH),
    "CONNECT": request("{provider}", method="CONNECT", length=None, body=b""),
    "OPTIONS *": request("*", method="OPTIONS", length=None, body=b""),
    "another method": request(method="GET", length=None, body=b""),
    "method override": request("/v1/models", "X-HTTP-Method-Override: GET"),
    "a body where none belongs": request("/v1/models", method="GET"),
    "an address in the query": request(PATH + "?api_base=http://{elsewhere}"),
    "another host": request(host="{elsewhere}"),
    "host with a path": request(host="127.0.0.1:{port}/#@{elsewhere}"),
    "host of nonsense": request(host="x/#@"),
    "host twice": request(PATH, "Host: {elsewhere}"),
    "no host": request(leaves_out=("host",)),
    "a web page": request(PATH, "Origin: http://127.0.0.1:{port}"),
    "length and chunks": request(PATH, "Transfer-Encoding: chunked", body=CHUNKED),
    "chunks": request(PATH, "Transfer-Encoding: chunked", length=None, body=CHUNKED),
    "chunks by a space": request(PATH, "Transfer-Encoding : chunked", body=CHUNKED),
    "chunks by another name": request(PATH, "Transfer-Encoding: xchunked", body=CHUNKED),
    "two lengths": request(PATH, "Content-Length: 5"),
    "a signed length": request(length="+5"),
    "a compressed body": request(PATH, "Content-Encoding: gzip"),
    "a body that is a form": request(PATH, FORM, leaves_out=("content-type",)),
    "upgrade to HTTP/2": request(PATH, "Connection: Upgrade", "Upgrade: h2c"),
    "upgrade to a web socket": request(
        PATH, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", method="GET", length=None, body=b"",
    ),
    "HTTP/2 at once": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "not HTTP": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "no token": request(leaves_out=NO_TOKEN),
    "the token as a cookie": request(PATH, COOKIE, leaves_out=NO_TOKEN),
    "the token by Basic": request(PATH, BASIC, leaves_out=NO_TOKEN),
    "another part's token": request(PATH, TELEMETRY, leaves_out=NO_TOKEN),
    "two tokens": request(PATH, "X-Api-Key: sk-my-own"),
    "a body of nonsense": request(body=b"{" + b"x" * (len(BODY) - 1)),
    "a list for a body": request(length="2", body=b"[]"),
    "no model": request(length="2", body=b"{}"),
    "deep nesting": request(length="60000", body=b"[" * 60_000),
}  # fmt: skip


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("name", [*IN_ORDER, *CROOKED])
async def test_a_closed_gate_sends_no_byte_whatever_it_is_asked(bench: Bench, name: str) -> None:
    answer = await bench.raw((IN_ORDER | CROOKED)[name](bench))
    assert 400 <= status_of(answer) < 500
    assert (bench.provider.bytes_seen, bench.provider.connections) == (0, 0)
    assert (bench.elsewhere.bytes_seen, bench.elsewhere.connections) == (0, 0)
    [attempt] = bench.switch.attempts
    assert attempt.outcome == "refused"
    assert attempt.reason


@pytest.mark.parametrize("name", IN_ORDER)
async def test_the_same_requests_reach_the_provider_once_the_gate_is_open(
    open_bench: NewBench, name: str
) -> None:
    bench: Bench = await open_bench()
    assert status_of(await bench.raw(IN_ORDER[name](bench))) == 200
    assert bench.provider.bytes_seen > 0
    assert bench.elsewhere.connections == 0
    [asked] = bench.provider.asked
    assert asked.body == BODY
    assert asked.headers["host"] == f"127.0.0.1:{bench.provider.port}"
    known = {"host", "authorization", "content-type", "content-length", "accept-encoding",
             "connection", "user-agent", "accept"}  # fmt: skip
    assert set(asked.headers) <= known


@pytest.mark.parametrize("name", CROOKED)
async def test_what_can_be_read_in_two_ways_is_refused_by_an_open_gate_too(
    open_bench: NewBench, name: str
) -> None:
    bench: Bench = await open_bench()
    assert 400 <= status_of(await bench.raw(CROOKED[name](bench))) < 500
    assert (bench.provider.connections, bench.elsewhere.connections) == (0, 0)
    [attempt] = bench.switch.attempts
    assert attempt.outcome == "refused"


async def test_an_address_in_the_body_moves_nothing(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    aimed = AIMED.replace(b"{elsewhere}", f"127.0.0.1:{bench.elsewhere.port}".encode())
    sent = request(length=str(len(aimed)), body=aimed)(bench)
    assert status_of(await bench.raw(sent)) == 200
    assert bench.provider.connections == 1
    assert bench.elsewhere.connections == 0
    bench.switch.open = False
    seen = bench.provider.bytes_seen
    assert status_of(await bench.raw(sent)) == 403
    assert (bench.provider.bytes_seen, bench.elsewhere.bytes_seen) == (seen, 0)


async def test_a_redirect_is_neither_followed_nor_passed_on(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    to = f"location: http://127.0.0.1:{bench.elsewhere.port}/v1/chat/completions\r\n"
    for status in (301, 302, 303, 307, 308):
        bench.provider.behave = whole({}, status=status, more=to)
        answer = await bench.raw(request()(bench))
        assert status_of(answer) == 502
        assert b"location" not in answer.lower()
    assert bench.elsewhere.connections == 0


async def test_a_proxy_in_the_environment_sees_nothing(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench: Bench = await open_bench()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, bench.elsewhere.url)
    assert status_of(await bench.raw(request()(bench))) == 200
    assert bench.provider.connections == 1
    assert bench.elsewhere.connections == 0


async def test_cookies_of_a_provider_are_neither_kept_nor_passed_on(open_bench: NewBench) -> None:
    bench: Bench = await open_bench(whole({}, more="set-cookie: a=b\r\nserver: x\r\n"))
    answer = await bench.raw(request()(bench))
    assert b"set-cookie" not in answer.lower()
    await bench.raw(request()(bench))
    assert "cookie" not in bench.provider.asked[1].headers


async def test_a_state_that_cannot_be_read_is_closed(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    bench.switch.is_broken = True
    answer = await bench.raw(request()(bench))
    assert status_of(answer) == 403
    assert b"its state cannot be read" in answer
    assert bench.provider.connections == 0


@pytest.mark.parametrize("doubtful", [1, "yes", None, 0])
async def test_only_a_plain_yes_opens_the_gate(bench: Bench, doubtful: object) -> None:
    bench.switch.open = doubtful
    assert status_of(await bench.raw(request()(bench))) == 403
    assert bench.provider.connections == 0


async def test_a_gate_that_closes_while_the_body_arrives_sends_nothing(
    open_bench: NewBench,
) -> None:
    bench: Bench = await open_bench()
    bench.switch.closes_after_looks = 1
    assert status_of(await bench.raw(request()(bench))) == 403
    assert bench.provider.connections == 0


async def test_what_cannot_be_recorded_is_not_forwarded(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    bench.switch.is_record_broken = True
    answer = await bench.raw(request()(bench))
    assert status_of(answer) == 403
    assert b"record cannot be written" in answer
    assert bench.provider.connections == 0


async def test_a_body_over_the_bound_is_refused_by_what_it_says(open_bench: NewBench) -> None:
    bench: Bench = await open_bench()
    sent = request(length=str(inbound.BODY_MAX_BYTES + 1), body=b"")(bench)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connection, "DISCARD_S", 0.1)
        assert status_of(await bench.raw(sent)) == 413
    assert bench.provider.connections == 0


async def test_a_body_that_does_not_come_is_not_waited_for(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BODY_S", 0.1)
    monkeypatch.setattr(connection, "DISCARD_S", 0.1)
    bench: Bench = await open_bench()
    assert status_of(await bench.raw(request(body=BODY[:10])(bench))) == 408
    assert bench.provider.connections == 0


async def test_headers_that_do_not_come_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, new_bench: NewBench
) -> None:
    monkeypatch.setattr(gate_server, "HEADERS_S", 0.1)
    bench: Bench = await new_bench()
    assert await bench.raw(b"POST /v1/chat/completions HTTP/1.1\r\nHost: ") == b""


async def test_more_requests_than_the_gate_takes_at_a_time_are_told_so(
    open_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.aigate.proxy.EXCHANGES_MAX", 0)
    bench: Bench = await open_bench(stream())
    assert status_of(await bench.raw(request()(bench))) == 429
    assert bench.provider.connections == 0


async def test_half_a_character_which_no_record_can_hold_is_refused(open_bench: NewBench) -> None:
    body = b'{"model": "m", "messages": [{"role": "user", "content": "\\ud800 why?"}]}'
    bench: Bench = await open_bench()
    assert status_of(await bench.raw(request(length=str(len(body)), body=body)(bench))) == 400
    whole_one = body.replace(b"\\ud800", b"\\ud83d\\ude00")
    sent = request(length=str(len(whole_one)), body=whole_one)(bench)
    assert status_of(await bench.raw(sent)) == 200
    assert bench.switch.attempts[1].prompt == "\U0001f600 why?"
    assert bench.provider.asked[0].body == whole_one
