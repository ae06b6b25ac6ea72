"""`drill doctor` gets what can be had, and says which pager local drills have."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harness.cli.main import app
from harness.errors import EnvironmentMissing
from harness.model import Pager
from harness.runtime.local import sealing
from harness.runtime.local.sealing import Way
from harness.runtime.programs import external, pager_choice
from harness.runtime.programs.external import Piece

PIECES = [
    Piece("prometheus", None, "", "", "somehow"),
    Piece("alertmanager", None, "", "", "somehow", optional=True),
    Piece("chromium", None, "", "", "by hand", optional=True),
    Piece("git", Path("/usr/bin/git"), "PATH", "2.47", "by hand"),
]


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was fetched, in order, of a machine that lacks all but git."""
    found: list[str] = []

    def ensure(name: str, _progress: object) -> Path:
        found.append(name)
        return Path("/cache") / name

    monkeypatch.setattr(external, "find_all", lambda: PIECES)
    monkeypatch.setattr(external, "ensure", ensure)
    monkeypatch.setattr(sealing, "way_to_seal", lambda: Way(False, "no user namespaces"))
    monkeypatch.setattr(pager_choice, "choose_pager", lambda: Pager("no namespaces here"))
    return found


def doctor(*options: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *options])


def test_it_fetches_what_it_can_alertmanager_too_and_nothing_that_is_there(
    fetched: list[str],
) -> None:
    doctor("--fetch")
    assert fetched == ["prometheus", "alertmanager"]


def test_it_fetches_nothing_unasked_and_says_who_calls_people(fetched: list[str]) -> None:
    done = doctor()
    assert fetched == []
    assert "pager of local drills: embedded pager: no namespaces here" in done.stdout
    assert done.exit_code == 3, "prometheus is missing"


def test_it_says_whether_releases_are_kept_from_the_answer(
    fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "from this user's files, the answer among them: no user namespaces" in doctor().stdout
    monkeypatch.setattr(sealing, "way_to_seal", lambda: Way(has_users=True))
    assert "each drill's as a user of its own" in doctor().stdout


def test_what_is_optional_and_cannot_be_had_fails_nothing_and_the_rest_does(
    fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(name: str, _progress: object) -> Path:
        if name == "alertmanager":
            raise EnvironmentMissing("no network")
        fetched.append(name)
        return Path("/cache") / name

    monkeypatch.setattr(external, "ensure", away)
    assert "alertmanager, which is optional, was not fetched: no net" in doctor("--fetch").stderr
    monkeypatch.setattr(external, "ensure", lambda name, _: away("alertmanager", _))
    assert doctor("--fetch").exit_code != 0
    assert fetched == ["prometheus"]
