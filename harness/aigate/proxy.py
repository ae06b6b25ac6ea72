"""The gate as an ASGI application: inspect, ask whether it is open, note, forward."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

from starlette.types import Receive, Scope, Send

from harness.aigate.connection import RequestBody, answer_refusal
from harness.aigate.gate_settings import GateSettings, Upstream
from harness.aigate.gate_state import GateState, brief_of, noted, require_open
from harness.aigate.inbound import Inbound, inspect
from harness.aigate.prompt import read_body
from harness.aigate.relay import Exchange, Order
from harness.aigate.vendors import Refused, Vendor, closed, likely_vendor
from harness.bounded_http import ADMIT
from harness.record.counted_events import CountedEvents
from harness.record.events import AiAttempted
from harness.tokens import Caller, TokenBook

EXCHANGES_MAX = 16
BUSY_RETRY_AFTER_S = 2
"""Most answers are through by then."""
PATH_KEPT_CHARS = 200
MAY_ASK = frozenset({Caller.PARTICIPANT, Caller.INSTRUCTOR})
UNKNOWN = "unknown"


@dataclass
class _Visit:
    """One request on its way through the gate, as far as it is known."""

    id: str
    vendor: Vendor
    method: str
    path: str
    by: str = UNKNOWN

    def refused(self, refused: Refused) -> AiAttempted:
        return AiAttempted(
            exchange_id=self.id,
            outcome="refused",
            vendor=self.vendor,
            method=self.method,
            path=self.path,
            by=self.by,
            reason=refused.reason,
            status=refused.status,
        )


class AiGate:
    """Serves `hosts` (such as `127.0.0.1:18910`) only; `state` decides whether it is open."""

    def __init__(
        self,
        state: GateState,
        settings: GateSettings,
        tokens: TokenBook,
        *,
        hosts: Collection[str],
    ) -> None:
        self._state, self._settings, self._tokens = state, settings, tokens
        self._hosts = frozenset(hosts)
        self._under_way = 0
        self._refusals = CountedEvents(self._append)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is not HTTP has no answer here."""
        if scope["type"] != "http":
            return
        body = RequestBody(receive)
        vendor = likely_vendor(scope["raw_path"], frozenset(name for name, _ in scope["headers"]))
        path = scope["raw_path"].decode("latin-1")[:PATH_KEPT_CHARS]
        visit = _Visit(secrets.token_hex(8), vendor, scope["method"][:PATH_KEPT_CHARS], path)
        self._under_way += 1
        try:
            order = await self._admit(visit, scope, body)
            await self._forward(order, body, send)
        except Refused as refused:
            self._note_refused(visit, refused)
            await body.discard()
            await answer_refusal(vendor, refused, send)
        finally:
            self._under_way -= 1

    def note_unreadable(self) -> None:
        """Note bytes that never became a request: they were not HTTP, or not in one reading."""
        visit = _Visit(secrets.token_hex(8), Vendor.OPENAI, "", "")
        self._note_refused(visit, Refused(400, "malformed", "this is not valid HTTP"))

    def close(self) -> None:
        """Note what was only counted so far."""
        self._refusals.flush()

    def _append(self, event: AiAttempted, count: int) -> None:
        noted(self._state, replace(event, count=count))

    def _note_refused(self, visit: _Visit, refused: Refused) -> None:
        self._refusals.add((visit.by, refused.code), visit.refused(refused))

    async def _admit(self, visit: _Visit, scope: Scope, body: RequestBody) -> Order:
        """What may be forwarded, noted as such. Raises Refused."""
        inbound = inspect(scope, self._hosts)
        visit.by = self._caller(inbound.token)
        if not scope.get("state", {}).get(ADMIT, _anybody)(visit.by):
            reason = f"too many connections of a {visit.by} are open"
            raise Refused(503, "busy", reason, retry_after_s=BUSY_RETRY_AFTER_S)
        require_open(self._state)
        upstream = self._upstream(inbound)
        if self._under_way > EXCHANGES_MAX:
            reason = f"the AI gate serves {EXCHANGES_MAX} requests at a time"
            raise Refused(429, "busy", reason, retry_after_s=BUSY_RETRY_AFTER_S)
        content = await body.read(inbound.length_bytes)
        brief = self._brief() if inbound.wants_brief else None
        asked = read_body(inbound.route.body, content, brief)
        # Asked again: the body took its time.
        reason = require_open(self._state)
        attempt = AiAttempted(
            exchange_id=visit.id,
            outcome="forwarded",
            vendor=visit.vendor,
            method=visit.method,
            path=visit.path,
            by=visit.by,
            reason=reason,
            model=asked.model,
            prompt=asked.prompt,
            prompt_chars=asked.prompt_chars,
            with_brief=brief is not None,
        )
        if not noted(self._state, attempt):
            raise closed("its record cannot be written")
        return Order(visit.id, upstream, inbound, asked)

    async def _forward(self, order: Order, body: RequestBody, send: Send) -> None:
        exchange = Exchange(order, self._state, body, send)
        try:
            finished = await exchange.run()
        except BaseException:
            noted(self._state, exchange.finished("failed", "the gate itself was stopped"))
            raise
        noted(self._state, finished)

    def _caller(self, token: str) -> str:
        caller = self._tokens.caller(token)
        if caller not in MAY_ASK:
            raise Refused(401, "no_token", "use the drill's token as the API key")
        return caller.value

    def _upstream(self, inbound: Inbound) -> Upstream:
        upstream = self._settings.upstream(inbound.route.vendor)
        if upstream.key is None:
            raise closed(f"it has no key for {inbound.route.vendor}")
        return upstream

    def _brief(self) -> str:
        brief = brief_of(self._state)
        if brief is None:
            raise Refused(400, "no_brief", "there is no brief until a cause is confirmed")
        return brief


def _anybody(_: str) -> bool:
    """Servers that count no connections admit every caller."""
    return True
