"""Expressions that several panels share, and what Grafana replaces in them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from grafana.source.model import Annotation, Colour

TOPOLOGY = Path(__file__).resolve().parents[2] / "services" / "topology.toml"

WINDOW = "$__rate_interval"
"""At least four scrapes, and no less than the distance of two points."""

OF_SERVICE = 'service="$service"'

DEPLOY_LOOKBACK = "5m"
"""No less than the distance of two points at which marks are asked for: a hundredth of the time
shown, so enough for eight hours."""


def service_names() -> tuple[str, ...]:
    """The shop's services, from its topology."""
    entries = tomllib.loads(TOPOLOGY.read_text())["service"]
    return tuple(entry["name"] for entry in entries)


def third_parties() -> str:
    """Matches the peers that are not ours."""
    return f'peer!~"{"|".join(service_names())}"'


def our_services() -> str:
    """Matches the peers that are ours."""
    return f'peer=~"{"|".join(service_names())}"'


def selector(*matchers: str) -> str:
    """`{a="b",c="d"}`, or nothing."""
    given = [matcher for matcher in matchers if matcher]
    return "{" + ",".join(given) + "}" if given else ""


def rate(metric: str, by: str, *matchers: str) -> str:
    """Events a second, summed by labels."""
    return f"sum by ({by}) (rate({metric}{selector(*matchers)}[{WINDOW}]))"


def share(metric: str, part: str, by: str, *matchers: str) -> str:
    """Which share of the events matches `part`, 0 to 1.

    Zero, not nothing, where there is no such event: its series only exists from the first on.
    """
    every = rate(metric, by, *matchers)
    return f"({rate(metric, by, *matchers, part)} or 0 * {every}) / ({every} > 0)"


def quantile(q: float, histogram: str, by: str, *matchers: str) -> str:
    """The q-quantile of a histogram's observations, by labels (or none)."""
    labels = f"{by}, le" if by else "le"
    buckets = rate(f"{histogram}_bucket", labels, *matchers)
    return f"histogram_quantile({q:g}, {buckets})"


def mean(histogram: str, by: str, *matchers: str) -> str:
    """The mean of a histogram's observations, by labels."""
    total, count = (rate(f"{histogram}_{part}", by, *matchers) for part in ("sum", "count"))
    return f"{total} / ({count} > 0)"


def runnable(expr: str, service: str, window: str = "5s", shown: str = "5m") -> str:
    """The expression as Grafana would send it: variables replaced.

    Raises ValueError where one is left that we do not know.
    """
    replaced = expr.replace(WINDOW, window).replace("$__range", shown).replace("$service", service)
    if "$" in replaced:
        raise ValueError(f"an unknown variable in: {replaced}")
    return replaced


DEPLOYS = Annotation(
    name="Deploys",
    # A build that was seen lately and is gone, while its service answers with another one: the
    # moment when it was last seen, under the labels of the one that answers. A service that
    # only missed some scrapes, or was restarted as it was, has no build that is gone.
    expr=(
        f"1000 * max by (service) (max_over_time(timestamp(build_info)[{DEPLOY_LOOKBACK}:1s])"
        " unless build_info)"
        " * on (service) group_right () max by (service, version, commit) (build_info)"
    ),
    title="{{service}} {{version}}",
    text="deployed, commit {{commit}}",
    tags=("service", "version"),
    colour=Colour.PLAIN,
    empty_while="nothing was deployed lately",
)

ALERTS_BEGAN = Annotation(
    name="Alerts",
    expr=(
        "1000 * min by (alertname, service) (ALERTS_FOR_STATE and ignoring (alertstate)"
        ' ALERTS{alertstate="firing"})'
    ),
    title="{{alertname}}",
    text="began to hold {{service}}",
    tags=("alertname",),
    colour=Colour.BAD,
    empty_while="no alert fires",
)

MARKS = (DEPLOYS, ALERTS_BEGAN)
