"""The storefront in a real browser: every page in every state, for everybody, at every width."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.axe import AXE, AXE_SHA256, violations
from tests.browser.shop import NEVER, ORDER, Answers, problem

pytestmark = pytest.mark.live

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
BASKET = '[{"sku": "BAT-0101", "quantity": 2}]'
DOWN = problem(502, "Bad gateway")

Open = Callable[..., Any]


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of to their console, but for answers that were asked to be errors."""
    return []


@pytest.fixture
def open_shop(
    browser: Any, gateway_url: str, answers: Answers, complaints: list[str]
) -> Iterator[Open]:
    """`open_shop("#/basket", customer=7, basket=BASKET, …)` is a page of the storefront.

    A test fails where complaints are left at its end.
    """
    contexts: list[Any] = []

    def heard(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def opened(
        address: str = "", *, customer: int | None = None, basket: str = "[]", **options: Any
    ) -> Any:
        context = browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        context.set_default_timeout(5_000)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answers.install(page)
        kept = {"customer": "null" if customer is None else str(customer), "basket": basket}
        for key, value in kept.items():
            script = f"localStorage.getItem('{key}') ?? localStorage.setItem('{key}', '{value}')"
            page.add_init_script(script)
        page.goto(f"{gateway_url}/{address}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def sees(page: Any, words: str) -> None:
    """Wait until `words` can be seen."""
    page.get_by_text(words).first.wait_for()


def test_the_checker_of_accessibility_is_what_its_authors_published() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


def test_home_shows_the_assortment_where_there_is_no_feed(open_shop: Open) -> None:
    page = open_shop(customer=7)
    sees(page, "24 of 400 articles")
    assert page.get_by_text("Picked for you").count() == 0
    assert page.get_by_text("not available right now").count() == 0


def test_home_shows_the_customers_own_feed(open_shop: Open, answers: Answers) -> None:
    items = [{"sku": "BAT-0103"}, {"sku": "GONE-1"}]
    answers["/api/feed"] = (200, {"mode": "personalised", "items": items})
    page = open_shop(customer=7)
    picked = page.get_by_role("region", name="Picked for you")
    picked.wait_for()
    assert picked.get_by_role("heading", level=3).all_text_contents() == ["Cinder Bath Towel"]


@pytest.mark.parametrize("feed", [DOWN, (200, {"mode": "default", "items": [{"sku": "BAT-0103"}]})])
def test_home_says_so_where_the_feed_is_not_personal_and_can_still_be_bought_from(
    open_shop: Open, answers: Answers, feed: tuple[int, Any]
) -> None:
    answers["/api/feed"] = feed
    page = open_shop(customer=7)
    sees(page, "Your own selection is not available right now")
    sees(page, "24 of 400 articles")


def test_the_assortment_is_searched(open_shop: Open) -> None:
    page = open_shop()
    page.get_by_label("Search").fill("alder bath towel")
    sees(page, "1 of 1 articles")
    page.get_by_label("Search").fill("zeppelin")
    sees(page, "Nothing of that name")


def test_an_article_is_shown_with_todays_price_and_put_into_the_basket(open_shop: Open) -> None:
    page = open_shop("#/product/BAT-0101")
    sees(page, "€40.14 with tax")  # 34.90 and 5.235, to the half cent up
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Basket 1").wait_for()
    page.reload()
    page.get_by_role("link", name="Basket 1").wait_for()


def test_an_article_without_a_price_of_today_shows_its_list_price(
    open_shop: Open, answers: Answers
) -> None:
    answers["/api/basket"] = DOWN
    page = open_shop("#/product/BAT-0101")
    sees(page, "This is the list price")
    sees(page, "€20.64 with tax")


def test_whoever_only_looks_around_shops_as_a_guest(open_shop: Open, answers: Answers) -> None:
    page = open_shop("#/product/BAT-0101")
    page.get_by_role("button", name="Add to basket").click()
    page.goto(page.url.replace("#/product/BAT-0101", "#/basket"))
    page.get_by_role("button", name="guest 314").click()
    sees(page, "Customer 314")
    asked = answers.asked_for("/api/basket")[-1].post_data_json
    assert asked["user_id"] == 314


def test_an_article_that_is_not_sold_is_said_to_be_so(open_shop: Open) -> None:
    sees(open_shop("#/product/NONE-1"), "We do not have that")


def test_an_order_is_placed_and_the_basket_is_empty_then(open_shop: Open) -> None:
    page = open_shop("#/basket", customer=7, basket=BASKET)
    sees(page, "You save")
    page.get_by_role("button", name="Order and pay").click()
    sees(page, "Order 20001 is placed")
    page.get_by_role("link", name="Basket 0").wait_for()


def test_an_order_that_did_not_go_through_is_tried_again_under_the_same_key(
    open_shop: Open, answers: Answers
) -> None:
    answers["/api/checkout"] = DOWN
    page = open_shop("#/basket", customer=7, basket=BASKET)
    page.get_by_role("button", name="Order and pay").click()
    sees(page, "charged only once")
    page.reload()
    page.get_by_role("button", name="Order and pay").click()
    sees(page, "charged only once")
    keys = {asked.headers["idempotency-key"] for asked in answers.asked_for("/api/checkout")}
    assert (len(answers.asked_for("/api/checkout")), len(keys)) == (2, 1)


def test_a_declined_payment_and_another_basket_take_a_new_key(
    open_shop: Open, answers: Answers
) -> None:
    answers["/api/checkout"] = problem(402, "Payment declined", "order 20001 was not paid")
    page = open_shop("#/basket", customer=7, basket=BASKET)
    order = page.get_by_role("button", name="Order and pay")
    order.click()
    sees(page, "Payment declined. order 20001 was not paid")
    answers["/api/checkout"] = DOWN
    order.click()
    sees(page, "charged only once")
    page.get_by_label("Units of Alder Bath Towel").fill("3")
    order.click()
    sees(page, "charged only once")
    keys = [asked.headers["idempotency-key"] for asked in answers.asked_for("/api/checkout")]
    assert len(set(keys)) == len(keys) == 3


def test_a_customer_says_who_they_are_and_sees_their_orders(open_shop: Open) -> None:
    page = open_shop("#/orders")
    page.get_by_label("Customer number").fill("seven")
    page.get_by_role("button", name="Continue").click()
    sees(page, "digits only")
    page.get_by_label("Customer number").fill("7")
    page.get_by_role("button", name="Continue").click()
    sees(page, "Order 20001")


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (problem(404, "Not Found"), "Summaries are not available yet"),
        ((202, {"status": "queued"}), "The summary is being written"),
        ((200, {"summary": "Two towels, paid."}), "Two towels, paid."),
        (DOWN, "We cannot show the summary at the moment"),
    ],
)
def test_a_summary_is_shown_as_far_as_there_is_one(
    open_shop: Open, answers: Answers, summary: tuple[int, Any], words: str
) -> None:
    answers["/api/summary/20001"] = summary
    page = open_shop("#/orders", customer=7)
    page.get_by_role("button", name="Summarise order 20001").click()
    sees(page, words)


def test_what_failed_is_loaded_again_when_asked(open_shop: Open, answers: Answers) -> None:
    healthy = answers.by_path["/api/history"]
    answers["/api/history"] = DOWN
    page = open_shop("#/orders", customer=7)
    sees(page, "We cannot show your orders at the moment")
    answers["/api/history"] = healthy
    page.get_by_role("button", name="Try again").click()
    sees(page, "Order 20001")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("#/track/20001", "Order 20001: Paid"),
        ("#/track/9", "We know of no order 9"),
        ("#/track/nine", "digits only"),
        ("#/track/%E0%A4%A", "Where is my order?"),
        ("#/nowhere", "There is nothing here"),
    ],
)
def test_an_order_is_tracked_by_its_number(open_shop: Open, address: str, words: str) -> None:
    sees(open_shop(address), words)


def test_the_banner_is_shown_as_text(open_shop: Open, answers: Answers) -> None:
    banner = {"level": "critical", "message": "Payments are <b>slow</b>.", "since": "2026-11-01"}
    answers["/api/banner"] = (200, {"banner": banner})
    page = open_shop()
    page.get_by_role("alert", name="Notice").wait_for()
    assert page.get_by_role("alert", name="Notice").text_content() == banner["message"]


def test_a_page_goes_with_its_flag(open_shop: Open, answers: Answers) -> None:
    answers["/api/flags"] = (200, {"flags": {"order_lookup": False}})
    page = open_shop("#/track/20001")
    sees(page, "There is nothing here")
    assert page.get_by_role("link", name="Track").count() == 0


def test_the_keyboard_skips_to_the_content_and_a_new_page_has_the_focus(open_shop: Open) -> None:
    page = open_shop()
    sees(page, "24 of 400 articles")
    page.get_by_role("link", name="Orders").click()
    sees(page, "Customer number")
    assert page.evaluate("document.activeElement.textContent") == "Your orders"
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert page.url.endswith("#/orders")


def test_a_script_that_is_not_ours_is_not_run(open_shop: Open, complaints: list[str]) -> None:
    page = open_shop()
    sees(page, "24 of 400 articles")
    page.evaluate(
        "const script = document.createElement('script');"
        "script.textContent = 'window.ran = true'; document.body.append(script)"
    )
    assert page.evaluate("window.ran ?? null") is None
    assert "Content Security Policy" in complaints.pop()


def _loading(answers: Answers) -> None:
    for path in ("/api/basket", "/api/history", "/api/track/20001"):
        answers[path] = (NEVER, None)


def _failing(answers: Answers) -> None:
    banner = {"level": "warning", "message": "We are having trouble.", "since": "2026-11-01"}
    answers["/api/banner"] = (200, {"banner": banner})
    for path in ("/api/feed", "/api/basket", "/api/history", "/api/track/20001"):
        answers[path] = DOWN


def _empty(answers: Answers) -> None:
    answers["/api/history"] = (200, {"users": [{"user_id": 7, "profile": None, "orders": []}]})


def _full(answers: Answers) -> None:
    many = [{**ORDER, "order_id": 20001 + n} for n in range(5)]
    answers["/api/history"] = (200, {"users": [{"user_id": 7, "profile": None, "orders": many}]})


STATES = {"ready": _full, "loading": _loading, "failing": _failing, "empty": _empty}
PAGES = {
    "home": "",
    "product": "#/product/BAT-0101",
    "basket": "#/basket",
    "orders": "#/orders",
    "track": "#/track/20001",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
@pytest.mark.parametrize("state", STATES)
def test_every_page_in_every_state_is_accessible_and_fits(
    open_shop: Open, answers: Answers, shots: Path, state: str, size: dict[str, int], scheme: str
) -> None:
    STATES[state](answers)
    basket = "[]" if state == "empty" else BASKET
    for name, address in PAGES.items():
        page = open_shop(
            address, customer=7, basket=basket, viewport=size, color_scheme=scheme, bypass_csp=True
        )
        page.locator("main h1[tabindex]").first.wait_for()
        if state != "loading":
            page.locator(".loading").first.wait_for(state="detached")
        page.screenshot(path=shots / f"{name}-{state}-{size['width']}-{scheme}.png", full_page=True)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name


def test_a_page_that_is_not_accessible_is_noticed(open_shop: Open) -> None:
    page = open_shop(bypass_csp=True)
    sees(page, "24 of 400 articles")
    page.evaluate(
        "for (const one of document.querySelectorAll('label')) one.replaceWith(...one.children)"
    )
    assert any(found.startswith("select-name") for found in violations(page))
