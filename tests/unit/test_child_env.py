"""Of a shell's settings a child is given those that are named, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.child_env import ENGINE, HOST, NETWORK, PLACES, forget_client_settings, program_env
from harness.players import responder_player
from tests.shell_settings import INTERPRETER, POSTGRES, PROGRAMS

HOSTILE = {**POSTGRES, **INTERPRETER, **PROGRAMS, "AIGATE_OPENAI_KEY": "secret"}
GROUPS = (PLACES, NETWORK, ENGINE, HOST)


@pytest.fixture
def hostile_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile_shell")
def test_nothing_of_a_hostile_shell_reaches_a_child() -> None:
    for env in (program_env(), program_env(*GROUPS), responder_player.environment()):
        kept = {name for name, value in env.items() if HOSTILE.get(name) == value}
        assert kept == set()


@pytest.mark.usefixtures("hostile_shell")
def test_a_child_that_inherits_would_obey_it() -> None:
    """What the list is for: the same program, started without it."""
    argv = [sys.executable, "-c", "pass"]
    as_it_is = subprocess.run(argv, check=False, capture_output=True)
    with_a_list = subprocess.run(argv, env=program_env(*GROUPS), check=False, capture_output=True)
    assert as_it_is.returncode != 0
    assert with_a_list.returncode == 0


def test_a_child_has_the_settings_that_are_meant_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"PIP_INDEX_URL": "http://127.0.0.1/", "HTTPS_PROXY": "http://127.0.0.1:1"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert given.items() <= program_env(NETWORK).items()
    assert not given.keys() & program_env(PLACES).keys()
    assert program_env(LANG="x")["LANG"] == "x"
    assert program_env()["PATH"] == os.environ["PATH"]


def test_a_ca_bundle_that_does_not_exist_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "authorities.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert "SSL_CERT_FILE" not in program_env(NETWORK)
    bundle.touch()
    assert program_env(NETWORK)["SSL_CERT_FILE"] == str(bundle)


@pytest.mark.usefixtures("hostile_shell")
def test_this_process_forgets_what_postgres_clients_would_read() -> None:
    forget_client_settings()
    assert not [name for name in os.environ if name.startswith("PG")]
    assert os.environ["GIT_DIR"] == "/hostile"
