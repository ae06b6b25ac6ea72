"""A part of a matrix: `--shard 2/5` runs every fifth row.

For CI systems whose machines know nothing of each other. Which rows a part has depends on nothing
but the names, the seeds and the number of parts, so that all machines agree without asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import UsageError

Key = tuple[str, int]
"""A row: scenario and seed."""

PARTS_MAX = 100


@dataclass(frozen=True)
class Shard:
    """One of `of` parts, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def share(self, keys: Iterable[Key]) -> list[Key]:
        """Its rows of all."""
        return sorted(keys)[self.number - 1 :: self.of]


def shard_of(text: str) -> Shard:
    """`2/5`. Raises UsageError."""
    match = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text.strip())
    shard = Shard(int(match[1]), int(match[2])) if match else Shard(0, 0)
    if not 1 <= shard.number <= shard.of <= PARTS_MAX:
        raise UsageError(
            f"'{text}' is no part of a matrix", "give 2/5 for the second of five parts"
        )
    return shard
