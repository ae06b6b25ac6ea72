"""The AI gate of a drill: opened by its agenda and its people, asked with the vendors' clients."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anthropic
import openai
import pytest

from harness.aigate.gate_settings import GateSettings
from harness.drill.actions import ai_access, instructor
from harness.drill.actions.diagnosis import declare
from harness.drill.lifecycle.exercise_clock import reading, tick
from harness.drill.session import Session
from harness.errors import NotAllowed, UsageError
from harness.exercise.agenda_files import load_agenda
from harness.host.lifecycle import ai_gate
from harness.record.events import AiAttempted, AiFinished
from harness.tokens import Caller, TokenBook
from tests.unit.aigate import answers
from tests.unit.aigate.provider import Asked, Behaviour, Provider, endless, providing, stream
from tests.unit.drill.conftest import Hand, page_sent

ASK: Any = [{"role": "user", "content": "How do we fix it?"}]
EVIDENCE = ("commit:c0ffee", "alert:PaymentsFailing")
KEY = "sk-canary"


class Desk:
    """A drill with its gate on a real socket, people's clients, and the provider behind it."""

    def __init__(self, session: Session, hand: Hand, provider: Provider, token: str) -> None:
        self.session, self.hand, self.provider, self.token = session, hand, provider, token

    async def openai(self, **more: Any) -> Any:
        url = ai_access.status(self.session)["base_urls"]["openai"]
        async with openai.AsyncOpenAI(api_key=self.token, base_url=url) as client:
            return await client.chat.completions.create(model="gpt-test", messages=ASK, **more)

    async def anthropic(self) -> Any:
        url = ai_access.status(self.session)["base_urls"]["anthropic"]
        async with anthropic.AsyncAnthropic(api_key=self.token, base_url=url) as client:
            return await client.messages.create(model="claude", max_tokens=9, messages=ASK)

    def to_phase(self, phase: str) -> None:
        while reading(self.session).phase.id != phase:
            instructor.skip(self.session, by="instructor")

    def declare_cause(self, mechanism: str = "timeouts", evidence: Any = EVIDENCE) -> None:
        declare(
            self.session, service="payments", mechanism=mechanism, confidence_percent=90,
            evidence=(*evidence, "in words"), note="", by="Ada", links=evidence,
        )  # fmt: skip

    @property
    def attempts(self) -> list[AiAttempted]:
        return [one.event for one in self.session.story().of(AiAttempted)]


async def by_path(provider: Provider, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answers each vendor as it does."""
    behave: Behaviour = answers.message if asked.target == "/v1/messages" else answers.chat
    await behave(provider, asked, writer)


@pytest.fixture
async def open_desk(trouble: Session, hand: Hand, tmp_path: Path) -> AsyncIterator[Any]:
    """Makes a desk in a workshop whose dark room has begun."""
    async with AsyncExitStack() as stack:

        async def make(behave: Behaviour = by_path, keys: bool = True) -> Desk:
            provider = await stack.enter_async_context(providing(behave))
            with socket.create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            trouble.run.is_scheduled = True
            tokens = TokenBook.create(tmp_path / "secrets")
            settings = GateSettings(
                openai_upstream=provider.url,
                anthropic_upstream=provider.url,
                openai_key=KEY if keys else None,  # type: ignore[arg-type]
                anthropic_key=KEY if keys else None,  # type: ignore[arg-type]
            )
            places = replace(trouble.spec.places, ai_gate_url=f"http://127.0.0.1:{port}")
            trouble.spec = replace(
                trouble.spec,
                agenda=load_agenda("workshop-60"),
                places=places,
                ai_vendors=settings.vendors,
            )
            prepared: Any = SimpleNamespace(session=trouble, tokens=tokens)
            await stack.enter_async_context(ai_gate(prepared, settings, said.append))
            page_sent(trouble)
            tick(trouble)
            desk = Desk(trouble, hand, provider, tokens.token(Caller.PARTICIPANT))
            desk.to_phase("dark-room")
            return desk

        said: list[str] = []
        make.said = said  # type: ignore[attr-defined]
        yield make


async def test_in_the_dark_room_nobody_gets_through_and_the_record_knows_who_tried(
    open_desk: Any,
) -> None:
    desk = await open_desk()
    desk.declare_cause()
    with pytest.raises(openai.PermissionDeniedError, match="for people only"):
        await desk.openai()
    with pytest.raises(anthropic.PermissionDeniedError, match="for people only"):
        await desk.anthropic()
    assert (desk.provider.bytes_seen, desk.provider.connections) == (0, 0)
    assert [(one.vendor, one.outcome, one.by) for one in desk.attempts] == [
        ("openai", "refused", "participant"), ("anthropic", "refused", "participant"),
    ]  # fmt: skip
    shown = ai_access.status(desk.session)
    assert (shown["open"], shown["refused"], shown["input_tokens"]) == (False, 2, None)
    with pytest.raises(NotAllowed, match="for people only"):
        ai_access.brief(desk.session)


@pytest.mark.parametrize(
    ("mechanism", "evidence"),
    [("overload", EVIDENCE), ("timeouts", EVIDENCE[:1]), ("timeouts", EVIDENCE[:1] * 2)],
    ids=["a wrong cause", "one link", "the same link twice"],
)
async def test_the_fix_phase_alone_does_not_open_it(
    open_desk: Any, mechanism: str, evidence: tuple[str, ...]
) -> None:
    desk = await open_desk()
    desk.to_phase("fix")
    desk.declare_cause(mechanism, evidence)
    with pytest.raises(openai.PermissionDeniedError, match="diagnosis with 2 links to evidence"):
        await desk.openai()
    assert desk.provider.bytes_seen == 0


async def test_a_right_cause_with_evidence_opens_it_in_the_fix_phase(open_desk: Any) -> None:
    desk = await open_desk()
    desk.to_phase("fix")
    desk.declare_cause()
    answer = await desk.openai(extra_headers={"X-Drill-Brief": "1"})
    assert answer.choices[0].message.content
    assert (await desk.anthropic()).content
    assert all(KEY in str(one.headers) for one in desk.provider.asked)
    assert all(desk.token not in str(one.headers) for one in desk.provider.asked)
    brief = ai_access.brief(desk.session)["text"]
    assert "timeout-misconfigured in the service payments" in brief
    assert brief.splitlines()[0] in desk.provider.asked[0].body.decode()
    shown = ai_access.status(desk.session)
    assert (shown["open"], shown["forwarded"]) == (True, 2)
    assert shown["input_tokens"] > 0


async def test_the_instructors_word_stands_above_the_answer_key(open_desk: Any) -> None:
    desk = await open_desk()
    desk.to_phase("fix")
    desk.declare_cause("overload")
    instructor.confirm(desk.session, right=True, by="instructor")
    assert (await desk.openai()).choices
    instructor.confirm(desk.session, right=False, by="instructor")
    with pytest.raises(openai.PermissionDeniedError):
        await desk.openai()


async def chat_stream(desk: Desk, base_url: str) -> AsyncIterator[Any]:
    async with openai.AsyncOpenAI(api_key=desk.token, base_url=base_url) as client:
        async for one in await client.chat.completions.create(
            model="gpt-test", messages=ASK, stream=True
        ):
            yield one


async def message_stream(desk: Desk, base_url: str) -> AsyncIterator[Any]:
    async with anthropic.AsyncAnthropic(api_key=desk.token, base_url=base_url) as client:
        async for one in await client.messages.create(
            model="claude", max_tokens=9, messages=ASK, stream=True
        ):
            yield one


STREAMS: Any = {
    "openai": (chat_stream, answers.CHAT_EVENTS, 1),
    "anthropic": (message_stream, answers.MESSAGE_EVENTS, 3),
}
"""What a client streams, the provider's events, and how many of them come before the phase ends."""


@pytest.mark.parametrize("is_chatty", [False, True], ids=["pausing", "chatty"])
@pytest.mark.parametrize("vendor", STREAMS)
async def test_a_stream_is_cut_within_a_second_of_the_end_of_its_phase(
    open_desk: Any, vendor: str, is_chatty: bool
) -> None:
    ask, told, first = STREAMS[vendor]
    behave = endless(*told[:first]) if is_chatty else stream(*told, pause_after=first)
    desk = await open_desk(behave)
    desk.to_phase("fix")
    desk.declare_cause()
    answer = ask(desk, ai_access.status(desk.session)["base_urls"][vendor])
    await anext(answer)
    # By the clock alone: nobody has to do anything for the phase to end.
    desk.hand.move(60 * 60)
    began = time.monotonic()
    with pytest.raises((openai.APIError, anthropic.APIStatusError), match="gate"):
        async for _ in answer:
            pass
    assert time.monotonic() - began < 1
    assert [one.event.outcome for one in desk.session.story().of(AiFinished)] == ["cut"]


async def test_without_a_key_the_gate_says_so_and_stays_closed(open_desk: Any) -> None:
    desk = await open_desk(keys=False)
    assert "AIGATE_OPENAI_KEY" in open_desk.said[0]
    desk.to_phase("fix")
    desk.declare_cause()
    shown = ai_access.status(desk.session)
    assert (shown["open"], shown["reason"]) == (False, "no provider is configured")
    url = desk.session.spec.places.ai_gate_url
    async with openai.AsyncOpenAI(api_key=desk.token, base_url=f"{url}/v1") as client:
        with pytest.raises(openai.PermissionDeniedError, match="no key"):
            await client.chat.completions.create(model="gpt-test", messages=ASK)
    assert desk.provider.bytes_seen == 0
    assert [one.outcome for one in desk.attempts] == ["refused"]


async def test_there_is_no_brief_in_an_open_phase_before_a_cause(open_desk: Any) -> None:
    desk = await open_desk()
    desk.to_phase("review")
    assert ai_access.status(desk.session)["open"]
    with pytest.raises(UsageError, match="until a cause is confirmed"):
        ai_access.brief(desk.session)


def test_the_key_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGATE_OPENAI_KEY", KEY)
    settings = GateSettings.take()
    assert settings.vendors == {"openai"}
    assert KEY not in os.environ.values()


def test_the_key_is_taken_even_where_the_settings_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIGATE_OPENAI_KEY", KEY)
    monkeypatch.setenv("AIGATE_OPENAI_UPSTREAM", "http://elsewhere.test")
    with pytest.raises(UsageError, match="AIGATE_OPENAI_UPSTREAM"):
        GateSettings.take()
    assert KEY not in os.environ.values()
