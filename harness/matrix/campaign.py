"""A campaign: what `drill smoke` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.matrix.row_stack import FIRST_OFFSET
from harness.matrix.shards import Shard

Row = dict[str, Any]
"""What came of one scenario at one seed."""


@dataclass(frozen=True)
class Campaign:
    """What is to be run, and how."""

    names: tuple[str, ...]
    """Scenarios and families, or `all`."""
    output: Path
    runtime: str = "local"
    player: str = "reference"
    seeds: tuple[int, ...] = (1,)
    jobs: int = 2
    """How many stacks run side by side."""
    port_offset: int = FIRST_OFFSET
    """Of the first stack; each further one has a thousand more, or less where that would meet
    outgoing connections."""
    budget_s: float | None = None
    """No row is begun that would probably not be through by then."""
    shard: Shard | None = None
    """The part of it that this machine runs; None: all."""
