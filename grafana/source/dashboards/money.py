"""Money: whether charges go through, whether the books agree, and what is lost meanwhile."""

from __future__ import annotations

from grafana.source.dashboards.common import OUTCOME_COLOURS, REVENUE_LOST, REVENUE_LOST_A_MINUTE
from grafana.source.model import Dashboard, Row, Stat, Target, Thresholds, TimeSeries, Unit
from grafana.source.queries import MARKS, rate

_LEDGER_DIFFERENCE = Target("sum(ledger_difference)", "difference")
_MISMATCHED = Target("sum(ledger_mismatched_orders)", "orders")
_RUN_AGE = Target("time() - max(ledger_last_run_timestamp_seconds)", "age")

_NOW = Row(
    "Now",
    (
        Stat(
            title="Ledger less payments",
            description="Of orders settled in the last half minute. All but zero is wrong.",
            targets=(_LEDGER_DIFFERENCE,),
            unit=Unit.CURRENCY,
            decimals=2,
            # Half a cent: what is less is how fractions are stored.
            thresholds=Thresholds.bad_beyond(0.005),
        ),
        Stat(
            title="Orders that differ",
            description="Orders of the last half minute on which ledger and payments disagree.",
            targets=(_MISMATCHED,),
            unit=Unit.COUNT,
            thresholds=Thresholds.bad_above(3, warn=1),
        ),
        Stat(
            title="Last reconciliation",
            description="Time since the ledger was last compared with payments; it should happen "
            "every two seconds.",
            targets=(_RUN_AGE,),
            unit=Unit.SECONDS,
            decimals=0,
            thresholds=Thresholds.bad_above(20, warn=10),
        ),
        Stat(
            title="Charge failure rate",
            description="Share of charges without an answer that we could use. A declined card is "
            "none of them.",
            targets=(Target("service:charge_failure_ratio:rate5s", "failed"),),
            unit=Unit.RATIO,
            decimals=1,
            thresholds=Thresholds.bad_above(0.2, warn=0.02),
        ),
        REVENUE_LOST,
        Stat(
            title="Orders paid",
            description="Orders a minute that are paid for.",
            targets=(Target("60 * " + rate("orders_total", "service", 'outcome="paid"'), "paid"),),
            unit=Unit.COUNT,
            decimals=0,
        ),
    ),
)

_BOOKS = Row(
    "Ledger",
    (
        TimeSeries(
            title="Ledger less payments over time",
            description="Over the orders settled in the minute before; both are sums of the same "
            "orders.",
            targets=(_LEDGER_DIFFERENCE,),
            unit=Unit.CURRENCY,
            from_zero=False,
            stepped=True,
        ),
        TimeSeries(
            title="Orders reconciled, and orders that differ",
            description="Orders settled in the minute before.",
            targets=(
                Target("sum(ledger_reconciled_orders)", "compared"),
                Target("sum(ledger_mismatched_orders)", "differ"),
            ),
            unit=Unit.COUNT,
            stepped=True,
        ),
        TimeSeries(
            title="Time since the last reconciliation",
            description="Longer than 20 s, and a difference could go unseen.",
            targets=(_RUN_AGE,),
            unit=Unit.SECONDS,
            thresholds=Thresholds.bad_above(20),
        ),
    ),
)

_FLOW = Row(
    "Charges and orders",
    (
        TimeSeries(
            title="Charges by outcome",
            description="What became of the attempts to charge an order.",
            targets=(Target(rate("charges_total", "outcome"), "{{outcome}}"),),
            unit=Unit.PER_S,
            stacked=True,
            colours=OUTCOME_COLOURS,
        ),
        TimeSeries(
            title="Orders by outcome",
            description="What became of the orders that customers placed.",
            targets=(Target(rate("orders_total", "outcome"), "{{outcome}}"),),
            unit=Unit.PER_S,
            stacked=True,
            colours=OUTCOME_COLOURS,
        ),
        REVENUE_LOST_A_MINUTE,
    ),
)

DASHBOARD = Dashboard(
    uid="money",
    title="Money",
    description="Charges and orders by what became of them, the ledger against payments, and "
    "revenue lost.",
    rows=(_NOW, _BOOKS, _FLOW),
    annotations=MARKS,
)
