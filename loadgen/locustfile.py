"""Assembles users and shape into a Locust environment without web pages or tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from locust import events
from locust.env import Environment

from loadgen.load import Load
from loadgen.reports import Reports
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
