"""What the pages of the console draw: dashboards, papers, the trend."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from harness.api.access import TEAM, router_for
from harness.api.answers import dashboard_answers, score_answers, team_answers, trend_answers
from harness.api.answers.shapes import answers
from harness.api.dependencies import By, InSession, Viewer
from harness.drill.outputs import postmortem_editor
from harness.drill.queries import dashboards as boards
from harness.drill.queries import trend
from harness.exercise.entries import Entry
from harness.scoring.engagement import engagement_of

router = router_for(TEAM, prefix="/v1")


class Paper(Entry):
    text: Annotated[str, Field(min_length=1, max_length=postmortem_editor.TEXT_MAX)]
    base_version: Annotated[str, Field(max_length=64)]


@router.get("/dashboards", responses=answers(list[dashboard_answers.DashboardListed]))
async def dashboards() -> Any:
    return boards.dashboards()


@router.get("/dashboards/{uid}", responses=answers(dashboard_answers.Dashboard))
async def dashboard(uid: str) -> Any:
    return boards.dashboard(uid)


@router.get("/engagement", responses=answers(list[score_answers.Engaged]))
async def engagement(session: InSession) -> Any:
    return [asdict(one) for one in engagement_of(session.story())]


@router.get("/postmortem", responses=answers(team_answers.Postmortem))
async def postmortem(session: InSession) -> Any:
    return postmortem_editor.read_paper(session)


@router.post("/postmortem/text", responses=answers(team_answers.Postmortem))
async def save_postmortem(body: Paper, session: InSession, by: By) -> Any:
    return postmortem_editor.save_paper(session, body.text, body.base_version, by)


@router.get("/history", responses=answers(trend_answers.Trend))
async def history(session: InSession, viewer: Viewer) -> Any:
    return await trend.trend(session.spec, viewer)
