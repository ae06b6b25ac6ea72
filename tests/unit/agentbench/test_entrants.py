"""Who can be benchmarked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.agentbench.entrants import (
    ENTRANTS,
    PROVIDERS,
    Command,
    entrant,
    may_take_s,
    require_entrant,
    settings_of,
)
from harness.agentbench.pass_rates import kind_of
from harness.agentbench.played_try import effort_of
from harness.agentbench.tournament import as_file
from harness.agentbench.tries import Effort
from harness.agents.fence_gate import Reached
from harness.errors import EnvironmentMissing, UnknownName, UsageError
from harness.players.agent_play import ModelPlay
from harness.players.exec_play import ExecPlay
from harness.record import events as e
from tests.unit.scoring.stories import story_of


def test_those_that_need_nothing_are_made_by_name_and_others_refused() -> None:
    for name in ENTRANTS:
        assert entrant(name, print).shortfalls == []
        assert settings_of(name) == ()
    for name in ("", "reference", "model:", "nothin"):
        with pytest.raises(UnknownName):
            require_entrant(name)


def test_a_model_is_reached_by_its_providers_settings_which_it_alone_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert settings_of("model:small") == PROVIDERS
    with pytest.raises(EnvironmentMissing):
        entrant("model:gpt-small", print)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert isinstance(entrant("model:small", print, "3,15"), ModelPlay)


def test_a_program_is_played_behind_its_fence_by_the_command_that_was_given(
    tmp_path: Path,
) -> None:
    command = Command(("run", "--fast"), 60.0, (str(tmp_path),), ("api.test:443",), ("MY_KEY",))
    assert Command.read(command.to_json()) == command
    found = entrant("exec:mine", print, None, command)
    assert isinstance(found, ExecPlay)
    assert (found._program.argv, found._program.shown) == (("run", "--fast"), (tmp_path,))
    assert Reached("api.test", 443) in found._program.reached
    assert settings_of("exec:mine", command) == (*PROVIDERS, "MY_KEY")
    assert kind_of("exec:mine") == "agent"
    assert may_take_s("exec:mine", command) == 60.0
    assert (may_take_s("nothing"), may_take_s("model:small")) == (0.0, 900.0)


def test_a_program_without_a_command_and_one_that_is_shown_what_is_hidden_are_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(UsageError, match="which program"):
        require_entrant("exec:mine")
    with pytest.raises(UnknownName):
        require_entrant("exec:", Command(("run",)))
    results = tmp_path / "results"
    shown = Command(("run",), shown=(str(tmp_path),), hidden=(str(results),))
    with pytest.raises(UsageError, match="may not be shown"):
        require_entrant("exec:mine", shown)
    require_entrant("exec:mine", replace(shown, hidden=()))


def test_what_an_agent_used_up_is_read_from_the_record() -> None:
    assert effort_of(story_of([])) == Effort()
    ended = e.AgentEnded("model", "m", "finished", "", 3, 9, 1200, 80, 5000, "agent", 0.02)
    assert effort_of(story_of([(1.0, ended)])) == Effort(1200, 80, 0.02)
    own_loop = e.AgentEnded("exec", "run", "finished", "", 0, 9, 0, 0, 5000, "agent")
    assert effort_of(story_of([(1.0, own_loop)])) == Effort(), (
        "nobody counted, so it is not nothing"
    )


def test_a_players_name_is_no_path() -> None:
    assert as_file("model:org/name v1") == "model_org_name_v1"
