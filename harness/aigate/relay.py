"""One forwarded request: relayed while the gate is open, cut within a second once it is not."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx
from starlette.types import Message, Send

from harness.aigate.connection import HEADERS, RequestBody, answer_refusal
from harness.aigate.events_stream import EventSplitter, EventTooLong, data_of, json_of
from harness.aigate.gate_settings import Upstream
from harness.aigate.gate_state import GateState, reading
from harness.aigate.inbound import Inbound
from harness.aigate.prompt import Asked
from harness.aigate.redaction import redactor
from harness.aigate.split_key import SplitKey
from harness.aigate.upstream import asking, returned_headers, what_went_wrong
from harness.aigate.usage import UsageMeter
from harness.aigate.vendors import Refused, closed, error_event
from harness.record.events import AiFinished, ExchangeOutcome
from harness.waiting import WaitedTooLong, wait_until

ANSWER_MAX_BYTES = 8 * 1024 * 1024
EXCHANGE_S = 600.0
LOOK_INTERVAL_S = 0.2
FAREWELL_S = 0.3
"""For the last words to a caller that does not read."""


@dataclass(frozen=True)
class Order:
    """What is to be relayed, and where."""

    exchange_id: str
    upstream: Upstream
    inbound: Inbound
    asked: Asked


class Exchange:
    """Relays one request and its answer; used once."""

    def __init__(self, order: Order, state: GateState, body: RequestBody, send: Send) -> None:
        self._order, self._state, self._body, self._send = order, state, body, send
        self._meter = UsageMeter()
        key = order.upstream.key
        secret = key.get_secret_value() if key else ""
        self._redact, self._split_key = redactor(secret), SplitKey(secret)
        self._status: int | None = None
        self._has_begun = self._has_begun_events = False
        self._began = time.monotonic()
        self._first_byte_ms: int | None = None

    async def run(self) -> AiFinished:
        """Relay to the end, or until the gate closes, the caller leaves or time is up."""
        relaying = asyncio.create_task(self._relay())
        closing = asyncio.create_task(self._closed())
        leaving = asyncio.create_task(self._body.caller_left())
        tasks = (relaying, closing, leaving)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # A relay that is done stands, whatever else came true at the same moment.
            if relaying.done():
                ended = relaying.result()
            elif closing.done():
                ended = closing.result()
            else:
                return self.finished("left", "the caller gave up")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if ended is None:
            return self.finished("completed", "")
        await self._say_farewell(ended)
        is_cut = ended.code == closed("").code
        return self.finished("cut" if is_cut else "failed", ended.reason)

    async def _relay(self) -> Refused | None:
        """Relay the answer; what went wrong, or None where nothing did."""
        order = self._order
        try:
            async with asking(order.upstream, order.inbound, order.asked.body) as answer:
                self._status = answer.status_code
                kind = answer.headers.get("content-type", "")
                if answer.is_success and kind.startswith("text/event-stream"):
                    await self._relay_events(answer)
                else:
                    await self._relay_whole(answer)
        except Refused as refused:
            return refused
        except httpx.HTTPError as error:
            return what_went_wrong(error)
        except EventTooLong:
            return Refused(502, "answer_too_large", "the provider sent an event without an end")
        return None

    async def _relay_events(self, answer: httpx.Response) -> None:
        splitter = EventSplitter()
        self._has_begun_events = True
        await self._begin(answer)
        async for chunk in answer.aiter_raw():
            self._note_first_byte()
            for event in map(self._redact, splitter.feed(chunk)):
                await self._pass_on(self._split_key.feed(event))
        # Some servers leave out the last blank line.
        last = [*self._split_key.feed(self._redact(splitter.rest())), *self._split_key.rest()]
        await self._pass_on(last)
        await self._send_body(b"", more=False)

    async def _pass_on(self, events: list[bytes]) -> None:
        if found := b"".join(event for event in events if self._is_for_caller(event)):
            await self._send_body(found, more=True)

    async def _relay_whole(self, answer: httpx.Response) -> None:
        whole = bytearray()
        async for chunk in answer.aiter_raw():
            self._note_first_byte()
            whole += chunk
            if len(whole) > ANSWER_MAX_BYTES:
                reason = f"the provider's answer is longer than {ANSWER_MAX_BYTES} bytes"
                raise Refused(502, "answer_too_large", reason)
        body = self._split_key.whole(self._redact(bytes(whole)))
        self._meter.see(json_of(body))
        await self._begin(answer)
        await self._send_body(body, more=False)

    def _is_for_caller(self, event: bytes) -> bool:
        if self._meter.model and b'"usage"' not in event:
            return True
        data = data_of(event)
        self._meter.see(data)
        if not self._order.asked.hides_usage or not isinstance(data, dict):
            return True
        return not (data.get("choices") == [] and data.get("usage"))

    async def _closed(self) -> Refused:
        async def look() -> Refused | None:
            is_open, reason = reading(self._state)
            return None if is_open else closed(reason)

        try:
            return await wait_until(
                look, timeout_s=EXCHANGE_S, what="an answer", interval_s=LOOK_INTERVAL_S
            )
        except WaitedTooLong:
            return Refused(504, "too_long", f"an answer may take at most {EXCHANGE_S:g} s")

    async def _begin(self, answer: httpx.Response) -> None:
        self._has_begun = True
        returned = [(name, self._redact(value)) for name, value in returned_headers(answer)]
        headers = [*HEADERS, *returned]
        start = {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        await self._send(start)

    async def _send_body(self, body: bytes, *, more: bool) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": more}
        await self._send(message)

    async def _say_farewell(self, refused: Refused) -> None:
        """Tell the caller why it ends, in the vendor's words; not waiting for one who stalls."""
        try:
            async with asyncio.timeout(FAREWELL_S):
                if self._has_begun_events:
                    event = error_event(self._order.inbound.route, refused)
                    await self._send_body(event, more=False)
                elif not self._has_begun:
                    await answer_refusal(self._order.inbound.route.vendor, refused, self._send)
        except TimeoutError:
            return

    def _note_first_byte(self) -> None:
        if self._first_byte_ms is None:
            self._first_byte_ms = self._elapsed_ms()

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    def finished(self, outcome: ExchangeOutcome, reason: str) -> AiFinished:
        """What came of it, as far as is known now."""
        return AiFinished(
            exchange_id=self._order.exchange_id,
            outcome=outcome,
            status=self._status,
            model=self._meter.model,
            input_tokens=self._meter.input_tokens,
            output_tokens=self._meter.output_tokens,
            first_byte_ms=self._first_byte_ms,
            latency_ms=self._elapsed_ms(),
            reason=reason,
        )
