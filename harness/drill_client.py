"""A drill's HTTP API, as the token of a role opens it: for the command line and for players."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from harness.errors import DrillError, EnvironmentMissing, UsageError
from harness.plain_http import TRUSTING_NOBODY, bearer

READ_TIMEOUT_S = 30.0
STREAM_TIMEOUT_S = 180.0
CONNECT_TIMEOUT_S = 2.0
MISTAKE_FROM = 400


class DrillClient:
    """One caller's way in. Every method raises what the host answered as DrillError, UsageError or
    EnvironmentMissing, in the host's own words; and EnvironmentMissing where nobody answers."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        drill: str = "the drill",
        person: str | None = None,
        transport: httpx.BaseTransport | None = None,
        trust: ssl.SSLContext = TRUSTING_NOBODY,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        """`drill` is what errors call it; `person` is who types, where that is known; `trust` is
        whom it believes to be that address, where that speaks TLS."""
        self._drill, self._connect_timeout_s = drill, connect_timeout_s
        named = {} if person is None else {"X-Person": quote(person)}
        self._http = httpx.Client(
            base_url=base_url,
            headers=bearer(token) | named,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=connect_timeout_s),
            trust_env=False,
            verify=trust,
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
        """The JSON answer to a GET; parameters that are None are left out."""
        given = {key: value for key, value in params.items() if value is not None}
        return self._json(self._send("GET", path, params=given))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer to a POST."""
        return self._json(self._send("POST", path, json=dict(body or {})))

    def stream(self, path: str, body: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The JSON lines of a long operation: `{"progress": …}` and at last `{"result": …}`."""
        timeout = httpx.Timeout(STREAM_TIMEOUT_S, connect=self._connect_timeout_s)
        try:
            with self._http.stream(
                "POST", path, json=dict(body or {}), timeout=timeout
            ) as response:
                if response.status_code >= MISTAKE_FROM:
                    response.read()
                    self._json(response)
                for line in response.iter_lines():
                    if line.strip():
                        yield _step(json.loads(line))
        except httpx.HTTPError as error:
            raise self._gone(error) from None

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
        raise DrillError(
            "the drill ended before this finished", "see `drill score` and `drill history`"
        )

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise self._gone(error) from None

    def _json(self, response: httpx.Response) -> Any:
        if response.status_code >= MISTAKE_FROM:
            try:
                problem = response.json()
            except ValueError:
                problem = {"detail": f"the host answered {response.status_code}"}
            raise _as_error(problem)
        return response.json()

    def _gone(self, error: httpx.HTTPError) -> DrillError:
        if "certificate verify failed" in str(error).lower():
            return EnvironmentMissing(
                f"{self._drill} shows another certificate than the one that is known",
                "ask whoever runs it; where it was renewed, sign in anew: drill login INVITE",
            )
        return EnvironmentMissing(
            f"{self._drill} does not answer ({type(error).__name__})",
            "it may be ending, or very busy: try again; `drill down` ends it",
        )


def _step(step: dict[str, Any]) -> dict[str, Any]:
    if "error" in step:
        raise _as_error(step["error"])
    return step


def _as_error(problem: Mapping[str, Any]) -> DrillError:
    """The error that the host described in problem+json, with its exit code."""
    message = str(problem.get("detail") or problem.get("title") or "the host refused")
    hint = str(problem.get("hint") or "")
    code = problem.get("exit_code", 2 if problem.get("status") == 422 else 1)
    if code == UsageError.exit_code:
        return UsageError(message, hint)
    if code == EnvironmentMissing.exit_code:
        return EnvironmentMissing(message, hint)
    return DrillError(message, hint)
