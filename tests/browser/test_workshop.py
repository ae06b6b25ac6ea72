"""A whole workshop on a live shop, played by clicking: two participants and an instructor.

With CONSOLE_SHOTS in the environment, pictures of it are laid there: so the README gets its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.record import events
from harness.record.store import Record
from harness.record.story import fold
from harness.waiting import WaitedTooLong, wait_until_sync
from tests.browser.panels import dashboards, empty_of, empty_panels, show
from tests.browser.table import Person, seated
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.shop, pytest.mark.timeout(600)]

PORT_OFFSET = in_lane(14_000)
PAGE_WITHIN_MS = 90_000
ROLLED_BACK_WITHIN_MS = 120_000
VERIFIED_WITHIN_MS = 180_000


TO_THE_TOP = """() => new Promise((done) => {
  scrollTo(0, 0);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
"""And drawn there."""

SELDOM_S = 30.0


@dataclass
class Workshop:
    """Who plays, on which drill; and what was seen on the way."""

    drill: LiveDrill
    ada: Person
    bo: Person
    chair: Person
    shots: Path | None
    empty_panels: dict[str, set[str]] = field(default_factory=dict)
    """By dashboard, panels in which nothing was drawn while payments failed."""
    run_dir: Path = Path()

    def shot(self, name: str, person: Person) -> None:
        """A picture, where they are wanted."""
        if self.shots:
            person.shot(self.shots / f"{name}.png")


@pytest.fixture(scope="module")
def played(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The workshop, from joining to its end."""
    wanted = os.environ.get("CONSOLE_SHOTS")
    options = ("--agenda", "workshop-60", "--speed", "30")
    with live_drill(tmp_path_factory.mktemp("home"), "bad-timeouts", PORT_OFFSET, options) as drill:
        link = drill.wait_said("console for the participant: ").split(": ", 1)[1]
        theirs = drill.drill("open", "--role", "instructor", "--no-browser").stdout.strip()
        links = [link, link, theirs]
        with seated(browser, *links) as (ada, bo, chair):
            workshop = Workshop(drill, ada, bo, chair, Path(wanted) if wanted else None)
            workshop.run_dir = drill.run_dir
            take_the_page(workshop)
            look_around(workshop)
            investigate(workshop)
            contain(workshop)
            learn(workshop)
            finish(workshop)
        yield workshop


def take_the_page(w: Workshop) -> None:
    w.ada.join("Ada", "on-call")
    w.bo.join("Bo", "documentation")
    w.chair.see("Instructor")
    w.ada.click("Acknowledge", timeout_ms=PAGE_WITHIN_MS)
    w.bo.reads("acknowledged by Ada")
    # At this speed a minute of the clock is two seconds; people need longer to click.
    w.chair.fill({"Reason for the pause": "the team looks at the page"})
    w.chair.click("Pause")
    w.ada.page.locator(".phase").get_by_text("paused").wait_for()


def empty_for_long(page: Any, dashboard: str) -> set[str]:
    """The panels that stay empty: what is seldom, such as a summary that is finished, has time."""
    found: set[str] = set()

    def all_show_something() -> bool:
        nonlocal found
        found = empty_of(page, dashboard)
        return not found

    with suppress(WaitedTooLong):
        wait_until_sync(all_show_something, timeout_s=SELDOM_S, what="the panels")
    return found


def look_around(w: Workshop) -> None:
    """Every dashboard, and a picture of each view that an incident is read from."""
    w.ada.see("Now")
    w.ada.page.locator("main .map").wait_for()
    w.shot("now", w.ada)
    w.ada.see("Dashboards")
    for name in dashboards(w.ada.page):
        w.empty_panels[name] = empty_for_long(w.ada.page, name)
    show(w.ada.page, "Shop overview")
    empty_panels(w.ada.page)  # drawn by now
    w.ada.page.evaluate(TO_THE_TOP)
    w.shot("dashboards", w.ada)
    w.bo.see("Projector")
    w.shot("projector", w.bo)
    w.bo.page.get_by_role("link", name="Back to the console").click()


def investigate(w: Workshop) -> None:
    ada = w.ada
    ada.see("Changes")
    ada.page.get_by_label("Deploys").get_by_role("link").filter(has_text="payments").first.click()
    ada.page.get_by_role("article").get_by_role("button", name="Attach").click()
    w.shot("changes", ada)
    ada.see("Traces")
    ada.page.get_by_label("failed only").check()
    failed = ada.page.get_by_label("Search").get_by_role("listitem").filter(has_text="failed")
    failed.first.get_by_role("link").click()
    ada.page.get_by_role("article", name="Trace").locator(".v-failed").first.wait_for()
    ada.click("Attach", ada.page.get_by_role("article", name="Trace"))
    w.shot("traces", ada)
    ada.see("Logs")
    ada.page.get_by_label("level").select_option("ERROR")
    ada.page.locator(".v-line").first.click()
    ada.click("Attach", ada.page.get_by_label("Log line"))
    ada.see("Diagnosis")
    say_what_is_known(ada)
    suppose(ada)
    w.shot("diagnosis", ada)
    w.chair.click("Confirm", w.chair.card("Diagnoses"))
    ada.reads("confirmed")


def say_what_is_known(ada: Person) -> None:
    incident = ada.card("Incident")
    ada.fill({"Summary": "Checkout fails", "Blast radius": "all who pay"}, incident)
    incident.get_by_label("payments").check()
    ada.click("Declare the incident", incident)
    triage = ada.card("Triage")
    ada.fill({"Known": "charges fail", "Unknown": "what began it"}, triage)
    for number, text in enumerate(("is one the cause of others?", "deploys, logs", "say it"), 1):
        triage.get_by_label(f"Priority {number}", exact=True).fill(text)
    triage.get_by_label("Not doing yet").fill("restarts")
    ada.click("Save triage", triage)
    ada.click("source", ada.card("Source or symptom"))


def suppose(ada: Person) -> None:
    """Two hypotheses, the evidence for the first, and the cause."""
    beliefs = ada.card("Hypotheses")
    for number, text in ((1, "the release of payments"), (2, "the provider is down")):
        ada.click("Add (h)", beliefs)
        beliefs.get_by_label(f"Hypothesis h{number}", exact=True).fill(text)
    first = {"Service": "payments", "Mechanism": "timeout-misconfigured"}
    ada.pick(first, beliefs.get_by_role("listitem").first)
    beliefs.get_by_label("Probability of h1, in percent").fill("60")
    ada.click("Save revision", beliefs)
    basket = ada.card("Collected evidence")
    for _ in range(3):
        ada.click("For", basket)
    beliefs.get_by_label("Probability of h1, in percent").fill("90")
    ada.fill({"Reason for the change": "the difference shows it"}, beliefs)
    ada.click("Save revision", beliefs)
    declared = ada.card("Diagnosis")
    declared.get_by_label("Confidence, in percent").fill("90")
    declared.get_by_label("Details and reasoning").fill("half a second for a connection")
    declared.get_by_label("The team agrees").check()
    ada.click("Submit diagnosis", declared)


def contain(w: Workshop) -> None:
    w.chair.click("Resume")
    w.chair.page.get_by_role("button", name="Next phase").click()
    tell(w.bo, "identified", "Most payments fail.")
    ada = w.ada
    ada.see("Changes")
    form = ada.page.get_by_role("form", name="Take action")
    ada.pick({"service": "payments"}, form)
    ada.fill({"expectation": "errors < 20%", "if it gets worse": "look again"}, form)
    ada.click("Roll back payments", form)
    ada.reads("Rolling back payments: done", ROLLED_BACK_WITHIN_MS)
    ada.see("Before/after")
    ada.click("Verify")
    ada.page.get_by_text("Objectives at").wait_for(timeout=VERIFIED_WITHIN_MS)
    w.shot("before-after", ada)
    tell(w.bo, "resolved", "Payments work again.")


def tell(bo: Person, status: str, state: str) -> None:
    bo.see("Comms")
    bo.pick({"Status": status})
    bo.fill({"What happened": "A release cut timeouts.", "What we did": "Put back the old one."})
    bo.fill({"Current state": state, "Next steps": "watch for two minutes"})
    bo.page.get_by_label("Unknowns").fill("why it was changed")
    bo.click("Post update")
    bo.card("Channel").get_by_text(state).wait_for()


def learn(w: Workshop) -> None:
    # The button ends the phase that this page shows, so that one press too many ends no other.
    while "Postmortem" not in w.chair.page.locator(".phase strong").inner_text():
        w.chair.page.get_by_role("button", name="Next phase").click()
    bo = w.bo
    bo.see("Postmortem")
    back = bo.card("Reflections")
    bo.fill({"In a sentence": "we looked before we acted"}, back)
    bo.click("Save reflection", back)
    back.get_by_text("we looked before we acted").wait_for()
    causes = bo.card("Root cause analysis")
    for level in (
        "surface: what broke",
        "deeper: what allowed it",
        "deepest: why that was possible",
    ):
        causes.get_by_role("radio", name=level, exact=True).click()
        bo.fill({"Cause at this level": f"the {level.split(':')[0]} cause"}, causes)
        bo.click("Add cause", causes)
        causes.get_by_text(f"the {level.split(':')[0]} cause").first.wait_for()
    items = bo.card("Action items")
    bo.fill({"Action": "a load test", "Owner": "Ada"}, items)
    bo.pick({"Linked check": "timeout-change-needs-load-test"}, items)
    bo.click("Add action item", items)
    bo.click("Draft from the record")
    text = bo.page.get_by_label("text (Markdown)")
    drafted = wait_until_sync(
        lambda: text.input_value() if "surface cause" in text.input_value() else None,
        timeout_s=20,
        what="the draft in the editor",
    )
    text.fill(f"{drafted}\nBlameless, and written together.\n")
    bo.click("Save")
    bo.reads("Saved by Bo")
    w.shot("postmortem", bo)


def finish(w: Workshop) -> None:
    w.chair.click("Grade", w.chair.card("Grade the rubric"))
    w.chair.page.get_by_label("The exercise is over; show the answer to everybody").check()
    w.chair.click("Reveal the answer")
    w.ada.see("Score")
    w.ada.reads("of 100")
    w.shot("score", w.ada)
    w.chair.page.evaluate("scrollTo(0, 0)")
    w.shot("instructor", w.chair)
    w.chair.page.get_by_label("Everybody has finished writing").check()
    w.chair.click("End the drill")
    for person in (w.ada, w.bo, w.chair):
        person.reads("The drill is over")
    assert w.drill.process.wait(timeout=60) == 0


def test_the_record_tells_who_clicked_what(played: Workshop) -> None:
    with Record(played.run_dir / "record.db") as record:
        story = fold(record.events())
    assert {one.event.person: one.event.role for one in story.of(events.RoleJoined)} == {
        "Ada": "on-call",
        "Bo": "documentation",
    }
    assert story.first(events.TriageWritten).event.by == "Ada"
    declared = story.first(events.DiagnosisDeclared).event
    assert (declared.service, declared.mechanism) == ("payments", "timeout-misconfigured")
    assert len(declared.evidence) == 3
    assert story.first(events.CauseConfirmed).event.right
    rollback = [one.event for one in story.of(events.DeployStarted) if one.event.kind == "rollback"]
    assert [one.by for one in rollback] == ["Ada"]
    assert story.of(events.VerifyFinished)
    assert [one.event.status for one in story.of(events.UpdatePosted)] == ["identified", "resolved"]
    assert [one.event.level for one in story.of(events.CauseAnalysed)] == [
        "surface",
        "deeper",
        "deepest",
    ]
    assert story.first(events.ActionItemAdded).event.check == "timeout-change-needs-load-test"
    assert story.first(events.DrillFinished)


def test_the_postmortem_is_what_was_written(played: Workshop) -> None:
    text = (played.run_dir / "postmortem.md").read_text()
    assert "Blameless, and written together." in text
    assert "the deepest cause" in text


def test_each_panel_of_each_dashboard_showed_data_while_payments_failed(played: Workshop) -> None:
    assert set(played.empty_panels) >= {"Shop overview", "Service", "Money"}
    assert {name: empty for name, empty in played.empty_panels.items() if empty} == {}


def test_nothing_is_left_behind(played: Workshop) -> None:
    assert played.drill.processes() == []
    assert played.drill.ports_taken() == []
