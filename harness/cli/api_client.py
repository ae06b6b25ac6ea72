"""The short commands' way to the running drill: find it, carry the token, speak HTTP."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from harness.errors import DrillError, EnvironmentMissing, NotAllowed, UsageError
from harness.model import Role
from harness.paths import home_dir
from harness.plain_http import TRUSTING_NOBODY

PERSON_VARIABLE = "DRILL_PERSON"
"""Who types in this terminal, where several people share a machine."""
READ_TIMEOUT_S = 30.0
STREAM_TIMEOUT_S = 180.0


@dataclass(frozen=True)
class ActiveDrill:
    """What `active.json` says of the drill that owns this home."""

    drill_id: str
    api_url: str
    pid: int
    run_dir: Path


def active_drill(home: Path | None = None) -> ActiveDrill:
    """The drill that runs from this home; EnvironmentMissing where there is none."""
    path = (home or home_dir()) / "active.json"
    try:
        data = json.loads(path.read_text())
        return ActiveDrill(data["drill_id"], data["api_url"], data["pid"], Path(data["run_dir"]))
    except (OSError, ValueError, KeyError):
        raise EnvironmentMissing(
            "no drill is running",
            "start one with: make drill SCENARIO=deadlock",
        ) from None


class DrillClient:
    """Speaks to the host of the active drill in one role."""

    def __init__(self, drill: ActiveDrill, role: Role) -> None:
        self.drill = drill
        try:
            token = (drill.run_dir / "secrets" / f"{role}.token").read_text().strip()
        except OSError:
            raise NotAllowed(
                f"you may not read the {role} token of drill {drill.drill_id}",
                "ask your instructor for it",
            ) from None
        self._http = httpx.Client(
            base_url=drill.api_url,
            headers={
                "Authorization": f"Bearer {token}",
                "X-Person": quote(os.environ.get(PERSON_VARIABLE, "")),
            },
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=2.0),
            trust_env=False,
            verify=TRUSTING_NOBODY,
        )

    def get(self, path: str, **params: Any) -> Any:
        """The JSON answer to a GET; parameters that are None are left out."""
        given = {key: value for key, value in params.items() if value is not None}
        return self._answer(self._send("GET", path, params=given))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer to a POST."""
        return self._answer(self._send("POST", path, json=dict(body or {})))

    def stream(self, path: str, body: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The JSON lines of a long operation: `{"progress": …}` and at last `{"result": …}`."""
        try:
            with self._http.stream(
                "POST",
                path,
                json=dict(body or {}),
                timeout=httpx.Timeout(STREAM_TIMEOUT_S, connect=2.0),
            ) as response:
                if response.status_code >= 400:
                    response.read()
                    self._answer(response)
                for line in response.iter_lines():
                    if line.strip():
                        yield self._step(json.loads(line))
        except httpx.HTTPError as error:
            raise self._gone(error) from None

    def _step(self, step: dict[str, Any]) -> dict[str, Any]:
        if "error" in step:
            raise _as_error(step["error"])
        return step

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise self._gone(error) from None

    def _answer(self, response: httpx.Response) -> Any:
        if response.status_code >= 400:
            try:
                problem = response.json()
            except ValueError:
                problem = {"detail": f"the host answered {response.status_code}"}
            raise _as_error(problem)
        return response.json()

    def _gone(self, error: httpx.HTTPError) -> DrillError:
        return EnvironmentMissing(
            f"drill {self.drill.drill_id} does not answer ({type(error).__name__})",
            "it may have just ended: drill status",
        )


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
