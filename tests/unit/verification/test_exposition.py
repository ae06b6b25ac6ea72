"""What services say about themselves is read as it is meant."""

from __future__ import annotations

import pytest

from harness.verification.exposition import mean_growth, parse_scrape

NAME = "db_statements_per_request"


def scrape_of(total: float, count: float, route: str = "/orders") -> str:
    return (
        f"# TYPE {NAME} histogram\n"
        f'{NAME}_bucket{{route="{route}",le="+Inf"}} {count}\n'
        f'{NAME}_count{{route="{route}"}} {count}\n'
        f'{NAME}_sum{{route="{route}"}} {total}\n'
    )


def test_the_mean_is_taken_over_what_came_in_between() -> None:
    before, after = parse_scrape(scrape_of(10, 10)), parse_scrape(scrape_of(70, 20))
    assert mean_growth(before, after, NAME, route="/orders") == 6.0


def test_a_process_that_started_anew_counts_from_zero() -> None:
    before, after = parse_scrape(scrape_of(1000, 500)), parse_scrape(scrape_of(30, 10))
    assert mean_growth(before, after, NAME, route="/orders") == 3.0


def test_without_traffic_or_metrics_the_mean_is_unknown() -> None:
    same = parse_scrape(scrape_of(10, 10))
    assert mean_growth(same, same, NAME, route="/orders") is None
    assert mean_growth(same, None, NAME, route="/orders") is None
    assert mean_growth(None, parse_scrape(""), NAME, route="/orders") is None
    assert mean_growth(None, same, NAME, route="/elsewhere") is None


def test_a_service_first_seen_at_the_end_is_taken_whole() -> None:
    assert mean_growth(None, parse_scrape(scrape_of(8, 4)), NAME, route="/orders") == 2.0


def test_label_sets_are_summed_unless_they_are_chosen() -> None:
    scrape = parse_scrape('x_total{peer="a",outcome="ok"} 2\nx_total{peer="b",outcome="ok"} 3\n')
    assert scrape.total("x_total") == 5
    assert scrape.total("x_total", peer="b") == 3
    assert scrape.total("x_total", peer="c") is None


@pytest.mark.parametrize("text", ["<html>{ not metrics</html>", 'x{peer="a", ="b"} 1\n'])
def test_what_is_not_an_exposition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_scrape(text)
