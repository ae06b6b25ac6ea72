"""All of it: the files that the source amounts to, and every query in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from grafana.source import sources
from grafana.source.dashboards import ai, dependencies, drill, money, service, shop
from grafana.source.render import render

ROOT = Path(__file__).resolve().parents[1]

DASHBOARDS = (
    drill.DASHBOARD,
    shop.DASHBOARD,
    service.DASHBOARD,
    dependencies.DASHBOARD,
    money.DASHBOARD,
    ai.DASHBOARD,
)


class PanelQuery(NamedTuple):
    """One query, by the uid of its dashboard and the title of its panel or annotation."""

    dashboard: str
    panel: str
    expr: str


def files() -> dict[Path, str]:
    """What is written where, below `grafana/`."""
    content: dict[str, object] = {
        "provisioning/datasources/shop.yaml": sources.datasources(),
        "provisioning/dashboards/shop.yaml": sources.providers(),
    }
    content |= {f"dashboards/{board.uid}.json": render(board) for board in DASHBOARDS}
    return {
        ROOT / name: json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        for name, data in content.items()
    }


def panel_queries() -> list[PanelQuery]:
    """Every query of every panel and annotation, with Grafana's variables still in it."""
    return list(_with_reasons())


def may_be_empty() -> dict[PanelQuery, str]:
    """The queries that find no series in an ordinary hour, with the reason why."""
    return {query: reason for query, reason in _with_reasons().items() if reason}


def _with_reasons() -> dict[PanelQuery, str]:
    found: dict[PanelQuery, str] = {}
    for board in DASHBOARDS:
        for panel in (panel for row in board.rows for panel in row.panels):
            for target in panel.targets:
                found[PanelQuery(board.uid, panel.title, target.expr)] = target.empty_while
        for mark in board.annotations:
            found[PanelQuery(board.uid, mark.name, mark.expr)] = mark.empty_while
    return found
