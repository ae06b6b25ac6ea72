"""The frame of every service: health, metrics, telemetry, errors, resources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import structlog
from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis import metrics
from services.chassis.errors import Problem, install_error_handlers, problem_response
from services.chassis.logging import start_logging
from services.chassis.middleware import ObservationMiddleware
from services.chassis.settings import ServiceSettings
from services.chassis.slots import WorkerSlots
from services.chassis.tracing import start_tracing, stop_tracing

log = structlog.stdlib.get_logger(__name__)

Resource = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Check = Callable[[], Awaitable[None]]

BODY_BYTES_MAX = 1 << 20
READY_CHECK_TIMEOUT_S = 2.0


def create_service(
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    resources: Sequence[Resource] = (),
    ready_checks: Sequence[Check] = (),
) -> FastAPI:
    """Build a service's application.

    `resources` are entered in order when it starts and left in reverse when it stops.
    `ready_checks` raise where the service cannot do its work; /readyz then answers 503.
    """
    start_logging(settings)
    metrics.set_build_info(settings)
    slots = _slots(settings)
    # FastAPI, but /docs loads its scripts from the service. ReDoc has a picture from elsewhere.
    app = FastAPIOffline(
        redoc_url=None,
        title=settings.service_name,
        version=settings.service_version,
        lifespan=_lifespan(settings, slots, resources),
        # Spans and metrics are the middleware's: FastAPI's own would double them.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        max_body_size=BODY_BYTES_MAX,
    )
    app.state.settings = settings
    app.add_middleware(ObservationMiddleware, has_database=settings.database_url is not None)
    install_error_handlers(app)
    for router in routers:
        app.include_router(router, dependencies=[Depends(slots.hold)] if slots else [])
    app.add_route("/healthz", _healthy, include_in_schema=False)
    app.add_route("/readyz", _ready(ready_checks), include_in_schema=False)
    app.add_route("/metrics", metrics.metrics_endpoint, include_in_schema=False)
    return app


def _slots(settings: ServiceSettings) -> WorkerSlots | None:
    """The worker slots of a service with blocking handlers."""
    if settings.worker_slots is None:
        return None
    return WorkerSlots(settings.worker_slots * settings.capacity_units, settings.worker_wait_ms)


def _lifespan(
    settings: ServiceSettings, slots: WorkerSlots | None, resources: Sequence[Resource]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        start_tracing(settings)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, stop_tracing)
            if slots is not None:
                await stack.enter_async_context(slots.exported())
            for resource in resources:
                await stack.enter_async_context(resource(app))
            log.info("service started", commit=settings.service_commit)
            yield
            log.info("service stopping")

    return lifespan


async def _healthy(_request: Request) -> Response:
    """The process runs and its event loop turns."""
    return JSONResponse({"status": "ok"})


def _ready(checks: Sequence[Check]) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_request: Request) -> Response:
        """The service can do its work: 200, else 503 with the reason."""
        try:
            async with asyncio.timeout(READY_CHECK_TIMEOUT_S):
                for check in checks:
                    await check()
        except Exception as error:  # noqa: BLE001  # whatever it is, we are not ready
            return problem_response(Problem(503, "Not ready", str(error) or repr(error)))
        return JSONResponse({"status": "ready"})

    return ready
