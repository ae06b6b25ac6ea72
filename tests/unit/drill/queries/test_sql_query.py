"""`drill sql` against a real server: any value, any statement, and its bounds."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest

from harness.drill.queries import sql_query
from harness.drill.queries.sql_query import ROWS_MAX, sql
from harness.drill.session import Session
from harness.errors import DrillError, UnknownName, UsageError
from harness.runtime.postgres import (
    ONCALL,
    ONCALL_CONNECTIONS,
    REPORTING,
    SUPERUSER,
    Access,
    Secrets,
)
from harness.runtime.seed_digest import create, new_passwords, open_to_oncall
from services.chassis.testing_postgres import running_postgres

pytestmark = pytest.mark.timeout(120)

VALUES = {
    "'24:00'::time": "24:00:00",
    "'24:00:00+01'::timetz": "24:00:00+01",
    "date '5874897-12-31'": "5874897-12-31",
    "date '0044-03-15 BC'": "0044-03-15 BC",
    "'infinity'::timestamptz": "infinity",
    "'-infinity'::date": "-infinity",
    "'10000000 years'::interval": "10000000 years",
    "'1 mon -1 day'::interval": "1 mon -1 days",
    "'NaN'::float8": "NaN",
    "'-Infinity'::float4": "-Infinity",
    "1234567.891::float8": "1234567.891",
    "'NaN'::numeric": "NaN",
    "1e400::numeric - 1e400 + 0.10": "0.10",
    "9223372036854775807": "9223372036854775807",
    "9007199254740993": "9007199254740993",
    "-42": -42,
    "true": True,
    "null": None,
    "'{1,NULL,\"a,b\"}'::text[]": '{1,NULL,"a,b"}',
    "'[0:1]={1,2}'::int[]": "[0:1]={1,2}",
    "row(1, 'a b', null)": '(1,"a b",)',
    "int4range(1, 5)": "[1,5)",
    "'\\xff00'::bytea": "\\xff00",
    "'{\"a\": 1e999}'::json": '{"a": 1e999}',
    "b'101'": "101",
    "'10.0.0.0/8'::cidr": "10.0.0.0/8",
    "'<a>x</a>'::xml": "<a>x</a>",
    "point(1, 2)": "(1,2)",
    "12.5::money": "$12.50",
    "'pg_class'::regclass": "pg_class",
    "e'\\u2028\\x0b'": "\u2028\x0b",
}
"""What is asked for, and what is shown."""


@pytest.fixture(scope="module")
def server() -> Iterator[Access]:
    """A server with the roles and databases that a drill's has."""
    names = ["billing", "users"]
    with running_postgres() as running:
        secrets = Secrets({**new_passwords(names), SUPERUSER: running.password}, statements=False)
        made = Access(running.port, secrets)

        async def fill() -> None:
            await create(made, names)
            async with await psycopg.AsyncConnection.connect(
                made.url("billing", "billing")
            ) as owner:
                await owner.execute("CREATE TABLE invoices (id int PRIMARY KEY, total numeric)")
                await owner.execute("INSERT INTO invoices VALUES (1, 10.50), (2, NULL)")
            await open_to_oncall(made, names)

        asyncio.run(fill())
        yield made


@pytest.fixture
def drill(session: Session, server: Access) -> Session:
    """A session whose databases are there."""
    runtime: Any = session.services.runtime
    runtime.database_url = lambda name: server.url(ONCALL, name)
    return session


async def value_of(drill: Session, expression: str) -> Any:
    answer = await sql(drill, "billing", f"select {expression}")
    json.dumps(answer, allow_nan=False)
    return answer["rows"][0][0]


async def test_any_value_is_shown_as_the_server_writes_it(drill: Session) -> None:
    assert {one: await value_of(drill, one) for one in VALUES} == VALUES


async def test_every_type_of_the_server_can_be_shown(drill: Session, server: Access) -> None:
    """Each type that a column may have, by its own name for nothing and for a row of its own."""
    async with await psycopg.AsyncConnection.connect(
        server.url(SUPERUSER, "billing")
    ) as connection:
        query = (
            "SELECT format_type(oid, NULL) FROM pg_type"
            " WHERE typtype IN ('b', 'c', 'd', 'e', 'r', 'm') AND typisdefined"
        )
        names = [name for (name,) in await (await connection.execute(query)).fetchall()]
    assert len(names) > 200
    for begin in range(0, len(names), 100):
        some = names[begin : begin + 100]
        answer = await sql(drill, "billing", "select " + ", ".join(f"null::{it}" for it in some))
        assert answer["rows"] == [[None] * len(some)]


async def test_columns_have_their_names_also_without_a_row_and_twice(drill: Session) -> None:
    empty = await sql(drill, "billing", "select id, total from invoices where false")
    assert empty == {"columns": ["id", "total"], "rows": [], "cut": False}
    twice = await sql(drill, "billing", "select 1, 2")
    assert twice == {"columns": ["?column?", "?column?"], "rows": [[1, 2]], "cut": False}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("selec 1", "syntax error"),
        ("", "EMPTY_QUERY"),
        ("-- nothing", "EMPTY_QUERY"),
        ("select 1; select 2", "multiple commands"),
        ("select 1\0 from nowhere", "NUL"),
        ("delete from invoices", "read-only"),
        ("copy invoices to stdout", "COPY"),
        ("begin", "didn't produce a result"),
        ("select 1/0", "division by zero"),
        ("select * from nowhere", "does not exist"),
    ],
)
async def test_a_statement_that_cannot_be_is_told_so(
    drill: Session, statement: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        await sql(drill, "billing", statement)


async def test_commands_of_psql_list_what_there_is(drill: Session) -> None:
    for command in (r"\d", r"\dt+"):
        answer = await sql(drill, "billing", command)
        assert answer["columns"] == ["schema", "name", "type", "rows, about"]
        assert [row[:3] for row in answer["rows"]] == [["public", "invoices", "table"]]
    for name in ("invoices", "public.invoices", '"invoices"'):
        columns = await sql(drill, "billing", rf"\d {name}")
        assert columns["rows"] == [["id", "integer", "not null", ""], ["total", "numeric", "", ""]]
        indexes = await sql(drill, "billing", rf"\di {name};")
        assert [row[:2] for row in indexes["rows"]] == [["invoices", "invoices_pkey"]]
    assert (await sql(drill, "billing", r"\di"))["rows"] == indexes["rows"]


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("selec 1", r"\d TABLE"),
        ("select * from nowhere", r"\dt"),
        (r"\d nowhere", r"\dt"),
        ("select nothing from invoices", r"\d TABLE"),
        ("delete from invoices", "may read, not write"),
        ("select 1/0", ""),
    ],
)
async def test_the_hint_is_about_what_was_wrong(drill: Session, statement: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        await sql(drill, "billing", statement)
    assert hint in caught.value.hint
    assert bool(hint) == bool(caught.value.hint)


async def test_a_database_that_is_not_there_or_does_not_answer(drill: Session) -> None:
    with pytest.raises(UnknownName):
        await sql(drill, "billin", "select 1")
    runtime: Any = drill.services.runtime
    runtime.database_url = lambda _: "postgresql://oncall:x@127.0.0.1:9/billing"
    with pytest.raises(DrillError, match="cannot be reached"):
        await sql(drill, "billing", "select 1")


async def test_explain_show_and_rows_beyond_the_bound(drill: Session) -> None:
    plan = await sql(drill, "billing", "explain select * from invoices")
    assert plan["columns"] == ["QUERY PLAN"]
    assert (await sql(drill, "billing", "show server_version_num"))["rows"]
    exact = await sql(drill, "billing", f"select generate_series(1, {ROWS_MAX})")
    assert (len(exact["rows"]), exact["cut"]) == (ROWS_MAX, False)
    many = await sql(drill, "billing", "select generate_series(1, 100000000)")
    assert (len(many["rows"]), many["cut"]) == (ROWS_MAX, True)


async def test_what_is_too_large_is_not_read(drill: Session) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UsageError, match="first row is larger"):
        await sql(drill, "billing", "select repeat('x', 200000000)")
    some = await sql(drill, "billing", "select repeat('x', 1000000) from generate_series(1, 30)")
    assert (len(some["rows"]), some["cut"]) == (4, True)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 64 * 1024


async def test_without_the_bound_it_would_be(
    drill: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: it is the meter that keeps it out, and the measure would tell."""
    monkeypatch.setattr(sql_query, "BYTES_MAX", 10**9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = await sql(drill, "billing", "select repeat('x', 200000000)")
    assert len(answer["rows"][0][0]) == 200_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > 64 * 1024


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(
    drill: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_query, "TIMEOUT_S", 0.2)
    with pytest.raises(UsageError, match=r"took longer than 0\.2 s"):
        await sql(drill, "billing", "select pg_sleep(60)")


async def test_two_hundred_at_once_never_hold_more_than_a_few_connections(
    drill: Session, server: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_query, "WAIT_S", 0.3)
    asked = [sql(drill, "billing", "select pg_sleep(1)") for _ in range(200)]
    waiting = asyncio.gather(*asked, return_exceptions=True)
    most = 0
    async with await psycopg.AsyncConnection.connect(
        server.url(SUPERUSER, "billing"), autocommit=True
    ) as observer:
        while not waiting.done():
            query = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
            (count,) = await (await observer.execute(query, [ONCALL])).fetchone() or (0,)
            most = max(most, count)
    answers = await waiting
    assert 0 < most <= drill.run.sql_gate._value == sql_query.SQL_AT_ONCE_MAX
    refused = [one for one in answers if isinstance(one, DrillError)]
    assert len(refused) >= 150
    assert all("run already" in one.message for one in refused)


CLOSED = (
    "select rolpassword from pg_authid",
    "select * from pg_user_mapping, pg_subscription",
    "select pg_terminate_backend(pid) from pg_stat_activity",
    "select pg_cancel_backend(pid) from pg_stat_activity",
    "select lo_from_bytea(0, 'x')",
    "select lo_create(0)",
    "select lo_creat(-1)",
    "select lo_put(1, 0, 'x')",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_xact_lock(1, 2)",
    "select pg_logical_emit_message(false, 'x', 'y')",
    "create temp table x (id int)",
    "create table x (id int)",
    "select pg_read_file('PG_VERSION')",
    "insert into invoices values (3, 1)",
    "lock table invoices in access exclusive mode",
    "select * from invoices for update",
)


@pytest.mark.parametrize("statement", CLOSED)
async def test_the_on_call_role_may_not_even_where_it_made_itself_writing(
    server: Access, statement: str
) -> None:
    async with await psycopg.AsyncConnection.connect(server.url(ONCALL, "billing")) as oncall:
        await oncall.execute("SET default_transaction_read_only = off")
        await oncall.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await oncall.execute(statement)


@pytest.mark.parametrize("statement", CLOSED[:11])
async def test_in_a_fresh_server_a_role_that_reads_all_data_would_be_let(
    server: Access, statement: str
) -> None:
    """Negative control: in a database of before, as a role that was made as it was before."""
    statement = statement.replace("pg_stat_activity", "pg_stat_activity where false")
    async with await psycopg.AsyncConnection.connect(server.url(SUPERUSER, "postgres")) as admin:
        await admin.execute("CREATE ROLE once LOGIN")
        await admin.execute("GRANT pg_read_all_data TO once")
        await admin.execute("GRANT ALL ON DATABASE postgres TO once")
        await admin.execute("SELECT lo_create(1); GRANT ALL ON LARGE OBJECT 1 TO once")
        await admin.execute("SET ROLE once")
        await admin.execute(statement)
        await admin.rollback()


async def test_the_roles_read_the_shop_and_its_new_tables(server: Access) -> None:
    async with await psycopg.AsyncConnection.connect(server.url("billing", "billing")) as owner:
        await owner.execute("CREATE TABLE IF NOT EXISTS later (id serial)")
    for role in (ONCALL, REPORTING):
        async with await psycopg.AsyncConnection.connect(server.url(role, "billing")) as reader:
            for table in ("invoices", "later", "later_id_seq", "pg_stat_activity", "pg_locks"):
                await reader.execute(f"TABLE {table}")


async def test_the_on_call_roles_connections_are_bounded_and_others_stay(server: Access) -> None:
    async with AsyncExitStack() as held:
        for _ in range(ONCALL_CONNECTIONS):
            await held.enter_async_context(await connected(server, ONCALL))
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            await connected(server, ONCALL)
        for role in (REPORTING, "billing"):
            await held.enter_async_context(await connected(server, role))


async def connected(server: Access, role: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(server.url(role, "billing"))
