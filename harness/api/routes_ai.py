"""What people may know of the AI gate; asking a model goes through the gate's own port."""

from __future__ import annotations

from typing import Any

from harness.api.access import TEAM, router_for
from harness.api.dependencies import InSession
from harness.drill.actions import ai_access

router = router_for(TEAM, prefix="/v1/ai")


@router.get("")
async def status(session: InSession) -> Any:
    return ai_access.status(session)


@router.get("/brief")
async def brief(session: InSession) -> Any:
    return ai_access.brief(session)
