"""The timeline of an exercise: what happened, in words, one line an event."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.envelope import to_iso
from harness.record.events import PageSent
from harness.record.story import Story


@dataclass(frozen=True)
class TimelineEntry:
    """One line. Times count from the page, on the wall's clock and on the agenda's; negative before
    it, None where nobody was paged."""

    seq: int
    at: str
    """UTC."""
    since_page_s: float | None
    since_page_agenda_s: float | None
    who: str
    what: str


def timeline(story: Story) -> tuple[TimelineEntry, ...]:
    """Every event that a reader of a postmortem wants to see, in the order of the record."""
    page = story.first(PageSent)
    lines = []
    for one in story.entries:
        described = one.event.describe()
        if one.event.audience == "all" and described and described.tone != "quiet":
            wall_s = None if page is None else (one.drill_ms - page.drill_ms) / 1000
            agenda_s = None if page is None else (one.team_ms - page.team_ms) / 1000
            who = str(getattr(one.event, "by", "") or one.actor)
            what = f"{described.label}: {described.text}"
            at = to_iso(one.wall_time)
            lines.append(TimelineEntry(one.seq, at, wall_s, agenda_s, who, what))
    return tuple(lines)
