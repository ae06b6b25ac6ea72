"""What failures mean to people: who is affected, what is lost, who complains."""

from __future__ import annotations

from dataclasses import dataclass

FAILURES_BEFORE_TICKET = 3
TICKET_COOLDOWN_S = 120.0


@dataclass(frozen=True)
class Harm:
    """What one answer added: a lost amount in currency units, and whether a ticket was filed."""

    lost: float = 0.0
    ticket: bool = False


NO_HARM = Harm()


class Impact:
    """Counts since the start. Bounded by the number of people, who are named in `Visit.who`."""

    def __init__(self) -> None:
        self.lost = 0.0
        self.tickets = 0
        self._affected: set[str] = set()
        self._failures_in_a_row: dict[tuple[str, str], int] = {}
        self._ticket_at_s: dict[str, float] = {}

    @property
    def affected(self) -> int:
        """How many different people had a request fail."""
        return len(self._affected)

    def answered(self, who: str, journey: str) -> None:
        """A journey worked, so that its failures in a row start anew."""
        self._failures_in_a_row.pop((who, journey), None)

    def failed(self, who: str, journey: str, at_stake: float, now_s: float) -> Harm:
        """A journey failed at `now_s` (any steady clock).

        Somebody who fails at the same journey three times in a row files a ticket, and then none
        for two minutes. Other journeys that work in between do not console them.
        """
        self._affected.add(who)
        self.lost += at_stake
        streak = self._failures_in_a_row.get((who, journey), 0) + 1
        files = streak >= FAILURES_BEFORE_TICKET and self._may_file(who, now_s)
        if files:
            self.tickets += 1
            self._ticket_at_s[who] = now_s
            streak = 0
        self._failures_in_a_row[who, journey] = streak
        return Harm(at_stake, files)

    def _may_file(self, who: str, now_s: float) -> bool:
        last_s = self._ticket_at_s.get(who)
        return last_s is None or now_s - last_s >= TICKET_COOLDOWN_S
