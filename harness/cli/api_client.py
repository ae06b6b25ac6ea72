"""The short commands' way to the running drill, here or at a hub: find it, and carry the token."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from harness.cli.profiles import Profile, kept_profile, named_profile
from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, NotAllowed
from harness.model import Role
from harness.paths import ACTIVE, home_dir, is_owned

PERSON_VARIABLE = "DRILL_PERSON"
"""Who types in this terminal, where several people share a machine."""


@dataclass(frozen=True)
class ActiveDrill:
    """What `active.json` says of the drill that owns this home."""

    drill_id: str
    api_url: str
    pid: int
    run_dir: Path
    is_review: bool = False
    """Whether it is over, and what answers is its review."""


def active_drill(home: Path | None = None) -> ActiveDrill:
    """The drill that runs from this home.

    Raises EnvironmentMissing where there is none, or its host died, and NotAllowed where the home
    is another user's.
    """
    folder = home or home_dir()
    path = folder / ACTIVE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = ActiveDrill(
            data["drill_id"],
            data["api_url"],
            data["pid"],
            Path(data["run_dir"]),
            bool(data.get("is_review")),
        )
    except PermissionError:
        raise NotAllowed(
            f"you may not read {path}", "the drill is another user's: ask your instructor"
        ) from None
    except (OSError, ValueError, KeyError):
        raise EnvironmentMissing(
            "no drill is running",
            "start one with: make drill SCENARIO=deadlock",
        ) from None
    if not is_owned(folder):
        again = "`drill review` opens it" if found.is_review else "`drill run --resume` resumes it"
        raise EnvironmentMissing(
            f"no drill is running: the host of {found.drill_id} (process {found.pid}) died",
            f"{again}; `drill down` clears what it left",
        )
    return found


def client_of(drill: ActiveDrill, role: Role, person: str | None = None) -> DrillClient:
    """A client of the active drill in one role, for `person` rather than for who types in this
    terminal; NotAllowed without that role's token."""
    named = os.environ.get(PERSON_VARIABLE, "") if person is None else person
    token = token_of(drill, role)
    return DrillClient(drill.api_url, token, drill=f"drill {drill.drill_id}", person=named)


def token_of(drill: ActiveDrill, role: Role) -> str:
    """The token of a role in the active drill. Raises NotAllowed."""
    try:
        return (drill.run_dir / "secrets" / f"{role}.token").read_text(encoding="utf-8").strip()
    except OSError:
        raise NotAllowed(
            f"you may not read the {role} token of drill {drill.drill_id}",
            "ask your instructor for it",
        ) from None


def drill_client(role: Role, person: str | None = None) -> DrillClient:
    """A client of the drill that is meant: the one that the environment names, the one that runs
    from this home, or the one at the hub where this user signed in, which knows their role.

    Raises EnvironmentMissing where there is none, and NotAllowed.
    """
    if (elsewhere := profile_meant()) is not None:
        return elsewhere.drill()
    return client_of(active_drill(), role, person)


def profile_meant() -> Profile | None:
    """Who one is at a hub, where a drill there is meant and none of this home."""
    if (named := named_profile()) is not None:
        return named
    try:
        active_drill()
    except EnvironmentMissing:
        return kept_profile()
    return None
