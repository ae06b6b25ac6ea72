"""Evidence is any text; the links in it are recognised, each of a known form."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.exercise.evidence import (
    EVIDENCE_MAX,
    LENGTH_MAX,
    Evidence,
    evidence_texts,
    in_full,
    links_in,
    parse_evidence,
)

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


NOW = datetime(2026, 3, 1, 7, 40, tzinfo=UTC)
SHOWN = "promql:up @2026-03-01T07:34:00Z..2026-03-01T07:37:00Z"


@pytest.mark.parametrize(
    ("shown", "full"),
    [
        ("@07:34..07:37", "@2026-03-01T07:34:00Z..2026-03-01T07:37:00Z"),
        ("@7:34..7:37:30", "@2026-03-01T07:34:00Z..2026-03-01T07:37:30Z"),
        ("@07:34:05.250Z..07:37Z", "@2026-03-01T07:34:05.250000Z..2026-03-01T07:37:00Z"),
        ("@23:50..00:10", "@2026-02-28T23:50:00Z..2026-03-01T00:10:00Z"),
    ],
)
def test_times_are_read_as_screens_show_them_and_kept_with_their_date(
    shown: str, full: str
) -> None:
    assert str(parse_evidence(f"promql:up {shown}", now=NOW)) == f"promql:up {full}"
    assert parse_evidence(f"promql:up {full}") == parse_evidence(f"promql:up {shown}", now=NOW)


@pytest.mark.parametrize("shown", ["@07:34..07:34", "@07:60..08:10", "@25:00..26:00"])
def test_a_time_of_day_that_there_is_not_is_refused(shown: str) -> None:
    with pytest.raises(UsageError):
        parse_evidence(f"promql:up {shown}", now=NOW)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("p95 doubled at 03:02", ()),
        ("log:7", ("log:7",)),
        (f"log:7, then (trace:{TRACE}).", ("log:7", f"trace:{TRACE}")),
        ("since commit:9fceb02: alert:HighLatency", ("commit:9fceb02", "alert:HighLatency")),
        (
            "promql:sum(up) @07:34..07:37, promql:rate(x[5s]) @1..2.",
            ("promql:sum(up) @07:34..07:37", "promql:rate(x[5s]) @1..2"),
        ),
        ("promql:up @ 1000 and no range", ("promql:up",)),
        ("dialog:7 and my-catalog:x", ()),
        ("log:7 and log:7", ("log:7",)),
    ],
)
def test_links_are_recognised_in_words(text: str, links: tuple[str, ...]) -> None:
    assert links_in(text) == links


def test_words_around_a_query_stay_and_its_times_become_moments() -> None:
    said = in_full("it broke: promql:up  @07:34..07:37, see log:7 at 07:35", now=NOW)
    assert said == f"it broke: {SHOWN}, see log:7 at 07:35"


def test_any_words_are_evidence_kept_once_and_in_order() -> None:
    given = ["p95 doubled at 03:02", " log:1", "", "log:1 ", "promql:up @99:99..1", "trace:x"]
    assert evidence_texts(given) == (
        "p95 doubled at 03:02", "log:1", "promql:up @99:99..1", "trace:x",
    )  # fmt: skip


def test_only_more_or_longer_evidence_than_a_record_takes_is_refused() -> None:
    assert len(evidence_texts(f"log:{n}" for n in range(EVIDENCE_MAX))) == EVIDENCE_MAX
    with pytest.raises(UsageError, match="at most 20"):
        evidence_texts(f"log:{n}" for n in range(EVIDENCE_MAX + 1))
    with pytest.raises(UsageError, match="at most 2000 characters"):
        evidence_texts(["x" * (LENGTH_MAX + 1)])


@given(st.one_of(st.text(), st.text().map("promql:{}".format), st.text().map("up @{}..2".format)))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    try:
        assert parse_evidence(text).target
    except UsageError:
        return


@given(st.lists(st.one_of(st.text(), st.text().map("x promql:up @{}..07:37 y".format)), max_size=5))
def test_no_words_are_refused(texts: list[str]) -> None:
    assert len(evidence_texts(texts)) <= len(texts)
    for one in texts:
        links_in(one)


@pytest.mark.parametrize("part", ["promql:", "promql:x @", " @a", "log:", "promql: @..", " @.."])
def test_hostile_words_are_read_in_a_moment(part: str) -> None:
    """Twice the words may take four times as long, not more: no pattern tries all combinations."""
    text = (part * LENGTH_MAX)[:LENGTH_MAX]
    began = time.process_time()
    links_in(text)
    in_full(text)
    assert time.process_time() - began < 2
