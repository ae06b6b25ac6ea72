"""The drill's HTTP API, as a participant's token opens it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from harness.errors import DrillError, EnvironmentMissing
from harness.plain_http import TRUSTING_NOBODY

READ_TIMEOUT_S = 30.0
STREAM_TIMEOUT_S = 180.0
MISTAKE_FROM = 400


class Api:
    """One participant's way in. Every method raises DrillError in the host's own words, and
    EnvironmentMissing where nobody answers."""

    def __init__(
        self, base_url: str, token: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=2.0),
            trust_env=False,
            verify=TRUSTING_NOBODY,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON answer to a GET."""
        return self._answer("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer to a POST."""
        return self._answer("POST", path, json=dict(body or {}))

    def run_operation(
        self, path: str, body: Mapping[str, Any], say: Callable[[str], None]
    ) -> dict[str, Any]:
        """A long operation to its end: its progress is said, its result returned."""
        try:
            with self._http.stream(
                "POST", path, json=dict(body), timeout=httpx.Timeout(STREAM_TIMEOUT_S, connect=2.0)
            ) as response:
                if response.status_code >= MISTAKE_FROM:
                    response.read()
                    raise _refusal(response)
                for text in response.iter_lines():
                    step = json.loads(text) if text.strip() else {}
                    if "error" in step:
                        raise DrillError(str(step["error"]["detail"]), str(step["error"]["hint"]))
                    if "progress" in step:
                        say(step["progress"])
                    if "result" in step:
                        result: dict[str, Any] = step["result"]
                        return result
        except httpx.HTTPError as error:
            raise _gone(error) from None
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

    def _answer(self, method: str, path: str, **kwargs: Any) -> Any:
        try:
            response = self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise _gone(error) from None
        if response.status_code >= MISTAKE_FROM:
            raise _refusal(response)
        return response.json()


def _refusal(response: httpx.Response) -> DrillError:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"the host answered {response.status_code}"
    return DrillError(str(detail), str(problem.get("hint") or ""))


def _gone(error: httpx.HTTPError) -> DrillError:
    return EnvironmentMissing(
        f"the drill does not answer ({type(error).__name__})", "it may have just ended"
    )
