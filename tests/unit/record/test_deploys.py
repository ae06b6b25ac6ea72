"""The deploy log: what was deployed, and which version served before which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from harness.record import events
from harness.record.deploys import Deploy, DeployLog
from harness.record.envelope import Envelope
from harness.record.story import fold

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
Step = tuple[events.DeployKind, str, str]


def envelope(seq: int, event: events.Event) -> Envelope:
    return Envelope(seq, "d-1", MORNING, seq, "kim", event.type, event.audience, event, {})


def ended(
    step: Step, outcome: type[events.DeployEvent] = events.DeploySucceeded
) -> events.DeployEvent:
    kind, version_from, version_to = step
    return outcome("dep-1", "payments", version_from, version_to, "c0ffee", kind, "kim", "x")


def read(told: Sequence[events.Event], past: tuple[Deploy, ...] = ()) -> DeployLog:
    """The log of a drill in which `told` happened."""
    return DeployLog.of(fold([envelope(seq, one) for seq, one in enumerate(told, 1)]), past)


def log_of(steps: Sequence[Step]) -> DeployLog:
    return read([ended(step) for step in steps])


RELEASES: list[Step] = [
    ("release", "", "1.0"),
    ("release", "1.0", "1.1"),
    ("release", "1.1", "1.2"),
]
RESTART: Step = ("restart", "1.2", "1.2")
ROLLBACK: Step = ("rollback", "1.2", "1.1")


def test_a_deploy_is_one_line_from_its_end_on() -> None:
    begun = events.DeployStarted("dep-1", "payments", "1.0", "1.1", "c0ffee", "release", "kim", "x")
    assert read([begun]).entries == ()
    assert read([begun, ended(("release", "1.0", "1.1"))]).entries == (
        Deploy(MORNING, "dep-1", "payments", "1.0", "1.1", "c0ffee", "release", "kim", "x"),
    )


def test_a_failed_deploy_is_in_the_log_with_its_error_and_changes_no_version() -> None:
    failed = events.DeployFailed(
        "dep-1", "payments", "1.0", "1.1", "c0ffee", "hotfix", "kim", "", "no import"
    )
    log = read([failed])
    assert [(one.outcome, one.error) for one in log.entries] == [("failed", "no import")]
    assert log.newest_change("payments") is None
    assert log.version_before("payments", "1.1") is None


def test_the_log_goes_on_from_what_was_deployed_before_the_drill() -> None:
    past = Deploy(MORNING, "dep-0", "payments", "1.0", "1.1", "c0ffee", "release", "ada", "y")
    log = read([ended(("release", "1.1", "1.2"))], (past,))
    assert log.version_before("payments", "1.1") == "1.0"
    assert log.version_before("payments", "1.2") == "1.1"


@pytest.mark.parametrize(
    "later",
    [
        pytest.param([], id="nothing"),
        pytest.param([RESTART], id="a restart"),
        pytest.param([ROLLBACK, ("rollback", "1.1", "1.2")], id="a rollback and back again"),
    ],
)
def test_what_served_before_a_version_is_what_served_when_it_was_new(later: list[Step]) -> None:
    assert log_of([*RELEASES, *later]).version_before("payments", "1.2") == "1.1"


def test_of_another_service_and_of_the_first_version_nothing_is_known() -> None:
    log = log_of(RELEASES)
    assert log.version_before("orders", "1.2") is None
    assert log.version_before("payments", "1.0") is None


def test_a_restart_is_no_change() -> None:
    newest = log_of([*RELEASES, RESTART]).newest_change("payments")
    assert newest is not None
    assert newest.version_to == "1.2"


@pytest.mark.parametrize(
    ("steps", "taken_back"),
    [
        pytest.param([ROLLBACK], ("1.2",), id="one release"),
        pytest.param([("rollback", "1.2", "1.0")], ("1.2", "1.1"), id="two releases"),
        pytest.param([ROLLBACK, ("rollback", "1.1", "1.2")], (), id="back to the newer one"),
    ],
)
def test_a_rollback_takes_back_what_was_released_since(
    steps: list[Step], taken_back: tuple[str, ...]
) -> None:
    log = log_of([*RELEASES, *steps])
    assert log.taken_back(log.entries[-1]) == taken_back


def test_versions_that_follow_each_other_in_a_circle_are_each_taken_back_once() -> None:
    circle: list[Step] = [("release", "1.1", "1.0"), *RELEASES[1:], ("rollback", "1.2", "0.9")]
    log = log_of(circle)
    assert log.taken_back(log.entries[-1]) == ("1.2", "1.1", "1.0")
