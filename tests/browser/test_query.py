"""Any question to Prometheus from the console: written with completion, drawn, refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.errors import UsageError
from harness.telemetry.prometheus import Sample
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

METRICS = ("charges_total", "checkouts_total", "up")


@pytest.fixture
def names(drill: ServedDrill) -> list[str]:
    """Prometheus knows names; what it was asked for."""
    prometheus: Any = drill.session.services.prometheus
    others = prometheus.query
    asked: list[str] = []

    async def query(expr: str, at: datetime | None = None) -> list[Sample]:
        asked.append(expr)
        if expr == "nonsense(":
            raise UsageError("Prometheus rejected the query: unclosed left parenthesis", "check it")
        if "by (__name__)" in expr:
            return [Sample({"__name__": name}, 1, datetime.now(UTC)) for name in METRICS]
        found: list[Sample] = await others(expr, at)
        return found

    prometheus.query = query
    return asked


def asking(open_console: Open, drill: ServedDrill, question: str, **options: Any) -> Any:
    """The view at the address of a question."""
    page = open_console("query", **options)
    page.goto(f"{drill.url}/#/query?{question}")
    return page


def editor(page: Any) -> Any:
    return page.get_by_role("textbox", name="PromQL query")


def write(page: Any, text: str) -> None:
    editor(page).click()
    page.keyboard.type(text)


def test_a_metric_is_completed_and_drawn_by_the_keyboard_alone(
    open_console: Open, names: list[str]
) -> None:
    page = open_console("query")
    write(page, "chec")
    page.get_by_role("option", name="checkouts_total").wait_for()
    page.wait_for_timeout(100)  # what is offered is not taken within the first moment of it
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("figure", name="checkouts_total: ").wait_for()
    assert "expr=checkouts_total" in page.url


def test_the_same_answer_as_a_table_and_as_evidence(
    open_console: Open, drill: ServedDrill, names: list[str]
) -> None:
    page = asking(open_console, drill, "expr=up")
    page.get_by_role("figure", name="up: ").wait_for()
    page.get_by_role("radio", name="Table").click()
    page.get_by_role("cell", name="payments").wait_for()
    page.get_by_role("button", name="Attach as evidence").click()
    page.get_by_text("Collected as evidence: promql:up @").wait_for()
    page.goto(f"{drill.url}/#/diagnosis")
    cause = page.get_by_label("Evidence of the cause")
    cause.get_by_role("link", name="promql:up @").click()
    page.locator("main.view-query").wait_for()
    page.get_by_role("figure", name="up: ").wait_for()


def test_a_query_that_prometheus_refuses_says_why(
    open_console: Open, drill: ServedDrill, names: list[str]
) -> None:
    page = asking(open_console, drill, "expr=nonsense(&as=table")
    refused = page.get_by_role("alert").filter(has_text="unclosed left parenthesis")
    refused.wait_for()
    assert page.get_by_role("region", name="Result").count() == 0
    assert page.get_by_role("button", name="Attach as evidence").is_disabled()
    write(page, "")
    page.keyboard.press("Control+a")
    page.keyboard.type("up")
    page.get_by_role("button", name="Run query").click()
    page.get_by_role("cell", name="payments").wait_for()
    assert refused.count() == 0


def test_letters_in_the_editor_are_no_shortcuts(open_console: Open, names: list[str]) -> None:
    page = open_console("query")
    write(page, "a?h gn")
    assert page.locator("main.view-query").count() == 1
    assert page.get_by_role("dialog").count() == 0


def test_a_panel_leads_to_its_query(open_console: Open) -> None:
    page = open_console("dashboards")
    panel = page.locator(".v-panel").first
    panel.hover()
    panel.get_by_role("link", name="query").click()
    page.locator("main.view-query").wait_for()
    editor(page).wait_for()
    assert "expr=" in page.url
    assert editor(page).inner_text().strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_its_offer_and_the_answer_are_accessible(
    open_console: Open, drill: ServedDrill, names: list[str], scheme: str
) -> None:
    question = "expr=up&as=table"
    page = asking(open_console, drill, question, bypass_csp=True, color_scheme=scheme)
    page.get_by_role("cell", name="payments").wait_for()
    assert violations(page) == []
    write(page, " + chec")
    page.get_by_role("option", name="checkouts_total").wait_for()
    assert violations(page) == []
