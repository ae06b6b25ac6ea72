"""The shop's banner says what customers were told, and keeps saying it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from harness.drill.actions import team_entry
from harness.drill.actions.deploy import restart
from harness.drill.outputs import shop_banner
from harness.drill.session import Session
from harness.exercise.entries import Update
from harness.waiting import wait_until
from tests.unit.drill.actions.test_team_entry import UPDATE


class Gateway:
    """The gateway's side of it: knows what it shows, and can be away."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.is_away = False
        self.asked = 0

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_away:
            return httpx.Response(503)
        assert (request.method, request.url.path) == ("PUT", "/internal/banner")
        self.tokens.add(request.headers["authorization"])
        self.shown.append(json.loads(request.content))
        return httpx.Response(200, json={})

    async def has_shown(self, count: int) -> None:
        async def enough() -> bool | None:
            return len(self.shown) >= count or None

        await wait_until(enough, timeout_s=5, what=f"{count} banners")


@asynccontextmanager
async def followed(session: Session, gateway: Gateway) -> AsyncIterator[None]:
    session.spec = replace(session.spec, operations_token="for-operations")
    session.spec = replace(
        session.spec, places=type(session.spec.places)("", "http://gateway", "", "", "", {})
    )
    transport = httpx.MockTransport(gateway.handle)
    task = asyncio.create_task(shop_banner.follow(session, transport))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def tell(session: Session, **changes: Any) -> None:
    team_entry.post_update(session, Update(**{**UPDATE, **changes}), by="Ada")


async def test_it_follows_what_customers_are_told_and_goes_when_all_is_well(
    session: Session,
) -> None:
    gateway = Gateway()
    async with followed(session, gateway):
        tell(session)
        await gateway.has_shown(1)
        tell(session, status="resolved", eta_minutes=None)
        await gateway.has_shown(2)
    assert gateway.shown[0]["level"] == "warning"
    assert "Payments fail." in gateway.shown[0]["message"]
    assert gateway.shown[1]["message"] == ""
    assert gateway.tokens == {"Bearer for-operations"}


async def test_what_customers_are_not_told_changes_nothing(session: Session) -> None:
    gateway = Gateway()
    async with followed(session, gateway):
        tell(session, readers="internal")
        tell(session)
        await gateway.has_shown(1)
    assert len(gateway.shown) == 1


async def test_a_gateway_that_was_replaced_is_told_again(session: Session) -> None:
    gateway = Gateway()
    async with followed(session, gateway):
        tell(session)
        await gateway.has_shown(1)
        await restart(session, "gateway", by="Ada", progress=lambda _: None)
        await gateway.has_shown(2)
    assert gateway.shown[0] == gateway.shown[1]


async def test_a_gateway_that_is_away_is_asked_until_it_answers(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop_banner, "RETRY_S", 0.01)
    gateway = Gateway()
    gateway.is_away = True
    async with followed(session, gateway):
        tell(session)

        async def asked() -> bool | None:
            return gateway.asked >= 2 or None

        await wait_until(asked, timeout_s=5, what="a second try")
        gateway.is_away = False
        await gateway.has_shown(1)


def test_a_long_text_is_cut_to_what_the_gateway_takes(session: Session) -> None:
    tell(session, current_state="x" * 1000)
    body = shop_banner.banner_body(session.story())
    assert len(body["message"]) == shop_banner.MESSAGE_MAX
    assert body["message"].endswith("…")
