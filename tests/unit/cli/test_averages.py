"""What `drill history` says below its table."""

from __future__ import annotations

from harness.cli.afterwards import _averages_in_words


def test_averages_that_are_known_are_named_as_people_name_them() -> None:
    found = {"drills": 2.0, "mttd_ms": 7400.0, "mean_revenue_lost": 709_200.0, "mean_brier": None}
    assert list(_averages_in_words(found)) == [
        "averages over 2 drills",
        "MTTD: 7.4 s",
        "mean revenue lost: € 709,200.00",
    ]


def test_without_a_finished_drill_there_is_one_line_and_no_list_of_what_is_missing() -> None:
    (said,) = _averages_in_words({"drills": 0.0, "mttd_ms": None})
    assert said.startswith("no averages yet")
