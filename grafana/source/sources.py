"""Grafana's provisioning: where its data comes from, and where the dashboards are.

Grafana replaces `${NAME}` from its environment when it starts:

    PROMETHEUS_URL    http://prometheus:9090
    RECORDER_URL      http://recorder:8318, which answers Jaeger's query API
    RECORDER_TOKEN    what the recorder wants to see before it answers

The files are JSON, which is YAML: they are written without a library.
"""

from __future__ import annotations

PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
TRACES = {"type": "jaeger", "uid": "jaeger"}

SCRAPE_INTERVAL = "1s"
DASHBOARDS_DIR = "/etc/grafana/dashboards"
"""Where `grafana/dashboards` is mounted in Grafana's container."""


def datasources() -> dict[str, object]:
    """Prometheus, whose exemplars open traces, and the traces."""
    return {"apiVersion": 1, "datasources": [_prometheus(), _traces()]}


def providers() -> dict[str, object]:
    """The dashboards, from files, changed only there."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "shop",
                "type": "file",
                "folder": "Shop",
                "disableDeletion": True,
                "allowUiUpdates": False,
                "options": {"path": DASHBOARDS_DIR},
            }
        ],
    }


def _prometheus() -> dict[str, object]:
    return {
        **PROMETHEUS,
        "name": "Prometheus",
        "access": "proxy",
        "url": "${PROMETHEUS_URL}",
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "httpMethod": "POST",
            "timeInterval": SCRAPE_INTERVAL,
            "exemplarTraceIdDestinations": [{"name": "trace_id", "datasourceUid": TRACES["uid"]}],
        },
    }


def _traces() -> dict[str, object]:
    return {
        **TRACES,
        "name": "Traces",
        "access": "proxy",
        "url": "${RECORDER_URL}",
        "editable": False,
        "jsonData": {"httpHeaderName1": "Authorization", "nodeGraph": {"enabled": True}},
        "secureJsonData": {"httpHeaderValue1": "Bearer ${RECORDER_TOKEN}"},
    }
