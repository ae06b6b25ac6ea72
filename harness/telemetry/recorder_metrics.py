"""What the recorder says about itself to Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from harness.telemetry.log_store import LogStore
from harness.telemetry.trace_store import TraceStore


class _Stores(Collector):
    def __init__(self, traces: TraceStore, logs: LogStore) -> None:
        self._traces, self._logs = traces, logs

    def collect(self) -> Iterable[Metric]:
        kept = GaugeMetricFamily("recorder_kept", "What is held, by kind.", labels=["kind"])
        kept.add_metric(["traces"], len(self._traces))
        kept.add_metric(["spans"], self._traces.spans)
        kept.add_metric(["logs"], len(self._logs))
        size = GaugeMetricFamily("recorder_kept_bytes", "Its size.", labels=["kind"])
        size.add_metric(["spans"], self._traces.size_bytes)
        size.add_metric(["logs"], self._logs.size_bytes)
        received = CounterMetricFamily("recorder_received", "What came.", labels=["kind"])
        received.add_metric(["spans"], self._traces.received_spans)
        received.add_metric(["logs"], self._logs.last_seq)
        dropped = CounterMetricFamily("recorder_dropped", "What had to go.", labels=["kind"])
        dropped.add_metric(["spans"], self._traces.dropped_spans)
        dropped.add_metric(["logs"], self._logs.dropped)
        return [kept, size, received, dropped]


def exposition(traces: TraceStore, logs: LogStore) -> tuple[bytes, str]:
    """The metrics as text, and its content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Stores(traces, logs))
    return generate_latest(registry), CONTENT_TYPE_LATEST
