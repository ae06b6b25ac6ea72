"""Deliveries of alerts, and the book of those that fire."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Alert
from harness.telemetry.alerts import (
    ALERTS_MAX,
    AlertBook,
    MalformedAlerts,
    fingerprint,
    parse_alerts,
)

NOW = datetime(2026, 11, 20, 3, 0, 0, tzinfo=UTC)


def sent(name: str = "HighErrorRate", *, starts_s: float = -5, ends_s: float = 8) -> dict[str, Any]:
    """An alert as Prometheus sends it, times relative to NOW."""
    return {
        "labels": {"alertname": name, "severity": "critical", "service": "gateway"},
        "annotations": {"summary": "20% fail"},
        "startsAt": (NOW + timedelta(seconds=starts_s)).isoformat().replace("+00:00", "Z"),
        "endsAt": (NOW + timedelta(seconds=ends_s)).isoformat().replace("+00:00", "Z"),
        "generatorURL": "http://127.0.0.1/graph",
    }


def parsed(*alerts: dict[str, Any], after_s: float = 0) -> list[Alert]:
    return parse_alerts(json.dumps(alerts).encode(), NOW + timedelta(seconds=after_s))


def transitions(book: AlertBook, alerts: list[Alert], after_s: float = 0) -> list[tuple[str, bool]]:
    changes = book.feed(alerts, NOW + timedelta(seconds=after_s))
    return [(change.alert.name, change.resolved) for change in changes]


def test_a_firing_alert_of_prometheus_is_read_in_full() -> None:
    (alert,) = parsed(sent())
    assert (alert.name, alert.severity, alert.summary) == ("HighErrorRate", "critical", "20% fail")
    assert alert.starts_at == NOW - timedelta(seconds=5)
    assert alert.ends_at == NOW + timedelta(seconds=8)
    assert not alert.resolved
    assert alert.labels["service"] == "gateway"


def test_an_alert_that_ends_in_the_past_is_resolved() -> None:
    (alert,) = parsed(sent(ends_s=-1))
    assert alert.resolved


def test_nanoseconds_in_times_are_understood() -> None:
    entry = sent() | {"startsAt": "2026-11-20T02:59:58.123456789Z"}
    (alert,) = parsed(entry)
    assert alert.starts_at.microsecond == 123456


def test_the_webhook_of_alertmanager_gives_the_same_alert() -> None:
    entry = sent() | {
        "status": "firing",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "0123456789abcdef",
    }
    body = json.dumps({"version": "4", "status": "firing", "alerts": [entry]}).encode()
    (alert,) = parse_alerts(body, NOW)
    assert alert.fingerprint == parsed(sent())[0].fingerprint
    assert alert.ends_at is None
    assert not alert.resolved


def test_a_resolved_webhook_resolves() -> None:
    entry = sent(ends_s=-1) | {"status": "resolved"}
    body = json.dumps({"version": "4", "alerts": [entry]}).encode()
    (alert,) = parse_alerts(body, NOW)
    assert alert.resolved


def test_fingerprints_are_those_of_alertmanager() -> None:
    # Both values are from the tests of Prometheus' own label library.
    assert int(fingerprint({}), 16) == 14695981039346656037
    labels = {"name": "garland, briggs", "fear": "love is not enough"}
    assert int(fingerprint(labels), 16) == 5799056148416392346
    assert fingerprint({"b": "2", "a": "1"}) == fingerprint({"a": "1", "b": "2"})
    assert fingerprint({"a": "1b"}) != fingerprint({"a1": "b"})


def test_an_alert_that_is_sent_again_fires_once() -> None:
    book = AlertBook()
    assert transitions(book, parsed(sent())) == [("HighErrorRate", False)]
    assert transitions(book, parsed(sent(ends_s=10), after_s=2), 2) == []
    assert [alert.name for alert in book.firing()] == ["HighErrorRate"]


def test_a_resolved_alert_is_reported_once() -> None:
    book = AlertBook()
    transitions(book, parsed(sent()))
    resolved = parsed(sent(ends_s=3), after_s=3)
    assert transitions(book, resolved, 3) == [("HighErrorRate", True)]
    assert transitions(book, resolved, 5) == []
    assert book.firing() == ()


def test_an_alert_that_is_no_longer_sent_times_out() -> None:
    book = AlertBook()
    transitions(book, parsed(sent(ends_s=8)))
    assert transitions(book, [], 7) == []
    assert transitions(book, [], 9) == [("HighErrorRate", True)]


def webhook(*names: str) -> list[Alert]:
    """As Alertmanager tells that they fire: without an end."""
    alerts = [sent(name) | {"status": "firing"} for name in names]
    return parse_alerts(json.dumps({"version": "4", "alerts": alerts}).encode(), NOW)


def looks(book: AlertBook, *listed: list[Alert]) -> list[tuple[str, bool]]:
    """What one look after another at what Prometheus lists has changed."""
    changes = [change for alerts in listed for change in book.look({a.fingerprint for a in alerts})]
    return [(change.alert.name, change.resolved) for change in changes]


def test_an_alert_whose_end_is_never_told_is_resolved_when_prometheus_keeps_missing_it() -> None:
    book = AlertBook()
    silenced, other = webhook("HighLatency", "ServiceDown")
    transitions(book, [silenced, other])
    assert transitions(book, [], after_s=3600) == []
    assert looks(book, [other], [other]) == []
    assert looks(book, [other]) == [("HighLatency", True)]
    assert looks(book, [other]) == []
    assert book.firing() == (other,)


def test_an_alert_that_prometheus_misses_now_and_then_still_fires() -> None:
    book = AlertBook()
    alerts = webhook("HighLatency")
    transitions(book, alerts)
    assert looks(book, [], [], alerts, [], [], alerts) == []
    assert book.firing() == tuple(alerts)


def test_what_prometheus_sends_itself_ends_by_its_own_time_alone() -> None:
    book = AlertBook()
    transitions(book, parsed(sent()))
    assert not book.endless()
    assert looks(book, [], [], [], []) == []
    assert len(book.firing()) == 1


def test_an_alert_that_was_missed_by_mistake_fires_again_when_it_is_told_again() -> None:
    book = AlertBook()
    alerts = webhook("HighLatency")
    transitions(book, alerts)
    assert looks(book, [], [], []) == [("HighLatency", True)]
    assert transitions(book, alerts) == [("HighLatency", False)]
    assert looks(book, [], []) == [], "the looks are counted anew"


def test_an_alert_that_timed_out_fires_again_when_it_is_sent_after_all() -> None:
    book = AlertBook()
    transitions(book, parsed(sent()))
    transitions(book, [], 9)
    late = parsed(sent(ends_s=20), after_s=10)
    assert transitions(book, late, 10) == [("HighErrorRate", False)]


def test_a_delayed_copy_of_a_resolved_alert_does_not_fire_again() -> None:
    book = AlertBook()
    transitions(book, parsed(sent()))
    transitions(book, parsed(sent(ends_s=3), after_s=3), 3)
    assert transitions(book, parsed(sent(ends_s=8), after_s=3), 4) == []


def test_a_new_period_of_a_resolved_alert_fires_again() -> None:
    book = AlertBook()
    transitions(book, parsed(sent()))
    transitions(book, parsed(sent(ends_s=3), after_s=3), 3)
    again = parsed(sent(starts_s=6, ends_s=20), after_s=7)
    assert transitions(book, again, 7) == [("HighErrorRate", False)]


def test_the_end_of_an_earlier_period_does_not_end_the_present_one() -> None:
    book = AlertBook()
    transitions(book, parsed(sent(starts_s=0)))
    assert transitions(book, parsed(sent(starts_s=-60, ends_s=-1))) == []
    assert len(book.firing()) == 1


def test_the_book_holds_a_bounded_number_of_alerts() -> None:
    book = AlertBook()
    for start in range(0, 3000, 500):
        book.feed(parsed(*(sent(f"A{start + number}") for number in range(500))), NOW)
    assert len(book.firing()) == ALERTS_MAX


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"3",
        b'{"alerts": []}',
        b'{"version": "4", "alerts": {}}',
        b"[1]",
        b"[{}]",
        b'[{"labels": {"alertname": 3}, "startsAt": "2026-11-20T03:00:00Z"}]',
        b'[{"labels": {"alertname": "A"}}]',
        b'[{"labels": {"alertname": "A"}, "startsAt": "yesterday"}]',
        b'[{"labels": {"alertname": "A"}, "startsAt": "9999-12-31T23:59:59-23:00"}]',
        b'{"version": "4", "alerts": [{"status": "odd"}]}',
        b"[" * 100_000,
        json.dumps([sent()] * (ALERTS_MAX + 1)).encode(),
    ],
)
def test_garbage_is_refused_as_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAlerts):
        parse_alerts(body, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)
ENTRY = st.fixed_dictionaries(
    {"labels": st.dictionaries(st.sampled_from(["alertname", "severity"]), st.text()) | JSON},
    optional={"startsAt": JSON, "endsAt": JSON, "annotations": JSON, "status": JSON},
)


@given(st.lists(ENTRY | JSON) | JSON)
def test_no_json_whatever_breaks_the_parser_in_another_way(payload: object) -> None:
    try:
        alerts = parse_alerts(json.dumps(payload).encode(), NOW)
    except MalformedAlerts:
        return
    assert all(alert.name for alert in alerts)
