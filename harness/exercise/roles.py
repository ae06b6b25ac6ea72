"""The roles that people take in an exercise, as harness/exercise/roles.toml describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from harness.catalog.files import Source, StrictFile, Text

ROLES = Path(__file__).with_name("roles.toml")


@dataclass(frozen=True)
class TeamRole:
    """One role, what it is responsible for, and what its holder ticks off."""

    id: str
    title: str
    responsibilities: tuple[str, ...]
    checklist: tuple[str, ...]


class _RoleTable(StrictFile):
    id: Annotated[str, Field(pattern=r"^[a-z-]+$")]
    title: Text
    responsibilities: Annotated[list[Text], Field(min_length=1)]
    checklist: Annotated[list[Text], Field(min_length=1)]


class _RolesFile(StrictFile):
    role: Annotated[list[_RoleTable], Field(min_length=1)]


@cache
def team_roles() -> Mapping[str, TeamRole]:
    """Role id → role, in the order of the file."""
    tables = Source(ROLES).parse(_RolesFile).role
    return {
        one.id: TeamRole(one.id, one.title, tuple(one.responsibilities), tuple(one.checklist))
        for one in tables
    }


def role_ids() -> list[str]:
    """All roles, in the order of the file."""
    return list(team_roles())
