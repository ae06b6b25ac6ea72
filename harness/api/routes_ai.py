"""What people may know of the AI gate; asking a model goes through the gate's own port."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from harness.api.dependencies import InSession
from harness.drill.actions import ai_access

router = APIRouter(prefix="/v1/ai")


@router.get("")
async def status(session: InSession) -> Any:
    return ai_access.status(session)


@router.get("/brief")
async def brief(session: InSession) -> Any:
    return ai_access.brief(session)
