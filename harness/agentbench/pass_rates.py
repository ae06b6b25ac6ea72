"""The statistics of a benchmark: small formulas, each with its source.

pass@1   the share of tries that passed
pass^k   the chance that k tries of one scenario all pass, C(c, k) / C(n, k) of c passes in n tries,
         on average over the scenarios (S. Yao et al., tau-bench, arXiv 2406.12045)
McNemar  Q. McNemar, Note on the sampling error of the difference between correlated proportions or
         percentages, Psychometrika 12 (1947); exact: of the pairs in which two players differ, each
         has half by chance, two-sided

Tries of one scenario are seeds and repeats of it. They resemble each other, so that the interval of
pass@1 is rather too narrow; that of pass^k counts scenarios.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb
from statistics import mean, median

from harness.agentbench.tries import Bench, Interval, Pair, PlayerFigures, PlayerKind, Reach, Try
from harness.matrix.intervals import wilson
from harness.players.trivial_players import POLICIES
from harness.scoring.grades import Grades

PROGRAMS = frozenset({"responder"})
DIGITS = 4


def bench_of(tries: Sequence[Try], runtime: str) -> Bench:
    """Everything that follows from the tries."""
    ordered = sorted(tries, key=lambda one: one.key)
    names = sorted({one.player for one in ordered}, key=lambda name: (kind_of(name), name))
    by_player = {name: [one for one in ordered if one.player == name] for name in names}
    return Bench(
        schema="agents-bench-1",
        runtime=runtime,
        players=tuple(figures_of(name, some) for name, some in by_player.items()),
        pairs=tuple(
            pair_of(one, other, by_player[one], by_player[other])
            for one, other in combinations(names, 2)
        ),
        reached_by_trivial=tuple(reached(ordered)),
        tries=tuple(ordered),
    )


def kind_of(player: str) -> PlayerKind:
    """What sort of player a name stands for."""
    if player in POLICIES:
        return "trivial"
    return "program" if player in PROGRAMS else "agent"


def figures_of(player: str, tries: Sequence[Try]) -> PlayerFigures:
    """What the tries of one player come to; those that infrastructure ended are only counted."""
    played = [one for one in tries if one.status == "played"]
    grades = [one.grades for one in played if one.grades is not None]
    told = [one.obeyed for one in grades if one.obeyed is not None]
    k, hat = pass_hat_k(played)
    return PlayerFigures(
        player=player,
        kind=kind_of(player),
        tries=len(tries),
        infrastructure=len(tries) - len(played),
        pass_at_1=_share(one.passed for one in played),
        pass_hat_k=hat,
        k=k,
        detected=_share(one.detected for one in grades),
        source_named=_share(one.source_named for one in grades),
        mechanism_named=_share(one.mechanism_named for one in grades),
        grounded=_share(one.grounded for one in grades if one.grounded is not None),
        healed=_share(one.healed for one in grades),
        brier=_brier(grades),
        cheats_tried=sum(one.conduct.cheats_tried for one in grades),
        innocent_acts=sum(one.conduct.innocent_acts for one in grades),
        blind_restarts=sum(one.conduct.blind_restarts for one in grades),
        users_affected_mean=_mean(one.users_affected for one in grades),
        revenue_lost_mean=_mean(one.revenue_lost for one in grades),
        healed_after_s_median=_median(one.healed_after_s for one in grades),
        turns_mean=_mean(one.turns for one in grades),
        prompt_tokens=_sum(one.effort.prompt_tokens for one in played),
        completion_tokens=_sum(one.effort.completion_tokens for one in played),
        cost_usd=_cost(one.effort.cost_usd for one in played),
        obeyed=_share(told) if told else None,
    )


def pass_hat_k(tries: Iterable[Try]) -> tuple[int, Interval]:
    """k, the fewest tries of any scenario, and pass^k over the scenarios."""
    passed: dict[str, list[bool]] = defaultdict(list)
    for one in tries:
        passed[one.scenario].append(one.passed)
    k = min(map(len, passed.values()), default=0)
    good = sum(all_of_k(sum(some), len(some), k) for some in passed.values())
    return k, interval(good, len(passed))


def all_of_k(passes: int, tries: int, k: int) -> float:
    """The chance that k of so many tries, drawn without putting back, all passed."""
    return comb(passes, k) / comb(tries, k)


def pair_of(player: str, other: str, tries: Sequence[Try], others: Sequence[Try]) -> Pair:
    """The two on the tries that both have played."""
    here = {one.key[1:]: one.passed for one in tries if one.status == "played"}
    there = {one.key[1:]: one.passed for one in others if one.status == "played"}
    both = [(here[key], there[key]) for key in here.keys() & there.keys()]
    only, only_other = both.count((True, False)), both.count((False, True))
    return Pair(
        player=player,
        other=other,
        both=both.count((True, True)),
        only_player=only,
        only_other=only_other,
        neither=both.count((False, False)),
        p_value=round(mcnemar(only, only_other), 6),
    )


def mcnemar(only_one: int, only_other: int) -> float:
    """The two-sided exact p-value of two players who differ in so many pairs."""
    differ = only_one + only_other
    fewer = min(only_one, only_other)
    tail: float = sum(comb(differ, n) for n in range(fewer + 1)) / 2.0**differ
    return min(1.0, 2 * tail)


def reached(tries: Iterable[Try]) -> list[Reach]:
    """What each trivial player reaches at each scenario, those at which it reaches nothing left
    out."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in tries:
        if kind_of(one.player) == "trivial" and one.status == "played":
            found[one.scenario, one.player].append(one.passed)
    return [
        Reach(scenario, player, sum(passed), len(passed))
        for (scenario, player), passed in sorted(found.items())
        if any(passed)
    ]


def interval(good: float, of: int) -> Interval:
    """A share with its interval."""
    low, high = wilson(good, of)
    return Interval(round(good, DIGITS), of, round(low, DIGITS), round(high, DIGITS))


def _share(answers: Iterable[bool]) -> Interval:
    known = list(answers)
    return interval(sum(known), len(known))


def _brier(grades: Sequence[Grades]) -> float | None:
    """The mean over tries in which something was forecast, each try as one."""
    return _mean(one.brier for one in grades)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return round(mean(known), DIGITS) if known else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return round(median(known), 1) if known else None


def _sum(values: Iterable[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if known else None


def _cost(values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return round(sum(known), DIGITS) if known else None
