"""The queries of all panels: promtool parses them, and they ask for what exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from grafana.source.catalogue import may_be_empty, panel_queries
from grafana.source.queries import runnable, service_names, third_parties
from tests.grafana import checks

QUERIES = panel_queries()


def test_promtool_parses_every_query(promtool: Path, tmp_path: Path) -> None:
    assert len(QUERIES) > 90
    expressions = [runnable(query.expr, "orders") for query in QUERIES]
    assert checks.unparsable(promtool, tmp_path, expressions) == ""


@pytest.mark.parametrize("expr", ["sum(", "rate(up)", 'up{service="a"', "sum by service (up)"])
def test_a_query_that_does_not_parse_is_noticed(promtool: Path, tmp_path: Path, expr: str) -> None:
    assert checks.unparsable(promtool, tmp_path, ["up", expr])


def test_grafanas_variables_are_replaced_and_an_unknown_one_is_refused() -> None:
    expr = 'rate(x{service="$service"}[$__rate_interval]) + increase(x[$__range])'
    assert runnable(expr, "a", window="4s", shown="1h") == (
        'rate(x{service="a"}[4s]) + increase(x[1h])'
    )
    with pytest.raises(ValueError, match=r"\$instance"):
        runnable('up{instance="$instance"}', "a")


def test_every_metric_that_a_panel_asks_for_is_in_the_contract() -> None:
    known = checks.documented()
    unknown = {
        (query.dashboard, query.panel): names
        for query in QUERIES
        if (names := checks.metrics_in(query.expr) - known)
    }
    assert unknown == {}


def test_every_query_asks_for_at_least_one_metric() -> None:
    assert [query for query in QUERIES if not checks.metrics_in(query.expr)] == []


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ('sum by (a, le) (rate(x_bucket{b=~"c|d"}[5s]))', {"x_bucket"}),
        ("a:b:rate5s > 0 or 0 * sum(c) unless d offset 5m", {"a:b:rate5s", "c", "d"}),
        ("x * on (a) group_right () max by (a) (y)", {"x", "y"}),
        ('ALERTS_FOR_STATE and ignoring (s) ALERTS{s="firing"}', {"ALERTS_FOR_STATE", "ALERTS"}),
        ("max_over_time(timestamp(b)[5m:1s]) / 1e3", {"b"}),
    ],
)
def test_metric_names_are_found_among_functions_labels_and_words(
    expr: str, names: set[str]
) -> None:
    assert checks.metrics_in(expr) == names


def test_a_metric_that_nobody_exports_is_not_in_the_contract() -> None:
    assert checks.metrics_in("rate(http_request_total[5s])") - checks.documented()
    assert checks.metrics_in("rate(http_requests_total[5s])") <= checks.documented()
    assert "ledger_difference_bucket" not in checks.documented()


def test_exemplars_are_asked_of_histogram_buckets_only() -> None:
    from grafana.source.catalogue import DASHBOARDS

    asked = [
        target.expr
        for board in DASHBOARDS
        for row in board.rows
        for panel in row.panels
        for target in panel.targets
        if target.exemplars
    ]
    assert len(asked) >= 8
    assert [expr for expr in asked if "_bucket" not in expr] == []


def test_whoever_is_no_service_of_ours_is_a_third_party() -> None:
    assert {"gateway", "payments", "c"} <= set(service_names())
    assert third_parties().startswith('peer!~"gateway|orders|')


def test_only_alerts_and_deploys_are_excused_for_showing_nothing() -> None:
    assert set(may_be_empty().values()) == {"no alert fires", "nothing was deployed lately"}
