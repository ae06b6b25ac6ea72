"""Alertmanager for one drill: routes, grouping, inhibition, whom it tells, and who may ask it.

Measured: 36 MB, ready in 0.05 s, less than 1 % of a core.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.model import Pager, ProcessSpec
from harness.telemetry.inhibition import inhibit_rules
from harness.telemetry.silences import SILENCE_BYTES_MAX, SILENCES_EVER_MAX
from harness.tokens import USERS, TokenBook, bcrypt

NAME = "alertmanager"

GROUP_BY = ("team",)
GROUP_INTERVAL = "500ms"
"""News of a group that is known already goes out this soon; the first of it at once."""
REPEAT_INTERVAL = "4h"
RESOLVE_TIMEOUT = "1m"

ENVIRONMENT = {"GOMAXPROCS": "1"}

PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"


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
        "inhibit_rules": inhibit_rules(),
        "receivers": [{"name": "on-call", **_receivers(settings)}],
    }


def web_config(tokens: TokenBook) -> dict[str, object]:
    """Who may ask it at all, as data: the callers of the drill, each by name and token."""
    return {"basic_auth_users": {name: bcrypt(tokens.login(name)[1]) for name in USERS}}


def client_config(login: tuple[str, str]) -> dict[str, object]:
    """What amtool is given by `--http.config.file` to ask it as somebody."""
    return {"basic_auth": dict(zip(("username", "password"), login, strict=True))}


def write_client_config(run_dir: Path, tokens: TokenBook) -> None:
    """The file that participants give to amtool, for themselves alone."""
    path = amtool_file(run_dir)
    path.touch(mode=0o600)
    path.write_text(json.dumps(client_config(tokens.login("oncall"))), encoding="utf-8")


def amtool_file(run_dir: Path) -> Path:
    """Where that lies."""
    return run_dir / "amtool.yml"


def alertmanager_spec(
    pager: Pager, run_dir: Path, *, port: int, pager_url: str, tokens: TokenBook
) -> ProcessSpec:
    """Write what one on this machine is told into the drill's folder, and describe the process.

    The drill goes on without it: the host's own pager takes over.
    """
    directory = run_dir / NAME
    directory.mkdir(parents=True, exist_ok=True)
    settings = AlertmanagerSettings(pager_url, str(tokens.file("prometheus").resolve()))
    files = {"alertmanager.yml": alertmanager_config(settings), "web.yml": web_config(tokens)}
    for name, content in files.items():
        (directory / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    config, web, data = (str(directory / name) for name in (*files, "data"))
    return ProcessSpec(
        name=NAME,
        argv=(*pager.command, *arguments(config, data, f"127.0.0.1:{port}", web)),
        env=ENVIRONMENT,
        cwd=directory,
        log_path=run_dir / "logs" / f"{NAME}.log",
        ready_url=f"http://127.0.0.1:{port}/-/ready",
        ready_login=tokens.login("prometheus"),
        may_be_missing=True,
    )


def arguments(config: str, data: str, listen: str, web: str) -> tuple[str, ...]:
    """Alertmanager's arguments; it runs alone, without a cluster."""
    return (
        f"--config.file={config}",
        f"--storage.path={data}",
        f"--web.listen-address={listen}",
        f"--web.config.file={web}",
        "--cluster.listen-address=",
        f"--silences.max-silences={SILENCES_EVER_MAX}",
        f"--silences.max-silence-size-bytes={SILENCE_BYTES_MAX}",
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
