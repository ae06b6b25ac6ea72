"""Alertmanager in its container: what reaches the pager of this machine, and what does not."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme
from aiohttp import web

from harness import ports
from harness.model import ContainerSpec, Mount
from harness.runtime.compose.runtime import ComposeRuntime
from harness.telemetry.alertmanager import (
    AlertmanagerSettings,
    alertmanager_config,
    arguments,
    client_config,
)
from harness.telemetry.alerts import parse_alerts
from harness.tokens import bcrypt
from harness.waiting import wait_until
from tests.contract.shop_fixture import Shop, silent

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(120)]
BASE = Path(__file__).parents[1] / "contract" / "compose.yaml"
TOKEN = "the pager's own"
KEY = "a routing key"
LOGIN = ("prometheus", "what Prometheus knows")


class Receivers:
    """The pager, Slack and PagerDuty: each speaks as much as Alertmanager needs of it."""

    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.slack: list[dict[str, object]] = []
        self.pagerduty: list[dict[str, object]] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhook/alertmanager", self._page)
        app.router.add_post("/slack", self._slack)
        app.router.add_post("/v2/enqueue", self._pagerduty)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.host.startswith("127.0.0.1:")
        self.pages.append(await request.read())
        return web.Response()

    async def _slack(self, request: web.Request) -> web.Response:
        self.slack.append(await request.json())
        return web.Response(text="ok")

    async def _pagerduty(self, request: web.Request) -> web.Response:
        self.pagerduty.append(await request.json())
        body = {"status": "success", "message": "Event processed", "dedup_key": "k"}
        return web.json_response(body, status=202)

    def paged(self) -> list[str]:
        """Names of the alerts that came firing, in order."""
        now = datetime.now(UTC)
        return [
            alert.name
            for body in self.pages
            for alert in parse_alerts(body, now)
            if not alert.resolved
        ]


def world_port(shop: Shop) -> int:
    """Where Slack and PagerDuty are."""
    return ports.PROVIDER + shop.offset


@pytest.fixture
async def receivers(shop: Shop) -> AsyncIterator[Receivers]:
    """The pager on its port of this machine; the others by TLS, as they are in the world."""
    made = Receivers()
    runner = web.AppRunner(made.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ports.API + shop.offset).start()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(shop.folder / "authorities")
    (shop.folder / "authorities").chmod(0o444)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    place = web.TCPSite(runner, "localhost", world_port(shop), ssl_context=context)
    await place.start()
    yield made
    await runner.cleanup()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, first_offset=17_000)


@pytest.fixture
async def alertmanager(shop: Shop, receivers: Receivers) -> AsyncIterator[str]:
    """Its URL on this machine, beside a shop that runs."""
    plan = shop.plan(shop.release("1.0.0"))
    host = f"http://127.0.0.1:{ports.API + shop.offset}"
    world = f"https://localhost:{world_port(shop)}"
    settings = AlertmanagerSettings(
        pager_url=f"{host}/webhook/alertmanager",
        pager_token_file="/run/secrets/pager",
        extra={name: f"/run/secrets/{name}" for name in ("slack", "pagerduty")},
        pagerduty_url=f"{world}/v2/enqueue",
        proxy_url=f"http://127.0.0.1:{ports.TUNNEL}",
        ca_file="/run/secrets/authorities",
    )
    handed = {
        "alertmanager.yml": json.dumps(alertmanager_config(settings)),
        "web.yml": json.dumps({"basic_auth_users": {LOGIN[0]: bcrypt(LOGIN[1])}}),
        "client.yml": json.dumps(client_config(LOGIN)),
        "pager": TOKEN,
        "slack": f"{world}/slack",
        "pagerduty": KEY,
        "authorities": (shop.folder / "authorities").read_text(),
    }
    (shop.folder / "authorities").unlink()
    for name, content in handed.items():
        (shop.folder / name).write_text(content)
        (shop.folder / name).chmod(0o444)
    url = f"http://127.0.0.1:{ports.ALERTMANAGER + shop.offset}"
    file = "/run/secrets/alertmanager.yml"
    listen = f"0.0.0.0:{ports.ALERTMANAGER}"
    spec = ContainerSpec(
        name="alertmanager",
        argv=("alertmanager", *arguments(file, "/tmp/data", listen, "/run/secrets/web.yml")),
        env={},
        cwd=shop.folder,
        log_path=plan.run_dir / "logs" / "alertmanager.log",
        ready_url=f"{url}/-/ready",
        ready_login=LOGIN,
        mounts=tuple(Mount(shop.folder / name, f"/run/secrets/{name}") for name in handed),
        reaches=(f"localhost:{world_port(shop)}",),
    )
    runtime = ComposeRuntime(base=BASE)
    try:
        await runtime.up(replace(plan, sidecars=(spec,)), silent)
        yield url
    finally:
        await runtime.down()


async def fire(alertmanager: str, *names: str, team: str = "storefront", **labels: str) -> None:
    """Fire alerts as Prometheus does."""
    now = datetime.now(UTC)
    alerts = [
        {
            "labels": {"alertname": name, "severity": "critical", "team": team, **labels},
            "annotations": {"summary": f"{name} it is", "description": "…"},
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(minutes=1)).isoformat(),
        }
        for name in names
    ]
    async with httpx.AsyncClient(trust_env=False, auth=LOGIN) as client:
        (await client.post(f"{alertmanager}/api/v2/alerts", json=alerts)).raise_for_status()


async def test_what_fires_reaches_every_receiver_grouped_and_inhibited(
    alertmanager: str, receivers: Receivers
) -> None:
    await fire(alertmanager, "CheckoutStalled")

    async def all_told() -> bool:
        return bool(receivers.paged() and receivers.slack and receivers.pagerduty)

    await wait_until(all_told, timeout_s=20, what="the pager, Slack and PagerDuty to be told")
    assert receivers.paged()[0] == "CheckoutStalled"
    assert json.loads(receivers.pages[0])["version"] == "4"
    assert "CheckoutStalled it is" in json.dumps(receivers.slack[0], ensure_ascii=False)
    event = receivers.pagerduty[0]
    assert (event["routing_key"], event["event_action"]) == (KEY, "trigger")

    # A consequence of what is known already tells nothing new; another team's news does.
    await fire(alertmanager, "HighErrorRate", "ErrorBudgetBurn")
    await fire(alertmanager, "HighLatency", route="/api/checkout")
    await fire(alertmanager, "PaymentsFailing", team="payments")

    async def payments_told() -> bool:
        return "PaymentsFailing" in receivers.paged()

    await wait_until(payments_told, timeout_s=20, what="the second page")
    assert set(receivers.paged()) == {"CheckoutStalled", "PaymentsFailing"}


async def test_what_does_not_follow_from_a_stalled_checkout_is_told_beside_it(
    alertmanager: str, receivers: Receivers
) -> None:
    await fire(alertmanager, "CheckoutStalled")
    await fire(alertmanager, "HighLatency", route="/api/history")

    async def both_told() -> bool:
        return {"CheckoutStalled", "HighLatency"} <= set(receivers.paged())

    await wait_until(both_told, timeout_s=20, what="both pages")


async def test_a_silence_holds_back_what_it_names_and_nothing_else(
    alertmanager: str, receivers: Receivers
) -> None:
    now = datetime.now(UTC)
    silence = {
        "matchers": [{"name": "alertname", "value": "HighLatency", "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(minutes=5)).isoformat(),
        "createdBy": "on-call",
        "comment": "known",
    }
    async with httpx.AsyncClient(trust_env=False, auth=LOGIN) as client:
        answer = await client.post(f"{alertmanager}/api/v2/silences", json=silence)
        answer.raise_for_status()
    await fire(alertmanager, "HighLatency", "LedgerOutOfBalance")

    async def told() -> bool:
        return bool(receivers.paged())

    await wait_until(told, timeout_s=20, what="the page that is not silenced")
    assert set(receivers.paged()) == {"LedgerOutOfBalance"}


async def test_who_has_no_password_neither_reads_nor_silences(alertmanager: str) -> None:
    for login in (None, (LOGIN[0], "a guess"), ("somebody", LOGIN[1])):
        async with httpx.AsyncClient(trust_env=False, auth=login) as client:
            for path in ("api/v2/alerts", "api/v2/silences", "api/v2/status", "metrics"):
                assert (await client.get(f"{alertmanager}/{path}")).status_code == 401
    async with httpx.AsyncClient(trust_env=False, auth=LOGIN) as client:  # negative control
        assert (await client.get(f"{alertmanager}/api/v2/silences")).status_code == 200
