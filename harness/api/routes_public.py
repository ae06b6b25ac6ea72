"""The shop's own status page: for everybody, without a token, as such pages are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Response
from fastapi.responses import HTMLResponse

from harness.api.access import EVERY_SITE, EVERYBODY, router_for
from harness.api.answers import status_page_answers
from harness.api.answers.shapes import answers
from harness.api.dependencies import InSession, PublicUrl
from harness.api.status_html import render
from harness.exercise import status_page

NAME = "Northgoods"
READABLE_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
MAINTENANCES = answers(status_page_answers.PageMaintenances)

router = router_for(EVERYBODY)


def _page_url(public_url: PublicUrl) -> str:
    return f"{public_url}/status"


PageUrl = Annotated[str, Depends(_page_url)]


async def _readable_anywhere(response: Response) -> None:
    """Pages of any site may read the answer, as they may read Statuspage's."""
    response.headers.update(READABLE_ANYWHERE)


api_router = router_for(EVERY_SITE, prefix="/api/v2")
api_router.dependencies.append(Depends(_readable_anywhere))
"""All that Statuspage's API v2 lets everybody read."""


@router.get("/status", response_class=HTMLResponse, include_in_schema=False)
async def page(session: InSession, url: PageUrl) -> str:
    story = session.story()
    summary = status_page.summary(story, session.spec.topology, name=NAME, url=url)
    return render(summary, status_page.incidents(story, name=NAME, url=url)["incidents"])


@api_router.get("/status.json", responses=answers(status_page_answers.PageStatus))
async def status(session: InSession, url: PageUrl) -> Any:
    return status_page.status(session.story(), session.spec.topology, name=NAME, url=url)


@api_router.get("/summary.json", responses=answers(status_page_answers.PageSummary))
async def summary(session: InSession, url: PageUrl) -> Any:
    return status_page.summary(session.story(), session.spec.topology, name=NAME, url=url)


@api_router.get("/components.json", responses=answers(status_page_answers.PageComponents))
async def components(session: InSession, url: PageUrl) -> Any:
    return status_page.components(session.story(), session.spec.topology, name=NAME, url=url)


@api_router.get("/incidents.json", responses=answers(status_page_answers.PageIncidents))
async def incidents(session: InSession, url: PageUrl) -> Any:
    return status_page.incidents(session.story(), name=NAME, url=url)


@api_router.get("/incidents/unresolved.json", responses=answers(status_page_answers.PageIncidents))
async def unresolved(session: InSession, url: PageUrl) -> Any:
    return status_page.unresolved(session.story(), session.spec.topology, name=NAME, url=url)


@api_router.get("/scheduled-maintenances.json", responses=MAINTENANCES)
@api_router.get("/scheduled-maintenances/upcoming.json", responses=MAINTENANCES)
@api_router.get("/scheduled-maintenances/active.json", responses=MAINTENANCES)
async def scheduled_maintenances(session: InSession, url: PageUrl) -> Any:
    return status_page.scheduled_maintenances(session.story(), name=NAME, url=url)
