"""Our agendas are what was promised; a malformed one is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import BadFile, UnknownName
from harness.exercise.agenda import Agenda, InPhase
from harness.exercise.agenda_files import AGENDAS, agenda_ids, load_agenda, read_agenda
from harness.exercise.roles import team_roles

MINUTE_MS = 60_000


def plan(agenda: Agenda) -> list[tuple[str, float | None, str]]:
    return [
        (one.id, None if one.duration_ms is None else one.duration_ms / MINUTE_MS, one.ai)
        for one in agenda.phases
    ]


def test_all_five_are_there() -> None:
    assert agenda_ids() == ["incident-u3", "outage-3am", "solo", "workshop-180", "workshop-60"]
    for id_ in agenda_ids():
        agenda = load_agenda(id_)
        assert set(agenda.roles) == set(team_roles())
        assert agenda.injects
        assert agenda.artefacts == {
            "error-logs", "deployments", "provider-status", "config-diff", "deployment-notes",
        }  # fmt: skip


def test_the_hour_has_its_four_phases_and_ai_only_fixes() -> None:
    agenda = load_agenda("workshop-60")
    assert plan(agenda) == [
        ("alerting", 5, "closed"),
        ("dark-room", 25, "closed"),
        ("fix", 15, "after-cause"),
        ("review", 15, "open"),
    ]
    assert agenda.cause_target_ms == 20 * MINUTE_MS


def test_the_three_hours_have_every_row_and_tea_breaks_that_ask() -> None:
    agenda = load_agenda("workshop-180")
    assert [length for _, length, _ in plan(agenda)] == [10, 5, 45, 10, 40, 10, 30, 20, 10]
    assert agenda.cause_target_ms == 40 * MINUTE_MS
    breaks = [one for one in agenda.phases if one.kind == "break"]
    assert len(breaks) == 3
    assert "What early signals did you observe?" in breaks[1].questions
    assert [one.id for one in agenda.phases if one.triggers] == ["dark-room"]


def test_the_incident_unlocks_what_it_has_at_its_minutes() -> None:
    agenda = load_agenda("incident-u3")
    assert agenda.clock_starts == "page"
    minute, seen = 0.0, {}
    for phase in agenda.phases:
        seen[minute] = set(phase.unlocks)
        minute += (phase.duration_ms or 0) / MINUTE_MS
    assert seen == {
        0: set(),
        2: {"error-logs", "deployments"},
        3: {"provider-status", "config-diff"},
        4: set(),
        5: set(),
        10: set(),
        30: {"deployment-notes"},
    }
    asks = next(one for one in agenda.injects if one.kind == "executive-asks")
    assert asks.when == InPhase("executive-update", 0)


def test_alone_there_is_no_clock_to_run_out() -> None:
    assert {length for _, length, _ in plan(load_agenda("solo"))} == {None}


def test_an_unknown_agenda_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="workshop-60"):
        load_agenda("workshop60")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("duration_s = 1500", "duration_s = -1", "greater than 0"),
        ("duration_s = 1500", 'duration_s = "long"', "valid number"),
        ('ai = "after-cause"', 'ai = "sometimes"', "'closed', 'after-cause' or 'open'"),
        ('kind = "fix"', 'kind = "fxi"', "'investigation'"),
        ("triggers = true", "trigers = true", "did you mean 'triggers'"),
        ("unlocks = [", 'unlocks = ["gossip", ', "Input should be"),
        ("roles = [", 'roles = ["on-cal", ', "there is no role 'on-cal'; did you mean 'on-call'"),
        ('"customers"', '"customer"', "there is no file of injects 'customer'"),
        ('id = "review"', 'id = "fix"', "there are two phases 'fix'"),
        ('id = "status-page"', 'id = "executive-asks"', "there are two injects 'executive-asks'"),
        ('phase = "dark-room"\nafter_s = 300', 'phase = "dark"', "there is no phase 'dark'"),
        ('role = "backend"', 'role = "bakend"', "there is no role 'bakend'"),
        ("clock_starts", "clock_start", "did you mean 'clock_starts'"),
        ('title = "Alerting"', "title = ", ""),
    ],
)
def test_a_malformed_agenda_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path, line = _changed(tmp_path, old, new)
    with pytest.raises(BadFile) as caught:
        read_agenda(path)
    assert says in str(caught.value)
    assert (caught.value.path, caught.value.line) == (path, line)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("triggers = true", "triggers = false", "exactly one phase has 'triggers = true', not 0"),
        ('phase = "dark-room"\nafter_s = 300', "after_s = 3", "exactly one of 'at_s'"),
        ('phase = "dark-room"\nafter_s = 300', "at_s = 1\nfor_s = 3", "'for_s' goes with 'alert'"),
        ('phase = "dark-room"\n', "at_s = 3\n", "'after_s' goes with 'phase'"),
        ('role = "backend"\n', "", "'role' goes with the kind 'person-removed'"),
        ('id = "status-page"', 'id = "customers-wait"', "has an inject 'customers-wait', too"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused_with_a_line_nearby(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path, _ = _changed(tmp_path, old, new)
    with pytest.raises(BadFile) as caught:
        read_agenda(path)
    assert says in str(caught.value)
    assert caught.value.line is not None


def _changed(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """A copy of the hour with one change, and the line of the change."""
    before, found, after = (AGENDAS / "workshop-60.toml").read_text().partition(old)
    assert found
    path = folder / "ours.toml"
    path.write_text(before + new + after)
    (folder / "common").mkdir()
    shared = (AGENDAS / "common" / "customers.toml").read_text()
    (folder / "common" / "customers.toml").write_text(shared)
    return path, before.count("\n") + 1


def test_an_author_may_keep_an_agenda_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text((AGENDAS / "solo.toml").read_text())
    assert read_agenda(path).id == "ours"


def test_a_mistake_in_shared_injects_names_the_shared_file(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    shared = (AGENDAS / "common" / "customers.toml").read_text()
    bad = tmp_path / "common" / "customers.toml"
    bad.write_text(shared.replace("for_s = 30", "for_s = 30\nat_s = 3", 1))
    path = tmp_path / "ours.toml"
    path.write_text((AGENDAS / "workshop-60.toml").read_text())
    with pytest.raises(BadFile, match="exactly one of") as caught:
        read_agenda(path)
    assert caught.value.path == bad


def test_a_clock_that_starts_with_the_page_cannot_cause_it(tmp_path: Path) -> None:
    text = (AGENDAS / "incident-u3.toml").read_text().replace('include = ["customers"]\n', "")
    path = tmp_path / "ours.toml"
    path.write_text(text.replace('ai = "closed"', 'ai = "closed"\ntriggers = true', 1))
    with pytest.raises(BadFile, match="no phase can trigger it"):
        read_agenda(path)


def test_injects_tell_nothing_of_the_exercise_or_the_answer() -> None:
    """What customers and colleagues say is said in a world that has no exercise."""
    telling = ("drill", "exercise", "fault", "inject", "scenario", "timeout", "float", "deadlock")
    for id_ in agenda_ids():
        for inject in load_agenda(id_).injects:
            if inject.kind != "person-removed":
                assert not any(word in inject.text.lower() for word in telling), inject.id
