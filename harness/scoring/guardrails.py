"""What a team adds to its spec, pull requests, playbook and thresholds, by kind of cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from harness.catalog.files import LooseMechanism, Source, StrictFile, Text

GUARDRAILS = Path(__file__).with_name("guardrails.toml")

Texts = Annotated[list[Text], Field(min_length=1)]


@dataclass(frozen=True)
class Guardrails:
    """The team spec template, filled for one cause."""

    service: str
    """Whose it was; empty where it was no service's."""
    title: str
    spec: tuple[str, ...]
    pull_requests: tuple[str, ...]
    playbook: tuple[str, ...]
    thresholds: tuple[str, ...]


class _GuardrailTable(StrictFile):
    mechanism: LooseMechanism
    title: Text
    spec: Texts
    pr: Texts
    playbook: Texts
    thresholds: Texts


class _GuardrailsFile(StrictFile):
    guardrail: Annotated[list[_GuardrailTable], Field(min_length=1)]


@cache
def _tables() -> Mapping[str, _GuardrailTable]:
    tables = Source(GUARDRAILS).parse(_GuardrailsFile).guardrail
    return {table.mechanism.value: table for table in tables}


def guardrails(mechanism: str, service: str) -> Guardrails | None:
    """The guardrails against a mechanism, with the service's name filled in; None for one that is
    not known."""
    table = _tables().get(mechanism)
    if table is None:
        return None

    def filled(texts: list[str]) -> tuple[str, ...]:
        return tuple(text.replace("{service}", service or "the service") for text in texts)

    return Guardrails(
        service=service,
        title=table.title,
        spec=filled(table.spec),
        pull_requests=filled(table.pr),
        playbook=filled(table.playbook),
        thresholds=filled(table.thresholds),
    )
