"""The public page says what the team says, in the form that tools know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.exercise import status_page
from harness.exercise.status_page import banner, incidents, status, summary
from harness.exercise.update_texts import confidence_word, eta_text, render_update
from harness.model import ServiceEntry
from harness.record.events import AlertFired, IncidentDeclared, Readers
from harness.record.story import Story
from tests.unit.exercise.tales import UPDATE, story_of

TOPOLOGY = (
    ServiceEntry("gateway", 8000, "1.8.0", None, ("payments",), "Public edge"),
    ServiceEntry("payments", 8002, "2.4.1", "payments", ()),
)
PAGE = {"name": "The shop", "url": "http://127.0.0.1:18000"}
DECLARED = IncidentDeclared("sev2", "Payments fail", ("payments",), None, "payers", (), "alex")
ALERT = AlertFired("f", "PaymentsFailing", "critical", "failing", "payments")


def components(story: Story) -> dict[str, str]:
    return {one["name"]: one["status"] for one in summary(story, TOPOLOGY, **PAGE)["components"]}


def test_what_nobody_told_customers_is_green_whatever_fires() -> None:
    told_nobody = story_of(
        (0.0, ALERT), (1.0, DECLARED), (2.0, replace(UPDATE, readers="internal"))
    )
    page = summary(told_nobody, TOPOLOGY, **PAGE)
    assert page["status"] == {"indicator": "none", "description": "All Systems Operational"}
    assert page["incidents"] == []
    assert banner(told_nobody) is None


@pytest.mark.parametrize("readers", ["external", "all"])
def test_a_public_update_opens_an_incident_with_the_declared_severity(readers: Readers) -> None:
    story = story_of((0.0, DECLARED), (60.0, replace(UPDATE, readers=readers)))
    page = summary(story, TOPOLOGY, **PAGE)
    assert page["status"]["indicator"] == "major"
    assert components(story) == {"gateway": "operational", "payments": "partial_outage"}
    [incident] = page["incidents"]
    assert (incident["name"], incident["status"]) == ("Problem with payments", "identified")
    assert incident["impact"] == "major"
    assert incident["created_at"] == "2026-03-01T03:01:00.000Z"
    assert [one["incident_id"] for one in incident["incident_updates"]] == [incident["id"]]


def test_what_the_team_writes_for_itself_of_an_incident_is_not_told_to_customers() -> None:
    blaming = replace(DECLARED, summary="payments 2.4.2 broke it, again", systems=())
    story = story_of((0.0, blaming), (60.0, replace(UPDATE, components=None)))
    page = summary(story, TOPOLOGY, **PAGE)
    assert page["incidents"][0]["name"] == "Problem with the shop"
    assert "2.4.2" not in str(page)


def test_while_a_fix_is_watched_the_page_says_so_and_is_neither_red_nor_green() -> None:
    well = {"payments": "operational", "gateway": "operational"}
    told = replace(UPDATE, status="recovering", components=well)
    story = story_of((0.0, replace(DECLARED, severity="sev1")), (60.0, UPDATE), (90.0, told))
    page = summary(story, TOPOLOGY, **PAGE)
    assert page["status"] == {"indicator": "minor", "description": "Monitoring a Fix"}
    still = story_of((0.0, replace(DECLARED, severity="sev1")), (60.0, UPDATE))
    assert summary(still, TOPOLOGY, **PAGE)["status"]["description"] != "Monitoring a Fix"


def test_above_an_open_incident_the_page_is_not_green_whichever_services_were_named() -> None:
    undeclared = story_of((60.0, replace(UPDATE, components=None)))
    page = summary(undeclared, TOPOLOGY, **PAGE)
    assert page["status"] == {"indicator": "minor", "description": "Partially Degraded Service"}
    assert page["incidents"][0]["impact"] == "minor"
    nowhere = replace(DECLARED, severity="sev1", systems=())
    declared = story_of((0.0, nowhere), (60.0, replace(UPDATE, components=None)))
    assert summary(declared, TOPOLOGY, **PAGE)["status"]["indicator"] == "critical"


def test_the_team_says_which_components_are_how() -> None:
    bad = replace(
        UPDATE, components={"payments": "major_outage", "gateway": "degraded_performance"}
    )
    better = replace(UPDATE, status="recovering", components={"payments": "degraded_performance"})
    story = story_of((0.0, DECLARED), (60.0, bad), (120.0, better))
    assert components(story) == {
        "gateway": "degraded_performance",
        "payments": "degraded_performance",
    }
    [incident] = summary(story, TOPOLOGY, **PAGE)["incidents"]
    assert incident["status"] == "monitoring"
    assert incident["monitoring_at"] == "2026-03-01T03:02:00.000Z"
    assert [one["status"] for one in incident["incident_updates"]] == ["monitoring", "identified"]


def test_a_resolved_incident_leaves_the_summary_and_stays_in_the_history() -> None:
    solved = replace(UPDATE, status="resolved", components=None)
    story = story_of((0.0, DECLARED), (60.0, UPDATE), (120.0, solved))
    page = summary(story, TOPOLOGY, **PAGE)
    assert page["incidents"] == []
    assert page["status"]["indicator"] == "none"
    [kept] = incidents(story, **PAGE)["incidents"]
    assert kept["resolved_at"] == "2026-03-01T03:02:00.000Z"
    assert banner(story) is None


def test_the_short_form_is_that_of_the_summary() -> None:
    story = story_of((0.0, DECLARED), (60.0, UPDATE))
    whole = summary(story, TOPOLOGY, **PAGE)
    assert status(story, TOPOLOGY, **PAGE) == {"page": whole["page"], "status": whole["status"]}
    assert incidents(Story(), **PAGE)["incidents"] == []


def test_parts_of_the_summary_have_addresses_of_their_own() -> None:
    story = story_of((0.0, DECLARED), (60.0, UPDATE))
    whole = summary(story, TOPOLOGY, **PAGE)
    parts = status_page.components(story, TOPOLOGY, **PAGE)
    assert parts == {"page": whole["page"], "components": whole["components"]}
    open_ones = status_page.unresolved(story, TOPOLOGY, **PAGE)
    assert open_ones == {"page": whole["page"], "incidents": whole["incidents"]}
    assert len(open_ones["incidents"]) == 1
    planned = status_page.scheduled_maintenances(story, **PAGE)
    assert planned == {"page": whole["page"], "scheduled_maintenances": []}


def test_what_is_resolved_is_not_among_the_unresolved() -> None:
    story = story_of((0.0, UPDATE), (60.0, replace(UPDATE, status="resolved", components=None)))
    assert status_page.unresolved(story, TOPOLOGY, **PAGE)["incidents"] == []


def test_ids_are_the_same_each_time_and_tell_nothing() -> None:
    story = story_of((0.0, DECLARED), (60.0, UPDATE))
    page = summary(story, TOPOLOGY, **PAGE)
    assert page == summary(story, TOPOLOGY, **PAGE)
    ids = [one["id"] for one in page["components"]]
    assert len(set(ids)) == len(ids)
    assert not any("payments" in one for one in ids)


def test_the_banner_follows_what_customers_are_told() -> None:
    text = banner(story_of((0.0, UPDATE)))
    assert text is not None
    assert "Most payments go through again." in text


def test_executives_read_every_part_with_the_measured_impact() -> None:
    text = render_update(UPDATE, "executive", users_affected=50_000, revenue_lost=2500.0)
    for part in (
        "IDENTIFIED", UPDATE.what_happened, UPDATE.what_we_did, UPDATE.current_state,
        "50,000 users affected, € 2,500.00 revenue lost", "HIGH (85%)", "- why it was changed",
        "- watch for ten minutes", "10 minutes after this update",
    ):  # fmt: skip
        assert part in text
    assert "measured" not in render_update(UPDATE, "executive")
    assert "measured" not in render_update(UPDATE, "internal", users_affected=5)


def test_customers_read_nothing_of_the_inside() -> None:
    text = render_update(UPDATE, "external", users_affected=50_000, revenue_lost=2500.0)
    for inside in (UPDATE.what_happened, UPDATE.what_we_did, "85", "why it was changed", "2,500"):
        assert inside not in text
    assert "Most payments go through again." in text
    assert "10 minutes after this update" in text


def test_an_unknown_end_is_said_in_words() -> None:
    unknown = replace(UPDATE, eta_minutes=None, unknowns=())
    assert "not known yet" in render_update(unknown, "executive")
    assert "nothing we are aware of" in render_update(unknown, "executive")
    assert "do not know yet" in render_update(unknown, "external")
    assert "expect" not in render_update(replace(UPDATE, status="resolved"), "external")


@pytest.mark.parametrize(
    ("eta", "latest", "text"),
    [
        (10.0, 25.0, "10 to 25 minutes after this update"),
        (10.0, 10.0, "10 minutes after this update"),
        (1.0, None, "1 minute after this update"),
        (0.0, None, "any moment"),
        (0.0, 0.0, "any moment"),
        (0.0, 5.0, "within 5 minutes of this update"),
    ],
)
def test_an_estimate_reads_right_whenever_it_is_read(
    eta: float, latest: float | None, text: str
) -> None:
    said = replace(UPDATE, eta_minutes=eta, eta_latest_minutes=latest)
    assert eta_text(said) == text
    assert f"We expect it to be resolved {text}." in render_update(said, "external")


@pytest.mark.parametrize("eta", [None, 0.0, 3.0])
def test_what_is_resolved_is_not_expected_any_more(eta: float | None) -> None:
    over = replace(UPDATE, status="resolved", eta_minutes=eta)
    assert "expect" not in render_update(over, "external")
    for reader in ("internal", "executive"):
        assert "**ETA to full resolution:** resolved" in render_update(over, reader)


@pytest.mark.parametrize(
    ("percent", "word"), [(100, "HIGH"), (80, "HIGH"), (79, "MEDIUM"), (50, "MEDIUM"), (49, "LOW")]
)
def test_confidence_has_a_word_beside_its_figure(percent: int, word: str) -> None:
    assert confidence_word(percent) == word
