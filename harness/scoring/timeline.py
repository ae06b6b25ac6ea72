"""The timeline of an exercise: what happened, in words, one line an event."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record import events
from harness.record.envelope import to_iso
from harness.record.story import Story


@dataclass(frozen=True)
class TimelineEntry:
    """One line. `since_page_s` is the team's time; negative before the page, None without one."""

    seq: int
    at: str
    """UTC."""
    since_page_s: float | None
    who: str
    what: str


def timeline(story: Story) -> tuple[TimelineEntry, ...]:
    """Every event that a reader of a postmortem wants to see, in the order of the record."""
    page = story.first(events.PageSent)
    lines = []
    for one in story.entries:
        described = one.event.describe()
        if one.event.audience == "all" and described and described.tone != "quiet":
            since = None if page is None else (one.team_ms - page.team_ms) / 1000
            who = str(getattr(one.event, "by", "") or one.actor)
            what = f"{described.label}: {described.text}"
            lines.append(TimelineEntry(one.seq, to_iso(one.wall_time), since, who, what))
    return tuple(lines)
