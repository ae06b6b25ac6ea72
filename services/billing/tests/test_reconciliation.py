"""Reconciling the ledger with a payments that really listens."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.billing.app import create_app
from services.billing.tests.conftest import Captured
from services.billing.tests.test_billing_api import account_total, invoice_body
from services.chassis.testing import FakePeer, running, until


async def metric(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


async def run(client: httpx.AsyncClient) -> dict[str, object]:
    answer = await client.post("/reconciliation/runs")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_orders_that_agree_leave_nothing_open(
    client: httpx.AsyncClient, captured: Captured
) -> None:
    await client.post("/invoices", json=invoice_body(1))
    captured.add(1, "49.66")
    assert await run(client) == {
        "reconciled_orders": 1, "mismatched_orders": 0, "difference": "0",
    }  # fmt: skip
    assert (await client.get("/reconciliation")).json() == {"count": 0, "discrepancies": []}


async def test_a_cent_is_found_exported_and_logged_once(
    client: httpx.AsyncClient, captured: Captured, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.post("/invoices", json=invoice_body(1))
    captured.add(1, "49.67")
    await run(client)
    await run(client)
    assert await metric(client, "ledger_difference") == -0.01
    assert await metric(client, "ledger_mismatched_orders") == 1
    assert await metric(client, "ledger_reconciled_orders") == 1
    [found] = (await client.get("/reconciliation")).json()["discrepancies"]
    assert (found["order_id"], found["ledger"], found["charged"], found["difference"]) == (
        1, "49.66", "49.67", "-0.01",
    )  # fmt: skip
    assert capsys.readouterr().out.count("ledger and payments disagree") == 1


async def test_an_order_without_its_invoice_is_found_and_resolved_when_it_comes(
    client: httpx.AsyncClient, captured: Captured
) -> None:
    captured.add(1, "49.66", seconds_ago=25)
    await run(client)
    assert (await client.get("/reconciliation")).json()["discrepancies"][0]["ledger"] is None
    await client.post("/invoices", json=invoice_body(1))
    await run(client)
    assert (await client.get("/reconciliation")).json()["count"] == 0


async def test_corrections_bring_the_ledger_to_what_was_charged(
    client: httpx.AsyncClient, captured: Captured
) -> None:
    await client.post("/invoices", json=invoice_body(1))
    captured.add(1, "49.68")
    await run(client)
    total = await account_total(client)
    posted = await client.post("/reconciliation/corrections", json={"order_ids": [1, 404]})
    assert posted.json() == {"corrections": [{"order_id": 1, "amount": "0.02"}]}
    again = await client.post("/reconciliation/corrections", json={"order_ids": [1]})
    assert again.json() == {"corrections": []}, "correcting twice changes nothing"
    assert str(await account_total(client) - total) == "0.020000"
    assert (await run(client))["mismatched_orders"] == 0
    assert (await client.get("/reconciliation")).json()["count"] == 0
    entries = (await client.get("/invoices/1")).json()["entries"]
    assert [entry["kind"] for entry in entries] == ["sale", "sale", "correction"]


async def test_a_run_without_payments_is_skipped_and_keeps_the_figures(
    client: httpx.AsyncClient, captured: Captured
) -> None:
    captured.add(1, "49.66", seconds_ago=25)
    await run(client)
    before = await metric(client, "ledger_last_run_timestamp_seconds")
    captured.is_away = True
    assert (await client.post("/reconciliation/runs")).status_code == 503
    assert await metric(client, "ledger_last_run_timestamp_seconds") == before
    assert await metric(client, "ledger_mismatched_orders") == 1


async def test_it_reconciles_by_itself_again_and_again_until_it_stops(
    database_url: str, payments: FakePeer, captured: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PAYMENTS_URL", payments.url)
    monkeypatch.setenv("RECONCILIATION_INTERVAL_MS", "20")
    captured.is_away = True  # a run that fails must not be the last one

    async def has_run_thrice() -> bool:
        return len(payments.seen_at("/settlements")) >= 3

    async with running(create_app()):
        await until(has_run_thrice)
    tasks = [task for task in asyncio.all_tasks() if "reconciling" in repr(task.get_coro())]
    assert tasks == []


@pytest.mark.parametrize(
    "answer",
    [
        {"charges": []},
        {"settlements": 3},
        {"settlements": [{"order_id": 1, "amount": "many", "captured_at": "2026-01-01T00:00:00Z"}]},
        {"settlements": [{"order_id": 1, "amount": "1.00", "captured_at": "2026-01-01T00:00:00"}]},
    ],
    ids=["no settlements", "no list", "no amount", "no time zone"],
)
async def test_it_goes_on_reconciling_after_an_odd_answer_and_says_so(
    database_url: str,
    payments: FakePeer,
    captured: Captured,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Any,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PAYMENTS_URL", payments.url)
    monkeypatch.setenv("RECONCILIATION_INTERVAL_MS", "20")
    captured.odd_answer = answer

    async def has_run_twice() -> bool:
        return len(payments.seen_at("/settlements")) >= 2

    async with running(create_app()) as client:
        await until(has_run_twice)
        assert "reconciliation broke off" in capsys.readouterr().out
        captured.add(1, "49.66", seconds_ago=25)
        captured.odd_answer = None

        async def has_found_the_missing_invoice() -> bool:
            return bool((await client.get("/reconciliation")).json()["count"] == 1)

        await until(has_found_the_missing_invoice)
