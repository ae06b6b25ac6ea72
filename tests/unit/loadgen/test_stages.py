"""Load profiles: read strictly, and gone through stage by stage."""

from __future__ import annotations

import pytest

from loadgen.errors import BadLoad
from loadgen.journeys import JOURNEYS
from loadgen.journeys.checkout import QUANTITIES
from loadgen.settings import PROFILES
from loadgen.stages import Baskets, Profile, Stage, read_profile
from services import sampledata
from services.a.domain import HOLD

NAMES = [journey.name for journey in JOURNEYS]
GOOD = "[rates_per_s]\ncheckout = 6\n[[stage]]\nduration_s = 10\nmultiplier = 2\n"


def read(tmp_path, text):
    path = tmp_path / "p.toml"
    path.write_text(text)
    return read_profile(path, NAMES)


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_that_we_ship_is_valid_and_never_ends(path):
    profile = read_profile(path, NAMES)
    assert set(profile.rates_per_s) == set(NAMES)
    assert profile.stages[-1].duration_s is None


def test_steady_is_an_evening_that_two_cores_can_carry():
    profile = read_profile(PROFILES / "steady.toml", NAMES)
    assert profile.rates_per_s == {
        "checkout": 5,
        "basket": 10,
        "track": 6,
        "history": 2,
        "support_desk": 1,
        "account": 2,
        "feed": 3,
        "summary": 1,
    }
    assert profile.highest_rate_per_s == 30


def test_a_good_profile_is_read(tmp_path):
    assert read(tmp_path, GOOD) == Profile({"checkout": 6.0}, (Stage(2.0, 10.0),))


def test_a_profile_may_say_what_is_bought(tmp_path):
    text = GOOD + '[baskets]\nproducts = ["A", "B"]\nlines = [2, 2, 1]\n'
    assert read(tmp_path, text).baskets == Baskets((2, 2, 1), ("A", "B"))


def test_what_is_on_sale_is_sold_by_the_shop_and_lasts_for_as_long_as_it_is_held():
    profile = read_profile(PROFILES / "sale.toml", NAMES)
    lines, products = profile.baskets.lines, profile.baskets.products
    stock = {product.sku: product.stock for product in sampledata.products()}
    lines_per_s = profile.rates_per_s["checkout"] * sum(lines) / len(lines)
    units_per_s = lines_per_s / len(products) * sum(QUANTITIES) / len(QUANTITIES)
    assert min(stock[sku] for sku in products) > units_per_s * HOLD.total_seconds()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "[baskets]\nline = [1]\n", "unknown key 'line'; did you mean 'lines'"),
        (GOOD + "[baskets]\nlines = [0]\n", "whole numbers above 0"),
        (GOOD + "[baskets]\nlines = []\n", "whole numbers above 0"),
        (GOOD + "[baskets]\nproducts = [1]\n", "a list of SKUs"),
        (GOOD + '[baskets]\nproducts = ["A"]\nlines = [2]\n', "2 lines of 1 products"),
        (GOOD.replace("checkout", "chekout"), "unknown key 'chekout'; did you mean 'checkout'"),
        (GOOD.replace("multiplier", "multipler"), "stage 1: unknown key 'multipler'; did you mean"),
        (GOOD.replace("[[stage]]", "[[stages]]"), "unknown key 'stages'; did you mean 'stage'"),
        (GOOD.replace("= 6", "= 0"), "rates_per_s.checkout: 0 is not above 0"),
        (GOOD.replace("= 6", "= true"), "a number is expected"),
        (GOOD.replace("= 6", "= nan"), "not above 0"),
        (GOOD.replace("= 2", "= 1e9"), "at most 100"),
        (GOOD.replace("= 10", "= -1"), "duration_s: -1"),
        ("[[stage]]\nmultiplier = 1\n", r"\[rates_per_s\] is missing"),
        ("[rates_per_s]\ncheckout = 1\n", r"at least one \[\[stage\]\]"),
        ("stage = [1]\n[rates_per_s]\ncheckout = 1\n", "stage 1: a table is expected"),
        ("[rates_per_s\n", "p.toml: "),
    ],
)
def test_a_bad_profile_is_refused_saying_why(tmp_path, text, says):
    with pytest.raises(BadLoad, match=says):
        read(tmp_path, text)


def test_a_missing_profile_names_those_that_exist():
    with pytest.raises(BadLoad, match="known: mailing, news, night, sale, steady, surge"):
        read_profile(PROFILES / "stedy.toml", NAMES)


def test_stages_follow_each_other_and_the_last_goes_on():
    profile = Profile({"checkout": 1.0}, (Stage(0.5, 2.0), Stage(1.0, 3.0), Stage(4.0, 1.0)))
    at = [profile.multiplier_at(second) for second in (0, 1.9, 2, 4.9, 5, 6, 6000)]
    assert at == [0.5, 0.5, 1.0, 1.0, 4.0, 4.0, 4.0]
