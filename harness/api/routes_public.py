"""The shop's own status page: for everybody, without a token, as such pages are."""

from __future__ import annotations

from typing import Any

from fastapi.responses import HTMLResponse

from harness.api.access import EVERYBODY, router_for
from harness.api.dependencies import InSession
from harness.api.status_html import render
from harness.exercise import status_page

NAME = "Northgoods"

router = router_for(EVERYBODY)


@router.get("/status", response_class=HTMLResponse)
async def page(session: InSession) -> str:
    story, url = session.story(), _url(session)
    summary = status_page.summary(story, session.spec.topology, name=NAME, url=url)
    return render(summary, status_page.incidents(story, name=NAME, url=url)["incidents"])


@router.get("/api/v2/status.json")
async def status(session: InSession) -> Any:
    return status_page.status(session.story(), session.spec.topology, name=NAME, url=_url(session))


@router.get("/api/v2/summary.json")
async def summary(session: InSession) -> Any:
    return status_page.summary(session.story(), session.spec.topology, name=NAME, url=_url(session))


@router.get("/api/v2/incidents.json")
async def incidents(session: InSession) -> Any:
    return status_page.incidents(session.story(), name=NAME, url=_url(session))


def _url(session: InSession) -> str:
    return f"{session.spec.places.api_url}/status"
