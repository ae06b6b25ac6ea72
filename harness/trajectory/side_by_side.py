"""Two trajectories of one seed beside each other: what each looked at, believed and did, and when,
against the truth. A page of HTML that needs nothing else.

Rows are moments from each drill's page on, on one scale; what the shop did stands in the middle of
its own side, faint. Whatever was believed is marked right or wrong by the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from harness.causes import Answer
from harness.errors import UsageError
from harness.scoring.answer import judge_answer

TEXT_CHARS = 400
BUCKET_S = 10
"""Steps so near to each other stand in one row."""
_WORDS = {
    "told": "Told",
    "thought": "Thought",
    "looked": "Looked",
    "believed": "Believed",
    "did": "Did",
    "said": "Said",
    "shop": "Shop",
}
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #cf222e;
  --told: #cf222e; --looked: #0969da; --believed: #8250df; --thought: #1b7c83; --did: #bc4c00;
  --said: #57606a; --shop: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --told: #ff7b72;
  --looked: #58a6ff; --believed: #bc8cff; --thought: #56d4dd; --did: #f0883e; --said: #9da7b1;
  --shop: #8b949e; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 88rem;
  padding: 0 1rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 0; }
.truth { border-left: .25rem solid var(--good); padding: .4rem .8rem; background: var(--soft);
  margin: .75rem 0; }
.heads, .row { display: grid; grid-template-columns: 4.5rem 1fr 1fr; column-gap: 1rem; }
.heads { position: sticky; top: 0; background: Canvas; padding: .5rem 0; z-index: 1;
  border-bottom: 2px solid var(--line); }
.row { border-bottom: 1px solid var(--line); padding: .3rem 0; }
.row > time { font-variant-numeric: tabular-nums; opacity: .75; padding-top: .2rem; }
.side { min-width: 0; }
.step { border-left: .2rem solid var(--c); padding: .15rem .6rem; margin: .15rem 0;
  overflow-wrap: anywhere; }
.step b { color: var(--c); font-weight: 600; margin-right: .4rem; }
.step.shop { opacity: .85; font-size: .9em; }
.step small { display: block; opacity: .8; }
.good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .25rem 0 0; font-size: .9em; }
dl div { display: flex; gap: .35rem; } dt { opacity: .75; } dd { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .9em; margin: .5rem 0; }
.legend span { border-left: .2rem solid var(--c); padding-left: .4rem; }
@media (max-width: 44rem) {
  .heads, .row { grid-template-columns: 1fr; } .heads { position: static; row-gap: .75rem; }
  .side[data-who]:not(:empty)::before { content: attr(data-who); font-size: .8em; opacity: .75;
    font-weight: 600; }
}
"""


@dataclass(frozen=True)
class Side:
    """One trajectory, as the page needs it."""

    name: str
    steps: Sequence[tuple[int, Mapping[str, Any]]]
    """Seconds from its page, and the step."""
    grades: Mapping[str, Any]
    causes: tuple[Answer, ...]
    title: str


def side_by_side(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The page of two ATIF trajectories. Raises UsageError where their truth is not the same."""
    left, right = side_of(one), side_of(other)
    if left.causes != right.causes:
        raise UsageError(
            "these two are not of one answer", "compare two drills of one scenario and seed"
        )
    moments = sorted({_bucket(at) for side in (left, right) for at, _ in side.steps})
    rows = "".join(_row(moment, left, right) for moment in moments)
    legend = "".join(
        f'<span style="--c:var(--{kind})">{word}</span>' for kind, word in _WORDS.items()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<title>3AM: {escape(left.name)} and {escape(right.name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><h1>{escape(left.name)} and {escape(right.name)}</h1>
<div class="truth"><b>The truth:</b> {_truth(left)}</div>
<div class="legend">{legend}</div>
<div class="heads"><span>From the page</span>{_head(left)}{_head(right)}</div>
{rows}</main></body></html>
"""


def side_of(trajectory: Mapping[str, Any]) -> Side:
    """What a trajectory of ours holds; of another's, what the format says."""
    extra = trajectory.get("extra") or {}
    truth = extra.get("truth") or {}
    steps = [step for step in trajectory["steps"] if "drill_ms" in (step.get("extra") or {})]
    paged = [step for step in steps if step["source"] == "user"]
    zero_ms = paged[0]["extra"]["drill_ms"] if paged else 0
    return Side(
        name=trajectory["agent"]["name"],
        steps=[((step["extra"]["drill_ms"] - zero_ms) // 1000, step) for step in steps],
        grades=extra.get("grades") or {},
        causes=tuple(
            Answer(tuple(cause["services"]), tuple(cause["mechanisms"]))
            for cause in truth.get("causes", ())
        ),
        title=truth.get("title", ""),
    )


def _bucket(seconds: int) -> int:
    return seconds // BUCKET_S * BUCKET_S


def _truth(side: Side) -> str:
    if not side.causes:
        return "nothing was wrong, or the answer is not in these trajectories"
    causes = (f"{one.services[0]}, {one.mechanisms[0]}" for one in side.causes)
    return f"{escape(side.title)} <small>({escape('; '.join(causes))})</small>"


def _head(side: Side) -> str:
    items = [
        ("detected", side.grades.get("detected")),
        ("source", side.grades.get("source_named")),
        ("grounded", side.grades.get("grounded")),
        ("healed without harm", side.grades.get("healed")),
    ]
    told = "".join(
        f"<div><dt>{name}</dt><dd>{_mark(good)}</dd></div>" for name, good in items if side.grades
    )
    after = side.grades.get("healed_after_s")
    if after is not None:
        told += f"<div><dt>proven after</dt><dd>{after:g} s</dd></div>"
    return f'<div class="side"><h2>{escape(side.name)}</h2><dl>{told}</dl></div>'


def _row(moment: int, left: Side, right: Side) -> str:
    sides = "".join(
        f'<div class="side" data-who="{escape(side.name)}">'
        + "".join(_step(step, side) for at, step in side.steps if _bucket(at) == moment)
        + "</div>"
        for side in (left, right)
    )
    return f'<div class="row"><time>{_clock(moment)}</time>{sides}</div>\n'


def _step(step: Mapping[str, Any], side: Side) -> str:
    extra = step["extra"]
    kind = extra.get("kind", "said")
    text = str(step["message"])
    shown = text[:TEXT_CHARS] + ("…" if len(text) > TEXT_CHARS else "")
    verdict = "".join(_verdicts(step, side.causes)) if kind == "believed" else ""
    evidence = extra.get("evidence") or ()
    links = f"<small>{escape(' · '.join(map(str, evidence)))[:TEXT_CHARS]}</small>"
    return (
        f'<div class="step {kind}" style="--c:var(--{kind})"><b>{_WORDS.get(kind, kind)}</b>'
        f"{escape(shown)}{verdict}{links if evidence else ''}</div>"
    )


def _verdicts(step: Mapping[str, Any], causes: Iterable[Answer]) -> Iterable[str]:
    """Right or wrong, of each service that a belief names."""
    known = list(causes)
    for call in step.get("tool_calls") or ():
        given = call["arguments"]
        for named in given.get("hypotheses") or [given]:
            service, mechanism = named.get("service"), named.get("mechanism")
            if not service or not known:
                continue
            judged = [judge_answer(service, mechanism or "", one) for one in known]
            right = any(one.right if mechanism else one.service_right for one in judged)
            percent = named.get("probability_percent", named.get("confidence_percent"))
            sure = f" {percent} %" if percent is not None else ""
            yield (
                f'<small><span class="{"good" if right else "bad"}">'
                f"{'right' if right else 'wrong'}</span>: "
                f"{escape(service)} {escape(mechanism or '')}{sure}</small>"
            )


def _clock(seconds: int) -> str:
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes}:{rest:02d}"


def _mark(good: bool | None) -> str:
    if good is None:
        return "-"
    return f'<span class="{"good" if good else "bad"}">{"yes" if good else "no"}</span>'
