"""Whose processor time is whose."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.bench.kinds import Kind
from harness.bench.processor import Sampled, Spent, by_name, kind_rows
from harness.bench.sampling import EVERY_S
from harness.runtime.procfs import ProcessTimes


def test_a_process_counts_for_its_nearest_ancestor_that_has_a_name() -> None:
    times = {
        1: ProcessTimes(parent=0, own_s=100, reaped_s=50),  # the machine's own
        10: ProcessTimes(parent=1, own_s=1, reaped_s=0),  # the host
        11: ProcessTimes(parent=10, own_s=2, reaped_s=0.5),  # postgres, which the host started
        12: ProcessTimes(parent=11, own_s=4, reaped_s=0),  # a connection of it
        13: ProcessTimes(parent=10, own_s=8, reaped_s=0),  # a helper of the host
    }
    assert by_name({10: "host", 11: "postgres"}, times) == {"host": 9, "postgres": 6.5}


def test_a_process_whose_parent_cannot_be_seen_counts_for_nobody() -> None:
    assert by_name({10: "host"}, {12: ProcessTimes(parent=11, own_s=4, reaped_s=0)}) == {}


def test_the_whole_is_the_sum_of_its_parts() -> None:
    assert Spent({"a": 0.25, "b": 0.5}, requests_per_s=30).total_cores == pytest.approx(0.75)


def test_kinds_of_work_are_told_per_request_with_their_error_and_how_far_they_can_be_trusted() -> (
    None
):
    sampled = Sampled({"users": Counter({Kind.STATEMENTS: 300, Kind.REQUESTS: 300})}, used_s=5)
    rows = kind_rows("a request", "ms", {"users": 0.2, "postgres": 0.05}, sampled, scale=10)
    figures = {row["figure"]: row["measured"] for row in rows}
    assert figures == {
        "a request: statements, ms": 1.0,
        "a request: requests, ms": 1.0,
        "a request: Postgres, ms": 0.5,
        "a request: all kinds / all processes": 1.0,
        "a request: services' samples / their CPU": 600 * EVERY_S / 5,
    }
    assert rows[0]["by_process"] == {"users": 1.0}
    assert 0 < rows[0]["error"] < 0.1
    assert rows[2]["error"] == 0, "what is one kind was not estimated"
