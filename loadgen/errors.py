"""What can be wrong with a load."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping


class BadLoad(ValueError):
    """A profile, a catalogue or a setting that no load can be made from."""


class LoadFailed(Exception):
    """The load cannot go on as it was asked for."""


def refuse_unknown(where: str, given: Mapping[str, object], known: Collection[str]) -> None:
    """Raise BadLoad for the first key that is not `known`, naming the nearest one."""
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
            advice = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known))}"
            raise BadLoad(f"{where}: unknown key '{key}'; {advice}")
