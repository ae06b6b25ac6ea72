"""The private side: owner only, and strict about what it is told."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import httpx
import pytest

from harness.errors import StackFailed, UnknownName
from harness.thirdparty.control_client import ThirdPartyControl
from harness.thirdparty.profile_control import bind_private


async def test_the_control_socket_is_for_its_owner_only(start):
    provider = await start("normal")
    mode = provider.control_socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_the_profile_is_read_and_switched(start):
    provider = await start("normal")
    assert await provider.control.profile() == "normal"
    await provider.control.set_profile("busy")
    assert await provider.control.profile() == "busy"


async def test_an_unknown_profile_changes_nothing_and_names_the_nearest(start):
    provider = await start("normal")
    with pytest.raises(UnknownName, match="did you mean busy"):
        await provider.control.set_profile("bussy")
    assert await provider.control.profile() == "normal"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"name": "bussy"}', 404), (b"[]", 400), (b"{}", 400), (b"nonsense", 400)],
)
async def test_a_wrong_request_for_a_profile_is_refused(start, body, status):
    provider = await start("normal")
    transport = httpx.AsyncHTTPTransport(uds=str(provider.control_socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://private") as raw:
        assert (await raw.put("/profile", content=body)).status_code == status


async def test_a_reference_never_charged_has_no_charges(start):
    provider = await start("normal")
    assert await provider.control.charges("order-404") == []


async def test_third_parties_that_are_gone_are_named(tmp_path):
    async with ThirdPartyControl(tmp_path / "nobody.sock") as control:
        with pytest.raises(StackFailed, match="third parties do not answer"):
            await control.profile()


def test_a_socket_binds_under_a_path_longer_than_an_address_may_be(tmp_path: Path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    bind_private(deep / "control.sock").close()
    listener = bind_private(deep / "control.sock")  # and replaces the one left over
    try:
        assert (deep / "control.sock").is_socket()
        assert os.umask(0o022) == 0o022
    finally:
        listener.close()
