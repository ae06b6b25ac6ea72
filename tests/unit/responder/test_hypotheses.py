"""From what was seen to what is believed: on recorded drills, and on ones made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.exercise.evidence import links_in, parse_evidence
from harness.model import Mechanism
from harness.responder.hypotheses import Hypothesis, hypotheses
from harness.responder.observations import read
from harness.responder.play import ACT_PERCENT
from harness.responder.symptoms import Kind, Symptom, symptoms
from tests.unit.responder.conftest import Recorded

CAUSES = [
    ("timeouts", "payments", Mechanism.TIMEOUT_MISCONFIGURED, "2.4.2"),
    ("rounding", "billing", Mechanism.NUMERIC_PRECISION, "3.0.5"),
    ("circle", "c", Mechanism.CIRCULAR_CALL, "1.3.2"),
    ("loop", "orders", Mechanism.N_PLUS_ONE, "5.2.4"),
]

SETTING = """diff --git a/services/assistant/settings.py b/services/assistant/settings.py
--- a/services/assistant/settings.py
+++ b/services/assistant/settings.py
@@ -1,3 +1,3 @@
-    answer_max_tokens: int = 160
+    answer_max_tokens: int = 20
"""


def told(raw: dict[str, Any]) -> list[Hypothesis]:
    seen = read(raw)
    return hypotheses(seen, symptoms(seen))


@pytest.mark.parametrize(("name", "service", "mechanism", "version"), CAUSES)
def test_service_mechanism_and_release_are_named(
    recorded: Recorded, name: str, service: str, mechanism: Mechanism, version: str
) -> None:
    top = told(recorded(name))[0]
    assert (top.service, top.mechanism) == (service, mechanism)
    assert top.release is not None
    assert top.release.version_to == version
    assert top.percent >= 75


@pytest.mark.parametrize("name", ["timeouts", "rounding", "circle", "loop", "calm"])
def test_probabilities_sum_to_a_hundred_and_links_are_links(recorded: Recorded, name: str) -> None:
    found = told(recorded(name))
    assert sum(one.percent for one in found) == 100
    assert found[-1].mechanism is None
    for one in found:
        for link in one.links:
            assert parse_evidence(link)
            assert links_in(link) == (link,)


@pytest.mark.parametrize(("name", "service", "mechanism", "version"), CAUSES)
def test_without_the_difference_nobody_is_as_sure(
    recorded: Recorded, name: str, service: str, mechanism: Mechanism, version: str
) -> None:
    """The negative control: what the answer rests on is taken away."""
    raw = recorded(name)
    raw["diffs"] = {}
    assert not any(one.release for one in told(raw))


@pytest.mark.parametrize(("name", "service", "mechanism", "version"), CAUSES)
def test_a_release_that_came_after_the_trouble_is_not_blamed(
    recorded: Recorded, name: str, service: str, mechanism: Mechanism, version: str
) -> None:
    raw = recorded(name)
    for deploy in raw["deploys"]:
        if deploy["service"] == service:
            deploy["at"] = "2036-01-01T00:00:00+00:00"
    assert not any(one.release and one.service == service for one in told(raw))


@pytest.mark.parametrize("is_alone", [False, True])
def test_one_series_that_wavered_beforehand_acquits_no_release(
    recorded: Recorded, is_alone: bool
) -> None:
    """Negative control: where there is no other sign, it is believed."""
    seen = read(recorded("circle"))
    found = symptoms(seen)
    release = next(one for one in seen.deploys if one.version_to == "1.3.2")
    stray = replace(found[0], service="feed", kind=Kind.SLOW, onset=release.at - 5)
    told = hypotheses(seen, [stray] if is_alone else [stray, *found])
    assert any(one.release == release for one in told) is not is_alone


@pytest.mark.parametrize("has_its_signs", [False, True])
def test_a_release_is_not_undone_for_harm_that_shows_otherwise(
    recorded: Recorded, has_its_signs: bool
) -> None:
    """Charges fail at once: no timeout ends them, whatever was released. The control: some wait."""
    seen = read(recorded("timeouts"))
    at_once = {Kind.USERS_FAIL, Kind.FAILS_FIRST, Kind.FAILING}
    found = [one for one in symptoms(seen) if has_its_signs or one.kind in at_once]
    told = hypotheses(seen, found)
    sure = [one.service for one in told if one.release and one.percent >= ACT_PERCENT]
    assert sure == (["payments"] if has_its_signs else [])


def shipped_earlier(raw: dict[str, Any], by_s: float) -> dict[str, Any]:
    for deploy in raw["deploys"]:
        at = datetime.fromisoformat(deploy["at"])
        deploy["at"] = (at - timedelta(seconds=by_s)).isoformat()
    return raw


@pytest.mark.parametrize("name", ["circle", "loop", "timeouts"])
def test_an_earlier_release_is_suspected_of_what_the_symptoms_speak_for(
    recorded: Recorded, name: str
) -> None:
    """Something else may have set it off."""
    top = told(shipped_earlier(recorded(name), by_s=600))[0]
    assert (top.service, top.mechanism) == next(
        (service, mechanism) for known, service, mechanism, _ in CAUSES if known == name
    )
    assert top.release is not None


def test_an_earlier_release_is_not_suspected_of_anything_else(recorded: Recorded) -> None:
    raw = shipped_earlier(recorded("circle"), by_s=600)
    assert {one.service for one in told(raw) if one.release} == {"c"}
    assert "a" in {one["service"] for one in raw["deploys"]}, "the control: a was released, too"


FEWER_WORKERS = """\
--- a/services/{service}/settings.py
+++ b/services/{service}/settings.py
@@ -10 +10 @@
-    worker_slots: int = 4
+    worker_slots: int = 1
"""


@pytest.mark.parametrize("service", ["c", "a"])
def test_an_earlier_release_is_suspected_of_what_it_shows_where_its_service_shows_it(
    recorded: Recorded, service: str
) -> None:
    raw = shipped_earlier(recorded("circle"), by_s=3 * 3600)
    for deploy in raw["deploys"]:
        if deploy["service"] == service and raw["diffs"].get(deploy["deploy_id"]):
            raw["diffs"][deploy["deploy_id"]] = FEWER_WORKERS.format(service=service)
    seen = read(raw)
    found = symptoms(seen)
    shows = {one.service for one in found} & {service}
    assert shows, "the control below takes this away"

    def blamed(of: list[Symptom]) -> bool:
        return any(
            (one.service, one.mechanism) == (service, Mechanism.POOL_TOO_SMALL) and one.release
            for one in hypotheses(seen, of)
        )

    assert blamed(found)
    assert not blamed([one for one in found if one.service != service])


@pytest.mark.parametrize(("name", "service", "mechanism", "version"), CAUSES)
def test_what_was_rolled_back_already_is_not_to_be_rolled_back_again(
    recorded: Recorded, name: str, service: str, mechanism: Mechanism, version: str
) -> None:
    raw = recorded(name)
    last = raw["deploys"][-1]
    raw["deploys"].append({**last, "service": service, "kind": "rollback", "deploy_id": "dep-x"})
    assert not any(one.release and one.service == service for one in told(raw))


def test_a_calm_shop_with_harmless_releases_has_no_fault(recorded: Recorded) -> None:
    raw = recorded("calm")
    top = told(raw)[0]
    assert symptoms(read(raw)) == []
    assert (top.mechanism, top.release) == (Mechanism.NO_FAULT, None)
    assert sum(bool(one) for one in raw["diffs"].values()) >= 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_whatever_was_released_no_anomaly_means_no_fault(
    recorded: Recorded, data: st.DataObject
) -> None:
    """The very releases that break shops, shipped at any time to one that stays calm."""
    raw = recorded("calm")
    for name, *_ in CAUSES:
        other = recorded(name)
        for deploy in other["deploys"]:
            if data.draw(st.booleans()):
                deploy = {**deploy, "deploy_id": f"{name}-{deploy['deploy_id']}"}
                raw["diffs"][deploy["deploy_id"]] = other["diffs"].get(deploy["deploy_id"], "")
                raw["deploys"].append(deploy)
    top = told(raw)[0]
    assert (top.mechanism, top.release) == (Mechanism.NO_FAULT, None)


def test_a_shop_that_is_slow_everywhere_is_not_blamed_on_a_harmless_release(
    recorded: Recorded,
) -> None:
    """A busy machine, just after colleagues shipped: what came last is no cause by itself."""
    raw = recorded("calm")
    raw["alerts"] = [{"name": "HighLatency"}]
    last = max(datetime.fromisoformat(one["at"]).timestamp() for one in raw["deploys"])
    for series in raw["series"]["latency"]:
        series["times"] = [at + last - raw["at"] + 10 for at in series["times"]]
        series["values"][-10:] = [2.0] * 10
    found = told(raw)
    assert any(one.kind is Kind.SLOW for one in symptoms(read(raw)))
    assert not any(one.release and one.percent >= ACT_PERCENT for one in found)


def test_with_an_alert_that_fires_nobody_says_that_nothing_is_wrong(recorded: Recorded) -> None:
    raw = recorded("calm")
    raw["alerts"] = [{"name": "HighErrorRate"}]
    assert all(one.mechanism is not Mechanism.NO_FAULT for one in told(raw))


def test_a_provider_that_admits_trouble_is_suspected_before_our_timeouts(
    recorded: Recorded,
) -> None:
    raw = recorded("timeouts")
    raw["diffs"] = {}
    calm = {one.mechanism: one.percent for one in told(raw)}
    raw["providers"]["model-provider"] = {"status": {"indicator": "major"}}
    assert {one.mechanism: one.percent for one in told(raw)} == calm, "it is not of the one called"
    raw["providers"]["payment-provider"] = {"status": {"indicator": "major"}}
    admitted = {one.mechanism: one.percent for one in told(raw)}
    assert calm[Mechanism.TIMEOUT_MISCONFIGURED] > calm[Mechanism.SLOW_DEPENDENCY]
    assert admitted[Mechanism.SLOW_DEPENDENCY] > admitted[Mechanism.TIMEOUT_MISCONFIGURED]


def test_a_lost_connection_in_the_log_is_a_symptom(recorded: Recorded) -> None:
    raw = recorded("calm")
    line = {"seq": 9, "service": "users", "event": "failed", "error": "connection is closed"}
    raw["logs"] = [line]
    (found,) = symptoms(read(raw))
    assert (found.kind, found.service, found.link) == (Kind.CONNECTION_LOST, "users", "log:9")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("value out of int32 range", Kind.OUT_OF_RANGE),
        ("integer out of range", Kind.OUT_OF_RANGE),
        ("deadlock detected", Kind.DEADLOCKED),
    ],
)
def test_what_a_database_says_in_the_log_is_a_symptom_of_what_it_means(
    recorded: Recorded, error: str, kind: Kind
) -> None:
    raw = recorded("calm")
    raw["logs"] = [{"seq": 9, "service": "users", "event": "unexpected error", "error": error}] * 2
    (found,) = symptoms(read(raw))
    assert (found.kind, found.service) == (kind, "users")
    raw["logs"][0] = raw["logs"][1] = {**raw["logs"][0], "error": "a page within range"}
    assert symptoms(read(raw)) == []


def two_at_once(recorded: Recorded) -> dict[str, Any]:
    """One drill out of two of the same seed: orders asks in a loop, and the ledger drifts."""
    raw, other = recorded("loop"), recorded("rounding")
    later_s = raw["at"] - other["at"]
    for series in other["series"]["mismatches"]:
        series["times"] = [at + later_s for at in series["times"]]
    raw["series"]["mismatches"] = other["series"]["mismatches"]
    bad = next(one for one in other["deploys"] if one["version_to"] == "3.0.5")
    at = datetime.fromisoformat(bad["at"]) + timedelta(seconds=later_s)
    raw["deploys"].append({**bad, "at": at.isoformat()})
    raw["diffs"] |= other["diffs"]
    raw["alerts"] += other["alerts"]
    return raw


def test_two_causes_are_found_one_after_the_other(recorded: Recorded) -> None:
    raw = two_at_once(recorded)
    first = told(raw)[0]
    assert (first.service, first.mechanism) == ("orders", Mechanism.N_PLUS_ONE)
    assert first.percent >= ACT_PERCENT
    undone = next(one for one in raw["deploys"] if one["version_to"] == "5.2.4")
    now = datetime.fromtimestamp(raw["at"], UTC).isoformat()
    raw["deploys"].append(
        {**undone, "kind": "rollback", "version_from": "5.2.4", "version_to": "5.2.3", "at": now}
    )
    second = told(raw)[0]
    assert (second.service, second.mechanism) == ("billing", Mechanism.NUMERIC_PRECISION)
    assert second.percent >= ACT_PERCENT
    assert second.release is not None
    assert second.release.version_to == "3.0.5"


def test_a_release_whose_tasks_fail_is_suspected_of_the_setting_that_it_changed(
    recorded: Recorded,
) -> None:
    raw = recorded("calm")
    began = raw["deploys"][-1]["at"]
    release = raw["deploys"][-1] | {"deploy_id": "d9", "service": "assistant", "kind": "release"}
    raw["deploys"], raw["alerts"] = [release], [{"name": "AITasksFailing"}]
    raw["services"] = [*raw["services"], "assistant"]
    raw["diffs"] = {"d9": SETTING}
    at = datetime.fromisoformat(began).timestamp()
    times = [at - 30 + second for second in range(60)]
    values = [0.0 if time < at + 3 else 0.9 for time in times]
    labels = {"service": "assistant"}
    raw["series"]["tasks"] = [{"labels": labels, "times": times, "values": values}]
    (top, *_) = told(raw)
    assert (top.service, top.mechanism) == ("assistant", Mechanism.BAD_CONFIGURATION)
    assert top.percent >= 50
    assert any("attempts at assistant's tasks fail" in says for says in top.says)
