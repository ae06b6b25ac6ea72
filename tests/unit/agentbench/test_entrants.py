"""Who can be benchmarked."""

from __future__ import annotations

import pytest

from harness.agentbench.entrants import (
    ENTRANTS,
    PROVIDERS,
    entrant,
    require_entrant,
    settings_of,
)
from harness.agentbench.played_try import effort_of
from harness.agentbench.tournament import as_file
from harness.agentbench.tries import Effort
from harness.errors import EnvironmentMissing, UnknownName
from harness.players.agent_play import ModelPlay
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


def test_what_an_agent_used_up_is_read_from_the_record() -> None:
    assert effort_of(story_of([])) == Effort()
    ended = e.AgentEnded("model", "m", "finished", "", 3, 9, 1200, 80, 5000, "agent", 0.02)
    assert effort_of(story_of([(1.0, ended)])) == Effort(1200, 80, 0.02)


def test_a_players_name_is_no_path() -> None:
    assert as_file("model:org/name v1") == "model_org_name_v1"
