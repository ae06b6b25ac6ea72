"""The answer is committed to at the start, and proven at the end."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import replace

from harness.catalog.reader import Catalog
from harness.drill.actions import instructor
from harness.drill.lifecycle.seal import (
    Seal,
    key_of,
    opened_answer,
    opened_key,
    opened_lure,
    seal_holds,
    sealed,
)
from harness.drill.session import Session
from harness.paths import REPO
from harness.record.events import AnswerSealed, SealOpened
from harness.scoring.lure import lure
from tests.unit.scoring.stories import story_of


def test_the_commitment_is_the_digest_of_salt_and_answer() -> None:
    seal = Seal("5a17", '{"faults": []}')
    assert seal.commitment == hashlib.sha256(b'5a17{"faults": []}').hexdigest()


def test_until_it_is_opened_nothing_can_be_said_and_nothing_is_told(trouble: Session) -> None:
    story = trouble.story()
    assert seal_holds(story) is None
    assert opened_answer(story) is None
    assert opened_key(story) is None
    told = "".join(str(one.payload) for one in trouble.services.record.events(audience="all"))
    assert "payments" not in told
    assert "bad-timeouts" not in told


def test_revealing_opens_it_once_and_gives_the_key(trouble: Session) -> None:
    first = instructor.reveal(trouble, by="instructor")
    again = instructor.reveal(trouble, by="instructor")
    assert first == again
    assert len(trouble.story().of(SealOpened)) == 1
    assert seal_holds(trouble.story()) is True
    key = opened_key(trouble.story())
    assert key is not None
    assert key.is_right("payments", "timeout-misconfigured")
    assert not key.is_right("orders", "timeout-misconfigured")


def test_two_faults_are_two_causes_and_no_mixture_of_them() -> None:
    catalog = Catalog(REPO)
    two = catalog.scenario("two-faults")
    key = key_of(
        json.loads(sealed(two, 1, [catalog.fault(n) for n in two.faults]).answer)["faults"]
    )
    assert key is not None
    assert key.is_right("billing", "numeric-precision")
    assert key.is_right("orders", "n-plus-one")
    assert not key.is_right("orders", "numeric-precision")
    assert key.services == {"billing", "orders"}


def test_another_answer_than_the_sealed_one_is_found_out(trouble: Session) -> None:
    assert trouble.spec.seal is not None
    content = json.loads(trouble.spec.seal.answer)
    content["faults"][0]["service"] = "orders"
    trouble.spec = replace(
        trouble.spec, seal=dataclasses.replace(trouble.spec.seal, answer=json.dumps(content))
    )
    instructor.reveal(trouble, by="instructor")
    assert seal_holds(trouble.story()) is False
    assert opened_answer(trouble.story()) is None


def test_two_drills_of_the_same_scenario_have_different_commitments(trouble: Session) -> None:
    other = sealed(trouble.spec.scenario, trouble.spec.seed, trouble.spec.faults)
    assert trouble.spec.seal is not None
    assert other.answer == trouble.spec.seal.answer
    assert other.commitment != trouble.spec.seal.commitment


def test_an_instruction_in_the_data_is_sealed_with_the_answer(trouble: Session) -> None:
    told = lure(trouble.spec.seed, ["payments", "users"])
    seal = sealed(trouble.spec.scenario, trouble.spec.seed, trouble.spec.faults, told)
    promised = (0.0, AnswerSealed(seal.commitment))
    assert opened_lure(story_of([promised])) is None, "not before the reveal"
    opened = story_of([promised, (1.0, SealOpened(seal.salt, seal.answer))])
    assert opened_lure(opened) == told
    assert opened_key(opened) is not None
