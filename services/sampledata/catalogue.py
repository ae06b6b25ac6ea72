"""Products, bundles and campaigns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Literal

from services.sampledata.model import Bundle, Campaign, Product

SEED = 20_231

RANGES = ("Alder", "Brook", "Cinder", "Dune", "Ember")
"""The shop's five product lines, from plain to fine."""

RANGE_FACTORS = (
    Decimal("0.80"),
    Decimal("0.95"),
    Decimal("1.10"),
    Decimal("1.35"),
    Decimal("1.70"),
)

CENTS = tuple(Decimal(c) for c in ("0.99", "0.95", "0.90", "0.75", "0.49", "0.35", "0.25", "0.00"))

# category: (code, ((article, typical net price in EUR, weight in g), …))
ARTICLES: dict[str, tuple[str, tuple[tuple[str, int, int], ...]]] = {
    "Kitchen": ("KIT", (
        ("Paring Knife", 12, 90), ("Chef's Knife", 39, 240), ("Cutting Board", 22, 1300),
        ("Saucepan", 44, 1500), ("Mixing Bowl", 14, 700), ("Kettle", 49, 1200),
        ("Colander", 18, 600), ("Whisk", 7, 110), ("Spice Jar", 3, 150), ("Casserole", 119, 4800),
    )),
    "Table": ("TAB", (
        ("Dinner Plate", 11, 620), ("Soup Bowl", 9, 480), ("Espresso Cup", 6, 180),
        ("Water Glass", 4, 250), ("Carafe", 24, 800), ("Linen Napkin", 8, 60),
        ("Table Runner", 27, 300), ("Cutlery Set", 89, 2100), ("Serving Spoon", 13, 140),
        ("Butter Dish", 19, 520),
    )),
    "Garden": ("GAR", (
        ("Hand Trowel", 13, 310), ("Pruning Shears", 29, 260), ("Watering Can", 34, 900),
        ("Plant Pot", 16, 2200), ("Seed Tray", 5, 120), ("Garden Gloves", 9, 90),
        ("Rake", 26, 1400), ("Bird Feeder", 21, 650), ("Plant Labels", 2, 40),
        ("Fire Bowl", 149, 9500),
    )),
    "Office": ("OFF", (
        ("Notebook", 9, 280), ("Fountain Pen", 42, 30), ("Desk Lamp", 69, 1700),
        ("Letter Tray", 23, 800), ("Pencil Set", 11, 100), ("Paper Knife", 15, 70),
        ("Wall Planner", 17, 220), ("Stapler", 12, 340), ("Ink Bottle", 8, 130),
        ("Desk Chair", 229, 12500),
    )),
    "Home": ("HOM", (
        ("Wool Blanket", 79, 1400), ("Cushion", 28, 500), ("Candle", 12, 310),
        ("Wall Clock", 46, 900), ("Door Mat", 31, 2300), ("Laundry Basket", 37, 1600),
        ("Photo Frame", 16, 380), ("Vase", 25, 950), ("Coat Hook", 6, 120),
        ("Floor Lamp", 159, 5400),
    )),
    "Bath": ("BAT", (
        ("Bath Towel", 21, 640), ("Hand Towel", 11, 240), ("Soap Dish", 8, 210),
        ("Bar of Soap", 4, 100), ("Bath Mat", 26, 880), ("Tumbler", 7, 190),
        ("Laundry Bag", 14, 230), ("Shaving Brush", 33, 80), ("Nail Brush", 5, 60),
        ("Bath Robe", 95, 1250),
    )),
    "Outdoor": ("OUT", (
        ("Enamel Mug", 9, 170), ("Camping Stove", 62, 900), ("Lantern", 35, 700),
        ("Rucksack", 98, 1500), ("Picnic Rug", 44, 1300), ("Water Bottle", 19, 260),
        ("Pocket Knife", 27, 95), ("Rope", 13, 800), ("Tent Peg Set", 10, 430),
        ("Hammock", 75, 1600),
    )),
    "Play": ("PLA", (
        ("Wooden Train", 32, 900), ("Building Blocks", 29, 1400), ("Playing Cards", 7, 110),
        ("Chess Set", 58, 1900), ("Kite", 24, 350), ("Jigsaw Puzzle", 17, 650),
        ("Spinning Top", 4, 50), ("Dominoes", 15, 480), ("Skipping Rope", 9, 160),
        ("Doll's House", 135, 6200),
    )),
}  # fmt: skip


@cache
def products() -> tuple[Product, ...]:
    """The 400 products, ordered by SKU."""
    draw = Random(SEED)  # noqa: S311  sample data, not secrets
    found = []
    for category, (code, articles) in ARTICLES.items():
        for kind, (article, typical_price, weight_g) in enumerate(articles, start=1):
            for grade, (range_name, factor) in enumerate(
                zip(RANGES, RANGE_FACTORS, strict=True), start=1
            ):
                whole = max(Decimal(1), (typical_price * factor).to_integral_value())
                found.append(
                    Product(
                        sku=f"{code}-{kind:02d}{grade:02d}",
                        name=f"{range_name} {article}",
                        category=category,
                        net_price=whole + draw.choice(CENTS),
                        stock=draw.randrange(2_000, 9_000, 10),
                        weight_g=weight_g + draw.randrange(-5, 6) * weight_g // 100,
                    )
                )
    return tuple(sorted(found, key=lambda product: product.sku))


@cache
def bundles() -> tuple[Bundle, ...]:
    """Forty bundles of two or three articles of one range; no product is in two of them."""
    draw = Random(SEED + 1)  # noqa: S311  sample data, not secrets
    found = []
    for category, (code, _) in ARTICLES.items():
        for grade, range_name in enumerate(RANGES, start=1):
            kinds = sorted(draw.sample(range(1, 11), k=draw.choice((2, 2, 3))))
            found.append(
                Bundle(
                    code=f"SET-{code}-{grade}",
                    name=f"{range_name} {category} Set",
                    skus=tuple(f"{code}-{kind:02d}{grade:02d}" for kind in kinds),
                    percent_off=Decimal(draw.choice((5, 8, 10))),
                )
            )
    return tuple(found)


@cache
def campaigns() -> tuple[Campaign, ...]:
    """Campaigns on whole categories and on single products, some of them over."""
    by_category: dict[str, list[Product]] = {}
    for product in products():
        by_category.setdefault(product.category, []).append(product)

    def on_category(
        code: str, name: str, percent: str, category: str, partner: str | None = None
    ) -> Campaign:
        skus = tuple(product.sku for product in by_category[category])
        starts_on = date(2025, 10, 1)
        return Campaign(code, name, "percentage", Decimal(percent), skus, starts_on, None, partner)

    return (
        on_category("KITCHEN-WEEKS", "Kitchen Weeks", "10", "Kitchen"),
        on_category("GREEN-FINGERS", "Green Fingers", "12.5", "Garden", "Horticultural Society"),
        on_category("FRESH-TOWELS", "Fresh Towels", "7.5", "Bath"),
        *_on_single_products(),
    )


def _on_single_products() -> list[Campaign]:
    draw = Random(SEED + 2)  # noqa: S311  sample data, not secrets
    found = []
    for number, product in enumerate(draw.sample(products(), k=60), start=1):
        kind: Literal["percentage", "fixed"] = draw.choice(("percentage", "fixed"))
        percent = Decimal(draw.choice(("5", "10", "15", "20")))
        amount = (product.net_price * draw.choice((5, 10, 20)) / 100).quantize(Decimal("0.05"))
        starts_on = date(2025, draw.randrange(1, 13), 1)
        ended = number % 4 == 0
        found.append(
            Campaign(
                code=f"PICK-{number:03d}",
                name=f"Our Pick: {product.name}",
                kind=kind,
                value=percent if kind == "percentage" else max(amount, Decimal("0.05")),
                skus=(product.sku,),
                starts_on=starts_on,
                ends_on=date(starts_on.year, starts_on.month, 28) if ended else None,
                partner=draw.choice((None, None, "Makers' Guild")),
            )
        )
    return found
