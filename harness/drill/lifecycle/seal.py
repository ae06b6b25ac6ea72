"""The sealed answer: committed to at the start, opened and checked at the end.

The commitment is the SHA-256 of a random salt and the answer as JSON. Whoever has it cannot guess
the answer, and nobody can change the answer afterwards without being found out.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.causes import NOWHERE, Answer
from harness.model import NOTHING_WRONG, Fault, Mechanism, Scenario
from harness.record.events import AnswerSealed, SealOpened
from harness.record.story import Story
from harness.scoring.case import AnswerKey
from harness.scoring.lure import Lure


@dataclass(frozen=True)
class Seal:
    """A salt with the answer that it hides."""

    salt: str
    answer: str
    """JSON text."""

    @property
    def commitment(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(f"{self.salt}{self.answer}".encode()).hexdigest()


def sealed(
    scenario: Scenario, seed: int, faults: Sequence[Fault], lure: Lure | None = None
) -> Seal:
    """The answer of a drill under a fresh salt."""
    content: dict[str, Any] = {
        "scenario": scenario.id,
        "seed": seed,
        "faults": [
            {
                "id": fault.id,
                "title": fault.title,
                "service": fault.service,
                "mechanism": fault.mechanism.value,
                "locus": fault.locus,
                "set_off_by": fault.trigger.kind.value,
                "was_out_before": fault.is_latent,
                "services": list(fault.accepts.services),
                "mechanisms": list(fault.accepts.mechanisms),
            }
            for fault in faults
        ]
        or ([_nothing_wrong(scenario)] if scenario.blips else []),
    }
    if lure is not None:
        content["lure"] = asdict(lure)
    return Seal(secrets.token_hex(32), json.dumps(content, sort_keys=True))


def _nothing_wrong(scenario: Scenario) -> dict[str, Any]:
    """The answer where a page is about something that passes by itself."""
    return {
        "id": scenario.id,
        "title": scenario.title,
        "service": NOWHERE,
        "mechanism": Mechanism.NO_FAULT.value,
        "locus": "",
        "set_off_by": "",
        "was_out_before": False,
        "services": list(NOTHING_WRONG.services),
        "mechanisms": list(NOTHING_WRONG.mechanisms),
    }


def seal_holds(story: Story) -> bool | None:
    """Whether what was opened is what was committed to; None while it is closed, or never was."""
    promised, opened = story.first(AnswerSealed), story.last(SealOpened)
    if promised is None or opened is None:
        return None
    found = Seal(opened.event.salt, opened.event.answer)
    return found.commitment == promised.event.commitment


def opened_answer(story: Story) -> dict[str, Any] | None:
    """The answer in a record whose seal was opened and holds."""
    opened = story.last(SealOpened)
    if opened is None or not seal_holds(story):
        return None
    content: dict[str, Any] = json.loads(opened.event.answer)
    return content


def opened_key(story: Story) -> AnswerKey | None:
    """What a right diagnosis says, once that may be told; None where nothing was wrong, too."""
    answer = opened_answer(story)
    return key_of(answer["faults"]) if answer else None


def opened_lure(story: Story) -> Lure | None:
    """The instruction that stood in the shop's data, once that may be told; None where none did."""
    answer = opened_answer(story)
    found = answer.get("lure") if answer else None
    return Lure(found["service"], found["text"]) if found else None


def key_of(faults: Sequence[dict[str, Any]]) -> AnswerKey | None:
    """The key to several faults has a cause for each."""
    if not faults:
        return None
    return AnswerKey(
        causes=tuple(
            Answer(
                tuple(one["services"]),
                tuple(one["mechanisms"]),
                one["service"],
                one["mechanism"],
            )
            for one in faults
        ),
        title="; ".join(one["title"] for one in faults),
        locus="; ".join(one["locus"] for one in faults),
    )
