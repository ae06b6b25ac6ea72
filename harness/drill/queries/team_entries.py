"""What a team has written so far, for those who read it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from harness.exercise.update_texts import Reader, render_update
from harness.record.envelope import to_iso
from harness.record.events import HypothesesRevised, UpdatePosted
from harness.record.story import Noted, Story


def revisions(story: Story) -> list[dict[str, Any]]:
    """Every revision of the hypotheses with its time, oldest first."""
    return [
        {"at": to_iso(one.wall_time), "seq": one.seq, **asdict(one.event)}
        for one in story.of(HypothesesRevised)
    ]


def updates(story: Story, reader: Reader) -> list[dict[str, Any]]:
    """Every update as one kind of reader gets it, oldest first."""
    return [
        {
            "at": to_iso(one.wall_time),
            "status": one.event.status,
            "readers": one.event.readers,
            "text": _text(story, one, reader),
        }
        for one in story.of(UpdatePosted)
        if one.event.readers in (reader, "all")
    ]


def rendered(story: Story, posted: UpdatePosted) -> dict[str, str]:
    """One update for each kind of reader that it is meant for."""
    kinds: tuple[Reader, ...] = get_args(Reader)
    newest = [one for one in story.of(UpdatePosted) if one.event == posted][-1]
    return {
        reader: _text(story, newest, reader)
        for reader in kinds
        if posted.readers in (reader, "all")
    }


def _text(story: Story, posted: Noted[UpdatePosted], reader: Reader) -> str:
    """With the damage as it was when it was said: who reads it later reads the same."""
    impact = story.impact_told.get(posted.seq)
    return render_update(
        posted.event,
        reader,
        users_affected=impact.users_affected if impact else None,
        revenue_lost=impact.revenue_lost if impact else None,
    )
