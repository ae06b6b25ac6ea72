"""The drill's HTTP API, as a participant's token opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from harness.drill_client import READ_TIMEOUT_S, DrillClient
from harness.errors import DrillError
from harness.plain_http import TRUSTING_NOBODY


class Api(DrillClient):
    """One participant's way in."""

    def run_operation(
        self, path: str, body: Mapping[str, Any], say: Callable[[str], None]
    ) -> dict[str, Any]:
        """A long operation to its end: its progress is said, its result returned."""
        for step in self.stream(path, body):
            if "progress" in step:
                say(step["progress"])
            if "result" in step:
                result: dict[str, Any] = step["result"]
                return result
        raise DrillError(f"{path} ended without a result", "`drill status` tells what became of it")

    def elsewhere(self, url: str) -> Any:
        """The JSON at another address that participants are shown; None where it gives none.

        The token stays here: it is nobody else's.
        """
        try:
            return httpx.get(
                url, timeout=READ_TIMEOUT_S, trust_env=False, verify=TRUSTING_NOBODY
            ).json()
        except (httpx.HTTPError, ValueError):
            return None
