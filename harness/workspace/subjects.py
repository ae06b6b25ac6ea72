"""Which files of the clean tree were committed together, and how such a commit is titled.

A part is a service (or the chassis, …) and a kind of file within it. Subjects say only what the
files really hold; which of a part's titles is used is drawn from the seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

TOPOLOGY = "services/topology.toml"
LARGE_SERVICE_FILES = 14
"""A service with more files than this came in three commits, others in two."""

_STORED = ("store.py", "seed.py")
_SERVED = ("app.py", "routes.py", "views.py")
_TELEMETRY = ("metrics.py", "tracing.py", "logging.py", "middleware.py", "context.py")

_TITLES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("setup", "setup"): ("shop: one tree for all services", "shop: shared lint and test settings"),
    ("sampledata", "core"): (
        "sampledata: one seeded source for every service",
        "sampledata: customers, catalogue and past orders",
    ),
    ("chassis", "core"): (
        "chassis: settings, problems and peers in one place",
        "chassis: one way to build a service",
    ),
    ("chassis", "data"): (
        "chassis: sessions that wait two seconds at most",
        "chassis: database sessions and migrations",
    ),
    ("chassis", "telemetry"): (
        "chassis: request metrics, JSON logs and trace context",
        "chassis: carry the trace through logs and metrics",
    ),
    ("gateway", "core"): ("gateway: settings and what the edge returns",),
    ("gateway", "api"): ("gateway: time limits per route", "gateway: public routes and storefront"),
    ("orders", "core"): ("orders: statuses and order lines", "orders: rules of an order"),
    ("orders", "store"): (
        "orders: one statement per page of history",
        "orders: tables and queries",
    ),
    ("orders", "api"): ("orders: place an order, show its history",),
    ("payments", "core"): (
        "payments: keep idempotency keys with their charge",
        "payments: charge an order at the provider",
    ),
    ("payments", "store"): ("payments: charges and their states",),
    ("payments", "api"): ("payments: charges and settlements over HTTP",),
    ("billing", "core"): ("billing: tax per line, rounded half up", "billing: quotes and postings"),
    ("billing", "store"): ("billing: ledger tables and running totals",),
    ("billing", "api"): ("billing: invoices and reconciliation over HTTP",),
    ("users", "core"): ("users: profiles and loyalty tiers",),
    ("users", "api"): ("users: look up many profiles in one statement",),
    ("a", "core"): ("a: reservations that can be repeated", "a: stock and reservations"),
    ("a", "api"): ("a: reserve stock, then ask for the price",),
    ("b", "core"): ("b: list prices and bundle rules",),
    ("b", "api"): ("b: price a basket in one call",),
    ("tests", "api"): ("shop: tests across services",),
    ("c", "core"): ("c: campaigns and their conditions",),
    ("c", "api"): ("c: promotions for priced lines, offers for many SKUs",),
}
_GENERAL = {
    "core": "{0}: settings, schemas and rules",
    "store": "{0}: tables and queries",
    "api": "{0}: routes and tests",
}


def parts_of(paths: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Part → its files, in the order in which the parts were committed; topology left out."""
    by_owner: dict[str, list[str]] = {}
    for path in sorted(paths):
        if path != TOPOLOGY:
            by_owner.setdefault(_owner(path), []).append(path)
    first = {"setup": 0, "chassis": 1, "sampledata": 2, "tests": 10}
    parts: dict[tuple[str, str], list[str]] = {}
    for owner in sorted(by_owner, key=lambda one: (first.get(one, 9), one)):
        is_large = len(by_owner[owner]) > LARGE_SERVICE_FILES
        for kind in ("setup", "core", "data", "telemetry", "store", "api"):
            files = [one for one in by_owner[owner] if _kind(owner, one, is_large) == kind]
            if files:
                parts[owner, kind] = files
    return parts


def titles_of(part: tuple[str, str]) -> tuple[str, ...]:
    """The subjects that a commit of `part` may have."""
    owner, kind = part
    return _TITLES.get(part) or (_GENERAL[kind].format(owner),)


def _owner(path: str) -> str:
    pieces = path.split("/")
    return pieces[1] if len(pieces) > 2 else "setup"


def _kind(owner: str, path: str, is_large: bool) -> str:
    name = path.rsplit("/", 1)[-1]
    if owner == "setup":
        return "setup"
    if owner == "sampledata":
        return "core"
    if owner == "chassis":
        if name in _TELEMETRY:
            return "telemetry"
        is_data = name in {"db.py", "blocking_db.py", "sql.py", "migrate.py", "pool.py"}
        return "data" if is_data or "/migrations/" in path else "core"
    if name in _SERVED or "/tests/" in path:
        return "api"
    if name in _STORED or "/migrations/" in path:
        return "store" if is_large else "core"
    return "core"
