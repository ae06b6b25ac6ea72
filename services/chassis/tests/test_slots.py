"""Worker slots: blocking handlers are bounded, and health answers all the same."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest
from fastapi import APIRouter

from services.chassis.app import create_service
from services.chassis.settings import ServiceSettings
from services.chassis.testing import running, until


async def metric(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


async def busy_for_long(wait_ms: int) -> tuple[int, list[str]]:
    """The status of a request that waits for the only worker, and which requests were begun."""
    gate, router = threading.Event(), APIRouter()
    begun = []

    @router.get("/blocking/{name}")
    def block(name: str) -> str:
        begun.append(name)
        gate.wait(10)
        return "done"

    settings = ServiceSettings(service_name="sample", worker_slots=1, worker_wait_ms=wait_ms)
    async with running(create_service(settings, routers=[router])) as client:
        first = asyncio.create_task(client.get("/blocking/first"))

        async def works() -> bool:
            return await metric(client, "worker_slots_in_use") == 1

        try:
            await until(works)
            second = asyncio.create_task(client.get("/blocking/second"))
            done, _ = await asyncio.wait({second}, timeout=1.0)
            if done:
                assert await metric(client, "worker_slots_waiting") == 0
        finally:
            gate.set()
        status = (await second).status_code
        assert (await first).json() == "done"
        assert await metric(client, "worker_slots_in_use") == 0
    return status, begun


async def test_a_request_that_waited_too_long_is_refused_and_never_begun() -> None:
    assert await busy_for_long(wait_ms=100) == (503, ["first"])


async def test_a_request_that_may_wait_longer_is_served() -> None:
    assert await busy_for_long(wait_ms=8000) == (200, ["first", "second"])


@pytest.mark.parametrize("capacity_units", [1, 2])
async def test_requests_beyond_the_slots_wait_while_health_answers(capacity_units: int) -> None:
    gate, router = threading.Event(), APIRouter()
    slots = 2 * capacity_units

    @router.get("/blocking")
    def block() -> str:
        gate.wait(10)
        return "done"

    settings = ServiceSettings(service_name="sample", worker_slots=2, capacity_units=capacity_units)
    async with running(create_service(settings, routers=[router])) as client:
        tasks = [asyncio.create_task(client.get("/blocking")) for _ in range(slots + 1)]

        async def one_waits() -> bool:
            return await metric(client, "worker_slots_waiting") == 1

        try:
            await until(one_waits)
            assert await metric(client, "worker_slots") == slots
            assert await metric(client, "worker_slots_in_use") == slots
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 200
        finally:
            gate.set()
        assert {(await task).json() for task in tasks} == {"done"}
        assert await metric(client, "worker_slots_in_use") == 0
