"""What is checked of a dashboard, as functions, so that each can be shown a bad one."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector

from harness.paths import REPO

RULES = sorted((REPO / "compose" / "prometheus" / "rules").glob("*.yml"))
PROMETHEUS_OWN = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE"})

Shape = Any
"""A type, a tuple of types, a list of one shape, or a dict: all keys but those with a `?` must be
there, and no others may; `*` stands for any key."""

_REF = {"type": str, "uid": str}
_MATCHED = {"id": str, "value": (str, int, float, dict, list)}
_PANEL = {
    "id": int,
    "type": str,
    "title": str,
    "gridPos": {"x": int, "y": int, "w": int, "h": int},
}
SHAPES: dict[str, Shape] = {
    "row": {**_PANEL, "collapsed": bool, "panels": [dict]},
    "panel": {
        **_PANEL,
        "description": str,
        "datasource": _REF,
        "targets": [
            {
                "refId": str,
                "datasource": _REF,
                "editorMode": str,
                "expr": str,
                "legendFormat": str,
                "instant": bool,
                "range": bool,
                "exemplar": bool,
                "format": str,
            }
        ],
        "fieldConfig": {
            "defaults": {
                "unit": str,
                "thresholds": {
                    "mode": str,
                    "steps": [{"color": str, "value": (int, float, type(None))}],
                },
                "mappings": [{"type": str, "options": {"*": dict}}],
                "decimals?": int,
                "min?": (int, float),
                "max?": (int, float),
                "color?": {"mode": str},
                "links?": [{"title": str, "url": str, "targetBlank": bool}],
                "custom?": {"*": (str, int, bool, dict)},
            },
            "overrides": [
                {"matcher": {"id": str, "options": str}, "properties": [_MATCHED]},
            ],
        },
        "options": {"*": (str, int, bool, dict)},
        "transformations": [{"id": str, "options": dict}],
    },
    "dashboard": {
        "uid": str,
        "title": str,
        "description": str,
        "tags": [str],
        "schemaVersion": int,
        "editable": bool,
        "graphTooltip": int,
        "timezone": str,
        "refresh": str,
        "time": {"from": str, "to": str},
        "timepicker": {"refresh_intervals": [str]},
        "links": [dict],
        "annotations": {
            "list": [
                {
                    "name": str,
                    "datasource": _REF,
                    "enable": bool,
                    "hide": bool,
                    "iconColor": str,
                    "expr": str,
                    "step": str,
                    "target": dict,
                    "useValueForTime": bool,
                    "titleFormat": str,
                    "textFormat": str,
                    "tagKeys": str,
                }
            ]
        },
        "templating": {
            "list": [
                {
                    "type": str,
                    "name": str,
                    "label": str,
                    "datasource": _REF,
                    "definition": str,
                    "query": {"query": str, "refId": str},
                    "refresh": int,
                    "sort": int,
                    "multi": bool,
                    "includeAll": bool,
                    "hide": int,
                    "current": {"selected": bool, "text": str, "value": str},
                    "options": [dict],
                }
            ]
        },
        "panels": [dict],
    },
}


def misshapen(value: object, shape: Shape, where: str = "") -> Iterator[str]:
    """Where the value is not of the shape."""
    if isinstance(shape, dict):
        yield from _misshapen_object(value, shape, where)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where}: not a list"
        else:
            for index, item in enumerate(value):
                yield from misshapen(item, shape[0], f"{where}[{index}]")
    elif not isinstance(value, shape) or (isinstance(value, bool) and not _allows_bool(shape)):
        yield f"{where}: {value!r} is not {shape}"


def _misshapen_object(value: object, shape: dict[str, Shape], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    known = {name.rstrip("?"): of for name, of in shape.items()}
    for name, item in value.items():
        if name in known or "*" in known:
            yield from misshapen(item, known.get(name, known.get("*")), f"{where}.{name}")
        else:
            yield f"{where}: '{name}' is unknown"
    for name in shape:
        if not name.endswith(("?", "*")) and name not in value:
            yield f"{where}: '{name}' is missing"


def _allows_bool(shape: Shape) -> bool:
    return bool in (shape if isinstance(shape, tuple) else (shape,))


def malformed(board: dict[str, Any]) -> list[str]:
    """Everything in a dashboard that is not of the shape that we write."""
    found = list(misshapen(board, SHAPES["dashboard"]))
    for panel in board["panels"]:
        kind = "row" if panel.get("type") == "row" else "panel"
        found += misshapen(panel, SHAPES[kind], f"panel {panel.get('title')}")
    return found


def twice(values: Iterable[object]) -> list[object]:
    """The values that come more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def misplaced(panels: list[dict[str, Any]]) -> list[str]:
    """Panels that stick out of the grid, or overlap."""
    found, taken = [], dict[tuple[int, int], str]()
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["x"] + place["w"] > 24 or place["h"] < 1:
            found.append(f"{panel['title']}: out of the grid")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), panel["title"])
                if other is not panel["title"]:
                    found.append(f"{panel['title']} overlaps {other}")
    return sorted(set(found))


def sources_used(data: object) -> set[str]:
    """The uid of every data source that is referred to, anywhere."""
    if isinstance(data, list):
        return set().union(*map(sources_used, data))
    if not isinstance(data, dict):
        return set()
    own = {data["datasource"]["uid"]} if isinstance(data.get("datasource"), dict) else set()
    return own.union(*map(sources_used, data.values()))


def unparsable(promtool: Path, folder: Path, expressions: list[str]) -> str:
    """What promtool says against the expressions; empty where it can parse all of them."""
    rules = [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(expressions)]
    path = folder / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))  # JSON is YAML
    done = subprocess.run(
        [promtool, "check", "rules", "--lint=none", path],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def metrics_in(expr: str) -> set[str]:
    """The names of the metrics in an expression: what is no function, keyword or label."""
    bare = re.sub(r'"[^"]*"', "", expr)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    names = re.findall(r"(?<![\w:])[a-zA-Z_:][\w:]*\b(?!\s*\()", bare)
    words = {"and", "or", "unless", "offset", "bool", "sum", "min", "max", "count"}
    return set(names) - words


def documented() -> set[str]:
    """The metrics that docs/architecture.md and the recording rules promise."""
    text = (REPO / "docs" / "architecture.md").read_text()
    section = text.split("\n## Metrics", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    plain = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    histograms = {
        name for name in plain if name.endswith(("_seconds", "_per_request", "_attempts"))
    }
    parts = {f"{name}_{part}" for name in histograms for part in ("bucket", "sum", "count")}
    rules = "\n".join(path.read_text() for path in RULES)
    assert "`process_*` metrics" in section
    collected = ProcessCollector(registry=CollectorRegistry()).collect()
    process = {one.name for metric in collected for one in metric.samples}
    return plain | parts | process | set(re.findall(r"- record: (\S+)", rules)) | PROMETHEUS_OWN


def says_why(text: str) -> list[str]:
    """Words that name a cause, or that this is an exercise arranged by somebody."""
    causes = (
        r"deadlocks?|circular|n ?\+ ?1|n-plus-one|misconfigur\w*|rounding|precision|floats?"
        r"|leaks?|too small|root cause|because of|slow dependency"
    )
    exercise = r"faults?|chaos|inject\w*|simulat\w*|harness|scenarios?|decoys?|bad release"
    return re.findall(rf"\b(?:{causes}|{exercise})\b", text, re.IGNORECASE)
