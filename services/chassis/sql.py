"""What is observed of every SQL statement: a count per request and a span."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, ExceptionContext, ExecutionContext

from services.chassis.context import current_request
from services.chassis.tracing import tracer

_TARGET = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+([a-z_][a-z0-9_.]*)", re.IGNORECASE)


@lru_cache(maxsize=512)
def summary_of(statement: str) -> str:
    """Operation and first table: `SELECT orders`. Never holds values."""
    words = statement.split(None, 1)
    operation = words[0].upper() if words else "SQL"
    target = _TARGET.search(statement)
    return f"{operation} {target[1]}" if target else operation


def observe_statements(engine: Engine) -> None:
    """Count and trace the statements that `engine` sends from now on."""
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)
    event.listen(engine, "handle_error", _failed)


def _before(
    _connection: Connection,
    _cursor: Any,
    statement: str,
    _parameters: Any,
    context: ExecutionContext | None,
    _many: bool,
) -> None:
    request = current_request()
    if request is not None:
        request.statements += 1
    if context is None or not trace.get_current_span().is_recording():
        return
    span = tracer().start_span(
        summary_of(statement),
        kind=SpanKind.CLIENT,
        attributes={"db.system.name": "postgresql", "db.system": "postgresql",
                    "db.query.text": statement},
    )  # fmt: skip
    context._observed_span = span  # type: ignore[attr-defined]  # noqa: SLF001


def _after(
    _connection: Connection,
    _cursor: Any,
    _statement: str,
    _parameters: Any,
    context: ExecutionContext | None,
    _many: bool,
) -> None:
    span = getattr(context, "_observed_span", None)
    if span is not None:
        span.end()


def _failed(error: ExceptionContext) -> None:
    span = getattr(error.execution_context, "_observed_span", None)
    if span is not None:
        span.set_status(Status(StatusCode.ERROR, str(error.original_exception)))
        span.end()
