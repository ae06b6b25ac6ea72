"""A small service to test the chassis with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI

from services.chassis.app import create_service
from services.chassis.errors import Problem
from services.chassis.settings import ServiceSettings

CreateApp = Callable[..., FastAPI]


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(service_name="sample", service_version="1.2.3", service_commit="abc")


@pytest.fixture
def sample_router() -> APIRouter:
    router = APIRouter()

    @router.get("/items/{item_id}")
    async def get_item(item_id: int) -> dict[str, int]:
        return {"id": item_id}

    @router.get("/refused")
    async def refuse() -> None:
        raise Problem(409, "Not now", "come back later", headers={"Retry-After": "3"})

    @router.get("/broken")
    async def fail() -> None:
        raise ZeroDivisionError("division of a secret by zero")

    return router


@pytest.fixture
def app(settings: ServiceSettings, sample_router: APIRouter) -> FastAPI:
    return create_service(settings, routers=[sample_router])
