"""Asking the recorder: traces in Jaeger's form, log records as JSON objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from harness.errors import DrillError, StackFailed, UsageError
from harness.plain_http import LocalClient
from harness.telemetry.jaeger import JaegerTrace


class RecorderClient(LocalClient):
    """Queries against one recorder. Close it, or use it as an async context manager.

    Every method raises UsageError for a parameter that the recorder refuses, StackFailed where
    it cannot be reached, and DrillError for any other failure, each with a hint.
    """

    def __init__(
        self, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__(base_url, token=token, transport=transport)

    async def services(self) -> list[str]:
        """Services that have traces."""
        return list((await self._get("/api/services", {}))["data"])

    async def operations(self, service: str, *, until_ms: int | None = None) -> list[str]:
        """Operations of a service, such as `GET /orders`."""
        path = f"/api/services/{quote(service, safe='')}/operations"
        return list((await self._get(path, _until(until_ms)))["data"])

    async def traces(
        self,
        service: str | None = None,
        operation: str | None = None,
        tags: Mapping[str, str] | None = None,
        min_duration_ms: float | None = None,
        max_duration_ms: float | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int = 20,
        *,
        until_ms: int | None = None,
    ) -> list[JaegerTrace]:
        """The newest traces in which one span of `service` has all of the rest, newest first.

        `tags={"error": "true"}` finds those in which such a span failed; `begin` and `end` bound
        when the trace began.
        """
        params = {
            "service": service,
            "operation": operation,
            "tags": json.dumps(dict(tags)) if tags else None,
            "minDuration": None if min_duration_ms is None else f"{min_duration_ms:.3f}ms",
            "maxDuration": None if max_duration_ms is None else f"{max_duration_ms:.3f}ms",
            "start": None if begin is None else _micros(begin),
            "end": None if end is None else _micros(end),
            "limit": str(limit),
            **_until(until_ms),
        }
        return list((await self._get("/api/traces", params))["data"])

    async def trace(self, trace_id: str, *, until_ms: int | None = None) -> JaegerTrace | None:
        """One trace; None where it never came or was dropped."""
        answer = await self._ask(f"/api/traces/{quote(trace_id, safe='')}", _until(until_ms))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        found: JaegerTrace = _content(answer)["data"][0]
        return found

    async def summary(self, trace_id: str) -> dict[str, Any] | None:
        """What a trace amounts to (see summary.summarise); None where it is not kept."""
        answer = await self._ask(f"/traces/{quote(trace_id, safe='')}/summary", {})
        return None if answer.status_code == httpx.codes.NOT_FOUND else _content(answer)

    async def logs(
        self,
        service: str | None = None,
        level: str | None = None,
        trace_id: str | None = None,
        contains: str | None = None,
        since: str | None = None,
        after: str | None = None,
        before: str | None = None,
        limit: int = 100,
        *,
        until_ms: int | None = None,
    ) -> list[dict[str, Any]]:
        """The newest log records that match, oldest first.

        `level` means that level and above; `since` is `30s`, `5m` or a time; `after` is the
        `seq` of the last record seen, for following, and `before` that of the first, for going
        back. Each record has its line's own fields and `seq timestamp service level event
        trace_id`.
        """
        params = {
            "service": service,
            "level": level,
            "trace_id": trace_id,
            "contains": contains,
            "since": since,
            "after": after,
            "before": before,
            "limit": str(limit),
            **_until(until_ms),
        }
        return list((await self._get("/logs", params))["data"])

    async def _get(self, path: str, params: Mapping[str, str | None]) -> dict[str, Any]:
        return _content(await self._ask(path, params))

    async def _ask(self, path: str, params: Mapping[str, str | None]) -> httpx.Response:
        given = {name: value for name, value in params.items() if value is not None}
        try:
            return await self._http.get(path, params=given)
        except httpx.HTTPError as error:
            raise StackFailed(
                f"the recorder at {self._http.base_url} does not answer: {error or type(error)}",
                "is a drill running? its log is in the run's logs directory",
            ) from error


def _until(moment_ms: int | None) -> dict[str, str | None]:
    """The parameter by which a review's recorder is told the moment that is shown, in milliseconds
    since the epoch; one that runs needs none."""
    return {} if moment_ms is None else {"until": str(moment_ms)}


def _micros(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1_000_000))


def _content(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError as error:
        raise DrillError(
            f"the recorder answered {answer.status_code} without JSON",
            "is something else listening on its port?",
        ) from error
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise UsageError(f"the recorder refuses: {content.get('detail', '')}", "correct the query")
    if answer.status_code != httpx.codes.OK or not isinstance(content, dict):
        detail = content.get("detail", "") if isinstance(content, dict) else ""
        raise DrillError(
            f"the recorder answered {answer.status_code}: {detail}",
            "was it started with the same token?",
        )
    return content
