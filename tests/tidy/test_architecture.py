"""The page of the architecture says what the code says, in both directions.

Why: people and programs rely on its names. Whoever adds a route, a metric, a port or a variable, or
renames one, is told to change the page in the same commit.
"""

from __future__ import annotations

import pytest

from tests.tidy import architecture
from tests.tidy.architecture import Claims

PAGE = (architecture.ROOT / "docs" / "architecture.md").read_text()


@pytest.fixture(scope="module")
def code() -> Claims:
    return architecture.in_the_code()


def test_the_page_and_the_code_say_the_same(code: Claims) -> None:
    assert architecture.differences(architecture.stated(PAGE), code) == []


def test_no_topic_is_empty(code: Claims) -> None:
    assert {topic: len(claims) for topic, claims in code.items() if len(claims) < 8} == {}


def test_every_module_in_a_diagram_exists() -> None:
    assert architecture.missing_modules(PAGE) == []
    assert architecture.missing_modules(PAGE.replace("cli/act.py", "cli/acts.py")) == [
        "cli/acts.py"
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "topic"),
    [
        ("`workspace` | the", "`workshop` | the", "parts"),
        ('L0["causes', 'L0["matrix, causes', "layers"),
        ("| `recorder` | 8318", "| `recorder` | 8319", "ports"),
        ("`CAPACITY_UNITS` |", "`CAPACITY` |", "environment"),
        ("`RECONCILIATION_INTERVAL_MS`", "`RECONCILIATION_INTERVAL_S`", "settings"),
        ("| `db_pool_in_use` | gauge", "| `db_pool_used` | gauge", "metrics"),
        ("| `charges_total` | counter", "| `charges_total` | gauge", "metrics"),
        ("| counter | `peer` `outcome`", "| counter | `peer`", "metrics"),
        ("| payments | `GET /settlements`", "| billing | `GET /settlements`", "routes of the shop"),
        ("`POST /v1/rollbacks`", "`POST /v1/rollback`", "routes of a drill"),
        ("def append(self, event: Event,", "def append(self, event: str,", "signatures"),
        ("ready_timeout_s: float", "ready_timeout_ms: float", "signatures"),
    ],
)
def test_a_wrong_name_is_noticed_on_both_sides(
    code: Claims, right: str, wrong: str, topic: str
) -> None:
    assert PAGE.count(right) >= 1
    found = architecture.differences(architecture.stated(PAGE.replace(right, wrong)), code)
    assert {line.split(":")[0] for line in found} == {topic}
    assert {line.split(": ")[1] for line in found} == {"not on the page", "not in the code"}


def test_a_metric_that_the_page_does_not_know_is_noticed(code: Claims) -> None:
    more = {**code, "metrics": code["metrics"] | {"retries_total counter peer"}}
    assert architecture.differences(architecture.stated(PAGE), more) == [
        "metrics: not on the page: retries_total counter peer"
    ]
