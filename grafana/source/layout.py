"""Where panels go on Grafana's grid of 24 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grafana.source.model import Panel, Row

COLUMNS = 24
HEADING_HEIGHT = 1


@dataclass(frozen=True)
class Cell:
    """A rectangle on the grid."""

    x: int
    y: int
    width: int
    height: int


def arrange(rows: tuple[Row, ...]) -> Iterator[tuple[Cell, Row | Panel]]:
    """Headings and panels from top to bottom; a panel that no longer fits begins a new line."""
    y = 0
    for row in rows:
        yield Cell(0, y, COLUMNS, HEADING_HEIGHT), row
        x, y, tallest = 0, y + HEADING_HEIGHT, 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, tallest = 0, y + tallest, 0
            yield Cell(x, y, panel.width, panel.height), panel
            x, tallest = x + panel.width, max(tallest, panel.height)
        y += tallest
