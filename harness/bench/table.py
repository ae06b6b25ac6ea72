"""Lines of the table of measurements, kept in a file, and compared with those of another run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.drill.session import Session
from harness.errors import BadFile
from harness.record import events

Row = dict[str, Any]


def figure_row(
    figure: str, measured: float, *, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """One line of the table; a figure without a bound always holds."""
    bound = f"<= {at_most:g}" if at_most is not None else ""
    bound = f">= {at_least:g}" if at_least is not None else bound
    holds = (at_most is None or measured <= at_most) and (at_least is None or measured >= at_least)
    return {"figure": figure, "measured": round(measured, 3), "bound": bound, "holds": holds}


def start_up_s(session: Session) -> dict[str, float]:
    """Seconds from the start until `shop` was up, and until the `baseline` was healthy."""
    return {
        envelope.event.component: envelope.event.took_ms / 1000
        for envelope in session.services.record.events()
        if isinstance(envelope.event, events.StackReady)
    }


def save(rows: Sequence[Row], path: Path) -> None:
    """Keep the lines for a later `saved`. Raises OSError."""
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def saved(path: Path) -> list[Row]:
    """The lines that an earlier run kept, or printed as JSON. Raises BadFile."""
    hint = "keep figures with: drill bench --save FILE"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, None, str(error.strerror), hint) from error
    except ValueError as error:
        raise BadFile(path, None, "it is not JSON", hint) from error
    if not (isinstance(rows, list) and rows and all(map(_is_row, rows))):
        raise BadFile(path, None, "it holds no figures of a bench", hint)
    return rows


def _is_row(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    figure, measured = value.get("figure"), value.get("measured")
    return isinstance(figure, str) and isinstance(measured, int | float)


def compared(rows: Iterable[Row], before: Iterable[Row]) -> list[Row]:
    """The lines with what was measured `before`, and the ratio; figures of one run alone, too."""
    former = {row["figure"]: row for row in before}
    both = []
    for row in rows:
        was = former.pop(row["figure"], {}).get("measured")
        both.append(
            {**row, "before": was, "ratio": round(row["measured"] / was, 3) if was else None}
        )
    gone = [
        {"figure": name, "before": row["measured"], "measured": None, "ratio": None}
        for name, row in former.items()
    ]
    return [*both, *gone]
