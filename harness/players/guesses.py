"""What one gets by guessing, without a look at any signal: a drill is worth its minutes where these
policies rarely name the right service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from harness.drill.session import Session
from harness.record.events import AlertFired, DrillTriggered, PageSent

LOOKS_AFTER = timedelta(seconds=15)
"""So long after the page somebody lists the deploys."""
LAST = 6
"""Of so many releases before the page a guess looks at the diffs."""
_SETTINGS = re.compile(r"^\+\+\+ b/services/\w+/(?:settings\.py|[\w./]+\.toml)$", re.MULTILINE)


@dataclass(frozen=True)
class Shipped:
    """A release, as the deploy log and its diff show it."""

    service: str
    is_before_page: bool
    changes_setting: bool


def changes_setting(diff: str) -> bool:
    """Whether a diff touches a file of settings."""
    return _SETTINGS.search(diff) is not None


def guessed_right(session: Session) -> Mapping[str, bool]:
    """Policy → whether it names a guilty service in this drill, by its record: what had been
    deployed when somebody looked, a few seconds after the page. Empty without a page."""
    story = session.story()
    page, began = story.first(PageSent), story.first(DrillTriggered)
    if page is None or began is None or not session.spec.faults:
        return {}
    alert = next((one for one in story.of(AlertFired) if one.seq > began.seq), None)
    versions = session.services.workspace
    log = [
        Shipped(
            one.service,
            one.at <= page.wall_time,
            bool(one.version_from)
            and changes_setting(versions.diff(one.service, one.version_from, one.version_to)),
        )
        for one in session.deploys().entries
        if one.kind == "release"
        and one.outcome == "succeeded"
        and one.at <= page.wall_time + LOOKS_AFTER
    ]
    guilty = {fault.service for fault in session.spec.faults}
    said = guesses(log, alert.event.service if alert else None)
    return {policy: service in guilty for policy, service in said.items()}


def guesses(log: Sequence[Shipped], first_alert_service: str | None) -> Mapping[str, str | None]:
    """Policy → the service that it blames, None where it has nobody to blame. `log` is in order of
    the deploys, up to when the team begins to look, which is after the first releases that follow
    the page."""
    before = [one for one in log if one.is_before_page]
    settings = [one.service for one in before[-LAST:] if one.changes_setting]
    return {
        "latest deploy": log[-1].service if log else None,
        "latest before the page": before[-1].service if before else None,
        "service of the first alert": first_alert_service,
        "only one that changed a setting": settings[0] if len(settings) == 1 else None,
    }
