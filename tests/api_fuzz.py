"""Requests made from the API's own schema, right and wrong ones, and what no answer may be.

One concept for two tests: a bounded run on a session without a shop, and the long one on a live
drill. Schemathesis reads the schema; to its requests come headers that people set, parameters that
nobody knows, and bodies that are no JSON, so that routes without parameters are tried, too.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from harness.api.access import policy_of
from harness.api.app import ROUTERS
from harness.tokens import Caller, TokenBook

ANSWER_S = 10.0
"""Until an answer has begun, or has gone on: whatever takes longer hangs."""
ANSWER_MAX_BYTES = 16_000_000
ENDS_THE_DRILL = frozenset({"/v1/finish", "/v1/halt"})
"""They have cases of their own: after them nothing else would be tried."""
STREAMS = ("text/event-stream", "application/x-ndjson")
QUOTES_THE_SHOP = ("/v1/logs", "/v1/traces", "/v1/events", "/v1/stream")
"""Where a traceback may be one of the shop's own, as its log has it."""
LICENCES = "/static/licenses.txt"
"""The only file that is plain text."""
OWN_FORMS = {"/mcp": ("application/json",)}
"""Where a protocol says how a refusal looks."""

WILD_BODIES = (
    b"",
    b"null",
    b"[" * 60_000 + b"]" * 60_000,
    b'{"text": ' + b"9" * 4_290 + b"}",
    b'{"within_s": NaN, "probability": -Infinity}',
    b'{"text": "\xff\xfe"}',
    b'{"text": "\\ud800"}',
    b"\x1f\x8b\x08\x00" + bytes(500),
    json.dumps({f"field{number}": [{}] for number in range(2_000)}).encode(),
    b'{"text": "' + b"x" * 400_000 + b'"}',
)
TYPES = (
    "application/json",
    "text/plain",
    "multipart/form-data",
    "application/xml",
    "",
    "a/b;c=\xe9",
)
NAMES = ("after", "limit", "query", "service", "begin", "version_from", "spans", "\u202e", "")
VALUES = (
    "",
    "0",
    "-1",
    "9" * 4_290,
    "NaN",
    "\x00",
    "../../etc/passwd",
    "\ud83d\ude00",
    "x" * 3_000,
)
HEADERS = {
    "X-Person": ("Ada", "%00", "%F0%9F%98%80", "%FF", "x" * 5_000, "instructor", "%0d%0aX: y"),
    "Last-Event-ID": ("0", "-1", "9" * 4_290, "x"),
    "Accept": ("text/plain", "*/*;q=nothing", "application/xml"),
    "Accept-Encoding": ("gzip, br", "identity;q=0"),
    "Range": ("bytes=0-", "bytes=9-1", "lines=1-2"),
    "If-None-Match": ("*", '"x"'),
    "Cookie": ("a=b; " * 500,),
    "Sec-Fetch-Site": ("same-origin", "none"),
    "Content-Encoding": ("gzip", "br"),
}


@dataclass(frozen=True)
class Twist:
    """What is changed in a request that the schema gave."""

    body: bytes | None
    """In place of its own; None keeps that."""
    content_type: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    plausible: bool
    """Names that there are stand in its fields, so that it comes further than the look-up."""


PLAUSIBLE: Mapping[str, object] = {
    "service": "payments",
    "database": "payments",
    "statement": "select 1",
    "role": "on-call",
    "person": "Ada",
    "query": "up",
    "mechanism": "timeout-misconfigured",
    "version_from": "2.4.1",
    "version_to": "2.4.2",
    "page_id": "p1",
    "no_plan": True,
}

TWISTS = st.one_of(
    st.none(),
    st.builds(
        Twist,
        body=st.none() | st.sampled_from(WILD_BODIES) | st.binary(max_size=200),
        content_type=st.sampled_from(TYPES),
        params=st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=20)),
            max_size=3,
        ).map(tuple),
        headers=st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(values) for name, values in HEADERS.items()}
        ),
        plausible=st.booleans(),
    ),
)


@dataclass
class Findings:
    """How many cases there were, by route and caller and status; and every answer that is none."""

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.cases.values())

    def table(self) -> str:
        """A line a route: its cases of each caller."""
        callers = sorted({caller for _, caller in self.cases})
        lines = [f"{'route':58}" + "".join(f"{one:>14}" for one in callers)]
        for route in sorted({route for route, _ in self.cases}):
            counts = "".join(f"{self.cases[route, one]:>14}" for one in callers)
            lines.append(f"{route:58}{counts}")
        lines.append(f"{self.total} cases; statuses {dict(sorted(self.statuses.items()))}")
        return "\n".join(lines)


@dataclass
class Target:
    """An API that is served at `url`."""

    url: str
    tokens: TokenBook
    findings: Findings = field(default_factory=Findings)
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def close(self) -> None:
        self.http.close()

    def attack(self, caller: Caller, label: str, request: Mapping[str, Any]) -> None:
        """Send a request as `caller`, and note what is wrong with its answer."""
        self.findings.cases[label, caller.value] += 1
        headers = {**request["headers"], "Authorization": f"Bearer {self.tokens.token(caller)}"}
        sent, began = {**request, "headers": headers}, time.monotonic()
        try:
            with self.http.request(**sent, stream=True, timeout=ANSWER_S) as answer:
                body = _content(answer)
        except requests.exceptions.InvalidHeader:
            return  # which this client itself would not send
        except requests.RequestException as error:
            self._complain(label, caller, sent, f"no answer: {type(error).__name__}: {error}")
            return
        self.findings.statuses[answer.status_code] += 1
        took_s = time.monotonic() - began
        for complaint in complaints(label, answer.status_code, answer.headers, body, took_s):
            self._complain(label, caller, sent, complaint)

    def _complain(self, label: str, caller: Caller, sent: Mapping[str, Any], what: str) -> None:
        shown = {name: repr(value)[:300] for name, value in sent.items() if value}
        shown.pop("headers", None)
        self.findings.complaints.append(f"{label} as {caller}: {what}; sent {shown}")


def complaints(
    label: str, status: int, headers: Mapping[str, str], body: bytes, took_s: float
) -> Iterator[str]:
    """What no answer may be: a failure of ours, a traceback, plain text, or one that hangs."""
    path, kind = label.partition(" ")[2], headers.get("content-type", "")
    if status >= 500:
        yield f"{status}: {body[:300]!r}"
    if b"Traceback (most recent call last)" in body and not path.startswith(QUOTES_THE_SHOP):
        yield f"a traceback: {body[:300]!r}"
    if kind.startswith("text/plain") and not path.startswith(LICENCES):
        yield f"{status} in plain text: {body[:300]!r}"
    if status >= 400 and not kind.startswith(
        ("application/problem+json", *OWN_FORMS.get(path, ()))
    ):
        yield f"{status} as {kind or 'nothing'}: {body[:300]!r}"
    if b'"status": 500' in body and kind.startswith("application/x-ndjson"):
        yield f"a failure at the end of a stream: {body[-300:]!r}"
    if took_s > ANSWER_S:
        yield f"it took {took_s:.1f} s"


def _content(answer: requests.Response) -> bytes:
    """The whole body; of a stream what comes first, since it may have no end."""
    if not answer.headers.get("content-type", "").startswith(STREAMS):
        return answer.content
    return next(answer.iter_content(65_536), b"")


def schema() -> Any:
    """What the API says of itself, read off its routes: it does not serve this. Pages and files,
    which are in no document, take nothing, and are asked all the same."""
    app = FastAPI(title="3AM")
    for router in ROUTERS:
        app.include_router(router)
    found = app.openapi()
    for method, path in _of_policy():
        operations = found["paths"].setdefault(path, {})
        operations.setdefault(method.lower(), {"responses": {"200": {"description": "a page"}}})
    return schemathesis.openapi.from_dict(found)


def _of_policy() -> set[tuple[str, str]]:
    """Every method and path that anybody may use."""
    policy = policy_of(ROUTERS)
    return {*policy.rules, *policy.public}


def operations() -> list[Any]:
    """Every operation but those that end the drill."""
    found = [one.ok() for one in schema().get_all_operations()]
    return [one for one in found if one.path not in ENDS_THE_DRILL]


def is_file(operation: Any) -> bool:
    """Whether it is one of the console's files, which are all answered by the same lines."""
    return str(operation.path).startswith("/static/")


def uncovered(labels: set[str]) -> set[str]:
    """Routes of the policy that are in no operation, and would be left out unnoticed."""
    known = {f"{method} {path}" for method, path in _of_policy()}
    return known - labels - {f"POST {path}" for path in ENDS_THE_DRILL}


def attack_all(target: Target, caller: Caller, count: int, file_count: int = 2) -> None:
    """`count` cases of every operation, and fewer of each file."""
    for number, operation in enumerate(operations()):
        cases = file_count if is_file(operation) else count
        attack_with(target, caller, operation, cases, number)


def attack_with(target: Target, caller: Caller, operation: Any, count: int, number: int) -> None:
    """`count` cases of one operation, half of them wrong by its schema; `number` is their seed."""
    for mode in GenerationMode:
        try:
            cases = operation.as_strategy(generation_mode=mode)
            _examples(target, caller, operation, cases, count // 2, number)
        except Unsatisfiable:  # nothing of it can be wrong: only twists are left
            cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
            _examples(target, caller, operation, cases, count // 2, number + 1)


def _examples(
    target: Target, caller: Caller, operation: Any, cases: Any, count: int, number: int
) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, twist=TWISTS)
    def run(case: Case, twist: Twist | None) -> None:
        target.attack(caller, operation.label, _twisted(case, twist, target.url))

    run()


def _twisted(case: Case, twist: Twist | None, url: str) -> dict[str, Any]:
    asked = dict(case.as_transport_kwargs(base_url=url))
    asked["headers"] = dict(asked.get("headers") or {})
    if twist is None:
        return asked
    if twist.plausible:
        for part in ("json", "params"):
            if isinstance(asked.get(part), dict):
                known = {name: PLAUSIBLE.get(name, one) for name, one in asked[part].items()}
                asked[part] = known
    if twist.body is not None:
        for name in ("json", "data", "files"):
            asked.pop(name, None)
        asked["data"] = twist.body
        asked["headers"]["Content-Type"] = twist.content_type.encode("latin-1")
    asked["headers"] |= twist.headers
    more = [(name, value.encode("utf-8", "replace")) for name, value in twist.params]
    asked["params"] = [*dict(asked.get("params") or {}).items(), *more]
    return asked
