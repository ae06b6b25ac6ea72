"""Alertmanager for one drill: routes, grouping, inhibition, and whom it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GROUP_BY = ("team",)
GROUP_INTERVAL = "1s"
"""News of a group that is known already goes out this soon; the first of it at once."""
REPEAT_INTERVAL = "4h"
RESOLVE_TIMEOUT = "1m"

PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"

INHIBITED = (
    ("CheckoutStalled", ('alertname=~"HighErrorRate|ErrorBudgetBurn"',)),
    # That checkouts are slow follows; that anything else is, does not.
    ("CheckoutStalled", ('alertname="HighLatency"', 'route="/api/checkout"')),
    ("HighErrorRate", ('alertname="ErrorBudgetBurn"',)),
    ("LedgerOutOfBalance", ('alertname="ReconciliationStale"',)),
)
"""While the first fires, alerts of its team that match tell nothing new, and nobody is called for
them."""


@dataclass(frozen=True)
class AlertmanagerSettings:
    """Whom one Alertmanager tells; addresses and paths are as it sees them itself."""

    pager_url: str
    pager_token_file: str
    extra: Mapping[str, str] = field(default_factory=dict)
    """Of `slack` and `pagerduty`, the file that holds its webhook's URL or its routing key."""
    pagerduty_url: str = PAGERDUTY_URL
    proxy_url: str = ""
    """The way out to those of `extra`; empty: directly."""
    ca_file: str = ""
    """The authorities that they are trusted by; empty: those of the image."""


def alertmanager_config(settings: AlertmanagerSettings) -> dict[str, object]:
    """The configuration, as data; JSON is YAML."""
    return {
        "global": {"resolve_timeout": RESOLVE_TIMEOUT},
        "route": {
            "receiver": "on-call",
            "group_by": list(GROUP_BY),
            "group_wait": "0s",
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": REPEAT_INTERVAL,
        },
        "inhibit_rules": [
            {
                "source_matchers": [f'alertname="{source}"'],
                "target_matchers": list(targets),
                "equal": ["team"],
            }
            for source, targets in INHIBITED
        ],
        "receivers": [{"name": "on-call", **_receivers(settings)}],
    }


def arguments(config: str, data: str, port: int) -> tuple[str, ...]:
    """Alertmanager's arguments; it runs alone, without a cluster."""
    return (
        f"--config.file={config}",
        f"--storage.path={data}",
        f"--web.listen-address=0.0.0.0:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
        "--log.format=json",
    )


def _receivers(settings: AlertmanagerSettings) -> dict[str, object]:
    credentials = {"type": "Bearer", "credentials_file": settings.pager_token_file}
    found: dict[str, object] = {
        "webhook_configs": [
            {
                "url": settings.pager_url,
                "send_resolved": True,
                "http_config": {"authorization": credentials},
            }
        ]
    }
    out = {"http_config": _way_out(settings)} if _way_out(settings) else {}
    if "slack" in settings.extra:
        found["slack_configs"] = [
            {
                "api_url_file": settings.extra["slack"],
                "send_resolved": True,
                "title": "{{ .CommonAnnotations.summary }}",
                "text": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
                **out,
            }
        ]
    if "pagerduty" in settings.extra:
        found["pagerduty_configs"] = [
            {
                "routing_key_file": settings.extra["pagerduty"],
                "send_resolved": True,
                "severity": "{{ .CommonLabels.severity }}",
                "description": "{{ .CommonAnnotations.summary }}",
                "url": settings.pagerduty_url,
                **out,
            }
        ]
    return found


def _way_out(settings: AlertmanagerSettings) -> dict[str, object]:
    config: dict[str, object] = {}
    if settings.proxy_url:
        config["proxy_url"] = settings.proxy_url
    if settings.ca_file:
        config["tls_config"] = {"ca_file": settings.ca_file}
    return config
