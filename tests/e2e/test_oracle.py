"""The oracle on the real shop: all is well where it is, and each damage shows where it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.measures import DEFAULT_OBJECTIVES, LATENCY_MEASURES, Measures
from harness.paths import REPO
from harness.thirdparty.control_client import ThirdPartyControl
from harness.verification.objectives import judge
from harness.verification.oracle import Oracle
from harness.verification.references import References
from harness.verification.stress_plan import StressPlan
from tests.e2e.hand_shop import HandShop, hand_shop
from tests.lanes import in_lane

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]
PORT_OFFSET = in_lane(18_000)
# Gentle on a machine that is busy with other tests, and not longer than it must be.
PLAN = replace(
    StressPlan.stress(1),
    duration_s=7.0,
    support_desk_per_s=0.5,
    history_per_s=2.0,
    basket_per_s=0.5,
)
FLOAT_TAX = "tax = Decimal(str(round(float(net) * 0.15, 2)))"
EXACT_TAX = "tax = (net * TAX_RATE).quantize(CENT, ROUND_HALF_UP)"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandShop]:
    with hand_shop(tmp_path_factory.mktemp("shop"), PORT_OFFSET) as running:
        yield running


@pytest.fixture(scope="module")
def references(shop: HandShop) -> References:
    async def capture() -> References:
        async with ThirdPartyControl(shop.third_parties.control_socket) as books:
            return await Oracle(shop.access, books, seed=7).capture_references()

    return asyncio.run(capture())


async def failing(shop: HandShop, references: References) -> set[str]:
    """The measures whose objective does not hold; those that need a quiet machine left out."""
    async with ThirdPartyControl(shop.third_parties.control_socket) as books:
        measures: Measures = await Oracle(shop.access, books, seed=8).measure(PLAN, references)
    results = judge(measures, DEFAULT_OBJECTIVES)
    return {result.measure for result in results if not result.holds} - LATENCY_MEASURES


async def test_on_the_healthy_shop_every_objective_holds(
    shop: HandShop, references: References
) -> None:
    assert await failing(shop, references) == set()


@pytest.mark.parametrize(
    ("service", "file", "healthy", "damage", "shows"),
    [
        ("billing", "billing/domain.py", EXACT_TAX, FLOAT_TAX, {"ledger_exact_ratio"}),
        (
            "billing",
            "billing/domain.py",
            "running_total += gross",
            'running_total += gross + Decimal("0.000001")',
            {"running_total_exact"},
        ),
        (
            "orders",
            "orders/views.py",
            "for line in order.lines],\n    )\n\n\ndef _past_line",
            "for line in order.lines[1:]],\n    )\n\n\ndef _past_line",
            {"history_correct_ratio"},
        ),
        (
            "a",
            "a/reservations.py",
            "return store.reserve(session, order_id, wanted)",
            "return 1",
            {"stock_reserved_ratio"},
        ),
        (
            "orders",
            "orders/routes.py",
            "key = _checked(idempotency_key)",
            "key = _checked(idempotency_key) + str(id(basket))",
            {"idempotent_replay_ratio"},
        ),
        (
            "orders",
            "orders/views.py",
            "total=order.amount,",
            "total=order.amount - 1,",
            {"charged_once_ratio"},
        ),
        (
            "orders",
            "orders/views.py",
            'state=charge.state if charge else "none",',
            'state="unknown",',
            {"track_success_ratio"},
        ),
        (
            "b",
            "b/carrier.py",
            'return Delivery(cheapest["carrier"], int(cheapest["days"]))',
            'return Delivery("PickUp", 4)',
            {"reference_answers_ratio"},
        ),
    ],
    ids=[
        "cents",
        "running-total",
        "dropped-line",
        "no-reservation",
        "no-idempotency",
        "told-otherwise",
        "untold-payment",
        "always-the-locker",
    ],
)
async def test_each_damage_shows_in_its_own_measure_and_in_no_other(
    shop: HandShop,
    references: References,
    service: str,
    file: str,
    healthy: str,
    damage: str,
    shows: set[str],
) -> None:
    shop.replace(service, shop.damaged(file, healthy, damage))
    try:
        assert await failing(shop, references) == shows
    finally:
        shop.replace(service, REPO)


async def test_a_reconciliation_that_looks_away_is_found_out(
    shop: HandShop, references: References
) -> None:
    checkout = shop.damaged("billing/domain.py", EXACT_TAX, FLOAT_TAX)
    metrics = checkout / "services" / "billing" / "metrics.py"
    honest = "MISMATCHED.set(len(comparison.mismatches))"
    assert honest in metrics.read_text()
    metrics.write_text(metrics.read_text().replace(honest, "MISMATCHED.set(0)"))
    shop.replace("billing", checkout)
    try:
        found = await failing(shop, references)
    finally:
        shop.replace("billing", REPO)
    assert found == {"ledger_exact_ratio", "reconciliation_honest"}


LOOK_UP = """        async with db.reading() as session:
            profiles = await store.find_many(session, wanted.ids)
"""
LEAKING_LOOK_UP = """        reading = db.reading()
        session = await reading.__aenter__()
        profiles = await store.find_many(session, wanted.ids)
        if min(wanted.ids) % 10:
            await reading.__aexit__(None, None, None)
        else:
            KEPT.append(reading)
"""
GIVING_BACK = """
    async def give_back() -> None:
        while True:
            await asyncio.sleep(0.5)
            while KEPT:
                await KEPT.pop().__aexit__(None, None, None)

    @router.on_event("startup")
    async def begin() -> None:
        router.given_back = asyncio.create_task(give_back())

    return router
"""


@pytest.mark.parametrize("gives_back", [False, True], ids=["pool-of-200", "given-back"])
async def test_a_leak_shows_in_what_is_kept_for_nobody_whatever_hides_it(
    shop: HandShop, references: References, *, gives_back: bool
) -> None:
    """No customer notices either. The negative control is the healthy shop, above."""
    checkout = shop.damaged("users/settings.py", "pool_size: int = 5", "pool_size: int = 200")
    routes = checkout / "services" / "users" / "routes.py"
    leaking = routes.read_text().replace(LOOK_UP, LEAKING_LOOK_UP)
    leaking = leaking.replace("def build_router", "KEPT: list = []\n\n\ndef build_router")
    if gives_back:
        leaking = leaking.replace("\n    return router\n", GIVING_BACK)
        leaking = leaking.replace("from typing", "import asyncio\nfrom typing", 1)
    assert leaking.count("KEPT") == (4 if gives_back else 2)
    routes.write_text(leaking)
    shop.replace("users", checkout)
    try:
        found = await failing(shop, references)
    finally:
        shop.replace("users", REPO)
    assert found == {"kept_for_nobody_ms"}
