"""The command line at a hub of another machine: known by its certificate, and as who signed in."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli import profiles
from harness.cli.main import app
from harness.cli.profiles import Profiles, place_of, profiles_file
from harness.drill.session import Session
from harness.drill_client import DrillClient
from harness.errors import DrillError, EnvironmentMissing, NotAllowed, UnknownName, UsageError
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_tls import own_certificate
from harness.hub.run_registry import Ended, Target
from harness.hub.tables import HubRole, Run
from harness.record import events
from tests.browser.drill import ServedDrill, served
from tests.quiet_logs import no_service_logs_here
from tests.unit.drill.conftest import hand, session
from tests.unit.hub.conftest import accounts, clock, database, owner
from tests.unit.hub.served_hub import TlsHub, served_over_tls
from tests.unit.review.kept import kept_drill

__all__ = ["accounts", "clock", "database", "hand", "no_service_logs_here", "owner", "session"]

RUN = "r-00000001"


@dataclass
class OneRun:
    """A registry with one run, which goes on until it is `ended`."""

    target_of_run: Target
    ended: Ended | None = None

    def target(self, run: str) -> Target:
        return self.target_of_run

    def whereabouts(self, run: str) -> Target | Ended:
        return self.ended or self.target_of_run

    def seen_by(self, known: Known, run_id: str | None = None) -> list[object]:
        return [OneSeen(phase="over", drill_id="d-kept") if self.ended else OneSeen()]


@dataclass(frozen=True)
class OneSeen:
    """What of a run the list shows that is looked at."""

    id: str = RUN
    phase: str = "running"
    drill_id: str = "d-test"


@dataclass
class Elsewhere:
    """A hub with a drill, and an invite into its team."""

    hub: TlsHub
    drill: ServedDrill
    code: str
    runs: OneRun

    @property
    def invite(self) -> str:
        return f"{self.hub.url}/#invite={self.code}&fingerprint={self.hub.certificate.fingerprint}"

    def notes(self) -> list[tuple[str, str]]:
        found = self.drill.session.services.record.events()
        return [(e.actor, e.event.text) for e in found if isinstance(e.event, events.NoteAdded)]


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture(autouse=True)
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no drill of its own, where nobody has signed in."""
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "laptop"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("DRILL_URL", "DRILL_TOKEN", "DRILL_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def elsewhere(
    session: Session,
    accounts: Accounts,
    database: HubDatabase,
    owner: Known,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Elsewhere]:
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="healthy", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=1)
        )  # fmt: skip
    known = Session(replace(session.spec, people_known=True), session.services, session.run)
    code = accounts.invite(owner, team, HubRole.PARTICIPANT, uses=5).code
    with served(known, tmp_path / "secrets") as drill:
        runs = OneRun(Target(drill.url, tmp_path / "secrets"))
        with (
            served_over_tls(accounts, runs, tmp_path / "hub") as hub,
            closing_clients(monkeypatch),
        ):
            yield Elsewhere(hub, drill, code, runs)


@contextmanager
def closing_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command's connections end with its process, which here goes on."""
    made: list[DrillClient] = []

    class Noted(DrillClient):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(profiles, "DrillClient", Noted)
    yield
    for one in made:
        one.__exit__(None, None, None)


def told(*arguments: str) -> str:
    """The standard output of `drill <arguments>`; what it raises goes through."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_who_signed_in_acts_in_their_drill_under_their_own_name(elsewhere: Elsewhere) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    assert "d-test" in told("status")
    told("note", "pool is full")
    assert elsewhere.notes() == [("ada", "pool is full")]
    link = told("open", "--no-browser").strip()
    assert link.startswith(f"{elsewhere.hub.url}/drills/{RUN}/#token=")


def test_the_review_of_a_drill_that_is_over_is_opened_there(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    with pytest.raises(EnvironmentMissing, match="no drill of yours"):
        told("review")
    with pytest.raises(UsageError, match="not over yet"):
        told("review", RUN)
    elsewhere.runs.ended = Ended(tmp_path, kept_drill(tmp_path), may_be_reviewed=True)
    for named in ([], ["d-kept"], [RUN]):
        link = told("review", *named).strip()
        assert link.startswith(f"{elsewhere.hub.url}/drills/{RUN}/#token="), named
    with pytest.raises(UnknownName, match="d-other"):
        told("review", "d-other")


def test_what_is_kept_of_it_is_this_users_alone(elsewhere: Elsewhere) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    assert stat.S_IMODE(profiles_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(profiles_file().parent.stat().st_mode) == 0o700


def test_an_environment_names_hub_and_drill(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    token = Profiles().by_name["default"].token
    profiles_file().unlink()
    pin = f"#fingerprint={elsewhere.hub.certificate.fingerprint}"
    monkeypatch.setenv("DRILL_URL", f"{elsewhere.hub.url}/drills/{RUN}{pin}")
    with pytest.raises(UsageError, match="DRILL_TOKEN"):
        told("status")
    monkeypatch.setenv("DRILL_TOKEN", token)
    assert "d-test" in told("status")
    monkeypatch.setenv("DRILL_TOKEN", token[::-1])
    with pytest.raises(DrillError, match="token"):
        told("status")


def test_another_certificate_than_that_of_the_invite_is_told_nothing(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    forged = own_certificate(tmp_path / "other", "127.0.0.1").fingerprint
    link = elsewhere.invite.replace(elsewhere.hub.certificate.fingerprint, forged)
    with pytest.raises(NotAllowed, match="not the hub that the invite is from"):
        told("login", link, "--name", "ada")
    assert Profiles().get() is None


def test_a_hub_whose_certificate_changed_is_not_believed(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    other = own_certificate(tmp_path / "other", "127.0.0.1").path.read_text()
    path = profiles_file()
    known = path.read_text()
    own = Profiles().by_name["default"].place.certificate
    path.write_text(known.replace(own.replace("\n", "\\n"), other.replace("\n", "\\n")))
    with pytest.raises(EnvironmentMissing, match="another certificate"):
        told("status")


def test_a_hub_of_its_own_certificate_needs_the_fingerprint(elsewhere: Elsewhere) -> None:
    bare = f"{elsewhere.hub.url}/#invite={elsewhere.code}"
    with pytest.raises(EnvironmentMissing, match="another certificate"):
        told("login", bare, "--name", "ada")


def test_a_token_is_told_to_nobody_in_the_clear() -> None:
    with pytest.raises(UsageError, match="no TLS"):
        place_of("http://hub.example:8700")
    assert place_of("http://127.0.0.1:8700").url == "http://127.0.0.1:8700"


def test_signing_out_revokes_the_token(elsewhere: Elsewhere) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    client = Profiles().by_name["default"].client()
    told("logout")
    assert Profiles().get() is None
    with pytest.raises(DrillError, match="token"):
        client.get("/v1/me")


def test_several_hubs_are_profiles_of_which_one_is_chosen(elsewhere: Elsewhere) -> None:
    told("login", elsewhere.invite, "--name", "ada")
    told("login", elsewhere.invite, "--name", "ben", "--profile", "second")
    assert Profiles().chosen == "second"
    told("login", "--profile", "default")
    told("note", "hm")
    assert elsewhere.notes() == [("ada", "hm")]


def test_a_damaged_file_of_profiles_is_named() -> None:
    profiles_file().parent.mkdir(parents=True)
    profiles_file().write_text('{"profiles": 5}')
    with pytest.raises(EnvironmentMissing, match="cannot be read"):
        told("status")
