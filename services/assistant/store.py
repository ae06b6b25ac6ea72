"""Every query of assistant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.assistant.domain import Line, State, Task

_COLUMNS = "id, order_id, lines, state, attempts, created_at, summary, last_error"
_MS = "* interval '1 millisecond'"

_ENQUEUE = text(
    "INSERT INTO tasks (order_id, lines) VALUES (:order_id, CAST(:lines AS jsonb)) "
    "ON CONFLICT (order_id) DO NOTHING RETURNING id"
)
_OF_ORDER = text(f"SELECT {_COLUMNS} FROM tasks WHERE order_id = :order_id")
# Taking a task moves its `run_at` by a lease instead of holding a transaction open: nothing is
# locked while the model works, and the task of a worker that died comes back by itself.
_CLAIM = text(
    f"""
    UPDATE tasks SET attempts = attempts + 1, run_at = now() + :lease_ms {_MS}
    WHERE id IN (
        SELECT id FROM tasks WHERE state = 'queued' AND run_at <= now()
        ORDER BY run_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    RETURNING {_COLUMNS}
    """
)
# `attempts` says whose lease it is: a worker that comes too late changes nothing.
_MINE = "WHERE id = :id AND state = 'queued' AND attempts = :attempts"
_FINISH = text(
    "UPDATE tasks SET state = :state, summary = :summary, last_error = :error, "
    f"finished_at = clock_timestamp() {_MINE}"
)
_POSTPONE = text(
    f"UPDATE tasks SET run_at = now() + :wait_ms {_MS}, last_error = :error, "
    f"attempts = attempts - :uncounted {_MINE}"
)
_BACKLOG = text(
    "SELECT count(*) AS depth, "
    "coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS age_s "
    "FROM tasks WHERE state = 'queued'"
)


async def enqueue(session: AsyncSession, order_id: int, lines: Sequence[Line]) -> bool:
    """Queue the summary of an order, once; returns whether it is new."""
    values = {"order_id": order_id, "lines": json.dumps([asdict(line) for line in lines])}
    return (await session.execute(_ENQUEUE, values)).first() is not None


async def of_order(session: AsyncSession, order_id: int) -> Task | None:
    """The task of an order, or None where nobody asked for it."""
    row = (await session.execute(_OF_ORDER, {"order_id": order_id})).mappings().one_or_none()
    return _task(row) if row is not None else None


async def claim(session: AsyncSession, *, limit: int, lease_ms: int) -> list[Task]:
    """Take up to `limit` tasks that are due; nobody else gets them for `lease_ms`."""
    values = {"limit": limit, "lease_ms": lease_ms}
    return [_task(row) for row in (await session.execute(_CLAIM, values)).mappings()]


async def finish(
    session: AsyncSession, task: Task, state: State, *, summary: str | None, error: str | None
) -> None:
    """Store what became of a claimed task, unless its lease went to somebody else."""
    values = {"state": state.value, "summary": summary, "error": error}
    await session.execute(_FINISH, values | {"id": task.id, "attempts": task.attempts})


async def postpone(
    session: AsyncSession, task: Task, *, wait_ms: float, error: str, is_counted: bool
) -> None:
    """Give a claimed task back, due in `wait_ms`; uncounted, as if it had not been tried."""
    values = {"wait_ms": wait_ms, "error": error, "uncounted": 0 if is_counted else 1}
    await session.execute(_POSTPONE, values | {"id": task.id, "attempts": task.attempts})


async def backlog(session: AsyncSession) -> tuple[int, float]:
    """How many tasks are unfinished, and how old the oldest is in seconds."""
    row = (await session.execute(_BACKLOG)).one()
    return row.depth, row.age_s


def _task(row: Mapping[Any, Any]) -> Task:
    lines = tuple(Line(**line) for line in row["lines"])
    return Task(**{**row, "lines": lines, "state": State(row["state"])})
