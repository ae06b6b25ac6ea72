"""Quotes and invoices, over HTTP."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

LINES = [
    {"sku": "A-1", "quantity": 2, "net_unit_price": "19.99", "discount": "1.00"},
    {"sku": "B-2", "quantity": 1, "net_unit_price": "4.20", "discount": "0.00"},
]


def invoice_body(order_id: int, **changes: Any) -> dict[str, Any]:
    body = {
        "order_id": order_id,
        "user_id": 7,
        "lines": LINES,
        "settled_at": "2026-11-01T12:00:00Z",
    }
    return {**body, **changes}


async def account_total(client: httpx.AsyncClient) -> Decimal:
    answer = await client.get("/accounts/sales-EUR-EU/total")
    return Decimal(answer.json()["running_total"])


async def test_a_quote_gives_tax_per_line_and_totals(client: httpx.AsyncClient) -> None:
    answer = await client.post("/quotes", json={"lines": LINES})
    assert answer.json() == {
        "lines": [
            {"sku": "A-1", "quantity": 2, "net": "38.98", "tax": "5.85", "gross": "44.83"},
            {"sku": "B-2", "quantity": 1, "net": "4.20", "tax": "0.63", "gross": "4.83"},
        ],
        "net": "43.18",
        "tax": "6.48",
        "total": "49.66",
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    "line",
    [
        {"sku": "A", "quantity": 0, "net_unit_price": "1.00"},
        {"sku": "A", "quantity": 1, "net_unit_price": "1.001"},
        {"sku": "A", "quantity": 1, "net_unit_price": "1.00", "discount": "1.01"},
    ],
)
async def test_a_malformed_line_is_refused(client: httpx.AsyncClient, line: dict[str, Any]) -> None:
    assert (await client.post("/quotes", json={"lines": [line]})).status_code == 422


async def test_an_invoice_is_posted_line_by_line(client: httpx.AsyncClient) -> None:
    posted = await client.post("/invoices", json=invoice_body(1))
    assert posted.status_code == 201
    assert posted.json()["gross"] == "49.66"
    invoice = (await client.get("/invoices/1")).json()
    assert [(entry["sku"], entry["tax"]) for entry in invoice["entries"]] == [
        ("A-1", "5.85"), ("B-2", "0.63"),
    ]  # fmt: skip
    assert await account_total(client) == Decimal("49.66")


async def test_the_running_total_is_told_to_six_decimals(client: httpx.AsyncClient) -> None:
    answer = await client.get("/accounts/sales-EUR-EU/total")
    assert answer.json() == {"account": "sales-EUR-EU", "running_total": "0.000000"}


async def test_an_invoice_posted_again_is_the_first_one(client: httpx.AsyncClient) -> None:
    first = await client.post("/invoices", json=invoice_body(1))
    again = await client.post("/invoices", json=invoice_body(1))
    assert again.json() == first.json()
    assert await account_total(client) == Decimal("49.66")


async def test_an_order_posted_with_other_lines_is_refused(client: httpx.AsyncClient) -> None:
    await client.post("/invoices", json=invoice_body(1))
    answer = await client.post("/invoices", json=invoice_body(1, lines=LINES[:1]))
    assert answer.status_code == 422
    assert await account_total(client) == Decimal("49.66")


async def test_postings_at_once_add_up(client: httpx.AsyncClient) -> None:
    ids = [*range(1, 9), *range(1, 9)]
    await asyncio.gather(*(client.post("/invoices", json=invoice_body(id_)) for id_ in ids))
    assert await account_total(client) == 8 * Decimal("49.66")


async def test_what_does_not_exist_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/invoices/999")).status_code == 404
    assert (await client.get("/accounts/none/total")).status_code == 404


async def test_the_running_total_is_logged_now_and_then(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for order_id in range(1, 26):
        await client.post("/invoices", json=invoice_body(order_id))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    posted = [line for line in lines if line["event"] == "ledger posted"]
    assert [line["running_total"] for line in posted] == ["1241.500000"]
