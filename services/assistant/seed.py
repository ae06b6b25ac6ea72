"""Fills the assistant's database of a new installation."""

from __future__ import annotations

import json
from dataclasses import asdict

from services import sampledata
from services.assistant.domain import Line, simple_summary
from services.sampledata.load import Rows, load
from services.sampledata.model import Order

NEWEST = 2_000
"""Older orders are summarised when somebody asks."""


def seed(database_url: str) -> None:
    """Load the newest sample orders as tasks that were done when the order was. Blocking."""
    load(
        database_url,
        {
            "tasks": Rows(
                ("order_id", "lines", "state", "attempts", "run_at", "created_at", "finished_at",
                 "summary"),
                [
                    (o.id, json.dumps([asdict(line) for line in _lines(o)]), "done", 1,
                     o.settled_at, o.settled_at, o.settled_at, simple_summary(_lines(o)))
                    for o in sampledata.orders()[-NEWEST:]
                ],
            )
        },
    )  # fmt: skip


def _lines(order: Order) -> list[Line]:
    return [Line(line.name, line.quantity) for line in order.lines]
