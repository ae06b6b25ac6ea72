"""Which kind of work a sampled stack is, by the modules of its frames: one ordered table.

Frames of the standard library, and of libraries that everybody calls (pydantic), are in
no line of the table: they count for whoever called them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.runtime.shopd.cpu_samples import read_samples


class Kind(StrEnum):
    """What a processor is busy with."""

    REQUESTS = "requests"
    OUTGOING = "outgoing requests"
    STATEMENTS = "statements"
    SHOP = "the shop's own code"
    COUNTERS = "counters"
    SCRAPES = "scrapes"
    SPANS = "spans"
    LOGS = "logs"
    THREADS = "worker threads"
    LOOP = "event loop"
    POSTGRES = "Postgres"
    LOAD = "load generator"
    THIRD_PARTIES = "third parties"
    RULES = "rules"
    RECORDER = "recorder"
    HOST = "host"
    OTHER = "other"
    """What no line names, and whatever a service did that was not sampled."""


@dataclass(frozen=True)
class Line:
    """Modules by the beginnings of their paths, and the kind of work that they do."""

    kind: Kind
    modules: tuple[str, ...]
    is_for_all_below: bool = False
    """Also of whatever such a module calls: a span's export is no request of the shop."""

    def has(self, module: str) -> bool:
        return module.startswith(self.modules)


TABLE: tuple[Line, ...] = (
    Line(
        Kind.SCRAPES,
        ("prometheus_client/exposition.py", "prometheus_client/openmetrics/"),
        is_for_all_below=True,
    ),
    Line(
        Kind.SPANS,
        ("opentelemetry/exporter/", "opentelemetry/sdk/_shared_internal/"),
        is_for_all_below=True,
    ),
    Line(Kind.LOGS, ("structlog/", "logging/"), is_for_all_below=True),
    Line(Kind.SPANS, ("opentelemetry/", "services/chassis/tracing.py", "services/chassis/sql.py")),
    Line(Kind.LOGS, ("services/chassis/logging.py",)),
    Line(Kind.COUNTERS, ("prometheus_client/", "services/chassis/metrics.py")),
    Line(
        Kind.STATEMENTS,
        (
            *("sqlalchemy/", "asyncpg/", "psycopg/", "psycopg_binary/"),
            *("services/chassis/db.py", "services/chassis/blocking_db.py"),
            "services/chassis/pool.py",
        ),
    ),
    Line(
        Kind.OUTGOING,
        (
            *("aiohttp/", "requests/", "urllib3/", "yarl/", "stamina/", "purgatory/"),
            *("services/chassis/http.py", "services/chassis/blocking_http.py"),
            *("services/chassis/peers.py", "services/chassis/breaker.py"),
        ),
    ),
    Line(Kind.LOOP, ("uvicorn/server.py", "shopd/http_server.py")),
    Line(
        Kind.REQUESTS,
        (
            *("fastapi/", "starlette/", "uvicorn/", "httptools/", "services/chassis/app.py"),
            *("services/chassis/middleware.py", "services/chassis/errors.py"),
            "services/chassis/context.py",
        ),
    ),
    Line(
        Kind.THREADS,
        (
            *("anyio/to_thread.py", "anyio/from_thread.py", "anyio/_backends/"),
            *("concurrent/futures/thread.py", "services/chassis/slots.py"),
        ),
    ),
    Line(Kind.SHOP, ("services/",)),
)
"""A stack is of the first line that is for all below and has any of its frames; else of the line
that has its innermost frame in any line, the first of these where several have it."""

OF_PROCESS = {
    "postgres": Kind.POSTGRES,
    "load": Kind.LOAD,
    "third-parties": Kind.THIRD_PARTIES,
    "prometheus": Kind.RULES,
    "alertmanager": Kind.RULES,
    "recorder": Kind.RECORDER,
    "host": Kind.HOST,
    "guardian": Kind.HOST,
    "shopd": Kind.HOST,
}
"""Of whole processes, by their names; every other one is a service."""

_FROM_A_ROOT = re.compile(r".*/(?:site-packages/|lib/python3\.\d+/|(?=services/|shopd/))")


def module_path(file: str) -> str:
    """A frame's file from where it is imported: `sqlalchemy/engine/base.py`."""
    return _FROM_A_ROOT.sub("", file)


def kind_of(modules: Sequence[str]) -> Kind:
    """The kind of work of a stack, which is given by its frames' modules, the outermost first."""
    for line in TABLE:
        if line.is_for_all_below and any(map(line.has, modules)):
            return line.kind
    for module in reversed(modules):
        for line in TABLE:
            if line.has(module):
                return line.kind
    return Kind.OTHER


def counted(samples: str) -> Counter[Kind]:
    """Samples by kind, as a service wrote them."""
    return Counter(
        kind_of([module_path(file) for file in files]) for files in read_samples(samples)
    )
