"""HTTP in and out of users."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.users import store
from services.users.schemas import LookupIn, LookupOut, ProfileOut


def build_router(db: Database) -> APIRouter:
    """The routes of users, on `db`."""
    router = APIRouter()

    @router.get("/users/{user_id}")
    async def get_user(user_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> ProfileOut:
        """One profile; 404 where there is no such user."""
        async with db.reading() as session:
            profile = await store.find(session, user_id)
        if profile is None:
            raise Problem(404, "No such user", f"there is no user {user_id}")
        return ProfileOut.model_validate(profile)

    @router.post("/users/lookup")
    async def look_up(wanted: LookupIn) -> LookupOut:
        """Many profiles at once."""
        async with db.reading() as session:
            profiles = await store.find_many(session, wanted.ids)
        return LookupOut(users=[ProfileOut.model_validate(profile) for profile in profiles])

    return router
