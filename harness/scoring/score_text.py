"""A score for the terminal: plain lines; points with the events that decided them."""

from __future__ import annotations

from harness.scoring.cadence import Cadence
from harness.scoring.calibration_table import table_lines
from harness.scoring.score import LineScore, Score
from harness.scoring.scorecard import NO_DATA, cause_line, clock


def score_lines(score: Score) -> list[str]:
    """The whole score, a line each, no colours."""
    lines = [f"{score.total} of 100, bonus {score.bonus} of 30, still open {score.open_points}"]
    if score.hint_points:
        lines.append(f"hints cost {score.hint_points} points")
    for section in score.sections:
        lines.append(f"{section.title}: {section.points} of {section.points_max}")
        lines += [_line(line) for line in section.lines]
    lines.append(f"pattern: {score.classification.pattern}")
    lines += [
        f"  {sign.says}: {sign.name} ({sign.what}){_events(sign.seqs)}"
        for sign in score.classification.signs
    ]
    lines.append(f"time to cause: {cause_line(score.cause_time)}")
    lines += _cadence(score.cadence)
    brier = NO_DATA if score.brier is None else f"{score.brier:.3f} over {score.forecasts}"
    lines.append(f"Brier score: {brier}")
    if score.table:
        lines += table_lines(score.table)
    return lines


def _line(line: LineScore) -> str:
    points = f"{line.points:>2}/{line.points_max}" if not line.is_open else f" ?/{line.points_max}"
    return f"  {points:<6}{line.text}: {line.verdict}, {line.because}{_events(line.seqs)}"


def _events(seqs: tuple[int, ...]) -> str:
    return f" [{', '.join(f'#{seq}' for seq in seqs)}]" if seqs else ""


def _cadence(cadence: Cadence) -> list[str]:
    return [
        f"updates: {cadence.updates}",
        f"  first {clock(cadence.first_ms)}, in time: {_word(cadence.first_in_time)}",
        f"  longest gap {clock(cadence.longest_gap_ms)}, in time: {_word(cadence.gaps_in_time)}",
    ]


def _word(value: bool | None) -> str:
    return NO_DATA if value is None else ("yes" if value else "no")
