"""Fills the users database of a new installation."""

from __future__ import annotations

from services import sampledata
from services.sampledata.load import Rows, load

_COLUMNS = ("id", "name", "email", "city", "joined_on", "tier")


def seed(database_url: str) -> None:
    """Load all sample users into an empty, migrated database. Blocking."""
    rows = ([getattr(user, column) for column in _COLUMNS] for user in sampledata.users())
    load(database_url, {"users": Rows(_COLUMNS, rows)})
