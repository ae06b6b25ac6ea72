"""Which profile is in force: the one that the load began with, until a file names another.

The file is the load's private side. It lies in a folder that participants do not read, since what
comes of it is what customers do: nothing that a participant sees may say that it was asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from loadgen.stages import Profile, read_profile


class Course:
    """The profiles of one folder, one of them in force. Not for use by several OS threads."""

    def __init__(self, first: Path, journeys: Collection[str], control_file: Path | None) -> None:
        """Reads the profile at `first` and, where it may be changed, those beside it that send the
        same journeys: each journey has a user from the start. Raises BadLoad."""
        self._control_file = control_file
        self._began_s = 0.0
        self._refused = ""
        self.profile = read_profile(first, journeys)
        self._name = first.stem
        self._profiles: dict[str, Profile] = {self._name: self.profile}
        if control_file is not None:
            others = {path.stem: read_profile(path, journeys) for path in _beside(first)}
            sent = set(self.profile.rates_per_s)
            self._profiles |= {
                name: one for name, one in others.items() if set(one.rates_per_s) == sent
            }

    @property
    def highest_rate_per_s(self) -> float:
        """All journeys together at SCALE=1, in the busiest stage that may come."""
        return max(profile.highest_rate_per_s for profile in self._profiles.values())

    def rates_at(self, now_s: float) -> Mapping[str, float]:
        """Arrivals a second by journey at SCALE=1, `now_s` after the load began.

        The stages of a profile begin when it comes into force. A name that no profile has is said
        once, and changes nothing.
        """
        name = self._asked_for()
        if name != self._name and name in self._profiles:
            self._name, self.profile, self._began_s = name, self._profiles[name], now_s
        elif name not in self._profiles and name != self._refused:
            self._refused = name
            known = ", ".join(sorted(self._profiles))
            sys.stderr.write(f"load: there is no profile '{name}' to change to; known: {known}\n")
        return self.profile.rates_at(now_s - self._began_s)

    def _asked_for(self) -> str:
        """The name in the file; while there is none, what is in force."""
        if self._control_file is None:
            return self._name
        try:
            return self._control_file.read_text(encoding="utf-8").strip() or self._name
        except OSError:
            return self._name


def _beside(first: Path) -> list[Path]:
    return sorted(path for path in first.parent.glob("*.toml") if path != first)
