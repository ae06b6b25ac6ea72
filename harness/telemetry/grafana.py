"""Grafana for one drill: anybody may look, nobody may change anything."""

from __future__ import annotations

import secrets
from pathlib import Path

from harness.model import ContainerSpec

NAME = "grafana"
START_S = 90.0
"""It makes its own database first."""
HOME = "/etc/grafana/dashboards/shop.json"


def grafana_spec(
    run_dir: Path, *, url: str, port: int, prometheus_url: str, recorder_url: str, token: str
) -> ContainerSpec:
    """Grafana on `port` of its container, `url` on this machine.

    `prometheus_url` and `recorder_url` are as it sees them; `token` lets it read the recorder. The
    drill does without it where it does not start, or ends.
    """
    return ContainerSpec(
        name=NAME,
        argv=("/run.sh",),
        env={
            "PATH": "/usr/share/grafana/bin:/usr/local/bin:/usr/bin:/bin",
            "PROMETHEUS_URL": prometheus_url,
            "RECORDER_URL": recorder_url,
            "RECORDER_TOKEN": token,
            "GF_SERVER_HTTP_PORT": str(port),
            "GF_AUTH_ANONYMOUS_ENABLED": "true",
            "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
            "GF_AUTH_DISABLE_LOGIN_FORM": "true",
            "GF_SECURITY_ADMIN_PASSWORD": secrets.token_urlsafe(24),
            "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": HOME,
            # It has no way out, and need not try.
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            "GF_LOG_MODE": "console",
        },
        cwd=run_dir,
        log_path=run_dir / "logs" / "grafana.log",
        ready_url=f"{url}/api/health",
        ready_timeout_s=START_S,
        may_be_missing=True,
    )
