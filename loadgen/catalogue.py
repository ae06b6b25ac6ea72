"""What may be asked for: products, customers and past orders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from loadgen.errors import BadLoad, refuse_unknown

ASKED_USER_IDS = range(1, 51)
ASK_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Catalogue:
    """SKUs, the customers' ids from first to last, and ids of orders placed before the load."""

    skus: tuple[str, ...]
    user_ids: range
    order_ids: tuple[str, ...]


def read_catalogue(path: Path) -> Catalogue:
    """Read the file described in the package's docstring; raises BadLoad."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise BadLoad(f"{path}: {exc}") from exc
    if not isinstance(content, dict):
        raise BadLoad(f"{path}: a JSON object is expected")
    refuse_unknown(str(path), content, ("skus", "user_ids", "order_ids"))
    skus, users, orders = (_items(path, content, key) for key in ("skus", "user_ids", "order_ids"))
    if len(users) != 2 or not all(isinstance(user, int) for user in users) or users[0] > users[1]:
        raise BadLoad(f"{path}: user_ids: the first and the last id are expected")
    return Catalogue(
        skus=tuple(map(str, skus)),
        user_ids=range(users[0], users[1] + 1),
        order_ids=tuple(map(str, orders)),
    )


def ask_catalogue(gateway_url: str) -> Catalogue:
    """The first customers of a running shop, with what is in their histories; raises BadLoad."""
    query = urlencode([("user_id", number) for number in ASKED_USER_IDS])
    try:
        # No proxy of this machine has a say: the shop is on it.
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"{gateway_url}/api/history?{query}", timeout=ASK_TIMEOUT_S) as answer:
            return _catalogue_in(json.load(answer))
    except (URLError, OSError, ValueError, KeyError, TypeError) as exc:
        raise BadLoad(f"{gateway_url}: no histories to begin with ({exc!r})") from exc


def _catalogue_in(histories: Mapping[str, Any]) -> Catalogue:
    orders = [order for user in histories["users"] for order in user["orders"]]
    skus = dict.fromkeys(str(line["sku"]) for order in orders for line in order["lines"])
    if not skus:
        raise ValueError("they are empty")
    return Catalogue(tuple(skus), ASKED_USER_IDS, tuple(str(one["order_id"]) for one in orders))


def _items(path: Path, content: dict[str, Any], key: str) -> list[Any]:
    items = content.get(key)
    if not isinstance(items, list) or not items:
        raise BadLoad(f"{path}: {key}: a list with something in it is expected")
    return items
