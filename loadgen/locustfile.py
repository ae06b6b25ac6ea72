"""Assembles users and shape into a Locust environment without web pages or tables; and, where
Locust itself loads this file (`locust -f loadgen/locustfile.py`), with its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from locust import events
from locust.env import Environment
from pydantic import ValidationError

from loadgen.errors import BadLoad
from loadgen.load import Load, prepare
from loadgen.reports import Reports
from loadgen.settings import OwnPageSettings
from loadgen.shape import StagesShape
from loadgen.team import Master, follow
from loadgen.users import user_classes


class Sending(Protocol):
    """A load that is being sent."""

    def quit(self) -> None:
        """End it."""


def start(load: Load, fail: Callable[[str], None]) -> Sending:
    """Start the load, from this process alone or from workers of its own.

    `fail` is told why, where it cannot begin or go on.
    """
    environment = Environment(
        user_classes=user_classes(load), shape_class=StagesShape(load), events=events
    )
    if load.settings.load_workers > 1:
        master = Master(load, environment, fail)
        environment.shape_class = StagesShape(load, master.announce)
        master.start()
        return master
    runner = environment.create_local_runner()
    runner.start_shape()
    sending: Sending = runner
    return sending


def start_worker(load: Load, reports: Reports) -> Sending:
    """Send what the master says, and report to it."""
    environment = Environment(user_classes=user_classes(load), events=events)
    sending: Sending = follow(load, reports, environment)
    return sending


def for_own_page() -> Mapping[str, type]:
    """The classes that Locust looks for in a file of its users', by name; set up by the environment
    (`OwnPageSettings`). Raises BadLoad."""
    try:
        load = prepare(OwnPageSettings())
    except ValidationError as error:
        raise BadLoad(str(error)) from error

    class Stages(StagesShape):
        abstract = False
        use_common_options = True

        def __init__(self) -> None:
            super().__init__(load)

        def tick(self) -> tuple[int, float] | None:
            """As before, until what `--run-time` says: Locust leaves that to the shape."""
            options = self.runner.environment.parsed_options if self.runner else None
            run_time_s = getattr(options, "run_time", None)
            is_over = run_time_s and self.get_run_time() >= run_time_s  # type: ignore[no-untyped-call]
            return None if is_over else super().tick()

    classes: list[type] = [*user_classes(load), Stages]
    return {one.__name__: one for one in classes}


if __name__ == "locustfile":  # as Locust calls the file that it was given
    try:
        globals().update(for_own_page())
    except BadLoad as error:
        sys.stderr.write(f"load: {error}\n")
        sys.exit(2)
