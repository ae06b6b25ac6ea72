"""What the load exports of itself."""

from __future__ import annotations

from prometheus_client.openmetrics.exposition import generate_latest

from loadgen.journeys import JOURNEYS
from loadgen.metrics import LoadMetrics


def test_no_series_says_when_another_one_began():
    metrics = LoadMetrics(journey.name for journey in JOURNEYS)
    metrics.requests.labels("feed", "ok").inc()
    text = generate_latest(metrics.registry).decode()
    assert 'user_requests_total{journey="feed",outcome="ok"} 1.0' in text
    assert "_created" not in text
