"""Confidence under pressure: said, moved by evidence, told, kept, and in the end true."""

from __future__ import annotations

from itertools import pairwise

from harness.record.events import HypothesesRevised
from harness.scoring.calibration import eta_outcomes, mean_brier
from harness.scoring.case import Case, Decision, given, no_data, not_asked, not_yet, withheld
from harness.scoring.forecasts import forecasts

FIRST_PERCENT_MAX = 90
"""Surer than this with the first data is not uncertainty."""
SHIFT_PERCENT_MIN = 5
ANSWER_WITHIN_MS = 5 * 60_000
BRIER_MAX = 0.2
"""A coin scores 0.25."""
FORECASTS_MIN = 2


def uncertainty_expressed(case: Case) -> Decision:
    """The first hypotheses were at least two, and none of them as good as certain."""
    first = case.story.first(HypothesesRevised)
    if first is None:
        return not_yet(case, "no hypothesis was written")
    percents = sorted((one.probability_percent for one in first.event.hypotheses), reverse=True)
    likely = [one for one in percents if one > 0]
    shares = " / ".join(map(str, percents))
    if len(likely) < 2 or likely[0] > FIRST_PERCENT_MAX:
        return withheld(f"the first hypotheses stood at {shares}", first)
    return given(f"the first hypotheses stood at {shares}", first)


def confidence_moved_by_evidence(case: Case) -> Decision:
    """A later revision moved a probability, on evidence that came with it or since the last move.

    Evidence is saved as it is found, so that it may come a revision before what it changes.
    """
    revisions = case.story.of(HypothesesRevised)
    fresh = {one.at.seq for one in case.evidence} & {one.seq for one in revisions}
    moved = revisions[0].seq if revisions else 0
    for before, after in pairwise(revisions):
        old = {one.id: one.probability_percent for one in before.event.hypotheses}
        shift = max(
            (abs(one.probability_percent - old.get(one.id, 0)) for one in after.event.hypotheses),
            default=0,
        )
        if shift < SHIFT_PERCENT_MIN:
            continue
        if any(moved < seq <= after.seq for seq in fresh):
            return given(f"a probability moved by {shift} points on new evidence", before, after)
        moved = after.seq
    return not_yet(case, "no probability was moved by new evidence", *revisions)


def executive_told_confidence(case: Case) -> Decision:
    """Executives heard, within five minutes of asking, how sure the team was and of what not."""
    updates = [one for one in case.updates if one.event.readers in ("executive", "all")]
    if not case.questions:
        if not updates:
            return not_asked(case, "no executive asked, and none was told")
        return given("executives were told how sure the team was", updates[0])
    question = case.questions[0]
    limit = question.team_ms + ANSWER_WITHIN_MS
    # A word shortly before the question answers it just as well.
    earliest = question.team_ms - ANSWER_WITHIN_MS
    answers = [one for one in updates if earliest <= one.team_ms <= limit]
    if not answers:
        return withheld("the executive's question was not answered within five minutes", question)
    return given("the executive was told how sure the team was", question, answers[0])


def eta_not_overcommitted(case: Case) -> Decision:
    """No estimate of recovery was missed by more than a quarter, and the first, by which people
    plan, was not so long that it could not be missed."""
    outcomes = eta_outcomes(case)
    if not outcomes:
        return no_data("no estimate of recovery was given")
    by_seq = {one.seq: one for one in case.updates}
    missed = [one for one in outcomes if one.was_kept is False]
    if missed:
        late = missed[0]
        return withheld(f"'{late.label}': {late.outcome}", by_seq[late.seq])
    if any(one.was_kept is None for one in outcomes):
        return no_data("recovery has not been proven yet")
    if outcomes[0].is_vague:
        vague = outcomes[0]
        return withheld(f"'{vague.label}' says nothing: {vague.outcome}", by_seq[vague.seq])
    return given("recovery came as promised", *(by_seq[one.seq] for one in outcomes))


def probabilities_came_true(case: Case) -> Decision:
    """The declared probabilities, held against what came, beat a coin clearly (Brier score).

    Which probabilities are forecasts, and how each is scored: harness/scoring/forecasts.py.
    """
    resolved = [one for one in forecasts(case) if one.came_true is not None]
    if len(resolved) < FORECASTS_MIN:
        return no_data("too few probabilities can be held against an outcome")
    score = mean_brier(resolved)
    seqs = {one.seq for one in resolved}
    entries = [one for one in case.story.entries if one.seq in seqs]
    if score is None or score > BRIER_MAX:
        return withheld(f"Brier score {score:.3f} over {len(resolved)} probabilities", *entries)
    return given(f"Brier score {score:.3f} over {len(resolved)} probabilities", *entries)
