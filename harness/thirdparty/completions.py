"""What the model provider really wrote: bounded in memory, and found in what others pass on."""

from __future__ import annotations

DEFAULT_CAPACITY = 20_000
"""Different texts kept: more than an hour of an order's summary five times a second."""


class CompletionBook:
    """The newest `capacity` different texts that were given to their end."""

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._capacity = capacity
        self._newest: dict[str, None] = {}  # in the order in which they were last given

    def keep(self, text: str) -> None:
        """Remember a text that was not cut off."""
        plain = _plain(text)
        if not plain:
            return
        self._newest.pop(plain, None)
        self._newest[plain] = None
        if len(self._newest) > self._capacity:
            del self._newest[next(iter(self._newest))]

    def within(self, text: str) -> list[str]:
        """The kept texts that `text` holds whole, however it breaks its lines."""
        plain = _plain(text)
        if plain in self._newest:
            return [plain]
        return [kept for kept in self._newest if kept in plain]


def _plain(text: str) -> str:
    return " ".join(text.split())
