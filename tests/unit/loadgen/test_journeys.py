"""What people ask for, and what is learnt from the answers."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from loadgen.catalogue import Catalogue, read_catalogue
from loadgen.engagement import shown_by
from loadgen.errors import BadLoad
from loadgen.journeys import JOURNEYS, is_right
from loadgen.pace import CATCH_UP_S, JITTER, Pace
from loadgen.stages import Baskets
from loadgen.trace import TraceIdSource
from loadgen.world import FIRST_ESTIMATE, World

CATALOGUE = Catalogue(("A", "B", "C", "D", "E"), range(1, 2001), ("old-1", "old-2"))
BY_NAME = {journey.name: journey for journey in JOURNEYS}


@pytest.fixture
def world():
    return World(CATALOGUE, random.Random(3), visitors=10)


def test_a_checkout_buys_known_products_under_a_new_key_each(world):
    visits = [BY_NAME["checkout"].visit(world) for _ in range(200)]
    for visit in visits:
        assert (visit.method, visit.path) == ("POST", "/api/checkout")
        skus = [line["sku"] for line in visit.body["lines"]]
        assert 1 <= len(skus) <= 4
        assert len(set(skus)) == len(skus)
        assert set(skus) <= set(CATALOGUE.skus)
        assert all(line["quantity"] >= 1 for line in visit.body["lines"])
        assert visit.who == f"user-{visit.body['user_id']}"
    assert len({visit.headers["Idempotency-Key"] for visit in visits}) == 200


def test_in_a_sale_everybody_buys_of_what_is_on_sale_and_a_profile_that_ends_it_ends_it():
    now = [Baskets((2, 3), ("B", "D", "E"))]
    world = World(CATALOGUE, random.Random(3), visitors=10, baskets=lambda: now[0])

    def bought():
        visits = [BY_NAME["checkout"].visit(world) for _ in range(100)]
        return [tuple(line["sku"] for line in visit.body["lines"]) for visit in visits]

    sale = bought()
    assert {len(skus) for skus in sale} == {2, 3}
    assert {sku for skus in sale for sku in skus} == {"B", "D", "E"}
    assert {("B", "D"), ("D", "B")} <= set(sale), "in whichever order"
    now[0] = Baskets()
    assert {sku for skus in bought() for sku in skus} == set(CATALOGUE.skus)


def test_three_in_a_hundred_checkouts_repeat_one_that_was_answered_and_expect_its_order(world):
    checkout = BY_NAME["checkout"]
    first = checkout.visit(world)
    world.answered(first, {"order_id": 7})
    again = [one for one in (checkout.visit(world) for _ in range(2000)) if one.about is not None]
    assert 30 <= len(again) <= 90
    assert {(one.headers["Idempotency-Key"], one.about, one.at_stake) for one in again} == {
        (first.headers["Idempotency-Key"], 7, 0.0)
    }
    assert {str(one.body) for one in again} == {str(first.body)}


def test_a_repeat_is_not_repeated_and_nothing_is_before_an_answer(world):
    assert world.to_repeat() is None
    first = BY_NAME["checkout"].visit(world)
    world.answered(first, {"order_id": 7})
    world.answered(replace(first, about=7), {"order_id": 8})
    world.answered(BY_NAME["basket"].visit(world), {"order_id": 9})
    world.answered(first, {"title": "no order"})
    assert world.to_repeat() == (first, 7)


HISTORY = {"users": [{"user_id": 5, "profile": {"id": 5}, "orders": []}]}


@pytest.mark.parametrize(
    ("name", "about", "answer", "right"),
    [
        ("account", 5, {"id": 5}, True),
        ("account", 5, {"id": 6}, False),
        ("history", 5, HISTORY, True),
        ("history", 6, HISTORY, False),
        ("history", 5, {"users": [{"user_id": 5, "profile": {"id": 6}}]}, False),
        ("history", 5, {"users": [*HISTORY["users"], {"user_id": 6, "profile": {"id": 6}}]}, False),
        ("history", 5, {"users": [{"user_id": 5, "profile": None}]}, False),
        ("track", "12", {"order_id": 12}, True),
        ("track", "12", {}, False),
        ("summary", "12", {"order_id": 13}, False),
        ("checkout", 7, {"order_id": 7}, True),
        ("checkout", 7, {"order_id": 8}, False),
        ("checkout", None, {}, True),
        ("feed", None, {"mode": "default"}, True),
    ],
)
def test_an_answer_is_right_when_it_is_about_whom_or_what_was_asked(
    world, name, about, answer, right
):
    visit = replace(BY_NAME[name].visit(world), about=about)
    assert is_right(BY_NAME[name], visit, answer) is right


def test_whoever_asks_for_one_thing_says_which(world):
    says = {name for name, one in BY_NAME.items() if one.visit(world).about is not None}
    assert says == {"account", "history", "track", "summary"}


def test_only_checkouts_put_revenue_at_stake(world):
    stakes = {name: journey.visit(world).at_stake for name, journey in BY_NAME.items()}
    assert stakes.pop("checkout") == FIRST_ESTIMATE
    assert set(stakes.values()) == {0.0}


def test_the_value_of_a_basket_follows_the_totals_that_the_shop_answers(world):
    for _ in range(200):
        BY_NAME["basket"].learn({"total": "10.00"}, world)
    assert world.basket_value == pytest.approx(10.0, rel=0.01)


@pytest.mark.parametrize("answer", [{}, {"total": None}, {"total": "free"}])
def test_an_answer_without_a_price_teaches_nothing(world, answer):
    BY_NAME["basket"].learn(answer, world)
    assert world.basket_value == FIRST_ESTIMATE


@pytest.mark.parametrize("name", BY_NAME)
def test_whose_answers_are_not_read_takes_nothing_from_them(name):
    """Else what a journey learns would be lost, since nobody parses its answers."""
    answer = {"order_id": "new-1", "total": "9.00", "mode": "personalised"}
    taught, other = (World(CATALOGUE, random.Random(3), visitors=10) for _ in range(2))
    BY_NAME[name].learn(answer, taught)
    known = [(it.basket_value, [it.order_to_track() for _ in range(50)]) for it in (taught, other)]
    learns = known[0] != known[1]
    assert BY_NAME[name].reads_answers == (learns or shown_by(name, "ok", answer) is not None)


def test_an_order_that_was_placed_is_tracked_later(world):
    BY_NAME["checkout"].learn({"order_id": "new-1", "total": "9.00"}, world)
    paths = {BY_NAME["track"].visit(world).path for _ in range(100)}
    assert paths == {"/api/track/new-1", "/api/track/old-1", "/api/track/old-2"}


def test_before_any_order_those_of_the_past_are_tracked(world):
    paths = {BY_NAME["track"].visit(world).path for _ in range(100)}
    assert paths == {"/api/track/old-1", "/api/track/old-2"}


def test_a_feed_is_of_the_customer_who_opens_the_shop(world):
    visit = BY_NAME["feed"].visit(world)
    assert visit.path == f"/api/feed?user_id={visit.who.removeprefix('user-')}"


def test_summaries_are_read_of_orders_that_exist(world):
    BY_NAME["checkout"].learn({"order_id": "new-1", "total": "9.00"}, world)
    paths = {BY_NAME["summary"].visit(world).path for _ in range(100)}
    assert paths == {"/api/summary/new-1", "/api/summary/old-1", "/api/summary/old-2"}


def test_the_support_desk_asks_for_a_hundred_different_customers(world):
    visit = BY_NAME["support_desk"].visit(world)
    user_ids = parse_qs(urlsplit(visit.path).query)["user_id"]
    assert len(user_ids) == len(set(user_ids)) == 100
    assert visit.who.startswith("agent-")


def test_a_history_is_of_the_customer_who_asks(world):
    visit = BY_NAME["history"].visit(world)
    assert visit.path == f"/api/history?user_id={visit.who.removeprefix('user-')}"


def test_customers_do_several_things_in_a_row_and_others_follow(world):
    visitors = [world.visitor() for _ in range(2000)]
    assert 20 < len(set(visitors)) < 400


def test_the_same_seed_asks_for_the_same_things():
    worlds = [World(CATALOGUE, random.Random(3), visitors=10) for _ in range(2)]
    assert [j.visit(worlds[0]) for j in JOURNEYS] == [j.visit(worlds[1]) for j in JOURNEYS]


def test_trace_contexts_are_well_formed_and_unique():
    source = TraceIdSource(sampled_share=1.0)
    headers = [source.next().headers() for _ in range(1000)]
    parents = [header["traceparent"] for header in headers]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", parent) for parent in parents)
    assert len(set(parents)) == len({header["X-Request-ID"] for header in headers}) == 1000


def test_some_clients_write_a_remark_where_an_id_belongs_and_ids_stay_unique():
    source = TraceIdSource(1.0, "restart users")
    ids = [source.next().request_id for _ in range(4000)]
    remarks = [one for one in ids if re.fullmatch(r"restart users [0-9a-f]{8}", one)]
    assert 100 < len(remarks) < 320
    assert len(set(ids)) == 4000


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 0, 0), (0.3, 200, 400), (1.0, 1000, 1000)]
)
def test_the_sampled_share_is_that_of_the_setting(share, low, high):
    source = TraceIdSource(sampled_share=share)
    assert low <= sum(source.next().sampled for _ in range(1000)) <= high


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def test_arrivals_keep_their_rate_without_drift():
    clock = Clock()
    pace = Pace(lambda: 10.0, random.Random(1), clock)
    arrivals = []
    for _ in range(1000):
        clock.now_s += pace.next_pause_s()
        arrivals.append(clock.now_s)
    assert arrivals[-1] - arrivals[0] == pytest.approx(99.9, abs=0.2)
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    assert 0 <= min(gaps) < 0.05
    assert 0.15 < max(gaps) <= 0.1 * (1 + 2 * JITTER) + 1e-9


def test_a_stall_causes_no_burst():
    clock = Clock()
    pace = Pace(lambda: 10.0, random.Random(1), clock)
    clock.now_s += 60
    at_once = 0
    while pace.next_pause_s() == 0:
        at_once += 1
    assert at_once <= CATCH_UP_S * 10 + 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"skus": [], "user_ids": [1, 2], "order_ids": ["1"]}', "skus"),
        ('{"skus": ["A"], "user_ids": [2, 1], "order_ids": ["1"]}', "user_ids"),
        ('{"skus": ["A"], "user_ids": ["1", "2"], "order_ids": ["1"]}', "user_ids"),
        ('{"skus": ["A"], "user_ids": [1, 2], "orders": ["1"]}', "did you mean 'order_ids'"),
        ("[]", "a JSON object"),
        ("{", "catalogue.json"),
    ],
)
def test_a_bad_catalogue_is_refused_saying_why(tmp_path, content, says):
    path = tmp_path / "catalogue.json"
    path.write_text(content)
    with pytest.raises(BadLoad, match=says):
        read_catalogue(path)
