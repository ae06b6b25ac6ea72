"""Logs: one JSON object a line on stdout, from structlog and the standard library alike."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import stamina.instrumentation
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.chassis.context import current_request
from services.chassis.settings import ServiceSettings
from services.chassis.tracing import span_context

_FIRST_FIELDS = ("timestamp", "level", "service", "version", "event", "trace_id", "span_id")


class StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stdout is now, not to what it was when logging was set up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """The current stdout."""
        return sys.stdout

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Ignored: the stream is always stdout."""


def start_logging(settings: ServiceSettings) -> None:
    """Send all logs of this process to stdout as JSON, from `settings.log_level` up."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = StdoutHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter()],
            processors=_processors(settings),
        )
    )
    root = logging.getLogger()
    root.handlers = [
        *(known for known in root.handlers if not isinstance(known, StdoutHandler)), handler
    ]  # fmt: skip
    root.setLevel(settings.log_level.upper())
    _quieten_libraries()


def _processors(settings: ServiceSettings) -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        _add_context(settings),
        structlog.processors.format_exc_info,
        _order,
        structlog.processors.JSONRenderer(default=str),
    ]


def _quieten_libraries() -> None:
    """Failures are logged once, by us, with their trace."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    for name in ("asyncio", "aiohttp", "urllib3", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stamina.instrumentation.set_on_retry_hooks([])


def _add_context(settings: ServiceSettings) -> Processor:
    """Tie each line to its moment, service, trace and request."""

    def add(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        created = datetime.fromtimestamp(event.pop("_record").created, UTC)
        del event["_from_structlog"]
        event["timestamp"] = created.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event["level"] = str(event["level"]).upper()
        event["service"] = settings.service_name
        event["version"] = settings.service_version
        span = span_context()
        event["trace_id"] = f"{span.trace_id:032x}" if span else None
        event["span_id"] = f"{span.span_id:016x}" if span else None
        request = current_request()
        event["request_id"] = request.request_id if request else None
        return event

    return add


def _order(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """What a reader looks for comes first; a traceback comes last, under its own name."""
    traceback = event.pop("exception", None)
    ordered: EventDict = {name: event.pop(name) for name in _FIRST_FIELDS if name in event}
    ordered.update(event)
    if traceback is not None:
        ordered["traceback"] = traceback
    return ordered
