"""For clients that speak plain HTTP on this machine only."""

from __future__ import annotations

import ssl

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What such a client gives as `verify`. By itself httpx loads the certificates of all public
authorities for each client, which takes 70 ms; with none, TLS to anybody would be refused."""
