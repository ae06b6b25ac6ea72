from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.record.store import Clock, Record


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now_ms = 0

    def advance(self, milliseconds: int) -> None:
        self.now_ms += milliseconds

    def as_clock(self) -> Clock:
        start = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
        return Clock(
            wall=lambda: start + timedelta(milliseconds=self.now_ms),
            monotonic_ms=lambda: 5_000 + self.now_ms,
        )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def record(tmp_path: Path, clock: HandClock) -> Record:
    return Record(tmp_path / "record.db", "d-7f3a", clock=clock.as_clock())
