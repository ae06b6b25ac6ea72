"""The request that others are measured by: a bare FastAPI route with one ORM query on asyncpg.

Nothing of the shop is in it: no metrics, no spans, no logs, no checks. It reads the table of the
service users.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

POOL_SIZE = 8


class Table(DeclarativeBase):
    """The tables below."""


class Customer(Table):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    city: Mapped[str]
    joined_on: Mapped[date]
    tier: Mapped[str]


class CustomerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    email: str
    city: str
    joined_on: date
    tier: str


def create_app() -> FastAPI:
    """Serves `GET /users/{id}` from the database that DATABASE_URL names."""
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.get("/users/{user_id}")
    async def customer(user_id: int) -> CustomerOut:
        async with sessions() as session:
            found = await session.get(Customer, user_id)
        if found is None:
            raise HTTPException(404)
        return CustomerOut.model_validate(found)

    return app
