"""What the code below a request knows about that request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class RequestContext:
    """One request in progress.

    The object is shared with the worker thread of a blocking handler, which sees a copy of
    the context variables but the same object.
    """

    request_id: str
    statements: int = 0
    """SQL statements sent so far."""
    reason: str = ""
    """Why the answer is an error, for the log."""


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current_request() -> RequestContext | None:
    """The request being served, or None outside of one (start-up, background work)."""
    return _current.get()


@contextmanager
def serving(context: RequestContext) -> Iterator[None]:
    """Make `context` current for the block and everything that is started in it."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
