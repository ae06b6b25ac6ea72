"""What a home feed of each kind was worth: who went on from it, and who comes back."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.story import Story

CONTENTS = ("personalised", "cached", "default", "failing")
"""From the best that a visitor can be shown to the worst."""


@dataclass(frozen=True)
class Engaged:
    """Visitors by what they were shown; shares from 0 to 1, None where there is nobody to count."""

    content: str
    views: int
    continuing_share: float | None
    returning_share: float | None
    """Of those who left."""

    def line(self) -> str:
        """For the scorecard."""
        went_on, back = _percent(self.continuing_share), _percent(self.returning_share)
        return f"{self.views:,} shown; {went_on} went on, {back} of the others come back"


def engagement_of(story: Story) -> tuple[Engaged, ...]:
    """Every kind of home feed that was shown in a drill, by its newest sample."""
    sample = story.engagement
    if sample is None:
        return ()
    views, continued, returning = sample.views, sample.continued, sample.returning
    return tuple(
        Engaged(
            content=content,
            views=shown,
            continuing_share=_share(continued.get(content, 0), shown),
            returning_share=_share(returning.get(content, 0), shown - continued.get(content, 0)),
        )
        for content in CONTENTS
        if (shown := views.get(content, 0))
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _percent(share: float | None) -> str:
    return "no data" if share is None else f"{share:.0%}"
