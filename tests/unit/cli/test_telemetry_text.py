"""Traces and log lines as text for the terminal."""

from __future__ import annotations

import re
import traceback
import unicodedata
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from harness.cli.telemetry_text import (
    FAILED,
    TIMES,
    escape,
    fold_frames,
    render_log,
    render_log_line,
    render_trace,
    trace_row,
)
from harness.telemetry.jaeger import from_jaeger, to_jaeger
from harness.telemetry.otlp import split_spans
from harness.telemetry.trace_store import TraceStore
from harness.telemetry.traces import Trace
from tests.unit.telemetry.spans import request, span, trace_id

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
THEN = datetime.fromtimestamp(1_700_000_000, UTC)


def trace(**by_service: list[ProtoSpan]) -> Trace:
    store = TraceStore()
    for service, spans in by_service.items():
        store.add(split_spans(request(*spans, service=service))[0])
    found = store.get(trace_id(1))
    assert found is not None
    return found


def history(queries: int) -> Trace:
    selects = [
        span(1, 100 + n, parent=2, name="SELECT order_lines", start_ms=10 + n, duration_ms=1)
        for n in range(queries)
    ]
    return trace(
        gateway=[span(1, 1, name="GET /api/history", duration_ms=1500)],
        orders=[span(1, 2, parent=1, start_ms=5, duration_ms=1490), *selects],
        users=[span(1, 3, parent=2, name="POST /users/lookup", start_ms=900, error=True)],
    )


def test_a_trace_is_an_indented_waterfall_with_repeated_calls_folded() -> None:
    lines = render_trace(to_jaeger(history(100)), NOW)
    assert lines[0] == f"trace {trace_id(1)}  1.50 s  103 spans  21 Sep 14:13:20"
    table = [re.split(r" {2,}(?=[\d|!])", line) for line in lines[1:]]
    assert [row[:2] for row in table] == [
        ["gateway  GET /api/history", "1.50 s"],
        ["  orders  GET /orders", "1.49 s"],
        [f"    orders  SELECT order_lines {TIMES} 100", "100.0 ms"],
        ["    users  POST /users/lookup", "10.0 ms"],
    ]
    bars = [line[line.index("|") : line.rindex("|") + 1] for line in lines[1:]]
    assert {len(bar) for bar in bars} == {26}
    assert bars[2].strip("|").rstrip() == "\N{FULL BLOCK}" * 2
    assert bars[3].index("\N{FULL BLOCK}") == 15
    assert table[3][-1] == "! it failed"


@pytest.mark.parametrize("width", [60, 80])
def test_a_waterfall_fits_the_terminal_but_for_what_failed_says(width: int) -> None:
    lines = render_trace(to_jaeger(history(100)), NOW, width)
    assert max(len(line.partition(FAILED)[0]) for line in lines[1:]) <= width
    assert max(map(len, render_trace(to_jaeger(history(100)), NOW))) > width


def test_a_single_call_is_not_folded() -> None:
    lines = render_trace(to_jaeger(history(1)), NOW)
    assert not any(TIMES in line for line in lines)


def test_a_trace_in_a_list_is_one_row() -> None:
    row = {
        "trace_id": trace_id(1),
        "start_ms": 1_700_000_000_000.0,
        "duration_ms": 1500.0,
        "spans": 4,
        "failed": 1,
        "service": "gateway",
        "operation": "GET /api/\x1b[2Jhistory",
    }
    assert trace_row(row, THEN) == {
        "time": "22:13:20",
        "trace": trace_id(1),
        "took": "1.50 s",
        "asked": r"gateway GET /api/\x1b[2Jhistory",
        "failed": 1,
        "spans": 4,
    }
    lost = {**row, "spans": 0, "failed": 0, "service": "", "operation": "", "duration_ms": 0.0}
    assert (trace_row(lost, THEN)["asked"], trace_row(lost, THEN)["failed"]) == (
        "no span left",
        None,
    )
    assert trace_row(row, NOW)["time"] == "14 Nov 22:13:20"


def test_a_trace_whose_root_never_came_starts_where_it_can() -> None:
    lines = render_trace(to_jaeger(trace(orders=[span(1, 5, parent=4), span(1, 6, parent=5)])), NOW)
    assert lines[1].startswith("orders")
    assert lines[2].startswith("  orders")


def test_spans_that_point_at_each_other_end() -> None:
    loops = [span(1, 1, parent=1), span(1, 2, parent=3), span(1, 3, parent=2), span(1, 1)]
    render_trace(to_jaeger(trace(a=loops)), NOW)


def test_a_very_deep_trace_is_cut_and_says_so() -> None:
    chain = [span(1, n + 1, parent=n or None, start_ms=n) for n in range(1500)]
    lines = render_trace(to_jaeger(trace(a=chain)), NOW)
    assert len(lines) < 450
    assert "and more" in lines[-1]
    assert max(len(line) for line in lines) < 200


def test_spans_that_were_not_kept_are_mentioned() -> None:
    kept = Trace(trace_id(1), history(1).spans, dropped_spans=7)
    assert render_trace(to_jaeger(kept), NOW)[-1].strip() == (
        "7 further spans of this trace were not kept"
    )
    assert from_jaeger(to_jaeger(kept)) == kept


def test_a_log_record_is_a_line_with_its_own_fields_at_the_end() -> None:
    record = {
        "seq": 4,
        "timestamp": "2026-11-20T03:00:00.125Z",
        "service": "payments",
        "level": "ERROR",
        "event": "no available database connections",
        "trace_id": trace_id(1),
        "pool_size": 10,
        "version": "2.4.1",
    }
    assert render_log(record, NOW) == (
        "03:00:00.125  ERROR     payments   no available database connections  pool_size=10"
        f"  trace_id={trace_id(1)}"
    )


def test_a_traceback_follows_on_lines_of_its_own() -> None:
    text = render_log({"event": "failed", "traceback": "Traceback\n  File x\nTimeoutError"}, NOW)
    assert text.splitlines()[1:] == ["    Traceback", "      File x", "    TimeoutError"]


def test_nothing_that_was_logged_moves_the_cursor_or_forges_a_line() -> None:
    text = render_log({"event": "paid\r\n03:00 ERROR \x1b[2J\u202e\u2028", "\x07k": "\x9b2J"}, NOW)
    assert text.count("\n") == 0
    assert "\\r\\n" in text
    assert "\\x1b[2J" in text
    assert "\\u202e\\u2028" in text


@given(st.text())
def test_escaped_text_has_no_control_format_or_separator_characters(text: str) -> None:
    escaped = escape(text)
    assert all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in escaped)


@given(st.text(), st.text())
def test_every_name_of_a_span_is_escaped(name: str, service: str) -> None:
    item = span(1, 1, error=True)
    item.name = name
    lines = render_trace(to_jaeger(trace(**{service: [item]})), NOW)
    assert all(line.isprintable() for line in lines)


def framed(*frames: str, margin: str = "") -> str:
    lines = [f'  File "{path}", line 7, in f\n    return g(\n           ^^' for path in frames]
    return "\n".join(f"{margin}{line}" for frame in lines for line in frame.splitlines())


LIBRARY = "/x/.venv/lib/python3.11/site-packages"
SHOP = "/runs/d-1/releases/9fceb02/services/payments/routes.py"


def test_frames_of_libraries_are_folded_and_the_shops_and_the_errors_stay() -> None:
    text = "\n".join([
        "Traceback (most recent call last):",
        framed(f"{LIBRARY}/starlette/routing.py", f"{LIBRARY}/fastapi/app.py", "/py/contextlib.py"),
        framed(SHOP),
        framed(f"{LIBRARY}/asyncpg/pool.py"),
        "  [Previous line repeated 3 more times]",
        "TimeoutError: no connection",
        "    in ten seconds",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        framed(SHOP),
        "ValueError: x",
    ])  # fmt: skip
    assert fold_frames(text) == [
        "Traceback (most recent call last):",
        "  … 3 frames of starlette, fastapi, Python",
        *framed(SHOP).splitlines(),
        "  … 1 frame of asyncpg",
        "TimeoutError: no connection",
        "    in ten seconds",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        *framed(SHOP).splitlines(),
        "ValueError: x",
    ]


def test_frames_in_an_exception_group_are_folded_at_their_margin() -> None:
    inner = framed(f"{LIBRARY}/anyio/x.py", SHOP, margin="  | ")
    found = fold_frames(f"  + Exception Group Traceback:\n{inner}\n  | ValueError: x")
    assert found[1] == "  |   … 1 frame of anyio"
    assert found[2:] == [*framed(SHOP, margin="  | ").splitlines(), "  | ValueError: x"]


def test_a_shop_that_lies_among_libraries_folders_is_told_from_them() -> None:
    assert (
        fold_frames(framed("services/payments/app.py"))
        == framed("services/payments/app.py").splitlines()
    )
    for path in (
        "/srv/services/x/.venv/lib/python3/site-packages/uvicorn/x.py",
        "/srv/services.py",
    ):
        assert len(fold_frames(framed(path))) == 1


def test_a_real_request_that_fails_shows_its_own_frames_and_little_else() -> None:
    """Negative control: with nothing folded it is more lines than a terminal has."""
    app = FastAPI()

    @app.get("/x")
    async def fails() -> None:
        raise ValueError("cannot price")

    with pytest.raises(ValueError, match="cannot price") as caught, TestClient(app) as client:
        client.get("/x")
    raw = "".join(traceback.format_exception(caught.value))
    shop = raw.replace(__file__, SHOP)
    text = render_log({"event": "request failed", "traceback": shop}, NOW)
    assert "cannot price" in text
    assert f'File "{SHOP}"' in text
    assert len(text.splitlines()) < 15 < 50 < len(shop.splitlines())
    assert "  … " in text


@given(st.text())
def test_any_text_may_be_a_traceback(text: str) -> None:
    assert len(fold_frames(text)) <= len(text.splitlines())


def test_a_terminal_gets_one_line_an_event_cut_at_its_edge_with_what_was_raised() -> None:
    record = {
        "timestamp": "2026-11-20T10:11:12.345Z",
        "level": "error",
        "service": "orders",
        "event": "request failed",
        "peer": "payments",
        "traceback": 'Traceback (most recent call last):\n  File "x.py", line 1\nTimeout: 3 s\n',
    }
    whole = render_log_line(record, NOW, 200)
    assert "\n" not in whole
    assert whole.startswith("10:11:12.345  error     orders     request failed  peer=payments")
    assert whole.endswith("! Timeout: 3 s")
    cut = render_log_line(record, NOW, 40)
    assert cut == f"{whole[:39]}…"
    assert "Traceback" in render_log(record, NOW)
