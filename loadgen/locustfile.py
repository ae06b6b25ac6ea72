"""Assembles users and shape into a Locust environment without web pages or tables."""

from __future__ import annotations

from typing import Any

from locust import events
from locust.env import Environment

from loadgen.load import Load
from loadgen.shape import StagesShape
from loadgen.users import user_classes


def start(load: Load) -> Any:
    """Start the load; returns Locust's runner, whose `quit()` ends it."""
    environment = Environment(
        user_classes=user_classes(load), shape_class=StagesShape(load), events=events
    )
    runner = environment.create_local_runner()
    runner.start_shape()
    return runner
