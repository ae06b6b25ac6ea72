"""What visitors did, as the load's own metrics tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harness.drill.lifecycle.healthy_baseline import SUCCESS
from harness.drill.lifecycle.impact import (
    CORRECTED,
    DEPARTURES,
    LEDGER,
    VIEWS,
    Harm,
    note_corrections,
    sample,
    sample_engagement,
)
from harness.drill.session import Session
from harness.paths import REPO
from harness.record.events import EngagementSampled, ImpactSampled, LedgerCorrected
from harness.scoring.timeline import timeline
from harness.telemetry.prometheus import Sample

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def counted(**counts: float) -> list[Sample]:
    """`content__outcome=count` each."""
    split = ([*name.split("__"), count] for name, count in counts.items())
    return [Sample({"content": content, "outcome": told}, n, NOW) for content, told, n in split]


class Prometheus:
    """Answers both questions."""

    ANSWERS = {  # noqa: RUF012  of a test
        VIEWS: counted(cached__continued=70, cached__left=30, failing__left=8),
        DEPARTURES: counted(cached__returns=26, cached__lost=4, failing__lost=8),
    }

    async def query(self, expr: str) -> list[Sample]:
        return self.ANSWERS[expr]


async def test_views_are_those_who_went_on_and_those_who_left(session: Session) -> None:
    prometheus: Any = Prometheus()
    session.services.prometheus = prometheus
    assert await sample_engagement(session) == EngagementSampled(
        views={"cached": 100, "failing": 8}, continued={"cached": 70}, returning={"cached": 26}
    )


async def test_what_failed_before_the_baseline_is_not_counted(session: Session) -> None:
    figures = session.services.prometheus.figures  # type: ignore[attr-defined]
    users, revenue = "sum(users_affected)", "sum(revenue_lost_total)"
    figures |= {users: None, SUCCESS: None}
    assert await sample(session, None) == (None, None), "nothing is known yet"
    figures |= {users: 7.0, revenue: 90.5}
    assert await sample(session, None) == (None, Harm(7, 90.5))
    figures |= {SUCCESS: 1.0}
    impact, began = await sample(session, None)
    assert (impact, began) == (ImpactSampled(0, 0.0, 1.0), Harm(7, 90.5))
    figures |= {users: 9.0, revenue: 100.75, SUCCESS: 0.5}
    assert await sample(session, began) == (ImpactSampled(2, 10.25, 0.5), began)
    # Negative control: counted from when the customers came.
    assert (await sample(session, Harm(0, 0)))[0] == ImpactSampled(9, 100.75, 0.5)


class Ledger:
    """A recorder with the lines of billing's log."""

    def __init__(self, *lines: dict[str, Any]) -> None:
        self.lines = list(lines)

    async def logs(
        self, service: str, *, contains: str, after: str, limit: int
    ) -> list[dict[str, Any]]:
        assert service == "billing"
        return [
            one for one in self.lines if one["seq"] > int(after) and contains in str(one.values())
        ][-limit:]


def corrected(seq: int, amount: object, event: str = "ledger corrected") -> dict[str, Any]:
    return {"seq": seq, "event": event, "order_id": seq, "amount": amount}


async def test_corrections_of_the_ledger_are_recorded_once_and_stand_in_the_timeline(
    session: Session,
) -> None:
    recorder: Any = Ledger(
        corrected(3, "-0.01"), corrected(4, "0.02"),
        corrected(5, "9.99", event="a customer asks about 'ledger corrected'"),
    )  # fmt: skip
    session.services.recorder = recorder
    after = await note_corrections(session, after=0)
    assert after == 5
    assert await note_corrections(session, after=after) == after
    recorder.lines += [corrected(9, "NaN"), corrected(10, None), corrected(11, "1E+3")]
    assert await note_corrections(session, after=after) == 11
    found = [one.event for one in session.story().of(LedgerCorrected)]
    assert found == [LedgerCorrected(2, "0.01"), LedgerCorrected(3, "1000")]
    told = [one.what for one in timeline(session.story())]
    assert told[0] == "correction: billing's ledger, 2 orders: 0.01 in all"


async def test_without_corrections_there_is_nothing_to_record(session: Session) -> None:
    """Negative control of the same search."""
    recorder: Any = Ledger(corrected(3, "1", event="entry posted"))
    session.services.recorder = recorder
    assert await note_corrections(session, after=0) == 0
    assert not session.story().of(LedgerCorrected)


def test_billing_logs_a_correction_in_the_words_that_are_looked_for() -> None:
    assert f'"{CORRECTED}"' in (REPO / "services" / LEDGER / "ledger.py").read_text()
