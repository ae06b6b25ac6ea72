"""People, tokens and invites, on SQLite and on Postgres."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from harness.errors import DrillError, EnvironmentMissing, NotAllowed, UnknownName, UsageError
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_database import HubDatabase
from harness.hub.tables import HubRole, Invite, Run, Team, Token
from tests.unit.hub.conftest import Clock, Member

PARTICIPANT, OBSERVER = HubRole.PARTICIPANT, HubRole.OBSERVER


@pytest.fixture
def red(accounts: Accounts) -> Team:
    return accounts.make_team("red")


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(NotAllowed, match="does not open anything"):
        yield


def test_an_invite_makes_a_person_with_a_token_and_a_role(
    accounts: Accounts, owner: Known, red: Team
) -> None:
    invite = accounts.invite(owner, red.id, PARTICIPANT)
    signed_in = accounts.join(invite.code, "ada")
    known = accounts.known_by_token(signed_in.token, team=red.id)
    assert known is not None
    assert (known.name, known.role, known.is_manager) == ("ada", PARTICIPANT, False)


def test_no_token_and_no_code_is_in_the_database(
    accounts: Accounts, owner: Known, red: Team, database: HubDatabase
) -> None:
    invite = accounts.invite(owner, red.id, PARTICIPANT)
    token = accounts.join(invite.code, "ada").token
    with database.transaction() as db:
        kept = [*db.scalars(select(Token.digest)), *db.scalars(select(Invite.digest))]
    assert len(kept) == 3
    assert not {token, invite.code} & set(kept)
    assert accounts.known_by_token(kept[0]) is None


def test_tokens_have_256_bits(accounts: Accounts, owner: Known, red: Team) -> None:
    assert len(accounts.invite(owner, red.id, PARTICIPANT).code) == 43
    assert len(accounts.owner_token()) == 43


def test_an_invite_for_one_use_opens_once(accounts: Accounts, owner: Known, red: Team) -> None:
    invite = accounts.invite(owner, red.id, PARTICIPANT)
    accounts.join(invite.code, "ada")
    with refused():
        accounts.join(invite.code, "ben")


def test_the_last_use_is_had_by_one_of_several_who_come_at_once(
    accounts: Accounts, owner: Known, red: Team
) -> None:
    code = accounts.invite(owner, red.id, PARTICIPANT, uses=1).code
    together, got = threading.Barrier(4), []

    def come(name: str) -> None:
        together.wait()
        try:
            got.append(accounts.join(code, name).name)
        except DrillError:
            got.append("")

    threads = [threading.Thread(target=come, args=(f"p{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, got)) == [False, False, False, True]


def test_an_invite_until_a_time_opens_for_all_until_then(
    accounts: Accounts, owner: Known, red: Team, clock: Clock
) -> None:
    code = accounts.invite(owner, red.id, PARTICIPANT, uses=None, minutes=60).code
    accounts.join(code, "ada")
    clock.forward(59)
    accounts.join(code, "ben")
    clock.forward(1)
    with refused():
        accounts.join(code, "cleo")


def test_a_revoked_a_forged_and_an_empty_code_open_nothing(
    accounts: Accounts, owner: Known, red: Team
) -> None:
    invite = accounts.invite(owner, red.id, PARTICIPANT, uses=5)
    accounts.revoke_invite(invite.id)
    for code in (invite.code, "A" * 43, "", "\ud800", invite.id):
        with refused():
            accounts.join(code, "ada")
    assert [one.name for one, _ in accounts.people()] == ["owner"]


def test_an_invite_for_one_person_is_for_no_other(
    accounts: Accounts, owner: Known, red: Team
) -> None:
    code = accounts.invite(owner, red.id, OBSERVER, person_name="ada", uses=9).code
    with pytest.raises(NotAllowed, match="for somebody else"):
        accounts.join(code, "ben")
    assert accounts.join(code, "").name == "ada"
    with refused():
        accounts.join(code, "ada")


def test_a_name_that_is_taken_costs_no_use(
    accounts: Accounts, owner: Known, red: Team, member: Member
) -> None:
    member("red", "ada", PARTICIPANT)
    code = accounts.invite(owner, red.id, PARTICIPANT).code
    for taken in ("ada", "owner"):
        with pytest.raises(UsageError, match="already"):
            accounts.join(code, taken)
    assert accounts.join(code, "ben").name == "ben"


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x1b[31m", "x" * 65])
def test_what_is_no_name_is_refused(accounts: Accounts, owner: Known, red: Team, name: str) -> None:
    code = accounts.invite(owner, red.id, PARTICIPANT).code
    with pytest.raises(UsageError):
        accounts.join(code, name)


def test_an_invite_without_end_is_not_made(accounts: Accounts, owner: Known, red: Team) -> None:
    for uses, minutes in ((None, None), (0, None), (-1, 5), (1001, None), (None, 0), (1, 10**9)):
        with pytest.raises(UsageError):
            accounts.invite(owner, red.id, PARTICIPANT, uses=uses, minutes=minutes)
    with pytest.raises(UnknownName):
        accounts.invite(owner, "t-nowhere", PARTICIPANT)


def test_who_is_known_already_joins_one_more_team_as_the_same_person(
    accounts: Accounts, owner: Known, member: Member
) -> None:
    ada = member("red", "ada", PARTICIPANT)
    blue = accounts.make_team("blue")
    code = accounts.invite(owner, blue.id, OBSERVER).code
    again = accounts.join(code, "somebody else", already=ada)
    assert (again.person_id, again.name, again.role) == (ada.id, "ada", OBSERVER)
    assert [(team.name, role) for team, role in accounts.teams_of(ada)] == [
        ("blue", OBSERVER),
        ("red", PARTICIPANT),
    ]


def test_who_is_revoked_is_known_by_nothing_any_more(
    accounts: Accounts, owner: Known, red: Team
) -> None:
    signed_in = accounts.join(accounts.invite(owner, red.id, PARTICIPANT).code, "ada")
    accounts.revoke_person("ada")
    assert accounts.known_by_token(signed_in.token) is None
    assert accounts.known_by_name("ada") is None
    with pytest.raises(DrillError, match="owner stays"):
        accounts.revoke_person("owner")
    with pytest.raises(UnknownName, match="eva"):
        accounts.revoke_person("eva")


def test_signing_out_revokes_one_token_alone(accounts: Accounts, owner: Known, red: Team) -> None:
    first = accounts.join(accounts.invite(owner, red.id, PARTICIPANT).code, "ada")
    known = accounts.known_by_token(first.token)
    second = accounts.join(accounts.invite(owner, red.id, PARTICIPANT).code, "", already=known)
    accounts.sign_out(first.token)
    accounts.sign_out("forged")
    assert accounts.known_by_token(first.token) is None
    assert accounts.known_by_token(second.token) is not None


def test_whom_the_proxy_names_is_known_without_a_role(accounts: Accounts, red: Team) -> None:
    first = accounts.known_by_name("eva", team=red.id)
    again = accounts.known_by_name("eva", team=red.id)
    assert first is not None
    assert (first.role, first.is_manager) == (None, False)
    assert again == first
    assert accounts.known_by_name("a\nb") is None


def test_a_seat_in_one_drill_goes_before_the_role_in_the_team(
    accounts: Accounts, owner: Known, red: Team, database: HubDatabase, clock: Clock
) -> None:
    token = accounts.join(accounts.invite(owner, red.id, PARTICIPANT).code, "ada").token
    with database.transaction() as db:
        for run_id in ("r-1", "r-2"):
            db.add(
                Run(id=run_id, team_id=red.id, scenario="deadlock", speed=1.0, port_offset=0,
                    started_by=owner.id, created_ms=clock())
            )  # fmt: skip
    accounts.seat("r-1", "ada", OBSERVER)

    def role(**where: str) -> HubRole | None:
        known = accounts.known_by_token(token, **where)
        return known.role if known else None

    assert (role(run="r-1"), role(run="r-2"), role(run="r-3"), role()) == (
        OBSERVER,
        PARTICIPANT,
        None,
        None,
    )


def test_a_new_owners_token_ends_the_one_before(accounts: Accounts) -> None:
    first, second = accounts.owner_token(), accounts.owner_token()
    assert accounts.known_by_token(first) is None
    known = accounts.known_by_token(second)
    assert known is not None
    assert known.is_manager


def test_what_was_kept_is_there_when_it_is_opened_again(
    database: HubDatabase, member: Member, tmp_path: Path, database_url: str
) -> None:
    ada = member("red", "ada", PARTICIPANT)
    database.close()
    again = HubDatabase.open(tmp_path, database_url)
    assert [one.id for one, _ in Accounts(again).people() if one.name == "ada"] == [ada.id]
    again.close()


@pytest.mark.parametrize("url", ["mysql://127.0.0.1/hub", "no url", "sqlite:///elsewhere.db"])
def test_what_is_no_postgres_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="DRILL_DATABASE_URL"):
        HubDatabase.open(tmp_path, url)


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing) as raised:
        HubDatabase.open(tmp_path, "postgresql://hub:s3cret@127.0.0.1:1/hub")
    assert "127.0.0.1" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_damaged_file_and_one_of_another_version_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(EnvironmentMissing, match="cannot be used"):
        HubDatabase.open(tmp_path)
    (tmp_path / "hub.db").unlink()
    opened = HubDatabase.open(tmp_path)
    with opened.transaction() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    with pytest.raises(EnvironmentMissing, match="another version"):
        HubDatabase.open(tmp_path)
