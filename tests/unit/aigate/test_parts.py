"""The gate's small parts: events cut where they end, token counts, bodies, settings, the brief."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.aigate import events_stream, prompt
from harness.aigate.brief import HOUSE_RULES, brief_text
from harness.aigate.events_stream import EventSplitter, EventTooLong, data_of
from harness.aigate.gate_settings import GateSettings
from harness.aigate.gate_state import ExerciseGate, reading
from harness.aigate.prompt import read_body
from harness.aigate.usage import UsageMeter
from harness.aigate.vendors import Body, Refused, Vendor
from harness.errors import UsageError
from harness.exercise.gate import Gate, ai_gate
from harness.record import envelope
from harness.record.events import AiAttempted, AiFinished, ClockStarted, DiagnosisDeclared
from tests.unit.exercise.tales import AGENDA, story_of

LINKS = ("commit:9fceb02", "log:12")
CAUSE = DiagnosisDeclared("payments", "timeout-misconfigured", 90, LINKS, "50 ms", "alex", LINKS)


def text(kind: Body, **data: object) -> str:
    return read_body(kind, json.dumps({"model": "m", **data}).encode(), None).prompt


@given(
    events=st.lists(st.text(st.characters(categories=("L", "N", "Zs")), min_size=1), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    sizes=st.lists(st.integers(1, 7), min_size=1),
)
def test_events_are_the_same_however_the_stream_is_chopped(
    events: list[str], end: str, sizes: list[int]
) -> None:
    wanted = [f"event: x{end}data: {event}{end}{end}".encode() for event in events]
    sent, seen, splitter, number = b"".join(wanted), [], EventSplitter(), 0
    while sent:
        size = sizes[number % len(sizes)]
        seen += splitter.feed(sent[:size])
        sent, number = sent[size:], number + 1
    assert seen == wanted
    assert splitter.rest() == b""


def test_an_event_without_an_end_is_not_collected_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events_stream, "EVENT_MAX_BYTES", 100)
    splitter = EventSplitter()
    splitter.feed(b"data: " + b"x" * 90)
    with pytest.raises(EventTooLong):
        splitter.feed(b"x" * 10)


def test_data_of_several_lines_is_one_value() -> None:
    assert data_of(b'event: x\r\ndata: {"a":\r\ndata:1}\r\n\r\n') == {"a": 1}
    assert data_of(b": a comment\n\n") is None
    assert data_of(b"data: [DONE]\n\n") is None


def test_tokens_that_nobody_stated_are_unknown() -> None:
    meter = UsageMeter()
    odd: object
    for odd in (None, [], {"usage": None}, {"usage": {"prompt_tokens": True}}, {"usage": [1]},
                {"usage": {"output_tokens": -1}}, {"input_tokens": 5}):  # fmt: skip
        meter.see(odd)
    assert (meter.input_tokens, meter.output_tokens, meter.model) == (None, None, "")


def test_the_newest_thing_that_was_asked_is_what_is_kept() -> None:
    older, newer = {"role": "user", "content": "old"}, {"role": "user", "content": "new"}
    assert text(Body.CHAT, messages=[older, newer]) == "new"
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "x"}}]
    assert text(Body.CHAT, messages=[{"role": "user", "content": parts}]) == "look"
    result = [{"type": "tool_result", "content": [{"type": "text", "text": "42"}]}]
    assert text(Body.MESSAGES, messages=[{"role": "user", "content": result}]) == "42"
    assert text(Body.RESPONSES, input="why?") == "why?"
    items = [older, {"type": "function_call_output", "output": "42"}]
    assert text(Body.RESPONSES, input=items) == "42"
    assert text(Body.EMBEDDINGS, input=["a", "b"]) == "a\nb"
    assert text(Body.CHAT) == ""


def test_a_long_prompt_is_kept_short_and_its_length_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "PROMPT_KEPT_CHARS", 3)
    asked = read_body(Body.RESPONSES, b'{"model": "m", "input": "12345"}', None)
    assert (asked.prompt, asked.prompt_chars) == ("123", 5)


def test_a_body_that_needs_nothing_goes_on_as_it_came() -> None:
    body = b'{"model":"m",  "messages":[] }'
    assert read_body(Body.CHAT, body, None).body == body


def test_the_brief_goes_where_each_kind_of_request_has_its_system_message() -> None:
    with_own = b'{"model": "m", "instructions": "Be brief.", "input": ""}'
    sent = json.loads(read_body(Body.RESPONSES, with_own, "B").body)
    assert sent["instructions"] == "B\n\nBe brief."
    sent = json.loads(read_body(Body.RESPONSES, b'{"model": "m"}', "B").body)
    assert sent["instructions"] == "B"
    for kind, body in (
        (Body.EMBEDDINGS, b'{"model": "m", "input": "x"}'),
        (Body.CHAT, b'{"model": "m", "messages": "x"}'),
        (Body.MESSAGES, b'{"model": "m", "system": 7}'),
    ):
        with pytest.raises(Refused) as told:
            read_body(kind, body, "B")
        assert told.value.status == 400


def test_the_brief_holds_cause_evidence_and_guardrails() -> None:
    brief = brief_text(CAUSE)
    assert "timeout-misconfigured in the service payments" in brief
    assert "50 ms" in brief
    assert all(link in brief for link in CAUSE.evidence)
    assert all(rule in brief for rule in HOUSE_RULES)
    assert "load test against a slow peer" in brief


def test_a_brief_for_a_mechanism_without_guardrails_keeps_the_house_rules() -> None:
    brief = brief_text(DiagnosisDeclared("feed", "no-such", 50, ("log:1",), "", "alex"))
    assert all(rule in brief for rule in HOUSE_RULES)
    assert "What the team noted" not in brief


def test_the_exercise_opens_and_closes_the_gate_and_gives_the_brief() -> None:
    now_s = 10.0
    kept: list[AiAttempted | AiFinished] = []
    story = story_of((0.0, ClockStarted("small", 1.0)), (5.0, CAUSE))

    def decide() -> Gate:
        return ai_gate(AGENDA, story, round(now_s * 1000), lambda *_: True)

    gate = ExerciseGate(decide, kept.append)
    assert gate.is_open()[0] is False
    assert gate.brief() is None
    now_s = 70.0
    assert reading(gate) == (True, "the cause is confirmed: AI may help to fix it")
    assert gate.brief() == brief_text(CAUSE)
    gate.record(AiFinished("x", "cut", None, "", None, None, None, 5))
    assert len(kept) == 1


def test_the_gates_events_come_back_from_the_record_as_they_were() -> None:
    attempt = AiAttempted(
        "x", "forwarded", "openai", "POST", "/v1/responses", "participant", "open",
        model="m", prompt="why?", prompt_chars=4, with_brief=True,
    )  # fmt: skip
    for event in (attempt, AiFinished("x", "completed", 200, "m", 1, None, 2, 3)):
        assert envelope.decode(event.type, envelope.encode(event))[0] == event


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/v1/", "https://api.example.com"),
        ("https://example.com/models/", "https://example.com/models"),
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434"),
    ],
)
def test_an_upstream_is_one_place(given_url: str, kept: str) -> None:
    settings = GateSettings(openai_upstream=given_url)
    assert settings.upstream(Vendor.OPENAI).url == kept


@pytest.mark.parametrize(
    "url",
    ["http://api.example.com", "api.example.com", "https://", "ftp://127.0.0.1", "",
     "https://me:secret@example.com", "https://example.com?x=1", "https://example.com#x", "https://example.com:99999"],
)  # fmt: skip
def test_an_upstream_that_is_not_one_safe_place_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGATE_OPENAI_UPSTREAM", url or "x")
    with pytest.raises(UsageError, match="AIGATE_OPENAI_UPSTREAM"):
        GateSettings.load()


def test_keys_come_from_the_environment_and_are_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIGATE_OPENAI_KEY", "sk-canary")
    monkeypatch.setenv("AIGATE_ANTHROPIC_KEY", "")
    settings = GateSettings.load()
    assert "canary" not in repr(settings) + str(settings.upstream(Vendor.OPENAI))
    assert settings.upstream(Vendor.OPENAI).credentials(Vendor.OPENAI) == (
        "authorization", "Bearer sk-canary",
    )  # fmt: skip
    assert settings.upstream(Vendor.ANTHROPIC).key is None


def test_a_key_that_cannot_be_a_header_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIGATE_ANTHROPIC_KEY", "sk-canary\nx: y")
    with pytest.raises(UsageError) as told:
        GateSettings.load()
    assert "AIGATE_ANTHROPIC_KEY" in str(told.value)
    assert "canary" not in str(told.value)
