"""The page on which a service documents itself: it loads nothing from anywhere else."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from services.chassis import app as chassis_app
from services.chassis.app import create_service
from services.chassis.settings import ServiceSettings
from services.chassis.testing import running

LOADED = re.compile(r"""<(?:script|link|img)\b[^>]*\b(?:src|href)=["']([^"']+)["']""")


async def loaded(client: httpx.AsyncClient) -> list[str]:
    """What a browser loads for the page."""
    answer = await client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return LOADED.findall(answer.text)


async def test_whatever_the_page_loads_comes_from_the_service(app: FastAPI) -> None:
    async with running(app) as client:
        addresses = await loaded(client)
        assert any(one.endswith(".js") for one in addresses)
        for address in addresses:
            assert address.startswith("/")
            assert not address.startswith("//")
            assert (await client.get(address)).status_code == 200


async def test_the_page_describes_the_service(app: FastAPI) -> None:
    async with running(app) as client:
        assert "url: '/openapi.json'" in (await client.get("/docs")).text
        described = (await client.get("/openapi.json")).json()
        assert (await client.get("/redoc")).status_code == 404, "it asks another host for a picture"
    assert described["info"] == {"title": "sample", "version": "1.2.3"}
    assert set(described["paths"]) == {"/items/{item_id}", "/refused", "/broken"}


async def test_the_page_as_the_framework_has_it_would_ask_other_hosts(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(chassis_app, "FastAPIOffline", FastAPI)
    async with running(create_service(settings, routers=[APIRouter()])) as client:
        assert any(one.startswith("https://") for one in await loaded(client))
