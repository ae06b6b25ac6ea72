r"""`\d` and its like are taken for what they stand for; the rest of psql's commands are refused."""

from __future__ import annotations

import pytest

from harness.drill.queries.psql_commands import statement_of
from harness.errors import UsageError


@pytest.mark.parametrize("typed", ["select 1", " select '\\d'", "", "-- \\d", "explain select 1"])
def test_a_statement_stays_as_it_is(typed: str) -> None:
    assert statement_of(typed) == typed


@pytest.mark.parametrize(
    ("typed", "same"),
    [(r"\d+", r"\d"), (r" \dt ; ", r"\dt"), (r"\d+  charges;", r"\d charges"), (r"\di+", r"\di")],
)
def test_details_and_semicolons_change_nothing(typed: str, same: str) -> None:
    assert statement_of(typed) == statement_of(same)
    assert statement_of(typed).lstrip().startswith("select")


@pytest.mark.parametrize(
    "typed",
    ["\\", r"\c users", r"\! ls", r"\copy x to y", r"\dfoo", r"\d a b", r"\d+ ; drop", r"\\d"],
)
def test_other_commands_are_refused_with_those_that_there_are(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        statement_of(typed)
    assert r"\d TABLE" in caught.value.hint


@pytest.mark.parametrize("name", ["x';select/**/1--", "x'", "a.b.c", "pg_class::text", '"', 'a"b'])
def test_what_is_no_name_never_becomes_part_of_a_statement(name: str) -> None:
    for command in (r"\d", r"\di"):
        with pytest.raises(UsageError, match=r"no name of a table|not known here"):
            statement_of(f"{command} {name}")
