"""What the end of a process means for the drill."""

from __future__ import annotations

import pytest

from harness.drill.lifecycle.start import _note_exit
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.record import events
from harness.runtime.base import ExitAction, ProcessExit


def problems(session: Session) -> list[str]:
    found = (envelope.event for envelope in session.services.record.events())
    return [event.what for event in found if isinstance(event, events.HarnessProblem)]


@pytest.mark.parametrize("name", ["prometheus", "the Docker engine"])
def test_a_drill_ends_with_what_it_stands_on(session: Session, name: str) -> None:
    _note_exit(session, ProcessExit(name, None, 1, ExitAction.NONE))
    assert session.run.over_reason == f"{name} died"
    assert isinstance(session.run.failure, StackFailed), "it is recorded as aborted, and fails"
    assert problems(session) == [f"{name} ended by itself (exit 1)"]


def test_a_drill_goes_on_without_what_it_can_do_without_and_says_so(session: Session) -> None:
    _note_exit(session, ProcessExit("grafana", None, 1, ExitAction.GO_ON))
    assert not session.run.over.is_set()
    assert session.run.failure is None
    assert problems(session) == ["grafana ended by itself (exit 1)"]


def test_where_alertmanager_dies_the_embedded_pager_takes_over_and_it_is_told(
    session: Session,
) -> None:
    _note_exit(session, ProcessExit("alertmanager", 7, -9, ExitAction.GO_ON))
    assert not session.run.over.is_set()
    assert session.run.own_pager.is_set()
    (told,) = problems(session)
    assert told.startswith("alertmanager ended by itself (exit -9); the embedded pager")
    assert "exit -9" in str(session.run.pager)


def test_an_alertmanager_whose_port_the_host_cannot_have_is_not_taken_over(
    session: Session,
) -> None:
    """Negative control: in containers its port is the network's."""
    _note_exit(session, ProcessExit("alertmanager", None, 1, ExitAction.NONE))
    assert session.run.over.is_set()
    assert not session.run.own_pager.is_set()


def test_a_drill_goes_on_when_a_service_dies(session: Session) -> None:
    _note_exit(session, ProcessExit("c", 7, -9, ExitAction.RESTART, version="1.3.2"))
    assert not session.run.over.is_set()
    assert problems(session) == []
