"""The steps of an incident, on recorded shops."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.drill.actions.expectation import conditions_of
from harness.errors import DrillError
from harness.responder import investigate, play
from harness.responder.observations import read
from harness.responder.play import Responder
from harness.responder.symptoms import Kind, symptoms
from tests.unit.responder.conftest import Recorded
from tests.unit.responder.shop import RecordedShop

CULPRITS = [("timeouts", "payments"), ("rounding", "billing"), ("circle", "c"), ("loop", "orders")]

WEEK_S = investigate.RECENT_S


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded shops answer at once, and what was recorded is not old."""
    monkeypatch.setattr(play, "POLL_S", 0.001)
    monkeypatch.setattr(play, "THINK_S", 0.05)
    monkeypatch.setattr(play, "RECOVERY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(investigate, "RECENT_S", time.time())


def played(shop: RecordedShop) -> tuple[bool, list[str]]:
    said: list[str] = []
    with shop.api() as api:
        proven = Responder(api, said.append, quiet_s=0.0).play()
    return proven, said


@pytest.mark.parametrize(("name", "service"), CULPRITS)
def test_the_culprit_is_diagnosed_and_rolled_back_with_an_expectation(
    recorded: Recorded, name: str, service: str
) -> None:
    shop = RecordedShop(recorded(name), recorded("calm"), culprit=service)
    proven, _ = played(shop)
    assert proven
    assert [body["service"] for body in shop.to("/v1/diagnoses")] == [service]
    (act,) = shop.to("/v1/rollbacks")
    assert act["service"] == service
    assert conditions_of(act["expect"])
    assert act["if_worse"]


def test_the_steps_come_in_the_order_of_an_incident(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="c")
    played(shop)
    order = list(dict.fromkeys(path.removeprefix("/v1/") for path, _ in shop.posted))
    assert order == [
        "pages/ack", "incident", "triage", "updates", "hypotheses", "diagnoses", "rollbacks",
        "verifications", "causes", "reflections", "learnings", "action-items", "postmortem",
    ]  # fmt: skip
    said = [body["status"] for body in shop.to("/v1/updates")]
    assert said == ["investigating", "identified", "recovering", "resolved"]


def test_without_a_page_it_does_nothing_and_says_so(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("calm"), recorded("calm"))
    proven, said = played(shop)
    assert proven
    assert any("nothing is wrong" in text for text in said)
    assert {path for path, _ in shop.posted} == {"/v1/hypotheses", "/v1/notes", "/v1/verifications"}


def test_a_page_about_what_is_over_is_waited_out(recorded: Recorded) -> None:
    raw = recorded("calm")
    shop = RecordedShop(raw, raw)
    shop.paged = True
    proven, _ = played(shop)
    assert proven
    assert shop.to("/v1/rollbacks") == shop.to("/v1/restarts") == []
    assert [body["mechanism"] for body in shop.to("/v1/diagnoses")] == ["no-fault"]
    assert [body["action"] for body in shop.to("/v1/expectations")] == ["wait"]


def test_it_looks_again_when_the_rollback_did_not_help(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="nobody")
    proven, said = played(shop)
    assert not proven
    assert "the alerts go on: looking again" in said
    assert len(shop.to("/v1/hypotheses")) > 1


@pytest.mark.parametrize("enough_percent", [20, 101])
def test_what_waiting_did_not_end_is_undone_on_a_suspicion(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, enough_percent: int
) -> None:
    """Negative control: with more than a suspicion asked for it waits again."""
    monkeypatch.setattr(play, "ACT_PERCENT", 101)
    monkeypatch.setattr(play, "SUSPECT_PERCENT", enough_percent)
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="c")
    proven, _ = played(shop)
    assert proven == (enough_percent == 20)
    assert len(shop.to("/v1/expectations")) == (1 if proven else 2)
    assert [body["service"] for body in shop.to("/v1/rollbacks")] == (["c"] if proven else [])


@pytest.mark.parametrize("phrases", [investigate.LOST_CONNECTION, ()])
def test_what_others_pushed_out_of_the_newest_lines_is_searched_for(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, phrases: tuple[str, ...]
) -> None:
    """Negative control: without the search nobody sees it."""
    monkeypatch.setattr(investigate, "LOST_CONNECTION", phrases)
    raw = recorded("calm")
    lost = {"service": "users", "event": "request failed", "reason": "connection is closed"}
    raw["logs"] = [{"service": "a", "event": "slow"} for _ in range(3 * investigate.LOG_LINES)]
    raw["logs"] = [{**line, "seq": seq} for seq, line in enumerate([lost, *raw["logs"]])]
    with RecordedShop(raw, raw).api() as api:
        seen = read(investigate.look(api))
    found = [one.service for one in symptoms(seen) if one.kind is Kind.CONNECTION_LOST]
    assert found == (["users"] if phrases else [])


@pytest.mark.parametrize(("hours", "is_read"), [(30, True), (30 * 24, False)])
def test_what_a_release_of_days_ago_changed_is_read_and_not_that_of_last_month(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, hours: float, is_read: bool
) -> None:
    monkeypatch.setattr(investigate, "RECENT_S", WEEK_S)
    raw = recorded("circle")
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    raw["deploys"] = [{**one, "at": at} for one in raw["deploys"]]
    with RecordedShop(raw, raw).api() as api:
        seen = read(investigate.look(api))
    assert any(one.diff for one in seen.deploys) == is_read


def test_a_colleagues_deploy_is_waited_for(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="c")
    shop.refusals.append(("/v1/rollbacks", "another deploy is in progress"))
    assert played(shop)[0]
    assert len(shop.to("/v1/rollbacks")) == 1


def test_what_the_host_refuses_is_passed_on_in_its_words(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="c")
    shop.refusals.append(("/v1/triage", "the drill is over"))
    with pytest.raises(DrillError, match="the drill is over"):
        played(shop)


def test_updates_say_no_more_than_is_known(recorded: Recorded) -> None:
    shop = RecordedShop(recorded("circle"), recorded("calm"), culprit="c")
    played(shop)
    first: dict[str, Any] = shop.to("/v1/updates")[0]
    assert first["unknowns"] == ["the cause"]
    assert "not known" in first["current_state"]
