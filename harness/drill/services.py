"""The running things that a drill works with, by what it asks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.record.store import Record
from harness.runtime.base import Runtime
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.workspace import Workspace


class ThirdParties(Protocol):
    """What is outside the shop, by its private side."""

    async def set_profile(self, name: str) -> None:
        """Let them all behave by the profile called `name`. Raises UnknownName, StackFailed."""

    async def set_model_profile(self, name: str) -> None:
        """The same for the model provider, which has profiles of its own."""


class Customers(Protocol):
    """Those who use the shop: the load, by its private side."""

    def set_profile(self, name: str) -> None:
        """Let them come by the load profile called `name`. Raises UnknownName."""


@dataclass
class Services:
    """Clients of everything that runs, or will."""

    record: Record
    runtime: Runtime
    workspace: Workspace
    prometheus: PrometheusClient
    recorder: RecorderClient
    make_oracle: Callable[[ShopAccess], Oracle]
    third_parties: ThirdParties
    customers: Customers
