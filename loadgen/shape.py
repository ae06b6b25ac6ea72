"""The stages of a profile as Locust's load shape."""

from __future__ import annotations

from locust import LoadTestShape

from loadgen.load import Load


class StagesShape(LoadTestShape):
    """Moves the load through its stages.

    The number of Locust users never changes: each spawns the arrivals of one journey, and what the
    stages change is how often.
    """

    abstract = True

    def __init__(self, load: Load) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._load = load
        self._users = len(load.profile.rates_per_s)

    def tick(self) -> tuple[int, float]:
        """Called by Locust once a second: users wanted, and how many to start a second."""
        elapsed_s = self.get_run_time()  # type: ignore[no-untyped-call]
        self._load.multiplier = self._load.profile.multiplier_at(elapsed_s)
        return self._users, float(self._users)
