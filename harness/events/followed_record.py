"""A drill's record, read as it grows by somebody who never changes it: its writer may die."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from harness.errors import RecordFailed
from harness.record import schema
from harness.record.story import Story, fold


class FollowedRecord:
    """What is known of one drill so far; each event is read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.story = Story()
        """All of it."""
        self.shown = Story()
        """What everybody may see."""

    def follow(self) -> None:
        """Read what has come since. Raises RecordFailed where the file cannot be read."""
        try:
            with closing(schema.connect_to_read(self.path)) as db:
                rows = schema.select(db, self.story.seq, "instructor", -1)
                drill_id = schema.drill_id_of(db)
            new = [schema.envelope_of(row, drill_id) for row in rows]
        except (sqlite3.Error, ValueError) as error:
            raise RecordFailed(
                f"{self.path} cannot be read: {error}", "see its team's log"
            ) from None
        if new:
            self.story = fold(new, self.story)
            self.shown = fold([one for one in new if one.audience == "all"], self.shown)
