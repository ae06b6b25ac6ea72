"""The oracle: one battery of real requests and checks, the same for every drill."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import aiohttp

from harness.errors import StackFailed
from harness.measures import MEASURE_NAMES, Measures
from harness.verification.access import ShopAccess, ThirdPartyBooks
from harness.verification.api_calls import CLIENT_TIMEOUT_S
from harness.verification.database_access import NotKnowable, ShopDatabases
from harness.verification.db_facts import RunningTotal
from harness.verification.driving import run_stress
from harness.verification.exposition import Scrape, mean_growth, scrape
from harness.verification.facts import find_out, known
from harness.verification.ledger_rows import running_totals, settled_around
from harness.verification.levels import level_measures, watch
from harness.verification.order_rows import some_paid_orders
from harness.verification.product_catalogue import choose_baskets, read_catalogue
from harness.verification.reconciliation import Reported, reconciliation_honest, reported_by
from harness.verification.references import References, price_baskets
from harness.verification.stress_plan import StressPlan
from harness.verification.summaries import summaries_written_ratio
from harness.verification.traffic import gentle_departures, plan_departures, traffic_measures
from harness.verification.verdicts import correctness_measures
from harness.waiting import WaitedTooLong, wait_until

OVERTIME_S = 14.5
"""A run is over this long after its plan's duration, whatever the shop does."""
REFERENCE_BASKETS = 20
TRACKED_ORDERS = 200
STATEMENTS_ROUTE = "/orders"
RECONCILED_S = 5.0
"""Billing looks at its ledger every couple of seconds."""


@dataclass(frozen=True)
class _Before:
    """What is read before a run, to be compared afterwards."""

    orders: Scrape | None
    totals: Mapping[str, RunningTotal] | None


class Oracle:
    """Measures a running shop from outside; holds nothing open between calls."""

    def __init__(self, access: ShopAccess, books: ThirdPartyBooks, seed: int) -> None:
        self._access = access
        self._books = books
        self._databases = ShopDatabases(access.database_urls)
        self._seed = seed
        self._random = Random(seed)  # noqa: S311  chooses customers, guards nothing

    async def capture_references(self) -> References:
        """Remember what the healthy shop answers; the same questions for the same seed.

        Raises StackFailed where the shop is not healthy enough to answer.
        """
        try:
            catalogue = await read_catalogue(self._databases)
            paid_totals = await some_paid_orders(self._databases, TRACKED_ORDERS)
        except NotKnowable as error:
            raise StackFailed(f"the shop's catalogue cannot be read: {error}") from error
        if not (catalogue.prices and catalogue.users and paid_totals):
            raise StackFailed("the shop has no products, customers or orders")
        random = Random(self._seed)  # noqa: S311  as above
        baskets = choose_baskets(catalogue, REFERENCE_BASKETS, random)
        async with self._session() as session:
            priced = await price_baskets(session, baskets)
        return References(catalogue, baskets, priced, paid_totals)

    async def measure(self, plan: StressPlan, references: References) -> Measures:
        """Press the shop and check everything, within `plan.duration_s` + 15 s.

        Every name of MEASURE_NAMES is there. Never raises because of the shop: a dead one gives
        0.0 or None.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        until = began + plan.duration_s + OVERTIME_S
        async with self._session() as session:
            before = await self._look_before(session, until)
            result = await run_stress(
                session,
                plan_departures(plan, references, self._random),
                until=began + plan.duration_s + CLIENT_TIMEOUT_S,
            )
            facts, totals, statements, honest, written, afterwards = await asyncio.gather(
                find_out(self._databases, self._books, result, references, until),
                known(running_totals(self._databases), until),
                self._statements(session, before.orders),
                known(self._honesty(session, datetime.now(UTC)), until),
                known(
                    summaries_written_ratio(session, self._databases, self._books, result, until),
                    until,
                ),
                self._watch(session, plan, references, until),
            )
        measures = {
            **traffic_measures(result, references),
            **correctness_measures(result, facts, references, before.totals, totals),
            "statements_per_history": statements,
            "reconciliation_honest": honest,
            "summaries_written_ratio": written,
            **afterwards,
        }
        return {name: measures[name] for name in MEASURE_NAMES}

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self._access.gateway_url,
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def _look_before(self, session: aiohttp.ClientSession, until: float) -> _Before:
        orders, totals = await asyncio.gather(
            scrape(session, self._metrics_url("orders")),
            known(running_totals(self._databases), until),
        )
        return _Before(orders, totals)

    async def _watch(
        self,
        session: aiohttp.ClientSession,
        plan: StressPlan,
        references: References,
        until: float,
    ) -> Measures:
        watch_s = max(0.0, min(plan.watch_s, until - asyncio.get_running_loop().time()))
        few = gentle_departures(watch_s, references, self._random)
        end = asyncio.get_running_loop().time() + watch_s
        watched = await watch(session, self._databases, self._access.metrics_urls, few, end)
        # Not beside it: who has to connect anew holds a transaction for as long as that takes.
        believed = await known(self._believed(plan), until)
        return {**level_measures(watched), "impostors_believed": believed}

    async def _believed(self, plan: StressPlan) -> float | None:
        return float(await self._books.believed_impostors()) if plan.impostors else None

    async def _statements(
        self, session: aiohttp.ClientSession, before: Scrape | None
    ) -> float | None:
        after = await scrape(session, self._metrics_url("orders"))
        return mean_growth(
            before, after, "db_statements_per_request", method="GET", route=STATEMENTS_ROUTE
        )

    async def _honesty(self, session: aiohttp.ClientSession, ended_at: datetime) -> float | None:
        """Compare what billing reports, once it has looked after `ended_at`, with the truth."""
        reported = Reported(None, None, None)

        async def looked_again() -> bool | None:
            nonlocal reported
            reported = reported_by(await scrape(session, self._metrics_url("billing")))
            at = reported.last_run_at
            return (at is not None and at >= ended_at) or None

        with contextlib.suppress(WaitedTooLong):
            await wait_until(
                looked_again, timeout_s=RECONCILED_S, what="a reconciliation", interval_s=0.25
            )
        if reported.last_run_at is None:
            return None
        settled = await settled_around(self._databases, reported.last_run_at)
        return reconciliation_honest(reported, settled, datetime.now(UTC))

    def _metrics_url(self, service: str) -> str:
        return self._access.metrics_urls[service]
