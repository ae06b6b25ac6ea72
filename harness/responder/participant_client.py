"""The drill's HTTP API, as a participant's token opens it."""

from __future__ import annotations

from typing import Any

import httpx

from harness.drill_client import READ_TIMEOUT_S, DrillClient
from harness.plain_http import TRUSTING_NOBODY


class Api(DrillClient):
    """One participant's way in."""

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
