"""A postmortem as Markdown. What people wrote is shown as text, never as markup."""

from __future__ import annotations

from collections.abc import Iterable

from harness.currency import euros
from harness.scoring.calibration import table_lines
from harness.scoring.markup import escaped
from harness.scoring.postmortem_model import Impact, Postmortem
from harness.scoring.scorecard import SEALED
from harness.scoring.times import NO_DATA, TIMES, duration_text

_LEVELS = {
    "surface": ("Surface cause", "Immediate"),
    "deeper": ("Deeper cause", "Contributing"),
    "deepest": ("Deepest cause (process)", "Systemic"),
}


def to_markdown(post: Postmortem) -> str:
    """The whole postmortem."""
    parts = [
        [
            f"# Postmortem: {escaped(post.title)}",
            "",
            f"Drill {post.drill_id}, {post.began_at or NO_DATA}",
        ],
        _section("Summary", [escaped(post.summary)]),
        _section("Impact", _impact(post)),
        _section("Root cause", _root_cause(post)),
        *(_section(title, _level(post, level)) for level, (title, _) in _LEVELS.items()),
        _section("Confidence in root cause analysis", _confidence(post)),
        _section("What went well", _items(post.went_well)),
        _section("What could improve", _items(post.could_improve)),
        _section(
            "Reflection", [f"- {escaped(a.question)} {escaped(a.text)}" for a in post.answers]
        ),
        _section("Action items", _action_items(post)),
        _section("Learning", _learning(post)),
        _section("Confidence calibration review", table_lines(post.calibration)),
        _section("Team spec and guardrails", _guardrails(post)),
        _section("Timeline", _timeline(post)),
        _section("Still to write", _items(post.missing)),
        _section("Wording to review", _remarks(post)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "", *lines] if lines else []


def _items(texts: Iterable[str]) -> list[str]:
    return [f"- {escaped(text)}" for text in texts]


def _impact(post: Postmortem) -> list[str]:
    impact = post.impact
    users = NO_DATA if impact.users_affected is None else f"{impact.users_affected:,}"
    if impact.users_declared is not None:
        users += f" (declared: {impact.users_declared:,})"
    revenue = NO_DATA if impact.revenue_lost is None else euros(impact.revenue_lost)
    since = "the baseline" if impact.is_sealed else "the fault"
    rows = [
        ("Severity", impact.severity or NO_DATA),
        (f"Users affected, from {since}", users),
        (f"Revenue lost, from {since}", revenue),
        ("Systems declared", ", ".join(impact.systems) or NO_DATA),
        ("Systems in alerts", ", ".join(impact.systems_alerting) or "none"),
        ("Blast radius", impact.blast_radius or NO_DATA),
        ("Escalated for", ", ".join(impact.escalated_for) or "nothing"),
        *_times(impact),
    ]
    return [f"- {title}: {escaped(value)}" for title, value in rows]


def _times(impact: Impact) -> list[tuple[str, str]]:
    shown = {word: duration_text(impact.times.of(word)) for word in TIMES}
    if impact.is_sealed:
        shown |= {"ttd": SEALED, "tti": SEALED}
    return [(TIMES[word].label, text) for word, text in shown.items()]


def _root_cause(post: Postmortem) -> list[str]:
    cause = post.root_cause
    lines = []
    if cause.declared is not None:
        lines.append(
            f"- Declared: {escaped(cause.declared)} ({cause.declared_confidence_percent}%)"
        )
    if cause.actual is not None:
        where = f" ({escaped(cause.locus)})" if cause.locus else ""
        lines.append(f"- Actual: {escaped(cause.actual)}{where}")
    return lines


def _level(post: Postmortem, level: str) -> list[str]:
    return _items(one.text for one in post.causes if one.level == level)


def _confidence(post: Postmortem) -> list[str]:
    if not post.causes:
        return []
    rows = [
        f"| {_LEVELS[one.level][1]} | {escaped(one.text)} | {one.confidence_percent}% |"
        for one in post.causes
    ]
    return ["| Level | Cause | Confidence |", "|-------|-------|------------|", *rows]


def _action_items(post: Postmortem) -> list[str]:
    return [
        f"{number}. [ ] {escaped(one.text)} (owner: {escaped(one.owner) or 'unassigned'}"
        + (f"; check: {escaped(one.check)})" if one.check else ")")
        for number, one in enumerate(post.action_items, 1)
    ]


def _learning(post: Postmortem) -> list[str]:
    lines = []
    for entry in post.learning:
        lines.append(f"- {escaped(entry.type)}")
        for name, value in vars(entry).items():
            if name != "type":
                text = value if isinstance(value, str) else "; ".join(value)
                lines.append(f"  - {escaped(name)}: {escaped(text)}")
    return lines


def _guardrails(post: Postmortem) -> list[str]:
    lines: list[str] = []
    for guard in post.guardrails:
        of = f" of {guard.service}" if len(post.guardrails) > 1 and guard.service else ""
        groups = [
            (f"Team spec{of}: {guard.title}", guard.spec),
            (f"Pull request guardrails{of}", guard.pull_requests),
            (f"Playbook{of}", guard.playbook),
            (f"Thresholds and alerts{of}", guard.thresholds),
        ]
        for title, texts in groups:
            lines += [*([""] if lines else []), f"### {title}", ""]
            lines += [f"- [ ] {escaped(text)}" for text in texts]
    return lines


def _timeline(post: Postmortem) -> list[str]:
    """Since the page, on the wall's clock; with the agenda's beside it where they differ."""
    differs = any(one.since_page_s != one.since_page_agenda_s for one in post.timeline)
    rows = [
        [
            _since(one.since_page_s),
            *([_since(one.since_page_agenda_s)] if differs else []),
            escaped(one.who),
            escaped(one.what),
        ]
        for one in post.timeline
    ]
    head = ["From the page", *(["Agenda"] if differs else []), "Who", "What"]
    table = [head, ["----"] * len(head), *rows]
    return ["| " + " | ".join(row) + " |" for row in table] if rows else []


def _since(seconds: float | None) -> str:
    """Minutes and seconds from the first page: `-0:12`, `4:05`."""
    if seconds is None:
        return ""
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 and whole else ''}{whole // 60}:{whole % 60:02d}"


def _remarks(post: Postmortem) -> list[str]:
    return [
        f"- '{escaped(one.words)}' (event {one.seq}): {escaped(one.advice)}" for one in post.remarks
    ]
