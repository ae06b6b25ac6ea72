"""From our model to Grafana's JSON (schema version 39, which newer versions migrate)."""

from __future__ import annotations

from collections.abc import Iterator

from grafana.source.layout import Cell, arrange
from grafana.source.model import Annotation, Dashboard, Panel, Row, Target, Variable
from grafana.source.panels import (
    kind_of,
    options_of,
    overrides_of,
    style_of,
    threshold_steps,
    transformations_of,
)
from grafana.source.sources import PROMETHEUS, SCRAPE_INTERVAL

SCHEMA_VERSION = 39
REFRESH = "5s"
TAG = "shop"


def render(dashboard: Dashboard) -> dict[str, object]:
    """The dashboard as Grafana reads it from a file."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": [TAG],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": REFRESH,
        "time": {"from": "now-15m", "to": "now"},
        "timepicker": {"refresh_intervals": ["5s", "10s", "30s", "1m"]},
        "links": [_siblings()],
        "annotations": {"list": [_annotation(mark) for mark in dashboard.annotations]},
        "templating": {"list": [_variable(variable) for variable in dashboard.variables]},
        "panels": list(_panels(dashboard)),
    }


def _panels(dashboard: Dashboard) -> Iterator[dict[str, object]]:
    for number, (cell, part) in enumerate(arrange(dashboard.rows), start=1):
        yield _heading(number, cell, part) if isinstance(part, Row) else _panel(number, cell, part)


def _heading(number: int, cell: Cell, row: Row) -> dict[str, object]:
    return {
        "id": number,
        "type": "row",
        "title": row.title,
        "collapsed": False,
        "gridPos": _position(cell),
        "panels": [],
    }


def _panel(number: int, cell: Cell, panel: Panel) -> dict[str, object]:
    return {
        "id": number,
        "type": kind_of(panel),
        "title": panel.title,
        "description": panel.description,
        "gridPos": _position(cell),
        "datasource": PROMETHEUS,
        "targets": [
            _target(ref, target, instant=kind_of(panel) == "table")
            for ref, target in zip("ABCDEFGH", panel.targets, strict=False)
        ],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit.value,
                "thresholds": threshold_steps(panel.thresholds),
                "mappings": _mappings(panel),
                **({} if panel.decimals is None else {"decimals": panel.decimals}),
                **style_of(panel),
            },
            "overrides": overrides_of(panel),
        },
        "options": options_of(panel),
        "transformations": transformations_of(panel),
    }


def _target(ref: str, target: Target, *, instant: bool) -> dict[str, object]:
    return {
        "refId": ref,
        "datasource": PROMETHEUS,
        "editorMode": "code",
        "expr": target.expr,
        "legendFormat": target.legend,
        "instant": instant,
        "range": not instant,
        "exemplar": target.exemplars,
        "format": "table" if instant else "time_series",
    }


def _mappings(panel: Panel) -> list[dict[str, object]]:
    if not panel.value_names:
        return []
    options = {
        str(value): {"text": text, "color": colour.value, "index": index}
        for index, (value, (text, colour)) in enumerate(panel.value_names.items())
    }
    return [{"type": "value", "options": options}]


def _position(cell: Cell) -> dict[str, int]:
    return {"x": cell.x, "y": cell.y, "w": cell.width, "h": cell.height}


def _siblings() -> dict[str, object]:
    return {
        "type": "dashboards",
        "title": "Shop",
        "tags": [TAG],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "icon": "external link",
        "tooltip": "",
        "url": "",
    }


def _annotation(mark: Annotation) -> dict[str, object]:
    return {
        "name": mark.name,
        "datasource": PROMETHEUS,
        "enable": True,
        "hide": False,
        "iconColor": mark.colour.value,
        # Grafana 11 reads the query from here, and later versions from `target`.
        "expr": mark.expr,
        "step": SCRAPE_INTERVAL,
        "target": {
            "refId": "Anno",
            "expr": mark.expr,
            "interval": SCRAPE_INTERVAL,
            "range": True,
            "instant": False,
        },
        "useValueForTime": True,
        "titleFormat": mark.title,
        "textFormat": mark.text,
        "tagKeys": ",".join(mark.tags),
    }


def _variable(variable: Variable) -> dict[str, object]:
    return {
        "type": "query",
        "name": variable.name,
        "label": variable.label,
        "datasource": PROMETHEUS,
        "definition": variable.query,
        "query": {"query": variable.query, "refId": "variable"},
        "refresh": 2,
        "sort": 1,
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "current": {"selected": True, "text": variable.default, "value": variable.default},
        "options": [],
    }
