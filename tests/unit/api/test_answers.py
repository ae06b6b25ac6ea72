"""What the API really answers is what its document says: every route, in every state that a drill
passes through, for everybody who may ask."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import pytest

from harness.api import routes_read
from harness.api.answers.shapes import EVENT_STREAM
from harness.api.app import create_app
from harness.api.event_feed import Feed
from harness.api.stream import frames as frames_of
from harness.drill.queries.told_messages import Reader
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.record.events import EVENT_TYPES, Audience, DrillFinished, Event
from harness.record.store import Record
from harness.tokens import Caller, TokenBook
from tests.browser.drill import FakePrometheus, FakeRecorder, play_a_little
from tests.unit.api.document import committed, differences, mismatches, operation_of, operations
from tests.unit.api.sealed_drill import (
    BAD_RELEASE,
    FILLED,
    PARAMS,
    STATES,
    STREAM,
    SealedDrill,
)
from tests.unit.api.whole_workshop import PORT, REFUSED, Request, Workshop, played

READS = sorted(path for method, path, _ in operations(committed()) if method == "GET")


def looked_at(drill: SealedDrill) -> Iterator[tuple[str, httpx.Response]]:
    """Whatever can be read, by everybody."""
    for caller in (*Caller, None):
        token = "" if caller is None else drill.tokens.token(caller)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for path in READS:
            if path == STREAM:
                continue
            filled = re.sub(r"\{([^}]+)\}", lambda found: FILLED.get(found[1], "abc"), path)
            params: Any = dict(PARAMS.get(path, {}))
            yield f"{path} as {caller}", drill.http.get(filled, params=params, headers=headers)


@pytest.mark.parametrize("state", STATES)
def test_what_can_be_read_has_its_shape(session: Session, tmp_path: Path, state: str) -> None:
    drill = SealedDrill(session, tmp_path, BAD_RELEASE, state)
    try:
        found = {name: mismatches(answer) for name, answer in looked_at(drill)}
    finally:
        drill.close()
    assert len(found) == 4 * (len(READS) - 1)
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.fixture
async def workshop(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workshop]:
    made = Workshop(trouble, tmp_path / "secrets", monkeypatch)
    yield made
    await made.http.aclose()


async def test_everything_that_can_be_asked_and_done_is_answered_in_its_shape(
    workshop: Workshop,
) -> None:
    steps = await played(workshop)
    refused = {at: answer.text for at, _, answer in steps if answer.status_code != 200}
    assert set(refused) == REFUSED, refused
    problems = {f"{one.method} {one.path}": mismatches(answer) for _, one, answer in steps}
    assert {name: found for name, found in problems.items() if found} == {}
    answered = {operation_of(answer.request)[:2] for _, _, answer in steps}  # type: ignore[index]
    missing = {(method, path) for method, path, _ in operations(committed())} - answered
    assert missing == {("GET", STREAM), ("POST", "/v1/clock/advance")}


async def test_the_exercise_is_answered_by_whoever_ends_a_phase_without_an_end(
    workshop: Workshop,
) -> None:
    workshop.session.spec = replace(workshop.session.spec, agenda=load_agenda("solo"))
    await workshop.ask(Request("POST", "/v1/instructor/start", {}, Caller.INSTRUCTOR))
    answer = await workshop.ask(Request("POST", "/v1/clock/advance", {}, Caller.PARTICIPANT))
    assert (answer.status_code, mismatches(answer)) == (200, [])


async def test_every_frame_of_the_stream_has_its_shape(workshop: Workshop) -> None:
    await played(workshop)
    workshop.session.note(DrillFinished("asked"))
    frames = [one async for one in parsed(workshop.session, "instructor")]
    assert {one["event"] for one in frames} >= {"record", "over"}
    (schema,) = (
        one["responses"]["200"]["content"][EVENT_STREAM]["schema"]
        for _, path, one in operations(committed())
        if path == STREAM
    )
    status = await Feed(workshop.session).current("all")
    frames.append({"event": "status", "data": json.loads(json.dumps(status, default=asdict))})
    assert [problem for one in frames for problem in differences(one, schema)] == []


async def parsed(session: Session, audience: Audience) -> AsyncIterator[dict[str, Any]]:
    """The frames of the stream, without the numbers that browsers keep for themselves."""
    async for chunk in frames_of(Feed(session), Reader(audience), 0):
        for block in chunk.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            if "data" in fields:
                yield {"event": fields["event"], "data": json.loads(fields["data"])}


def test_every_type_of_event_is_recorded_in_its_shape(tmp_path: Path) -> None:
    with Record(tmp_path / "record.db", "d-test") as record:
        for event in one_of_each():
            record.append(event, actor="Ada")
        told = [json.loads(json.dumps(one.in_words())) for one in record.events()]
    assert {one["type"] for one in told} == set(EVENT_TYPES)
    schema = {"$ref": "#/components/schemas/RecordedEvent"}
    assert [problem for one in told for problem in differences(one, schema)] == []


def one_of_each() -> Iterator[Event]:
    """An event of every type, with something in each of its fields."""
    for kind in EVENT_TYPES.values():
        yield kind(**example_fields(kind))


def example_fields(kind: type) -> dict[str, Any]:
    """Something for each field of a dataclass."""
    hints = get_type_hints(kind)
    return {one.name: example(hints[one.name]) for one in fields(kind)}


def example(hint: Any) -> Any:
    """A value of a type, the fullest that it can have."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return inner[-1]
    if origin in (Union, UnionType):
        return example(inner[0])
    if origin is tuple:
        return (example(inner[0]),)
    if origin is dict:
        return {example(inner[0]): example(inner[1])}
    if is_dataclass(hint):
        return hint(**example_fields(hint))  # type: ignore[operator]
    return {str: "a text", int: 7, float: 0.5, bool: True}[hint]


RENAMED = (
    ("/v1/status", "pages", "pagers"),
    ("/v1/status", "exercise", "excercise"),
    ("/v1/score", "total", "sum"),
    ("/v1/ai", "open", "is_open"),
)


@pytest.mark.parametrize(("path", "old", "new"), RENAMED)
async def test_a_field_that_was_renamed_is_noticed(
    workshop: Workshop, path: str, old: str, new: str
) -> None:
    answer = await workshop.ask(Request("GET", path, {}, Caller.PARTICIPANT))
    assert mismatches(answer) == []
    content = answer.json()
    changed = {new if key == old else key: value for key, value in content.items()}
    assert mismatches(httpx.Response(200, json=changed, request=answer.request))
    more = {**content, "more": 1}
    assert mismatches(httpx.Response(200, json=more, request=answer.request))


async def test_a_field_that_was_renamed_deep_inside_is_noticed(workshop: Workshop) -> None:
    answer = await workshop.ask(Request("GET", "/v1/events", {}, Caller.PARTICIPANT))
    assert mismatches(answer) == []
    for change in (
        lambda one: one["data"].update(more=1),
        lambda one: one["data"].popitem(),
        lambda one: one.update(type="page.snet"),
        lambda one: one.update(tone="loud"),
        lambda one: one.pop("drilltimems"),
    ):
        content = copy.deepcopy(answer.json())
        change(next(one for one in content if one["type"] == "page.sent"))
        assert mismatches(httpx.Response(200, json=content, request=answer.request))


def test_a_problem_in_another_form_is_noticed() -> None:
    request = httpx.Request("GET", "http://127.0.0.1/v1/status")
    problem = {"title": "Refused", "status": 403, "detail": "no", "exit_code": 1}
    kind = {"content-type": "application/problem+json"}
    right = httpx.Response(403, json=problem, headers=kind, request=request)
    assert mismatches(right) == []
    assert mismatches(httpx.Response(403, json=problem, request=request)), "no problem+json"
    assert mismatches(httpx.Response(403, json={"detail": "no"}, headers=kind, request=request))


async def test_nothing_that_is_sent_is_changed_or_checked_on_its_way_by_the_shapes(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def another_form(*_: object) -> dict[str, str]:
        return {"not": "a status"}

    monkeypatch.setattr(routes_read, "drill_status", another_form)
    monkeypatch.setattr(routes_read, "as_called", lambda found, _: found)
    answer = await workshop.ask(Request("GET", "/v1/status", {}, Caller.PARTICIPANT))
    assert answer.content == b'{"not":"a status"}'
    assert mismatches(answer), "the control"


SEEN_BY_BROWSERS = (
    *("status", "events", "pages", "exercise", "choices", "roles", "hypotheses", "updates"),
    *("logs", "traces", "flags", "score", "guardrails", "deploys", "addresses"),
)


async def test_the_drill_that_browsers_are_tested_with_answers_in_the_same_shapes(
    trouble: Session, tmp_path: Path
) -> None:
    play_a_little(trouble)
    doubles: Any = {"prometheus": FakePrometheus(trouble), "recorder": FakeRecorder(3)}
    trouble.services = replace(trouble.services, **doubles)
    tokens = TokenBook.create(tmp_path / "secrets")
    headers = {"Authorization": f"Bearer {tokens.token(Caller.INSTRUCTOR)}"}
    transport = httpx.ASGITransport(create_app(trouble, tokens, PORT))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://127.0.0.1:{PORT}", headers=headers
    ) as http:
        found = {name: mismatches(await http.get(f"/v1/{name}")) for name in SEEN_BY_BROWSERS}
    assert {name: problems for name, problems in found.items() if problems} == {}
