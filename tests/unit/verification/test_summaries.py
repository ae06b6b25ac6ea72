"""A summary counts that a model wrote, to its end, about this order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from harness.errors import StackFailed
from harness.verification import summaries
from harness.verification.api_calls import Basket, Call, Line, checkout
from harness.verification.driving import StressResult
from harness.verification.summaries import by_model, summaries_written_ratio, whole_text
from tests.unit.verification.conftest import Serve

NAMES = ("Alder Kettle", "Brook Whisk", "Cedar Bowl", "Dune Plate")
LISTED = "5 items: Alder Kettle, Brook Whisk, Cedar Bowl and Dune Plate."
"""What a shop can write by itself."""
WHOLE = "This order holds 1 x Alder Kettle, 1 x Brook Whisk, 2 x Cedar Bowl, and 1 more. Well done."


class Databases:
    """Every order holds the same articles."""

    async def fetch(self, _service: str, _query: str, order_ids: list[int]) -> list[Any]:
        return [(order_id, name) for order_id in order_ids for name in NAMES]


class Books:
    """A model provider that wrote these texts; None: one that cannot be asked."""

    def __init__(self, completions: Sequence[str] | None) -> None:
        self._completions = completions

    async def completions_within(self, text: str) -> Sequence[str]:
        if self._completions is None:
            raise StackFailed("the third parties do not answer")
        return [written for written in self._completions if written in text]


BY_MODEL = Books([WHOLE])


def bought(order_id: int) -> Call:
    """A checkout that was answered."""
    basket = Basket(1, (Line("A", 1), Line("B", 2)))
    return Call(checkout(basket), "ok", 10.0, datetime.now(UTC), 201, {"order_id": order_id})


async def written(
    serve: Serve, answers: Mapping[int, list[Any]], *, for_s: float = 2.0, books: Books = BY_MODEL
) -> Any:
    """The ratio over orders whose summaries are answered in turn; the last answer stays."""

    async def answer(request: web.Request) -> web.Response:
        left = answers[int(request.path.rsplit("/", 1)[1])]
        return web.json_response(left.pop(0) if len(left) > 1 else left[0])

    result = StressResult(tuple(bought(order_id) for order_id in answers), ())
    databases: Any = Databases()
    async with aiohttp.ClientSession(await serve(answer)) as session:
        until = asyncio.get_running_loop().time() + for_s
        return await summaries_written_ratio(session, databases, books, result, until)


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
    assert (whole_text(answer, NAMES) == WHOLE) is counts


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


async def test_a_list_that_the_shop_wrote_itself_is_not_a_models(serve: Serve) -> None:
    assert whole_text(said(LISTED), NAMES) == LISTED
    assert await written(serve, {1: [said(LISTED)], 2: [said(WHOLE)]}) == 0.5


async def test_a_models_summary_may_have_words_around_it(serve: Serve) -> None:
    assert await written(serve, {1: [said(f"Dear Ada, {WHOLE} Yours.")]}) == 1.0


@pytest.mark.parametrize(
    ("completions", "counts"),
    [
        ([WHOLE], True),
        (["1 x Alder Kettle. Good.", "Brook Whisk and Cedar Bowl."], True),
        (["This order holds 1 x Alder Kettle. A well matched choice."], False),
        ([], False),
    ],
    ids=["in one", "in parts", "of the first article only", "nothing"],
)
def test_the_articles_are_named_in_what_the_model_wrote(
    completions: list[str], counts: bool
) -> None:
    assert by_model(completions, NAMES) is counts
    assert not by_model([], ())


async def test_a_provider_that_cannot_be_asked_leaves_it_unknown(serve: Serve) -> None:
    with pytest.raises(StackFailed):
        await written(serve, {1: [said(WHOLE)]}, books=Books(None))
