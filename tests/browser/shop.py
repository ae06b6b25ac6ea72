"""The shop's API as a browser sees it, answered by the test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LINE = {
    "sku": "BAT-0101",
    "name": "Alder Bath Towel",
    "quantity": 2,
    "net_unit_price": "17.95",
    "discount": "0.00",
    "net": "35.90",
    "tax": "5.39",
    "gross": "41.29",
}
ORDER = {
    "order_id": 20001,
    "user_id": 7,
    "status": "paid",
    "placed_at": "2026-11-01T10:00:00Z",
    "total": "41.29",
    "currency": "EUR",
    "lines": [LINE],
    "payment": {"state": "captured", "captured_at": "2026-11-01T10:00:01Z"},
}
PRICED = {
    "lines": [{**LINE, "discount": "1.00", "net": "34.90"}],
    "net": "34.90",
    "discount": "1.00",
    "currency": "EUR",
    "delivery": {"carrier": "Northline", "days": 2},
}
FLAGS = {"gift_wrapping": False, "order_lookup": True, "saved_baskets": True}
NEVER = -1
"""In place of a status: no answer at all."""


def problem(status: int, title: str, detail: str = "") -> tuple[int, dict[str, Any]]:
    """An answer as the gateway words its refusals."""
    return status, {"title": title, "status": status, "detail": detail}


@dataclass
class Answers:
    """Path → (status, content), and what was asked. A path that is not here is a 404."""

    by_path: dict[str, tuple[int, Any]] = field(
        default_factory=lambda: {
            "/api/banner": (200, {"banner": None}),
            "/api/flags": (200, {"flags": FLAGS}),
            "/api/basket": (200, PRICED),
            "/api/checkout": (
                201,
                {"order_id": 20001, "status": "paid", "total": "41.29", "currency": "EUR"},
            ),
            "/api/history": (200, {"users": [{"user_id": 7, "profile": None, "orders": [ORDER]}]}),
            "/api/track/20001": (200, ORDER),
        }
    )
    asked: list[Any] = field(default_factory=list)

    def __setitem__(self, path: str, answer: tuple[int, Any]) -> None:
        self.by_path[path] = answer

    def install(self, page: Any) -> None:
        """Answer everything that `page` asks of the API."""
        page.route("**/api/**", self._answer)

    def asked_for(self, path: str) -> list[Any]:
        """The requests for `path`, oldest first."""
        return [request for request in self.asked if urlsplit(request.url).path == path]

    def _answer(self, route: Any) -> None:
        self.asked.append(route.request)
        path = urlsplit(route.request.url).path
        status, content = self.by_path.get(path, problem(404, "Not Found"))
        if status == NEVER:
            return
        route.fulfill(status=status, content_type="application/json", body=json.dumps(content))
