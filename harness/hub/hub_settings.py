"""What a hub is told: flag > environment (`DRILL_*`) > default."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.hub.hub_gate import HubAddress, TrustedProxy

DEFAULT_PORT = 8700
LOOPBACK = "127.0.0.1"
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class HubSettings:
    """Settings of one hub. Without `certificate` it has one of its own where it needs one."""

    home: Path
    address: HubAddress = field(default_factory=lambda: HubAddress.at_loopback(DEFAULT_PORT))
    database_url: str = ""
    proxy: TrustedProxy | None = None
    certificate: tuple[Path, Path] | None = None


def address_of(
    listen: str = LOOPBACK,
    port: int = DEFAULT_PORT,
    *,
    public_url: str = "",
    has_certificate: bool = False,
    is_behind_proxy: bool = False,
) -> HubAddress:
    """Where a hub answers and what people call it.

    Raises UsageError where tokens would travel in the clear, and for what is no address.
    """
    number = _number(listen)
    is_tls = has_certificate or not number.is_loopback
    if number.is_unspecified and not public_url:
        raise UsageError(
            f"at {listen} the hub has no name that people could call it by",
            "say it: --public-url https://HOST:PORT",
        )
    here = LOOPBACK if number.is_unspecified else _as_host(number)
    scheme = "https" if is_tls else "http"
    local_url = f"{scheme}://{here}:{port}"
    if public_url:
        public_url = _public(public_url, is_tls=is_tls, is_behind_proxy=is_behind_proxy)
    return HubAddress(str(number), port, public_url or local_url, local_url)


def _number(listen: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(LOOPBACK if listen == "localhost" else listen.strip("[]"))
    except ValueError:
        raise UsageError(
            f"'{listen}' is no address of this machine",
            f"give a number such as {LOOPBACK}, or 0.0.0.0 for all of them",
        ) from None


def _as_host(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return f"[{number}]" if number.version == 6 else str(number)


def _public(url: str, *, is_tls: bool, is_behind_proxy: bool) -> str:
    """The public URL as it stands in links. Raises UsageError."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in PORTS or not host or parts.path.strip("/") or parts.query or parts.username:
        raise UsageError(f"'{url}' is no address of a hub", "for example https://hub.example:8700")
    if scheme == "http" and (is_tls or not _is_loopback(host)):
        raise UsageError(
            f"without TLS the hub is not served at {url}: everybody on the way could read the"
            " tokens of its people",
            "give an https address; the hub makes a certificate of its own, or takes yours by"
            " --certificate and --key",
        )
    if scheme == "https" and not is_tls and not is_behind_proxy:
        raise UsageError(
            f"nothing here would answer at {url}: at {LOOPBACK} the hub speaks no TLS",
            "name another --listen address, give --certificate and --key, or the --trusted-proxy"
            " that is in front of it",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (f":{port}" if port not in (None, PORTS[scheme]) else "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_of(header: str, address: str) -> TrustedProxy | None:
    """The proxy that signs people in. Raises UsageError for a header that decides something else,
    and for one that nobody in particular could send."""
    if not header:
        return None
    if not header.replace("-", "").isalnum() or header.lower() in _DECIDING:
        raise UsageError(
            f"'{header}' is no header for a person's name", "for example X-WEBAUTH-USER"
        )
    if not address:
        raise UsageError(
            "whose header is to be believed?", f"name the proxy: --trusted-proxy {LOOPBACK}"
        )
    try:
        return TrustedProxy(header, str(ipaddress.ip_address(address)))
    except ValueError:
        raise UsageError(f"'{address}' is no address of a proxy", "give its number") from None


_DECIDING = frozenset(
    {"authorization", "host", "origin", "cookie", "content-length", "x-person", "x-public-url"}
)
