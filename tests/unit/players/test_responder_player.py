"""The responder as a player of `drill demo`: what it is told, and what is made of what it did."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from typing import Any

import pytest

from harness.catalog.reader import Catalog
from harness.cli.act import verification_lines
from harness.drill.actions import diagnosis
from harness.drill.session import Session
from harness.paths import REPO
from harness.players import responder_player
from harness.record.events import VerifyFinished
from tests.unit.drill.conftest import deployed, page_sent


def declared(session: Session, service: str, mechanism: str) -> None:
    diagnosis.declare(
        session,
        service=service,
        mechanism=mechanism,
        confidence_percent=90,
        evidence=[],
        note="",
        by="participant",
    )


def played_well(session: Session) -> None:
    page_sent(session)
    declared(session, "payments", "timeout-misconfigured")
    deployed(session, "rollback", "payments", "2", "1")
    session.note(VerifyFinished(passed=True, results=()))


def fallen_short(session: Session) -> list[str]:
    return responder_player.shortfalls(session, responder_player.findings(session))


def test_paged_diagnosed_rolled_back_and_verified_falls_short_of_nothing(trouble: Session) -> None:
    played_well(trouble)
    assert fallen_short(trouble) == []


def test_everything_that_is_missing_is_named(trouble: Session) -> None:
    assert fallen_short(trouble) == [
        "no page",
        "diagnosed nothing; it is payments timeout-misconfigured",
        "not verified",
    ]


def test_a_wrong_diagnosis_and_an_innocent_rollback_are_named(trouble: Session) -> None:
    page_sent(trouble)
    declared(trouble, "orders", "n-plus-one")
    deployed(trouble, "rollback", "orders", "2", "1")
    trouble.note(VerifyFinished(passed=True, results=()))
    assert fallen_short(trouble) == [
        "diagnosed orders n-plus-one; it is payments timeout-misconfigured",
        "a rollback of orders, which nothing was wrong with",
    ]


def test_a_second_and_right_diagnosis_counts(trouble: Session) -> None:
    declared(trouble, "orders", "n-plus-one")
    played_well(trouble)
    assert fallen_short(trouble) == []


def test_what_is_taken_back_does_not_count(trouble: Session) -> None:
    played_well(trouble)
    declared(trouble, "orders", "n-plus-one")
    assert responder_player.findings(trouble).services_named == (False,)
    declared(trouble, "payments", "overload")
    found = responder_player.findings(trouble)
    assert (found.services_named, found.mechanisms_named) == ((True,), (False,))


def test_of_two_faults_each_is_looked_for(trouble: Session) -> None:
    trouble.spec = replace(
        trouble.spec, faults=(*trouble.spec.faults, Catalog(REPO).fault("n-plus-one"))
    )
    played_well(trouble)
    declared(trouble, "orders", "n-plus-one")
    found = responder_player.findings(trouble)
    assert found.mechanisms_named == (True, True)
    assert found.proven
    assert found.innocent == ()


def test_a_shop_that_is_sound_is_to_be_left_alone(session: Session) -> None:
    session.note(VerifyFinished(passed=True, results=()))
    assert fallen_short(session) == []
    deployed(session, "restart", "orders", "2", "1")
    assert fallen_short(session) == ["a restart of orders, which nothing was wrong with"]


def test_neither_arguments_nor_environment_tell_what_is_played(
    trouble: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Catalog(REPO).scenario_ids():
        monkeypatch.setenv("SCENARIO", name)
        monkeypatch.setenv("DRILL_SCENARIO", name)
        told = [
            *responder_player.command(trouble.spec.places.api_url),
            *responder_player.environment().values(),
        ]
        assert not any(name in text.removeprefix(str(REPO)) for text in told)
    assert "DRILL_SCENARIO" in os.environ, "the control: it would have been there to pass on"


async def test_the_token_arrives_and_what_is_said_is_passed_on() -> None:
    said: list[str] = []
    code = "print(input()[::-1]); raise SystemExit(4)"
    assert await responder_player.follow([sys.executable, "-c", code], "nekot", said.append) == 4
    assert said == ["responder: token"]


async def test_the_process_goes_when_nobody_waits_for_it_any_more() -> None:
    number: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    code = "import os, signal; print(os.getpid(), flush=True); signal.pause()"

    def heard(text: str) -> None:
        number.set_result(int(text.split()[-1]))

    task = asyncio.create_task(responder_player.follow([sys.executable, "-c", code], "t", heard))
    pid = await asyncio.wait_for(number, timeout=20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(("passed", "told"), [(True, False), (False, True)])
def test_what_was_still_settling_matters_only_where_something_failed(
    passed: bool, told: bool
) -> None:
    result = {"passed": passed, "results": [], "settling": ["20 requests wait in a"]}
    verdict = verification_lines(result)[-1]
    assert ("still recovering when tested" in verdict) is told


def row(measure: str, value: float | None, holds: bool) -> dict[str, Any]:
    return {
        "measure": measure, "value": value, "holds": holds,
        "healthy": 1.0, "at_page": None, "bound": "at least 1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words", "verdict"),
    [
        ([row("a", 1.0, True), row("b", None, False)], ["ok", "no data"], "not proven"),
        ([row("a", 0.0, False), row("b", None, False)], ["FAILS", "no data"], "not recovered yet"),
        ([row("a", 0.0, False)], ["FAILS"], "not recovered yet"),
    ],
)
def test_what_had_no_value_did_not_fail(
    rows: list[dict[str, Any]], words: list[str], verdict: str
) -> None:
    shown = verification_lines({"passed": False, "results": rows, "settling": []})
    assert [text.split("  ")[-1].strip() for text in shown[1 : 1 + len(rows)]] == words
    assert shown[-1].startswith(verdict)
