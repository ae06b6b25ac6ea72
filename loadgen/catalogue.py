"""What may be asked for: products, customers and past orders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadgen.errors import BadLoad, refuse_unknown


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


def _items(path: Path, content: dict[str, Any], key: str) -> list[Any]:
    items = content.get(key)
    if not isinstance(items, list) or not items:
        raise BadLoad(f"{path}: {key}: a list with something in it is expected")
    return items
