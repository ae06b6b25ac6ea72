"""Making a customer's feed: as personal as flags, load and the model allow."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.db import Database
from services.feed import store
from services.feed.domain import ITEMS, Feed, Flags, Item, Mode, arranged
from services.feed.metrics import RESPONSES
from services.feed.ranker import Ranker
from services.feed.settings import Settings


class Feeds:
    """Candidates, then the model's order, else the customer's last one, else the default."""

    def __init__(self, db: Database, ranker: Ranker, settings: Settings) -> None:
        self._db, self._ranker, self._settings = db, ranker, settings

    async def feed(self, user_id: int, flags: Flags) -> Feed:
        """The feed of a customer; raises NoConnection."""
        async with self._db.reading() as session:
            items = await store.candidates(session, self._settings.candidates)
        feed, ranking = await self._arrange(user_id, items, flags)
        if ranking or flags.analytics:
            async with self._db.session() as session:
                if ranking:
                    await store.keep_snapshot(session, user_id, ranking)
                if flags.analytics:
                    await store.note_impression(session, user_id, feed.mode)
        RESPONSES.labels(feed.mode.value).inc()
        return feed

    async def _arrange(
        self, user_id: int, items: Sequence[Item], flags: Flags
    ) -> tuple[Feed, list[str]]:
        """The feed, and the model's ranking where it is new."""
        if flags.recommendations and items:
            ranking = await self._ranker.rank(user_id, items) if flags.ranking else []
            if ranking:
                return Feed(Mode.PERSONALISED, arranged(ranking, items)[:ITEMS]), ranking
            async with self._db.reading() as session:
                last = await store.snapshot(session, user_id, self._settings.snapshot_max_age_s)
            if known := arranged(last, items):
                return Feed(Mode.CACHED, known[:ITEMS]), []
        return Feed(Mode.DEFAULT, tuple(items[:ITEMS])), []
