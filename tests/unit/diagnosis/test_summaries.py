"""A summary counts that a model wrote, to its end, about this order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from harness.diagnosis import summaries
from harness.diagnosis.calls import Basket, Call, Line, checkout
from harness.diagnosis.driving import StressResult
from harness.diagnosis.summaries import is_whole, summaries_written_ratio
from tests.unit.diagnosis.conftest import Serve

NAMES = ("Alder Kettle", "Brook Whisk", "Cedar Bowl", "Dune Plate")
WHOLE = "This order holds 1 x Alder Kettle, 1 x Brook Whisk, 2 x Cedar Bowl, and 1 more. Well done."


class Databases:
    """Every order holds the same articles."""

    async def fetch(self, _service: str, _query: str, order_ids: list[int]) -> list[Any]:
        return [(order_id, name) for order_id in order_ids for name in NAMES]


def bought(order_id: int) -> Call:
    """A checkout that was answered."""
    basket = Basket(1, (Line("A", 1), Line("B", 2)))
    return Call(checkout(basket), "ok", 10.0, datetime.now(UTC), 201, {"order_id": order_id})


async def written(serve: Serve, answers: Mapping[int, list[Any]], *, for_s: float = 2.0) -> Any:
    """The ratio over orders whose summaries are answered in turn; the last answer stays."""

    async def answer(request: web.Request) -> web.Response:
        left = answers[int(request.path.rsplit("/", 1)[1])]
        return web.json_response(left.pop(0) if len(left) > 1 else left[0])

    result = StressResult(tuple(bought(order_id) for order_id in answers), ())
    databases: Any = Databases()
    async with aiohttp.ClientSession(await serve(answer)) as session:
        until = asyncio.get_running_loop().time() + for_s
        return await summaries_written_ratio(session, databases, result, until)


def said(text: str, *, state: str = "done", source: str = "model") -> dict[str, str]:
    return {"state": state, "summary": text, "source": source}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "LOOK_AGAIN_S", 0.02)


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (said(WHOLE), True),
        (said(WHOLE, source="fallback"), False),
        (said("5 items: Alder Kettle and 3 more."), False),
        (said(WHOLE.removesuffix(" Well done.")[:-1]), False),
        (said(""), False),
        ([WHOLE], False),
        (None, False),
    ],
    ids=["whole", "simple", "of one article", "cut off", "empty", "another shape", "nothing"],
)
def test_what_counts_as_a_whole_summary(answer: Any, counts: bool) -> None:
    assert is_whole(answer, NAMES) is counts


async def test_a_summary_that_is_still_queued_is_waited_for(serve: Serve) -> None:
    queued = said("5 items.", state="queued", source="fallback")
    assert await written(serve, {1: [queued, queued, said(WHOLE)], 2: [said(WHOLE)]}) == 1.0


async def test_a_summary_that_was_given_up_is_not_waited_for(serve: Serve) -> None:
    dead = said("5 items.", state="dead", source="fallback")
    assert await written(serve, {1: [dead], 2: [said(WHOLE)]}, for_s=60) == 0.5


async def test_one_that_never_comes_is_left_in_time(serve: Serve) -> None:
    queued = said("5 items.", state="queued", source="fallback")
    assert await written(serve, {1: [queued]}, for_s=0.2) == 0.0


async def test_without_orders_nothing_is_known(serve: Serve) -> None:
    assert await written(serve, {}) is None
