"""Customers."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Literal

from services.sampledata.model import User

SEED = 20_232
COUNT = 2_000

FIRST_NAMES = (
    "Ada", "Adrián", "Agnes", "Aisha", "Alice", "Amir", "Anouk", "Antonio", "Beatriz", "Ben",
    "Carla", "Chidi", "Clara", "Daniel", "Diego", "Elena", "Elif", "Emil", "Esther", "Felix",
    "Fiona", "Freya", "Giulia", "Greta", "Hana", "Hugo", "Ida", "Ines", "Ivan", "Jakob",
    "Jana", "Joana", "Jonas", "Julia", "Kaya", "Kofi", "Lars", "Leila", "Lena", "Liam",
    "Linnea", "Luca", "Magda", "Malik", "Marek", "Maria", "Maya", "Mehmet", "Mila", "Nadia",
    "Nils", "Noor", "Olga", "Omar", "Oskar", "Paula", "Pedro", "Priya", "Rosa", "Ruth",
    "Samir", "Sofia", "Soren", "Tariq", "Tessa", "Theo", "Tomas", "Vera", "Viktor", "Yara",
)  # fmt: skip

LAST_NAMES = (
    "Abel", "Andersen", "Bakker", "Baumann", "Becker", "Bianchi", "Brandt", "Castro", "Costa",
    "Demir", "Dubois", "Eriksen", "Fischer", "Fontana", "Garcia", "Haas", "Hansen", "Horvat",
    "Ibrahim", "Jansen", "Jovanovic", "Kaiser", "Keller", "Kowalski", "Lange", "Laurent", "Lind",
    "Lopez", "Marino", "Martin", "Mendes", "Meyer", "Moreau", "Nilsson", "Novak", "Okafor",
    "Oliveira", "Papadakis", "Petrov", "Quist", "Reyes", "Rossi", "Santos", "Schmidt", "Silva",
    "Sørensen", "Tanaka", "Urban", "Vogel", "Wagner", "Weber", "Yilmaz", "Zimmer",
)  # fmt: skip

CITIES = (
    "Amsterdam", "Athens", "Barcelona", "Berlin", "Bologna", "Brussels", "Copenhagen", "Dublin",
    "Ghent", "Graz", "Hamburg", "Helsinki", "Leipzig", "Lisbon", "Ljubljana", "Lyon", "Malmö",
    "Munich", "Nantes", "Porto", "Prague", "Rotterdam", "Seville", "Tallinn", "Turin", "Utrecht",
    "Vienna", "Vilnius", "Warsaw", "Zagreb",
)  # fmt: skip

TIERS: tuple[Literal["standard", "silver", "gold"], ...] = ("standard", "silver", "gold")
FIRST_JOINED = date(2019, 3, 1)
LAST_JOINED = date(2025, 10, 31)


@cache
def users() -> tuple[User, ...]:
    """The 2,000 customers, with ids 1 to 2000; every email address is unique."""
    draw = Random(SEED)  # noqa: S311  sample data, not secrets
    days = (LAST_JOINED - FIRST_JOINED).days
    found = []
    for user_id in range(1, COUNT + 1):
        first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
        found.append(
            User(
                id=user_id,
                name=f"{first} {last}",
                email=f"{_ascii(first)}.{_ascii(last)}.{user_id}@example.com",
                city=draw.choice(CITIES),
                joined_on=FIRST_JOINED + timedelta(days=draw.randrange(days + 1)),
                tier=draw.choices(TIERS, weights=(70, 22, 8))[0],
            )
        )
    return tuple(found)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o")).encode("ascii", "ignore")
    return plain.decode("ascii").lower()
