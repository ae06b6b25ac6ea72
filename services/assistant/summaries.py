"""One attempt at a queued summary, and what follows from its failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from services.assistant import store
from services.assistant.domain import State, Task, backoff_ms, prompt_for
from services.assistant.metrics import ATTEMPTS, FALLBACKS, TASKS
from services.assistant.model import BadAnswer, Model
from services.assistant.settings import Settings
from services.chassis.db import Database
from services.chassis.http import PeerError, PeerFailure, PeerRejected

log = structlog.stdlib.get_logger(__name__)

INSTRUCTION = "Summarise this order for the customer in one or two friendly sentences."
TRY_LATER = (408, 429)
"""Refusals that are about the moment and not about the request."""


class Summaries:
    """Works on tasks that were claimed."""

    def __init__(self, db: Database, model: Model, settings: Settings) -> None:
        self._db, self._model, self._settings = db, model, settings

    async def attempt(self, task: Task) -> None:
        """Ask the model once; the task is then done, due again later, or given up."""
        try:
            summary = await self._model.ask(INSTRUCTION, prompt_for(task.lines))
        except (PeerFailure, BadAnswer) as failure:
            await self._failed(task, failure)
            return
        async with self._db.session() as session:
            await store.finish(session, task, State.DONE, summary=summary, error=None)
        TASKS.labels("done").inc()
        ATTEMPTS.observe(task.attempts)

    async def _failed(self, task: Task, failure: PeerFailure | BadAnswer) -> None:
        about = {"order_id": task.order_id, "attempt": task.attempts, "reason": str(failure)}
        if not self._is_worth_repeating(task, failure):
            await self._give_up(task, failure)
            log.error("summary given up", **about)
            return
        is_counted = not isinstance(failure, PeerRejected)
        wait_ms = backoff_ms(task.attempts, self._settings.retry_first_wait_ms)
        if isinstance(failure, PeerRejected):
            wait_ms += failure.retry_after_s * 1000
        async with self._db.session() as session:
            await store.postpone(
                session, task, wait_ms=wait_ms, error=str(failure), is_counted=is_counted
            )
        TASKS.labels("retried" if is_counted else "deferred").inc()
        if is_counted:  # the breaker has its own line in the log
            log.warning("summary to be tried again", wait_ms=round(wait_ms), **about)

    async def _give_up(self, task: Task, failure: Exception) -> None:
        async with self._db.session() as session:
            await store.finish(session, task, State.DEAD, summary=None, error=str(failure))
        TASKS.labels("dead").inc()
        FALLBACKS.labels("summary").inc()
        ATTEMPTS.observe(task.attempts)

    def _is_worth_repeating(self, task: Task, failure: PeerFailure | BadAnswer) -> bool:
        budget = timedelta(milliseconds=self._settings.task_budget_ms)
        if datetime.now(UTC) - task.created_at > budget:
            return False
        if isinstance(failure, PeerRejected):
            return True
        if isinstance(failure, BadAnswer) or task.attempts >= self._settings.task_attempts:
            return False
        if isinstance(failure, PeerError):
            return failure.status >= 500 or failure.status in TRY_LATER
        return True
