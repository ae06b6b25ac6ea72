"""What people do after their home feed, and that it is counted."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from loadgen.engagement import CHANCES, Visitors, shown_by
from loadgen.ledger import Ledger
from loadgen.reports import Reports, book
from loadgen.visit import Visit

VISIT = Visit("user-1", "GET", "/api/feed")
VIEWS = 4000


def seen(ledger: Ledger, metric: str, content: str, outcome: str) -> float:
    value = ledger.metrics.registry.get_sample_value(
        metric, {"content": content, "outcome": outcome}
    )
    assert value is not None, "every series is there from the start"
    return value


def share(ledger: Ledger, metric: str, content: str, one: str, other: str) -> float:
    counts = [seen(ledger, metric, content, outcome) for outcome in (one, other)]
    return counts[0] / sum(counts)


def test_more_personal_content_keeps_more_visitors_and_errors_the_fewest():
    order = [CHANCES[kind] for kind in ("personalised", "cached", "default", "failing")]
    for better, worse in pairwise(order):
        assert better.continues > worse.continues
        assert better.returns > worse.returns


@pytest.mark.parametrize(
    ("journey", "outcome", "answer", "shown"),
    [
        ("feed", "ok", {"mode": "personalised"}, "personalised"),
        ("feed", "ok", {"mode": "cached"}, "cached"),
        ("feed", "ok", {"mode": "unheard-of"}, "default"),
        ("feed", "ok", {}, "default"),
        ("feed", "error", {}, "failing"),
        ("feed", "timeout", {}, "failing"),
        ("account", "ok", {"mode": "personalised"}, None),
        ("account", "error", {}, None),
    ],
)
def test_only_a_home_feed_is_shown_and_one_that_fails_shows_nothing_else(
    journey, outcome, answer, shown
):
    assert shown_by(journey, outcome, answer) == shown


@pytest.mark.parametrize("content", CHANCES)
def test_what_is_counted_is_what_the_model_says(content):
    ledger = Ledger()
    for _ in range(VIEWS):
        ledger.ended(VISIT, "account", "ok", 0.1, None, content)
    chances = CHANCES[content]
    continued = share(ledger, "user_feed_views_total", content, "continued", "left")
    returning = share(ledger, "user_departures_total", content, "returns", "lost")
    assert continued == pytest.approx(chances.continues, abs=0.03)
    assert returning == pytest.approx(chances.returns, abs=0.05)
    left = seen(ledger, "user_feed_views_total", content, "left")
    departed = sum(seen(ledger, "user_departures_total", content, o) for o in ("returns", "lost"))
    assert departed == left


def test_what_was_no_home_feed_moves_nobody():
    ledger = Ledger()
    ledger.ended(VISIT, "account", "ok", 0.1, None)
    assert seen(ledger, "user_feed_views_total", "default", "continued") == 0


def test_workers_leave_the_reactions_to_those_who_keep_the_books():
    reports, here, there = Reports(), Ledger(), Ledger()
    for one in (reports, here):
        for _ in range(50):
            one.ended(VISIT, "account", "ok", 0.1, None, "cached")
    book(there, reports.take())
    for outcome in ("continued", "left"):
        assert seen(there, "user_feed_views_total", "cached", outcome) == seen(
            here, "user_feed_views_total", "cached", outcome
        )


def test_two_loads_that_show_the_same_have_the_same_visitors():
    def reactions() -> list[bool]:
        visitors = Visitors(random.Random(3))
        return [visitors.react("default").continues for _ in range(40)]

    assert reactions() == reactions()
