"""Every panel's query against the Prometheus of a shop that runs: none of them is blank."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from grafana.source.catalogue import DASHBOARDS, PanelQuery, may_be_empty, panel_queries
from grafana.source.queries import DEPLOYS, runnable, service_names
from harness.ports import PROMETHEUS
from harness.telemetry.prometheus import PrometheusClient, Sample
from harness.waiting import WaitedTooLong, wait_until
from tests.e2e.failing import Deploy, deploy_failing_users
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.shop, pytest.mark.timeout(300)]
PORT_OFFSET = in_lane(23_500)
"""All ports stay below those that the kernel hands out to clients."""
PROMETHEUS_URL = f"http://127.0.0.1:{PROMETHEUS + PORT_OFFSET}"
FILLED_S = 60.0
"""How long the panels may take to fill after the shop is healthy."""
START_S = 300.0
"""Images of containers may have to be built first."""
FILLED: list[tuple[str, PanelQuery]] = []
"""In which phase of the drill which query returned data."""


@pytest.fixture(scope="module", params=["local", pytest.param("compose", marks=pytest.mark.engine)])
def drill(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveDrill]:
    home, options = tmp_path_factory.mktemp("home"), ("--runtime", request.param)
    FILLED.clear()
    with live_drill(home, "healthy", PORT_OFFSET, options) as running:
        running.wait_healthy(START_S)
        yield running
    for phase, query in FILLED:
        print(f"{request.param}, {phase}: {query.dashboard} / {query.panel}")  # noqa: T201


async def values(prometheus: PrometheusClient, expr: str) -> list[Sample]:
    """What the expression finds for any service; a value that is no number does not count."""
    services = service_names() if "$service" in expr else ("",)
    found: list[Sample] = []
    for service in services:
        found += await prometheus.query(runnable(expr, service))
    return [sample for sample in found if math.isfinite(sample.value)]


async def blank(prometheus_url: str, queries: list[PanelQuery]) -> list[PanelQuery]:
    """The queries that find nothing in the Prometheus at this address."""
    async with PrometheusClient(prometheus_url) as prometheus:
        return [query for query in queries if not await values(prometheus, query.expr)]


async def fill(queries: list[PanelQuery], phase: str) -> None:
    """Wait until every query has found something; fails with those that never did."""
    left = queries

    async def all_filled() -> bool:
        nonlocal left
        left = await blank(PROMETHEUS_URL, left)
        return not left

    try:
        await wait_until(all_filled, timeout_s=FILLED_S, what="data in all panels", interval_s=2)
    except WaitedTooLong:
        assert left == []
    FILLED.extend((phase, query) for query in queries)


async def test_every_panel_shows_data_in_a_healthy_shop(drill: LiveDrill) -> None:
    await fill([query for query in panel_queries() if query not in may_be_empty()], "healthy")


async def test_no_deploy_is_marked_where_none_happened(drill: LiveDrill) -> None:
    async with PrometheusClient(PROMETHEUS_URL) as prometheus:
        assert await values(prometheus, DEPLOYS.expr) == []


async def test_a_query_that_finds_nothing_is_noticed(drill: LiveDrill) -> None:
    of_nobody = PanelQuery("none", "none", 'http_requests_total{service="$service",route="/no"}')
    no_number = PanelQuery("none", "none", "0 * sum(up) / (0 * sum(up))")
    assert await blank(PROMETHEUS_URL, [of_nobody, no_number]) == [of_nobody, no_number]


async def test_exemplars_on_latency_panels_open_traces_that_are_kept(drill: LiveDrill) -> None:
    asked = [
        target.expr
        for board in DASHBOARDS
        for row in board.rows
        for panel in row.panels
        for target in panel.targets
        if target.exemplars
    ]
    now = datetime.now(UTC)
    async with PrometheusClient(PROMETHEUS_URL) as prometheus:
        for expr in asked:
            found = [
                exemplar
                for service in service_names()
                for exemplar in await prometheus.query_exemplars(
                    runnable(expr, service), now - timedelta(minutes=5), now
                )
            ]
            assert found, expr
            newest = max(found, key=lambda exemplar: exemplar.at)
            assert newest.trace_id, expr
    shown = drill.drill("trace", newest.trace_id, "--json")
    assert shown.returncode == 0, shown.stderr
    assert newest.trace_id in shown.stdout


@pytest.fixture(scope="module")
def failing_release(drill: LiveDrill) -> Deploy:
    """A release of users that fails for half of them; the tests above this want a healthy shop."""
    return deploy_failing_users(drill)


async def test_a_deploy_is_marked_when_it_happens(failing_release: Deploy) -> None:
    async with PrometheusClient(PROMETHEUS_URL) as prometheus:

        async def marked() -> list[Sample]:
            return await values(prometheus, DEPLOYS.expr)

        (mark,) = await wait_until(marked, timeout_s=10, what="the mark of the deploy")
        (current,) = await prometheus.query('build_info{service="users"}')
    assert mark.labels["service"] == "users"
    assert mark.labels["version"] == current.labels["version"]
    assert failing_release.begun_s - 2 < mark.value / 1000 < failing_release.done_s + 2


async def test_panels_on_alerts_and_deploys_show_data_once_there_are_any(
    failing_release: Deploy,
) -> None:
    await fill(list(may_be_empty()), "a release fails")


async def test_a_shop_that_fails_leaves_no_other_panel_blank(failing_release: Deploy) -> None:
    steady = [query for query in panel_queries() if query not in may_be_empty()]
    await fill(steady, "a release fails")
