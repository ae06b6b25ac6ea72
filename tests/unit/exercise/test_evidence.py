"""Evidence is a link of a known form; anything else is refused with the forms there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.exercise.evidence import Evidence, check_evidence, parse_evidence

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"trace:{TRACE}", Evidence("trace", TRACE)),
        ("log:4711", Evidence("log", "4711")),
        ("commit:9fceb02", Evidence("commit", "9fceb02")),
        ("alert:DatabasePoolExhausted", Evidence("alert", "DatabasePoolExhausted")),
        (
            'promql:sum(rate(x{a="@"}[5s])) @2026-03-01T03:00:00Z..2026-03-01T04:03:00+01:00',
            Evidence(
                "promql",
                'sum(rate(x{a="@"}[5s]))',
                datetime(2026, 3, 1, 3, 0, tzinfo=UTC),
                datetime(2026, 3, 1, 3, 3, tzinfo=UTC),
            ),
        ),
        (
            "promql:up @1000..1060.5",
            Evidence(
                "promql",
                "up",
                datetime.fromtimestamp(1000, UTC),
                datetime.fromtimestamp(1060.5, UTC),
            ),
        ),
        ("  log:1 ", Evidence("log", "1")),
    ],
)
def test_each_form_is_taken_apart(link: str, expected: Evidence) -> None:
    assert parse_evidence(link) == expected


@pytest.mark.parametrize(
    "link",
    [
        "", ":", "the graph", "https://example/graph", "trace:", f"trace:{TRACE[:-1]}",
        f"trace:{TRACE.upper()}", "log:0", "log:-3", "log:abc", "commit:xyz", "commit:abc",
        "alert:", "alert:a b", "promql:up", "promql:up @1..", "promql: @1..2", "promql:up @2..1",
        "promql:up @1..1", "promql:up @yesterday..today", "promql:up @1e999..2e999",
        "diff:payments",
        "promql:up @99999999999999999..999999999999999999", "log:" + "1" * 19,
        "promql:" + "x" * 3000 + " @1..2", "promql:up @0001-01-01T00:00:00+14:00..2",
    ],
)  # fmt: skip
def test_what_is_no_link_is_refused_with_the_forms_there_are(link: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_evidence(link)
    assert caught.value.hint


def test_links_are_kept_once_and_in_order() -> None:
    assert check_evidence(["log:2", " log:1", "log:2 "]) == ("log:2", "log:1")


def test_too_many_links_are_refused() -> None:
    assert len(check_evidence([f"log:{n}" for n in range(1, 21)])) == 20
    with pytest.raises(UsageError, match="at most 20"):
        check_evidence([f"log:{n}" for n in range(1, 22)])


def test_a_query_that_ends_before_the_drill_is_refused() -> None:
    began = datetime.fromtimestamp(100, UTC)
    assert check_evidence(["promql:up @50..100"], not_before=began)
    with pytest.raises(UsageError, match="before the drill"):
        check_evidence(["promql:up @50..99"], not_before=began)


@given(st.one_of(st.text(), st.text().map("promql:{}".format), st.text().map("up @{}..2".format)))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    try:
        assert parse_evidence(text).target
    except UsageError:
        return
