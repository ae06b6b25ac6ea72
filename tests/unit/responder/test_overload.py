"""Too many visitors: told from services of ours that ask more often, and met by a feature flag."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from harness.model import Mechanism
from harness.responder import investigate, play
from harness.responder.acts import flag_to_switch_off
from harness.responder.hypotheses import Hypothesis, hypotheses
from harness.responder.observations import Span, Trace, read
from harness.responder.play import ACT_PERCENT, Responder
from harness.responder.symptoms import symptoms
from tests.unit.responder.conftest import Recorded
from tests.unit.responder.shop import RecordedShop

FLAGS = [
    {"service": "b", "name": "glaze", "enabled": True},
    {"service": "a", "name": "sorting", "enabled": True},
    {"service": "a", "name": "steaming", "enabled": True},
]


def crowded(raw: dict[str, Any], *asked_more: str, full: str = "a") -> dict[str, Any]:
    """`asked_more` get six times as many requests half-way, and the workers of `full` run out."""
    for one in raw["series"]["requests"]:
        if one["labels"]["service"] in asked_more:
            _step(one, lambda value: 6 * value + 20)
    for one in raw["series"]["workers"]:
        one["values"] = [0.1] * len(one["values"])
        if one["labels"]["service"] == full:
            _step(one, lambda _: 1.0)
    raw["alerts"] = [{"name": "ServiceSaturated"}]
    return raw


def _step(series: dict[str, Any], after: Any) -> None:
    half = len(series["values"]) // 2
    series["values"] = [
        after(value) if place >= half else value for place, value in enumerate(series["values"])
    ]


def told(raw: dict[str, Any]) -> list[Hypothesis]:
    seen = read(raw)
    return hypotheses(seen, symptoms(seen))


def test_visitors_are_too_many_for_the_service_that_ran_out(recorded: Recorded) -> None:
    top = told(crowded(recorded("calm"), "gateway", "orders", "a"))[0]
    assert (top.service, top.mechanism, top.release) == ("a", Mechanism.OVERLOAD, None)
    assert top.percent >= ACT_PERCENT


def test_while_nothing_runs_out_it_is_the_edge_that_they_are_too_many_for(
    recorded: Recorded,
) -> None:
    found = told(crowded(recorded("calm"), "gateway", full="nobody"))
    overloaded = [one.service for one in found if one.mechanism is Mechanism.OVERLOAD]
    assert overloaded == ["gateway"]


def test_a_service_that_one_of_ours_asks_more_often_has_no_more_visitors(
    recorded: Recorded,
) -> None:
    found = told(crowded(recorded("calm"), "a"))
    assert not any(one.mechanism is Mechanism.OVERLOAD for one in found)


def spent(operation: str, duration_ms: float) -> Trace:
    span = Span("1", "", "a", operation, "server", duration_ms, failed=False)
    return Trace("t", (span,))


@pytest.mark.parametrize(
    ("operation", "flag"),
    [("POST /steaming", "steaming"), ("GET /sortings", "sorting"), ("GET /", "sorting")],
)
def test_the_feature_that_costs_most_is_given_up(operation: str, flag: str) -> None:
    traces = (spent("POST /sorting", 5.0), spent(operation, 900.0))
    assert flag_to_switch_off("a", FLAGS, traces) == flag


def test_of_those_that_are_off_none_is_given_up_again() -> None:
    flags = [{**one, "enabled": one["name"] != "sorting"} for one in FLAGS]
    traces = (spent("POST /sorting", 900.0),)
    assert flag_to_switch_off("a", flags, traces) == "steaming"
    flags = [{**one, "enabled": False} for one in FLAGS]
    assert flag_to_switch_off("a", flags, traces) is None


class CrowdedShop(RecordedShop):
    """Heals when a flag of the service that is full is switched off."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        answered = super().answer(request)
        switched = {body["name"] for body in self.to("/v1/flags") if body["enabled"] is False}
        if switched & {"sorting", "steaming"}:
            self.now = self.calm
        return answered

    def _get(self, path: str, params: dict[str, list[str]]) -> Any:
        return FLAGS if path == "/v1/flags" else super()._get(path, params)


def test_it_gives_up_a_feature_says_so_and_proves_that_it_helped(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "POLL_S", 0.001)
    monkeypatch.setattr(investigate, "RECENT_S", 0.0)
    shop = CrowdedShop(crowded(recorded("calm"), "gateway", "orders", "a"), recorded("calm"))
    said: list[str] = []
    with shop.api() as api:
        assert Responder(api, said.append, quiet_s=0.0).play()
    [act] = shop.to("/v1/flags")
    assert (act["name"], act["enabled"]) == ("sorting", False)
    assert act["expect"]
    assert act["if_worse"]
    assert shop.to("/v1/rollbacks") == []
    told_last = shop.to("/v1/updates")[-1]
    assert told_last["status"] == "resolved"
    assert "switched sorting of a off" in told_last["what_we_did"]
    [pattern] = shop.to("/v1/learnings")
    assert pattern["fields"]["resolution"] == "switched sorting of a off"
