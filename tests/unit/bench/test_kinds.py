"""Which kind of work a stack of frames is."""

from __future__ import annotations

import pytest

from harness.bench.kinds import OF_PROCESS, TABLE, Kind, counted, kind_of, module_path
from harness.paths import REPO
from harness.runtime.shopd.cpu_samples import BEGINS

SERVED = (
    "shopd/http_server.py",
    "uvicorn/protocols/http/httptools_impl.py",
    "starlette/routing.py",
)
HANDLED = (*SERVED, "fastapi/routing.py", "services/orders/routes.py")
ASKED = (*HANDLED, "services/orders/store.py", "sqlalchemy/ext/asyncio/session.py")
CALLED = (*HANDLED, "services/chassis/http.py", "services/chassis/peers.py")


@pytest.mark.parametrize(
    ("modules", "kind"),
    [
        ((*SERVED, "fastapi/routing.py", "pydantic/type_adapter.py"), Kind.REQUESTS),
        ((*HANDLED, "decimal.py"), Kind.SHOP),
        (ASKED, Kind.STATEMENTS),
        ((*ASKED, "asyncpg/connection.py", "asyncio/locks.py"), Kind.STATEMENTS),
        ((*ASKED, "services/chassis/sql.py", "opentelemetry/sdk/trace/__init__.py"), Kind.SPANS),
        ((*CALLED, "aiohttp/client.py", "yarl/_url.py"), Kind.OUTGOING),
        ((*CALLED, "json/encoder.py"), Kind.OUTGOING),
        ((*CALLED, "prometheus_client/metrics.py"), Kind.COUNTERS),
        (
            (
                *SERVED,
                "prometheus_client/openmetrics/exposition.py",
                "prometheus_client/metrics.py",
            ),
            Kind.SCRAPES,
        ),
        (
            (
                *("threading.py", "opentelemetry/sdk/_shared_internal/__init__.py"),
                *("opentelemetry/exporter/otlp/proto/http/trace_exporter/__init__.py"),
                *("requests/sessions.py", "urllib3/connectionpool.py", "socket.py"),
            ),
            Kind.SPANS,
        ),
        ((*HANDLED, "structlog/_base.py", "services/chassis/tracing.py"), Kind.LOGS),
        ((*HANDLED, "logging/__init__.py", "services/chassis/logging.py"), Kind.LOGS),
        ((*SERVED, "anyio/to_thread.py", "queue.py", "threading.py"), Kind.THREADS),
        (("threading.py", "concurrent/futures/thread.py", "services/a/routes.py"), Kind.SHOP),
        (("shopd/http_server.py",), Kind.LOOP),
        (("shopd/http_server.py", "uvicorn/server.py", "email/utils.py"), Kind.LOOP),
        (("<string>", "threading.py"), Kind.OTHER),
        ((), Kind.OTHER),
    ],
)
def test_a_stack_is_what_its_innermost_telling_frame_does(
    modules: tuple[str, ...], kind: Kind
) -> None:
    assert kind_of(modules) == kind


def test_only_some_modules_speak_for_all_that_they_call() -> None:
    """Else whatever a handler calls would be the framework's."""
    assert {line.kind for line in TABLE if line.is_for_all_below} == {
        *(Kind.SCRAPES, Kind.SPANS, Kind.LOGS)
    }
    assert kind_of(("sqlalchemy/engine/base.py", "services/chassis/tracing.py")) == Kind.SPANS


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("/home/me/.venv/lib/python3.11/site-packages/asyncpg/pool.py", "asyncpg/pool.py"),
        ("/usr/lib/python3.11/json/encoder.py", "json/encoder.py"),
        ("/srv/services/runs/d-1/releases/5a3/services/c/routes.py", "services/c/routes.py"),
        ("/tmp/home/runs/d-1/bin/shopd/http_server.py", "shopd/http_server.py"),
        ("<frozen abc>", "<frozen abc>"),
    ],
)
def test_a_module_is_known_wherever_it_is_installed(file: str, module: str) -> None:
    assert module_path(file) == module


def test_samples_are_counted_by_kind() -> None:
    route = (
        '  File "/v/site-packages/fastapi/routing.py", line 12 in app\n'
        '  File "/r/bin/shopd/http_server.py", line 134 in serve\n'
    )
    own = (
        '  File "<string>", line ? in loads\n  File "/r/services/b/domain.py", line 1 in <lambda>\n'
    )
    checked = '  File "/v/site-packages/fastapi/dependencies/utils.py", line 1 in _call\n'
    nothing = "  <no Python frame>\n"
    dumps = "".join(BEGINS + stack for stack in (route, own + route, checked + route, nothing))
    assert counted(dumps) == {Kind.REQUESTS: 2, Kind.SHOP: 1, Kind.OTHER: 1}
    assert counted("") == {}


def test_every_module_of_the_shop_in_the_table_exists() -> None:
    named = {name for line in TABLE for name in line.modules if name.startswith("services/")}
    assert [name for name in sorted(named) if not (REPO / name).exists()] == []


def test_every_kind_is_somebodys() -> None:
    assert {line.kind for line in TABLE} | set(OF_PROCESS.values()) | {Kind.OTHER} == set(Kind)
