"""The scorecard says what is known, and keeps what is sealed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.scoring.engagement import Engaged
from harness.scoring.kpi import Kpis, WrongActions
from harness.scoring.scorecard import DeclaredCause, RootCause, Scorecard, outcome_of
from harness.scoring.times import Duration, Times, clock
from tests.unit.scoring.stories import both

KPIS = Kpis(
    Times(ttd=both(4_100), tta=both(10_000), tti=both(50_000), ttm=Duration(75_000, 150_000)),
    users_affected=1_250,
    revenue_lost=None,
    updates=2,
    diagnoses=1,
    wrong=WrongActions(restarts=1, innocent_rollbacks=3, failed_deploys=0),
)
CARD = Scorecard(
    "d-7f3a",
    "mitigated",
    KPIS,
    (RootCause("Payment timeouts were cut", "payments", "timeout-misconfigured"),),
    DeclaredCause("orders", "n-plus-one", 80, right=False),
)


def test_the_lines_hold_every_figure_and_say_where_there_is_no_data() -> None:
    lines = "\n".join(CARD.render_lines())
    for text in (
        "d-7f3a",
        "4.1 s",
        "1 m 15 s (agenda 2 m 30 s)",
        "1,250",
        "Payment timeouts were cut",
    ):
        assert text in lines
    assert "TTR (recover), from the page      no data" in lines
    assert "revenue lost, from the baseline   no data" in lines
    rich = replace(CARD, kpis=replace(KPIS, revenue_lost=9528.9))
    assert "revenue lost, from the baseline   € 9,528.90" in "\n".join(rich.render_lines())


def test_harm_says_what_it_counts_from_and_that_is_not_told_before_the_reveal() -> None:
    card = replace(CARD, kpis=replace(KPIS, users_before=7, harm_since="the fault"))
    told, sealed = "\n".join(card.render_lines()), "\n".join(card.sealed().render_lines())
    assert "users affected, from the fault    1,250" in told
    assert "users affected, from the baseline 1,257" in sealed
    assert "from the fault" not in sealed.replace("TTD (detect), from the fault", "")


def test_what_the_team_said_stands_beside_the_answer() -> None:
    silent = replace(CARD, declared=None)
    said = "declared cause                    orders, n-plus-one, 80 % sure: not right"
    assert said in "\n".join(CARD.render_lines())
    assert "not right" not in "\n".join(CARD.sealed().render_lines())
    assert "declared cause                    none" in "\n".join(silent.render_lines())


def test_of_several_causes_each_says_whether_it_was_found() -> None:
    other = RootCause("Money as floats", "billing", "numeric-precision", diagnosed=True)
    lines = "\n".join(replace(CARD, root_causes=(*CARD.root_causes, other)).render_lines())
    assert "(payments, timeout-misconfigured): NOT diagnosed" in lines
    assert "(billing, numeric-precision): diagnosed" in lines
    assert "diagnosed" not in "\n".join(CARD.render_lines())


def test_nothing_that_tells_the_answer_is_shown_before_the_reveal() -> None:
    lines = "\n".join(CARD.sealed().render_lines())
    data = json.dumps(CARD.sealed().to_json())
    for text in (lines, data):
        assert "Payment timeouts" not in text
        assert "payments" not in text
        assert "timeout-misconfigured" not in text
    assert "50.0 s" not in lines
    kpis = CARD.sealed().to_json()["kpis"]
    assert (kpis["times"]["ttd"], kpis["times"]["tti"]) == (None, None)
    assert kpis["times"]["tta"]["wall_ms"] == 10_000
    assert kpis["wrong"]["innocent_rollbacks"] is None


def test_the_reveal_tells_all() -> None:
    data = CARD.to_json()
    assert data["root_causes"][0]["service"] == "payments"
    assert data["kpis"]["times"]["tti"] == {"wall_ms": 50_000, "agenda_ms": 50_000}
    assert data["kpis"]["wrong"]["innocent_rollbacks"] == 3
    assert json.loads(json.dumps(data)) == data


def test_a_drill_in_which_nothing_was_wrong_says_so() -> None:
    healthy = replace(CARD, root_causes=())
    assert "none: nothing was wrong" in "\n".join(healthy.render_lines())


def test_the_lines_are_plain_text() -> None:
    for line in CARD.render_lines():
        assert line.isprintable()


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (None, "no data"),
        (0, "0.0 s"),
        (59_949, "59.9 s"),
        (59_951, "1 m 00 s"),
        (125_000, "2 m 05 s"),
        (3_599_600, "1 h 00 m"),
        (3_720_000, "1 h 02 m"),
    ],
)
def test_durations_read_like_a_clock(duration_ms: int | None, text: str) -> None:
    assert clock(duration_ms) == text


def test_the_outcome_is_the_furthest_that_was_reached() -> None:
    assert outcome_of(KPIS) == "mitigated"
    assert outcome_of(replace(KPIS, times=replace(KPIS.times, ttr=both(1)))) == "verified"
    assert outcome_of(replace(KPIS, times=Times())) == "open"
    assert outcome_of(KPIS, aborted=True) == "aborted"


def test_what_home_feeds_were_worth_is_told_side_by_side() -> None:
    shown = replace(
        CARD,
        engagement=(Engaged("personalised", 1200, 0.8, 0.9), Engaged("failing", 40, 0.15, None)),
    )
    lines = "\n".join(shown.render_lines())
    assert (
        "personalised feed                 1,200 shown; 80% went on, 90% of the others come back"
        in lines
    )
    assert "failing feed                      40 shown; 15% went on" in lines
    assert shown.sealed().to_json()["engagement"][1]["views"] == 40
