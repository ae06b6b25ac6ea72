"""The connections to the gateway, shared by all users."""

from __future__ import annotations

from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.url import URL


class Connections(HTTPClientPool):
    """A pool that leaves resending to its caller.

    The library resends a GET whose connection ends as often as the pool has places, which would
    turn a gateway that drops connections into a storm of our own making.
    """

    def get_client(self, url: str | URL) -> HTTPClient:
        client = super().get_client(url)
        # Attempts are counted down from here; the pool's real bound was set when it was made.
        client._connection_pool.size = -1  # noqa: SLF001 - there is no public setting
        return client
