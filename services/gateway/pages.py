"""The storefront's page, rendered here so that it needs no script."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from services.chassis.errors import Problem
from services.chassis.peers import PeerFailure
from services.gateway.domain import Banner, Storefront
from services.gateway.peers import Orders

PAGE = Template((Path(__file__).parent / "storefront.html").read_text(encoding="utf-8"))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}
PAYMENT_WORDS = {
    "captured": "Paid",
    "pending": "Payment on its way",
    "declined": "Payment declined",
    "failed": "Payment not completed",
    "none": "Not paid yet",
}


def build_router(orders: Orders, storefront: Storefront) -> APIRouter:
    """The page at `/`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(
        order: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        """The storefront; with `?order=`, also where that order stands."""
        found = await _looked_up(orders, order.strip()) if order.strip() else ""
        lookup = _lookup_form(order.strip(), found) if storefront.is_on("order_lookup") else ""
        content = PAGE.substitute(banner=_banner(storefront.banner), lookup=lookup)
        return HTMLResponse(content, headers=HEADERS)

    return router


async def _looked_up(orders: Orders, number: str) -> str:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return _note("An order number has digits only, like 18342.")
    try:
        order = await orders.track(int(number))
    except Problem as problem:
        if problem.status not in (404, 422):
            raise
        return _note(f"We know of no order {number}. Is there a typing slip?")
    except PeerFailure:
        return _note("We cannot look orders up at the moment. Please try again in a minute.")
    return _order(order)


def _lookup_form(number: str, result: str) -> str:
    return (
        '<section class="lookup" aria-labelledby="lookup-title">'
        '<h2 id="lookup-title">Where is my order?</h2>'
        '<form action="/" method="get">'
        '<label for="order">Order number</label>'
        '<div class="row"><input id="order" name="order" inputmode="numeric" autocomplete="off" '
        f'required maxlength="18" value="{escape(number, quote=True)}">'
        "<button>Look up</button></div></form>"
        f'<div role="status">{result}</div></section>'
    )


def _banner(banner: Banner | None) -> str:
    if banner is None:
        return ""
    return f'<p class="banner {banner.level.value}" role="alert">{escape(banner.message)}</p>'


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'


def _order(order: dict[str, Any]) -> str:
    lines = "".join(
        f"<tr><td>{escape(str(line['name']))}</td><td>{int(line['quantity'])}</td>"
        f"<td>{escape(str(line['gross']))}</td></tr>"
        for line in order["lines"]
    )
    payment = PAYMENT_WORDS.get(order["payment"]["state"], "In progress")
    total = f"{order['total'] or '-'} {order['currency']}"
    return (
        f"<h3>Order {int(order['order_id'])}: {payment}</h3>"
        "<table><thead><tr><th>Article</th><th>Units</th><th>Price</th></tr></thead>"
        f"<tbody>{lines}</tbody><tfoot><tr><td>Total, with tax</td><td></td>"
        f"<td>{escape(total)}</td></tr></tfoot></table>"
    )
