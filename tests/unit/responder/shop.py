"""A drill's API with a recorded shop behind it, that heals when its culprit is rolled back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import httpx

from harness.responder.participant_client import Api
from harness.responder.questions import QUERIES

Posted = tuple[str, dict[str, Any]]


class RecordedShop:
    """Answers from `raw` until `culprit` is rolled back, then from `calm`; keeps what is posted."""

    def __init__(self, raw: dict[str, Any], calm: dict[str, Any], culprit: str = "") -> None:
        self.now, self.calm, self.culprit = raw, calm, culprit
        self.paged = bool(raw["alerts"])
        self.posted: list[Posted] = []
        self.refusals: list[tuple[str, str]] = []
        """(path, detail): the next post to the path is refused so, once."""

    def api(self) -> Api:
        return Api("http://shop.test", "token", transport=httpx.MockTransport(self.answer))

    def to(self, path: str) -> list[dict[str, Any]]:
        """The bodies that were posted to a path."""
        return [body for known, body in self.posted if known == path]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the API says to a request."""
        path = request.url.path
        if request.method == "GET":
            return httpx.Response(200, json=self._get(path, parse_qs(request.url.query.decode())))
        for refusal in self.refusals:
            if refusal[0] == path:
                self.refusals.remove(refusal)
                return httpx.Response(422, json={"detail": refusal[1]})
        body = json.loads(request.content)
        self.posted.append((path, body))
        if path == "/v1/pages/ack":
            return httpx.Response(200, json=[{"alert": "Alert", "summary": "something is wrong"}])
        if path == "/v1/rollbacks" and body["service"] == self.culprit:
            self.now = self.calm
        result = {"passed": not self.now["alerts"], "results": []}
        return httpx.Response(200, text=json.dumps({"result": result}) + "\n")

    def _get(self, path: str, params: dict[str, list[str]]) -> Any:
        raw = self.now
        acknowledged = "me" if self.to("/v1/pages/ack") else None
        return {
            "/v1/status": lambda: {
                "phase": "healthy",
                "services": [{"name": name} for name in raw["services"]],
                "alerts": raw["alerts"],
                "places": {},
            },
            "/v1/pages": lambda: [{"acknowledged_by": acknowledged}] if self.paged else [],
            "/v1/deploys": lambda: raw["deploys"],
            "/v1/metrics": lambda: _columns(raw["series"].get(_name(params["query"][0]), [])),
            "/v1/traces": lambda: {
                "traces": [{"trace_id": one["traceID"], "trace": one} for one in raw["traces"]]
            },
            "/v1/logs": lambda: {"records": _lines(raw["logs"], params)},
            "/v1/diff": lambda: {"diff": self._diff(params)},
        }[path]()

    def _diff(self, params: dict[str, list[str]]) -> str:
        for deploy in self.now["deploys"]:
            asked = (params["service"][0], params["version_to"][0])
            if (deploy["service"], deploy["version_to"]) == asked:
                return str(self.now["diffs"].get(deploy["deploy_id"], ""))
        return ""


def _columns(series: list[dict[str, Any]]) -> dict[str, Any]:
    """Recorded series, each with times of its own, as the API has them: with times for all."""
    times = sorted({at for one in series for at in one["times"]})
    values = [dict(zip(one["times"], one["values"], strict=True)) for one in series]
    return {
        "times": times,
        "series": [
            {"labels": one["labels"], "values": [known.get(at) for at in times]}
            for one, known in zip(series, values, strict=True)
        ],
    }


def _lines(logs: list[dict[str, Any]], params: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The newest lines that match, oldest first."""
    wanted = params.get("contains", [""])[0]
    found = [line for line in logs if wanted in json.dumps(line).lower()]
    return found[-int(params["limit"][0]) :]


def _name(query: str) -> str:
    return next(name for name, known in QUERIES.items() if known == query)
