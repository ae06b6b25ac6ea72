"""Are the summaries of new orders written, and whole? What no customer reads to the end, we do.

Who wrote them the shop may say as it likes: what counts is what the model provider gave.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from harness.verification.access import ModelBooks
from harness.verification.api_calls import Call, Journey, make, order_id_of, summary
from harness.verification.database_access import ShopDatabases
from harness.verification.driving import StressResult
from harness.verification.figures import ratio

SAMPLE = 8
"""Orders whose summaries are waited for: those with the most lines."""
LOOK_AGAIN_S = 0.5
NAMED = 3
"""So many articles of an order its summary names."""
ENDS = (".", "!", "?", "…")
_NAMES = """
    SELECT order_id, name FROM order_lines WHERE order_id = ANY($1::bigint[])
    ORDER BY order_id, line_no
"""


async def summaries_written_ratio(
    session: aiohttp.ClientSession,
    databases: ShopDatabases,
    books: ModelBooks,
    result: StressResult,
    until: float,
) -> float | None:
    """Share of a run's orders whose summary a model has written by `until` (loop time, seconds),
    to its end and about this order. None without orders. Raises NotKnowable, and what `books`
    raises."""
    names = await _names(databases, _largest_orders(result))

    async def is_written(order_id: int) -> bool:
        text = await _whole_summary(session, order_id, names[order_id], until)
        return text is not None and by_model(await books.completions_within(text), names[order_id])

    return ratio(await asyncio.gather(*(is_written(order_id) for order_id in names)))


def _largest_orders(result: StressResult) -> list[int]:
    placed = [
        (len(call.request.basket.lines), order_id)
        for call in result.of(Journey.CHECKOUT)
        if call.request.basket is not None and (order_id := order_id_of(call)) is not None
    ]
    return [order_id for _, order_id in sorted(placed, reverse=True)[:SAMPLE]]


async def _names(databases: ShopDatabases, order_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The articles of each order, in the order of its lines."""
    found: dict[int, list[str]] = {order_id: [] for order_id in order_ids}
    for order_id, name in await databases.fetch("orders", _NAMES, list(order_ids)):
        found[order_id].append(name)
    return found


async def _whole_summary(
    session: aiohttp.ClientSession, order_id: int, names: Sequence[str], until: float
) -> str | None:
    loop = asyncio.get_running_loop()
    # The last moments are for asking who wrote it.
    while (left_s := until - LOOK_AGAIN_S - loop.time()) > 0:
        call = await make(session, summary(order_id), timeout_s=left_s)
        if (text := whole_text(call.body, names)) is not None:
            return text
        if not _may_become(call):
            return None
        await asyncio.sleep(LOOK_AGAIN_S)
    return None


def whole_text(answer: Any, names: Sequence[str]) -> str | None:
    """The summary in `answer` where it claims to be a model's, ends its sentence and names the
    articles."""
    if not isinstance(answer, dict) or answer.get("source") != "model":
        return None
    text = str(answer.get("summary") or "").rstrip()
    return text if text.endswith(ENDS) and _names_all(text, names) else None


def by_model(completions: Sequence[str], names: Sequence[str]) -> bool:
    """Whether it is in what the model wrote that the articles are named, and not around it."""
    return bool(completions) and _names_all(" ".join(completions), names)


def _names_all(text: str, names: Sequence[str]) -> bool:
    return all(name in text for name in names[:NAMED])


def _may_become(call: Call) -> bool:
    """Whether another look is worth it: nothing final was said."""
    return not isinstance(call.body, dict) or call.body.get("state", "queued") == "queued"
