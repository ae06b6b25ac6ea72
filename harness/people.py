"""The shop's engineers: who wrote, reviewed and released what."""

from __future__ import annotations

import random
from dataclasses import dataclass

MAIL_DOMAIN = "northgoods.example"


@dataclass(frozen=True)
class Person:
    """A name and the address that goes with it."""

    name: str

    @property
    def email(self) -> str:
        local = ".".join(self.name.lower().split())
        return f"{local}@{MAIL_DOMAIN}"


PEOPLE = tuple(
    Person(name)
    for name in (
        "Mira Osei", "Jonas Lindqvist", "Farah Nasser", "Tomasz Wrona", "Ines Carvalho",
        "Priya Raman", "Dana Kim", "Luca Moretti", "Aoife Byrne", "Kenji Watanabe",
        "Sofia Petrova", "Samuel Adeyemi",
    )
)  # fmt: skip


def owners(services: list[str], rng: random.Random) -> dict[str, tuple[Person, Person]]:
    """For each service the two people who mostly work on it."""
    pairs: dict[str, tuple[Person, Person]] = {}
    for service in services:
        first, second = rng.sample(PEOPLE, 2)
        pairs[service] = (first, second)
    return pairs


def plain_identity(name: str) -> Person:
    """A person for a name that was typed in; git cannot hold brackets or line breaks in it."""
    kept = "".join(letter for letter in name if letter.isalnum() or letter in " .-_'").strip()
    return Person(kept[:60] or "on call")
