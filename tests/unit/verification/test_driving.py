"""The shop is pressed on schedule, within bounds, whatever it answers."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter

import aiohttp
import pytest
from aiohttp import web

from harness.verification import api_calls
from harness.verification.api_calls import (
    Basket,
    Call,
    Journey,
    Line,
    checkout,
    history,
    make,
    price,
)
from harness.verification.driving import Departure, run_stress
from tests.unit.verification.conftest import Serve

BASKET = Basket(user_id=7, lines=(Line("KIT-0101", 2),))
DEAD = "http://127.0.0.1:9"


async def press(url: str, departures: list[Departure], *, bound_s: float) -> tuple[list[Call], int]:
    """Calls and number of replays of one run."""
    async with aiohttp.ClientSession(url) as session:
        until = asyncio.get_running_loop().time() + bound_s
        result = await run_stress(session, departures, until=until)
        return list(result.calls), len(result.replays)


async def test_an_answer_is_read_with_its_status_and_how_long_it_took(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"asked": await request.json()}, status=201)

    (call,), _ = await press(await serve(answer), [Departure(0.0, price(BASKET))], bound_s=5)
    assert (call.outcome, call.status) == ("ok", 201)
    assert call.body["asked"] == {"user_id": 7, "lines": [{"sku": "KIT-0101", "quantity": 2}]}
    assert 0 < call.duration_ms < 5_000


async def test_every_request_carries_its_own_sampled_trace_and_request_id(serve: Serve) -> None:
    seen: list[tuple[str, str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        names = ("traceparent", "X-Request-ID", "Idempotency-Key")
        seen.append(tuple(request.headers.get(name, "") for name in names))  # type: ignore[arg-type]
        return web.json_response({})

    departures = [Departure(0.0, price(BASKET)) for _ in range(5)]
    departures += [Departure(0.0, checkout(BASKET)) for _ in range(5)]
    await press(await serve(answer), departures, bound_s=5)
    traces = [trace for trace, _, _ in seen]
    assert len(set(traces)) == len(traces)
    assert all(re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", trace) for trace in traces)
    assert len({request_id for _, request_id, _ in seen}) == len(seen)
    assert len({key for _, _, key in seen if key}) == 5


async def test_every_second_paid_checkout_is_sent_again_under_its_key(serve: Serve) -> None:
    keys: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.Response:
        keys[request.headers["Idempotency-Key"]] += 1
        return web.json_response({}, status=201)

    departures = [Departure(0.0, checkout(BASKET)) for _ in range(6)]
    answered, replays = await press(await serve(answer), departures, bound_s=5)
    assert (len(answered), replays) == (6, 3)
    assert sorted(keys.values()) == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("text", ["<html>", "", "[" * 200_000, '{"a": "\udce9'])
async def test_an_answer_that_is_no_json_is_an_error(serve: Serve, text: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=text.encode("utf-8", "surrogateescape"))

    (call,), _ = await press(await serve(answer), [Departure(0.0, price(BASKET))], bound_s=5)
    assert call.outcome == "error"
    assert call.body is None


async def test_an_answer_without_end_is_cut_off(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_calls, "BODY_LIMIT_BYTES", 100_000)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    (call,), _ = await press(await serve(answer), [Departure(0.0, price(BASKET))], bound_s=5)
    assert call.outcome == "error"


async def test_a_shop_that_hangs_is_waited_for_only_until_the_bound(serve: Serve) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    before = asyncio.all_tasks()
    url = await serve(hang)
    departures = [Departure(index / 100, history((index,))) for index in range(1, 30)]
    began = time.monotonic()
    answered, _ = await press(url, departures, bound_s=0.8)
    assert time.monotonic() - began < 4.0
    assert {call.outcome for call in answered} == {"timeout"}
    assert len(answered) == 29
    ours = {t for t in asyncio.all_tasks() - before if "run_stress" in repr(t.get_coro())}
    assert not ours


async def test_slow_answers_do_not_hold_back_later_requests(serve: Serve) -> None:
    arrived: list[float] = []
    release = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        arrived.append(time.monotonic())
        if len(arrived) == 10:
            release.set()
        await release.wait()
        return web.json_response({})

    departures = [Departure(index * 0.02, price(BASKET)) for index in range(10)]
    answered, _ = await press(await serve(slow), departures, bound_s=5)
    assert all(call.outcome == "ok" for call in answered)


async def test_a_shop_that_is_down_gives_errors_and_no_exception() -> None:
    answered, replays = await press(DEAD, [Departure(0.0, checkout(BASKET))] * 3, bound_s=2)
    assert [call.outcome for call in answered] == ["error"] * 3
    assert replays == 0


async def test_cancelling_a_run_cancels_every_request(serve: Serve) -> None:
    arrived = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError("never")

    run = asyncio.create_task(press(await serve(hang), [Departure(0, price(BASKET))], bound_s=60))
    await asyncio.wait_for(arrived.wait(), 5)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_one_user_is_history_and_many_are_the_support_desk() -> None:
    assert history((1,)).journey is Journey.HISTORY
    many = history((1, 2))
    assert many.journey is Journey.SUPPORT_DESK
    assert many.path == "/api/history?user_id=1&user_id=2"


async def test_a_call_made_too_late_times_out_at_once(serve: Serve) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({})

    async with aiohttp.ClientSession(await serve(answer)) as session:
        call = await make(session, price(BASKET), timeout_s=-1.0)
    assert call.outcome == "timeout"
