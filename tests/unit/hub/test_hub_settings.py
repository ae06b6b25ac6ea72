"""Where a hub answers: never where tokens would travel in the clear."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.hub.hub_settings import address_of, proxy_of


def test_by_itself_it_is_for_this_machine_alone() -> None:
    found = address_of()
    assert (found.listen, found.public_url) == ("127.0.0.1", "http://127.0.0.1:8700")
    assert not found.is_encrypted


def test_at_an_address_that_others_reach_it_speaks_tls() -> None:
    found = address_of("10.1.2.3", 8700)
    assert found.is_encrypted
    assert found.public_url == "https://10.1.2.3:8700"
    assert "10.1.2.3:8700" in found.hosts


def test_requests_are_for_its_public_name() -> None:
    found = address_of("0.0.0.0", 8700, public_url="https://hub.example/")
    assert found.public_url == "https://hub.example"
    assert {"hub.example", "127.0.0.1:8700"} <= found.hosts
    assert "https://hub.example" in found.origins
    assert "http://127.0.0.1:8700" not in found.origins


def test_behind_a_proxy_it_speaks_plainly_to_that_alone() -> None:
    found = address_of(public_url="https://hub.example", is_behind_proxy=True)
    assert not found.is_encrypted
    assert found.listen == "127.0.0.1"
    assert "https://hub.example" in found.origins


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"listen": "0.0.0.0"}, "no name"),
        ({"listen": "10.1.2.3", "public_url": "http://10.1.2.3:8700"}, "without TLS"),
        ({"public_url": "http://hub.example"}, "without TLS"),
        (
            {"public_url": "http://hub.example", "is_behind_proxy": True},
            "without TLS",
        ),
        ({"public_url": "https://hub.example"}, "speaks no TLS"),
        ({"listen": "hub.example"}, "no address of this machine"),
        ({"public_url": "https://hub.example/below"}, "no address of a hub"),
        ({"public_url": "https://me@hub.example"}, "no address of a hub"),
        ({"public_url": "https://hub.example:port"}, "no address of a hub"),
        ({"public_url": "ftp://hub.example"}, "no address of a hub"),
    ],
)
def test_what_would_be_read_on_the_way_or_leads_nowhere_is_refused(
    given: dict[str, object], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        address_of(**given)  # type: ignore[arg-type]


def test_a_header_is_believed_of_a_proxy_that_is_named() -> None:
    assert proxy_of("", "") is None
    with pytest.raises(UsageError, match="whose"):
        proxy_of("X-Webauth-User", "")
    with pytest.raises(UsageError, match="no header"):
        proxy_of("Authorization", "127.0.0.1")
    with pytest.raises(UsageError, match="no address"):
        proxy_of("X-Webauth-User", "proxy.example")
    assert proxy_of("X-Webauth-User", "10.0.0.1") is not None
