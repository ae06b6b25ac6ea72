"""The stages of the profile in force as Locust's load shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from locust import LoadTestShape

from loadgen.load import Load


class StagesShape(LoadTestShape):
    """Moves the load through its stages.

    The number of Locust users never changes: each spawns the arrivals of one journey, and what the
    stages change is how often.
    """

    abstract = True

    def __init__(
        self, load: Load, announce: Callable[[Mapping[str, float]], None] = lambda _: None
    ) -> None:
        """`announce` is told the rates by journey, once a second."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._load, self._announce = load, announce
        self._users = len(load.rates_per_s)

    def tick(self) -> tuple[int, float] | None:
        """Called by Locust once a second: users wanted, and how many to start a second."""
        elapsed_s = self.get_run_time()  # type: ignore[no-untyped-call]
        self._load.rates_per_s = self._load.course.rates_at(elapsed_s)
        self._announce(self._load.rates_per_s)
        return self._users, float(self._users)
