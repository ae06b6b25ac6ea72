"""The payment provider: charges over HTTP, idempotent, on connections that it retires itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from harness.thirdparty.bounded_server import json_of
from harness.thirdparty.charges import ChargeBook, ChargeRequest, KeyReused
from harness.thirdparty.profiles import Behaviour

REQUESTS_PER_CONNECTION = 100
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
CURRENCY = re.compile(r"[A-Z]{3}")
TEXT_LENGTH = 255
BODY_BYTES = 16_384

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadCharge(Exception):
    """A request that the provider does not understand; the message says which field."""


def provider_app(book: ChargeBook, behaviour: Behaviour) -> web.Application:
    """The provider's API, to be served behind TLS."""

    async def create_charge(request: web.Request) -> web.Response:
        try:
            charge_request = parse_charge(await json_of(request))
        except ValueError:
            return _refusal(400, "invalid_json", "the body is not JSON")
        except BadCharge as exc:
            return _refusal(400, "invalid_request", str(exc))
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= TEXT_LENGTH:
            return _refusal(400, "invalid_request", "Idempotency-Key: 1 to 255 characters")
        # Booked before the wait: a caller that gives up early was charged all the same, which
        # is what an idempotency key is for.
        try:
            charge, replayed = book.charge(charge_request, key, behaviour.profile.declined_percent)
        except KeyReused:
            return _refusal(422, "idempotency_key_reused", "this key belongs to another charge")
        await asyncio.sleep(behaviour.response_s())
        headers = {"Idempotent-Replayed": "true"} if replayed else None
        if charge.status == "declined":
            return _refusal(402, "card_declined", "the card was declined", headers)
        return web.json_response(charge.as_json(), status=201, headers=headers)

    app = web.Application(middlewares=[_retire_connections(behaviour)], client_max_size=BODY_BYTES)
    app.router.add_post("/v1/charges", create_charge)
    return app


def parse_charge(body: Any) -> ChargeRequest:
    """The charge that a JSON body asks for; raises BadCharge naming the field."""
    if not isinstance(body, dict):
        raise BadCharge("an object is expected")
    fields = {name: body.get(name) for name in ("amount", "currency", "reference")}
    for name, value in fields.items():
        if not isinstance(value, str):
            raise BadCharge(f"{name}: a string is expected")
    amount, currency, reference = (str(value) for value in fields.values())
    if not AMOUNT.fullmatch(amount) or not Decimal(amount):
        raise BadCharge("amount: a positive decimal with at most two places is expected")
    if not CURRENCY.fullmatch(currency):
        raise BadCharge("currency: an ISO 4217 code is expected")
    if not 1 <= len(reference) <= TEXT_LENGTH:
        raise BadCharge("reference: 1 to 255 characters are expected")
    return ChargeRequest(Decimal(amount).quantize(Decimal("0.01")), currency, reference)


def _retire_connections(behaviour: Behaviour) -> Any:
    """Middleware: the 100th answer of a connection closes it, so that new ones keep coming; so does
    the first after the certificate was renewed."""
    answered: WeakKeyDictionary[asyncio.Task[None], int] = WeakKeyDictionary()
    greeted: WeakKeyDictionary[asyncio.Task[None], int] = WeakKeyDictionary()

    @web.middleware
    async def retire(request: web.Request, handler: Handler) -> web.StreamResponse:
        # The server runs one task a connection, which unlike the connection can be a weak key.
        count = answered[request.task] = answered.get(request.task, 0) + 1
        by = greeted.setdefault(request.task, behaviour.renewals)
        response = await handler(request)
        is_renewed = by != behaviour.renewals
        if count >= REQUESTS_PER_CONNECTION or is_renewed or behaviour.hangs_up:
            response.force_close()
            response.headers["Connection"] = "close"
        return response

    return retire


def _refusal(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> web.Response:
    kind = "card_error" if status == 402 else "invalid_request_error"
    error = {"type": kind, "code": code, "message": message}
    return web.json_response({"error": error}, status=status, headers=headers)
