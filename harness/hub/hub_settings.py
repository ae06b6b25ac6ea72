"""What a hub is told: flag > environment (`DRILL_*`) > default."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.hub.hub_gate import TrustedProxy

DEFAULT_PORT = 8700
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class HubSettings:
    """Settings of one hub."""

    home: Path
    port: int = DEFAULT_PORT
    database_url: str = ""
    proxy: TrustedProxy | None = None


def require_loopback(address: str) -> None:
    """Raises UsageError for an address that other machines reach: what travels is tokens, and
    nothing encrypts them yet."""
    if address in (LOOPBACK, "localhost"):
        return
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise UsageError(f"'{address}' is no address", f"give {LOOPBACK}") from None
    if is_loopback:
        raise UsageError(f"the hub is served at {LOOPBACK} alone", f"give {LOOPBACK}")
    raise UsageError(
        f"without TLS the hub is not served at {address}: everybody on the way could read the"
        " tokens of its people",
        f"serve it at {LOOPBACK}, and reach it through an SSH tunnel: ssh -L",
    )


def proxy_of(header: str, address: str) -> TrustedProxy | None:
    """The proxy that is named. Raises UsageError for a header that decides something else."""
    if not header:
        return None
    if not header.replace("-", "").isalnum() or header.lower() in _DECIDING:
        raise UsageError(
            f"'{header}' is no header for a person's name", "for example X-WEBAUTH-USER"
        )
    return TrustedProxy(header, address)


_DECIDING = frozenset({"authorization", "host", "origin", "cookie", "content-length", "x-person"})
