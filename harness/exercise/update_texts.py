"""A stakeholder update as its readers need it: engineers, executives, customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from harness.currency import euros
from harness.record.events import UpdatePosted, UpdateStatus

Reader = Literal["internal", "executive", "external"]

NEXT_WORD_MINUTES = 20

HEADLINES: dict[UpdateStatus, str] = {
    "investigating": "We are looking into a problem with the shop.",
    "identified": "We have identified the problem with the shop and are working on a fix.",
    "recovering": "The shop is recovering.",
    "resolved": "The problem with the shop is resolved.",
}
"""For customers."""


def render_update(
    update: UpdatePosted,
    reader: Reader,
    *,
    users_affected: int | None = None,
    revenue_lost: float | None = None,
) -> str:
    """The update as Markdown.

    Customers get what concerns them and nothing of the inside: no cause, no confidence. Executives
    get the measured impact, where there are figures.
    """
    if reader == "external":
        return _external(update)
    title = "Update" if reader == "internal" else "Executive update"
    parts = [
        f"**{title}. Status: {update.status.upper()}**",
        f"**What happened:** {update.what_happened}",
        f"**What we did:** {update.what_we_did}",
        f"**Current state:** {update.current_state}",
    ]
    if reader == "executive" and (impact := _impact(users_affected, revenue_lost)):
        parts.append(f"**Impact, measured:** {impact}")
    percent = update.confidence_percent
    parts += [
        f"**Confidence:** {confidence_word(percent)} ({percent}%)",
        "**What we don't know yet:** " + _listed(update.unknowns, "nothing we are aware of"),
        "**Next steps:** " + _listed(update.next_steps, "none"),
        f"**ETA to full resolution:** {_end(update)}",
    ]
    return "\n\n".join(parts) + "\n"


def confidence_word(percent: int) -> str:
    """HIGH from 80, LOW below 50."""
    if percent >= 80:
        return "HIGH"
    return "MEDIUM" if percent >= 50 else "LOW"


def eta_text(update: UpdatePosted) -> str:
    """`10 minutes after this update`, `10 to 20 minutes after this update`; empty where there is no
    estimate. The words stay true whenever they are read."""
    begin, end = update.eta_minutes, update.eta_latest_minutes
    if begin is None or update.status == "resolved":
        return ""
    if not begin:
        return f"within {_minutes(end)} of this update" if end else "any moment"
    if end is None or end == begin:
        return f"{_minutes(begin)} after this update"
    return f"{begin:g} to {_minutes(end)} after this update"


def _end(update: UpdatePosted) -> str:
    return "resolved" if update.status == "resolved" else eta_text(update) or "not known yet"


def _minutes(count: float) -> str:
    return f"{count:g} minute{'' if count == 1 else 's'}"


def _external(update: UpdatePosted) -> str:
    parts = [HEADLINES[update.status], update.current_state]
    if update.status != "resolved":
        eta = eta_text(update)
        parts.append(
            f"We expect it to be resolved {eta}."
            if eta
            else "We do not know yet how long this will take."
        )
        parts.append(f"The next update follows within {NEXT_WORD_MINUTES} minutes.")
    return "\n\n".join(parts) + "\n"


def _impact(users_affected: int | None, revenue_lost: float | None) -> str:
    parts = []
    if users_affected is not None:
        parts.append(f"{users_affected:,} users affected")
    if revenue_lost is not None:
        parts.append(f"{euros(revenue_lost)} revenue lost")
    return ", ".join(parts)


def _listed(texts: Sequence[str], none: str) -> str:
    return "".join(f"\n- {text}" for text in texts) or none
