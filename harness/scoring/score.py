"""The score of an exercise: the rubric decided over a story. The same story, the same score."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from harness.record.events import HintTaken, LineJudged
from harness.record.story import Story
from harness.scoring.cadence import Cadence, cadence
from harness.scoring.calibration import (
    CalibrationRow,
    EtaOutcome,
    ReliabilityBin,
    calibration_table,
    eta_outcomes,
    mean_brier,
    reliability,
    table_lines,
)
from harness.scoring.case import AnswerKey, Case, Decision, Verdict, no_data
from harness.scoring.cause_time import CauseTime, cause_time
from harness.scoring.forecasts import forecasts
from harness.scoring.panic import Classification, classify
from harness.scoring.rubric import RULES, Line, the_rubric
from harness.scoring.scorecard import cause_line
from harness.scoring.times import NO_DATA, TIMES, Duration, duration_text


@dataclass(frozen=True)
class LineScore:
    """One line with what decided it."""

    line: str
    text: str
    points: int
    points_max: int
    verdict: Verdict
    because: str
    seqs: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        """Neither earned nor missed: a person has to judge, or there is no data."""
        return self.verdict in ("for the instructor", "no data")


@dataclass(frozen=True)
class SectionScore:
    """One section and its sum."""

    id: str
    title: str
    is_bonus: bool
    lines: tuple[LineScore, ...]

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def points_max(self) -> int:
        return sum(line.points_max for line in self.lines)


@dataclass(frozen=True)
class Score:
    """Everything that a response is judged by."""

    sections: tuple[SectionScore, ...]
    hint_points: int
    """What the hints cost; taken off the total, which never falls below 0."""
    classification: Classification
    table: tuple[CalibrationRow, ...]
    brier: float | None
    forecasts: int
    """Probabilities that could be held against an outcome."""
    reliability: tuple[ReliabilityBin, ...]
    etas: tuple[EtaOutcome, ...]
    cadence: Cadence
    cause_time: CauseTime

    @property
    def total(self) -> int:
        """Points of those that the drill gave occasion for, less the hints."""
        earned = sum(one.points for one in self.sections if not one.is_bonus)
        return max(0, earned - self.hint_points)

    @property
    def total_max(self) -> int:
        """A hundred, less the lines that do not apply to this drill."""
        return sum(one.points_max for one in self.sections if not one.is_bonus)

    @property
    def bonus(self) -> int:
        """Points on top."""
        return sum(one.points for one in self.sections if one.is_bonus)

    @property
    def bonus_max(self) -> int:
        """Of thirty, less the lines that do not apply."""
        return sum(one.points_max for one in self.sections if one.is_bonus)

    @property
    def open_points(self) -> int:
        """What is for the instructor, or without data."""
        lines = (line for section in self.sections for line in section.lines)
        return sum(line.points_max for line in lines if line.is_open)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data, the sums included.

        With an answer key it tells what was right: for participants, score without one until the
        reveal.
        """
        names = ("total", "total_max", "bonus", "bonus_max", "open_points")
        sums = {name: getattr(self, name) for name in names}
        sections = [
            {**asdict(one), "points": one.points, "points_max": one.points_max}
            for one in self.sections
        ]
        per_hypothesis = self.classification.actions_per_hypothesis
        classification = {
            **asdict(self.classification),
            "actions_per_hypothesis": per_hypothesis,
        }
        return {**sums, **asdict(self), "sections": sections, "classification": classification}


def score(story: Story, key: AnswerKey | None = None) -> Score:
    """Decide every line. `key` is the answer; without it what depends on it has no data, unless
    the instructor has confirmed a cause."""
    case = Case(story, key)
    judged = {one.event.line: (one.seq, one.event) for one in story.of(LineJudged)}
    every = forecasts(case)
    resolved = [one for one in every if one.came_true is not None]
    return Score(
        sections=tuple(
            SectionScore(
                section.id,
                section.title,
                section.is_bonus,
                tuple(_line_score(line, case, judged.get(line.rule)) for line in section.lines),
            )
            for section in the_rubric()
        ),
        hint_points=sum(max(0, one.event.cost_points) for one in story.of(HintTaken)),
        classification=classify(case),
        table=calibration_table(case),
        brier=mean_brier(resolved),
        forecasts=len(resolved),
        reliability=reliability(resolved),
        etas=eta_outcomes(case),
        cadence=cadence(case),
        cause_time=cause_time(case),
    )


def _line_score(line: Line, case: Case, judged: tuple[int, LineJudged] | None) -> LineScore:
    decision = RULES[line.rule](case) if case.start else no_data("nobody was paged")
    points = line.points if decision.verdict == "given" else 0
    if judged is not None:
        seq, word = judged
        points = min(max(0, word.points), line.points)
        because = word.note or f"judged by {word.by}"
        decision = Decision("judged", because, (*decision.seqs, seq))
    return LineScore(
        line=line.rule,
        text=line.text,
        points=points,
        points_max=0 if decision.verdict == "does not apply" else line.points,
        verdict=decision.verdict,
        because=decision.because,
        seqs=decision.seqs,
    )


def score_lines(score: Score) -> list[str]:
    """The whole score, a line each, no colours."""
    bonus = f"bonus {score.bonus} of {score.bonus_max}"
    lines = [f"{score.total} of {score.total_max}, {bonus}, not decided yet {score.open_points}"]
    if score.hint_points:
        lines.append(f"hints cost {score.hint_points} points")
    for section in score.sections:
        lines.append(f"{section.title}: {section.points} of {section.points_max}")
        lines += [_score_line(line) for line in section.lines]
    lines.append(f"pattern: {score.classification.pattern}")
    lines += [
        f"  {sign.says}: {sign.name} ({sign.what}){_events(sign.seqs)}"
        for sign in score.classification.signs
    ]
    lines.append(f"{TIMES['tti'].label}: {cause_line(score.cause_time)}")
    lines += _cadence_lines(score.cadence)
    brier = NO_DATA if score.brier is None else f"{score.brier:.3f} over {score.forecasts}"
    lines.append(f"Brier score: {brier}")
    if score.table:
        lines += table_lines(score.table)
    return lines


def _score_line(line: LineScore) -> str:
    points = f"{line.points:>2}/{line.points_max}" if not line.is_open else f" ?/{line.points_max}"
    if line.verdict == "does not apply":
        points = " -"
    return f"  {points:<6}{line.text}: {line.verdict}, {line.because}{_events(line.seqs)}"


def _events(seqs: tuple[int, ...]) -> str:
    return f" [{', '.join(f'#{seq}' for seq in seqs)}]" if seqs else ""


def _cadence_lines(cadence: Cadence) -> list[str]:
    return [
        f"updates: {cadence.updates}",
        f"  first, from the page: {_timed(cadence.first, cadence.first_in_time)}",
        f"  longest gap: {_timed(cadence.longest_gap, cadence.gaps_in_time)}",
    ]


def _timed(took: Duration | None, in_time: bool | None) -> str:
    return f"{duration_text(took)}, in time: {_yes_no(in_time)}"


def _yes_no(value: bool | None) -> str:
    return NO_DATA if value is None else ("yes" if value else "no")
