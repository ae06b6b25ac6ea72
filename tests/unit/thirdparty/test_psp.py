"""The payment provider: charges, idempotency, slow handshakes, retired connections."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from decimal import Decimal

import aiohttp
import pytest

from harness.thirdparty import providers
from harness.thirdparty.charges import ChargeBook, ChargeRequest, KeyReused
from harness.thirdparty.provider_status import STATUSPAGE
from harness.thirdparty.psp import REQUESTS_PER_CONNECTION

pytestmark = pytest.mark.live

CHARGE = {"amount": "19.99", "currency": "EUR", "reference": "order-1"}
WANTED = ChargeRequest(Decimal("19.99"), "EUR", "order-1")


async def charge(session, *, key=None, **changes):
    """Ask for a charge; returns the HTTP status, the body and the seconds it took."""
    headers = {"Idempotency-Key": key} if key else {}
    begin = time.monotonic()
    async with session.post("/v1/charges", json=CHARGE | changes, headers=headers) as response:
        return response.status, await response.json(), time.monotonic() - begin


async def test_a_charge_is_booked_with_a_believable_id(start):
    provider = await start("normal")
    async with provider.client() as session:
        status, body, took_s = await charge(session)
    assert status == 201
    assert body["id"].startswith("ch_")
    assert len(body["id"]) == 27
    assert {key: body[key] for key in CHARGE} == CHARGE
    assert body["status"] == "succeeded"
    assert took_s >= 0.02


async def test_a_replayed_key_returns_the_first_charge_and_books_nothing(start):
    provider = await start("normal")
    async with provider.client() as session:
        (_, first, _), (_, again, _) = await asyncio.gather(
            charge(session, key="k1"), charge(session, key="k1")
        )
        _, other, _ = await charge(session, key="k2")
    assert first == again
    assert other["id"] != first["id"]
    assert await provider.control.charge_count() == 2


async def test_a_key_reused_for_another_body_is_refused(start):
    provider = await start("normal")
    async with provider.client() as session:
        await charge(session, key="k1")
        status, body, _ = await charge(session, key="k1", amount="20.00")
    assert status == 422
    assert body["error"]["code"] == "idempotency_key_reused"


async def test_a_caller_that_gave_up_was_charged_all_the_same(start):
    provider = await start("slow")
    async with provider.client() as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await charge(session, key="k1")
    booked = await provider.control.charges("order-1")
    assert [(c.reference, c.amount, c.currency) for c in booked] == [
        ("order-1", Decimal("19.99"), "EUR")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "0.00"},
        {"amount": "-1"},
        {"amount": "1.999"},
        {"amount": 19.99},
        {"amount": "NaN"},
        {"currency": "euro"},
        {"currency": None},
        {"reference": ""},
        {"reference": "x" * 256},
    ],
)
async def test_a_malformed_charge_is_refused_naming_the_field(start, changes):
    provider = await start("normal")
    async with provider.client() as session:
        status, body, _ = await charge(session, **changes)
    assert status == 400
    assert next(iter(changes)) in body["error"]["message"]
    assert await provider.control.charge_count() == 0


async def test_a_body_that_is_not_json_is_refused(start):
    provider = await start("normal")
    async with provider.client() as session, session.post("/v1/charges", data=b"\xff{") as answer:
        assert answer.status == 400


async def test_while_busy_a_short_connect_timeout_always_fails(start):
    provider = await start("busy")

    async def attempt():
        async with provider.client(connect_s=0.5) as session:
            return await charge(session)

    outcomes = await asyncio.gather(*(attempt() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(outcome, TimeoutError) for outcome in outcomes)
    assert await provider.control.charge_count() == 0


async def test_while_busy_only_the_first_request_of_a_connection_waits(start):
    provider = await start("busy")
    async with provider.client(connections=1) as session:
        _, _, first_s = await charge(session)
        later_s = [(await charge(session))[2] for _ in range(10)]
    assert 1.0 <= first_s < 3.0
    assert max(later_s) < 0.9


async def test_while_normal_a_short_connect_timeout_is_enough(start):
    provider = await start("normal")
    async with provider.client(connect_s=0.5) as session:
        status, _, _ = await charge(session)
    assert status == 201


async def test_a_thundering_herd_is_let_in(start):
    provider = await start("busy")
    async with provider.client(connect_s=15.0, connections=200) as session:
        outcomes = await asyncio.gather(
            *(charge(session, reference=f"order-{n}") for n in range(200))
        )
    assert {status for status, _, _ in outcomes} == {201}


async def test_the_hundredth_answer_of_a_connection_closes_it(start):
    provider = await start("normal")
    provider.parties._behaviour.response_s = lambda: 0.0
    closing = []
    async with provider.client(connections=1) as session:
        for _ in range(REQUESTS_PER_CONNECTION + 1):
            async with session.post("/v1/charges", json=CHARGE) as response:
                closing.append(response.headers.get("Connection") == "close")
    assert [n for n, closes in enumerate(closing, start=1) if closes] == [REQUESTS_PER_CONNECTION]


async def test_down_refuses_connections_and_drops_open_ones_until_it_is_up_again(start):
    provider = await start("normal")
    async with provider.client(connections=1) as session:
        assert (await charge(session))[0] == 201
        await provider.control.set_profile("down")
        with pytest.raises(aiohttp.ClientConnectorError, match="Connect call failed"):
            await charge(session)
        await provider.control.set_profile("normal")
        assert (await charge(session))[0] == 201


async def test_a_client_that_does_not_trust_the_authority_is_kept_out(start):
    provider = await start("normal")
    async with aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await stranger.post(f"{provider.url}/v1/charges", json=CHARGE)


@pytest.mark.parametrize(
    ("profile", "status", "indicator"),
    [
        ("normal", "operational", "none"),
        ("busy", "operational", "none"),
        ("slow", "degraded_performance", "minor"),
        ("down", "major_outage", "critical"),
    ],
)
async def test_the_status_page_admits_outages_but_not_slow_handshakes(
    start, profile, status, indicator
):
    provider = await start(profile)
    async with aiohttp.ClientSession(provider.status_url) as session:
        async with session.get("/api/v2/status.json") as response:
            page = await response.json()
        async with session.get("/api/v2/summary.json") as response:
            summary = await response.json()
    assert page.keys() == {"status", "updated"}
    assert page["status"] == status
    assert summary["status"]["indicator"] == indicator


async def test_statuspage_clients_read_the_providers_page_from_any_site(start):
    provider = await start("slow")
    async with aiohttp.ClientSession(provider.status_url) as session:
        async with session.get("/api/v2/summary.json") as response:
            summary = await response.json()
        for path, parts in STATUSPAGE.items():
            async with session.get(f"/api/v2/{path}.json") as response:
                assert response.headers["Access-Control-Allow-Origin"] == "*"
                answer = await response.json()
            assert answer.keys() == set(parts)
            for part in set(parts) - {"page", "components"}:  # these tell when they were asked
                assert answer[part] == summary[part]


def test_the_oldest_charges_are_forgotten_whole():
    book = ChargeBook(seed=1, capacity=2)
    first, _ = book.charge(WANTED, "k1", 0)
    book.charge(WANTED, "k2", 0)
    book.charge(WANTED, None, 0)
    assert first not in book.of_reference("order-1")
    assert len(book.of_reference("order-1")) == 2
    assert book.booked_count == 3
    _, replayed = book.charge(WANTED, "k1", 0)
    assert not replayed


def test_a_kept_key_still_guards_its_body():
    book = ChargeBook(seed=1)
    book.charge(WANTED, "k1", 0)
    with pytest.raises(KeyReused):
        book.charge(ChargeRequest(Decimal("1.00"), "EUR", "order-1"), "k1", 0)


def test_declines_follow_the_profile_share_and_repeat_themselves():
    def declined(seed):
        book = ChargeBook(seed)
        requests = [ChargeRequest(Decimal(1), "EUR", f"order-{n}") for n in range(2000)]
        return [book.charge(r, None, 10.0)[0].status == "declined" for r in requests]

    assert 0.07 < sum(declined(1)) / 2000 < 0.13
    assert declined(1) == declined(2)
    assert ChargeBook(1).charge(WANTED, None, 0.0)[0].status == "succeeded"


async def shown(provider):
    """The certificate that a new connection is greeted with, verified."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", provider.parties.provider_port, ssl=provider.context
    )
    try:
        return writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()


async def test_a_renewed_certificate_is_another_one_of_the_same_authority(start):
    provider = await start("normal")
    before = await shown(provider)
    assert await shown(provider) == before
    await provider.control.renew_certificate()
    assert await shown(provider) != before


async def test_a_renewal_ends_each_connection_after_its_next_answer(start):
    provider = await start("normal")
    async with provider.client(connections=1) as session:
        for renews in (False, True, False):
            if renews:
                await provider.control.renew_certificate()
            async with session.post("/v1/charges", json=CHARGE) as response:
                assert response.status == 201
                assert (response.headers.get("Connection") == "close") is renews


async def impostors_believed_by(provider, session):
    """How many impostors get something out of a caller who asks again and again for a charge."""

    async def call():
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                await charge(session)

    calling = asyncio.create_task(call())
    try:
        return await provider.control.believed_impostors()
    finally:
        calling.cancel()


async def test_an_impostor_is_not_believed_by_a_caller_who_checks_authority_and_name(start):
    provider = await start("normal")
    async with provider.client(connections=1) as session:
        await charge(session)
        assert await impostors_believed_by(provider, session) == 0
        status, _, _ = await charge(session)
    assert status == 201


@pytest.mark.parametrize(("authority", "believed"), [(False, 2), (True, 1)])
async def test_a_caller_who_does_not_check_tells_an_impostor_everything(start, authority, believed):
    provider = await start("normal")
    provider.context.check_hostname = False
    if not authority:
        provider.context.verify_mode = ssl.CERT_NONE
    async with provider.client(connections=1) as session:
        assert await impostors_believed_by(provider, session) == believed


async def test_an_impostor_whom_nobody_calls_is_believed_by_nobody(start, monkeypatch):
    monkeypatch.setattr(providers, "IMPOSTOR_S", 0.05)
    provider = await start("normal")
    assert await provider.control.believed_impostors() == 0
    async with provider.client() as session:
        status, _, _ = await charge(session)
    assert status == 201
