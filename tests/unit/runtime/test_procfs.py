"""Ports and their holders, and what processes cost."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, PortTaken
from harness.runtime import port_check, procfs
from harness.runtime.port_check import listen, require_free, risk_of_collision
from harness.runtime.procfs import (
    ProcessId,
    ProcessTimes,
    identify,
    outgoing_ports,
    port_holder,
    port_is_free,
    process_times,
    pss_total_mb,
)


def test_a_listening_port_is_not_free_and_names_this_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        assert not port_is_free(port)
        assert f"process {os.getpid()} (" in port_holder(port)
        with pytest.raises(PortTaken, match=str(os.getpid())):
            require_free([port])
        with pytest.raises(PortTaken):
            listen(port)
    assert port_is_free(port)
    require_free([port])


def test_a_port_whose_last_connection_lingers_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = server.accept()
            accepted.close()
    assert port_is_free(port)


@pytest.fixture
def connected() -> Iterator[int]:
    """A port that nobody listens on: a connection goes out from it."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.bind(("127.0.0.1", 0))
        client.connect(server.getsockname())
        yield client.getsockname()[1]


def test_a_port_that_a_connection_uses_is_told_as_such(connected: int) -> None:
    assert not port_is_free(connected)
    assert port_holder(connected).startswith(f"a connection of process {os.getpid()} (")
    with pytest.raises(PortTaken, match="a connection of process") as told:
        require_free([connected])
    assert "choose a lower --port-offset" in told.value.hint
    with pytest.raises(PortTaken, match="a connection of process"):
        listen(connected)


def test_whose_process_cannot_be_seen_is_told_by_its_user(
    connected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "_owner_of", lambda _: None)
    monkeypatch.setattr(procfs, "_user_name", lambda uid: f"number {uid}")
    assert port_holder(connected) == f"a connection of a process of user number {os.getuid()}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        assert port_holder(port) == f"a process of user number {os.getuid()}"
    assert port_holder(port) == "somebody who has let go of it meanwhile"


def test_ports_of_outgoing_connections_are_read_as_the_kernel_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sys" / "net" / "ipv4"
    folder.mkdir(parents=True)
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    assert outgoing_ports() == frozenset()
    (folder / "ip_local_port_range").write_text("100\t110\n")
    (folder / "ip_local_reserved_ports").write_text("102,104-106\n")
    assert outgoing_ports() == {100, 101, 103, 107, 108, 109, 110}


def test_ports_that_may_be_taken_at_any_time_are_told_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(port_check, "outgoing_ports", lambda: frozenset(range(32768, 61000)))
    assert risk_of_collision([13000, 19093], 10_000) == ""
    told = risk_of_collision([33000, 38000, 39093], 30_000)
    assert told.startswith("ports 33000 to 39093 are among those")
    assert told.endswith("with --port-offset 23674 or less none can be")
    assert risk_of_collision([3000 + 23674, 9093 + 23674], 23674) == ""
    monkeypatch.setattr(port_check, "outgoing_ports", lambda: frozenset(range(1024, 65536)))
    assert risk_of_collision([13000, 19093], 10_000).endswith("taken at any time")


def test_a_port_that_may_not_be_listened_on_is_not_called_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(EnvironmentMissing, match="cannot be listened on: Permission") as told:
        listen(18000)
    assert not isinstance(told.value, PortTaken)


def test_a_process_is_known_by_its_number_and_start() -> None:
    me = identify(os.getpid())
    assert me
    assert me.alive
    assert not ProcessId(me.pid, me.start_ticks + 1).alive
    assert identify(0) is None


def test_memory_counts_living_processes_only() -> None:
    mine = pss_total_mb([os.getpid()])
    assert mine > 5
    assert pss_total_mb([0]) == 0
    assert pss_total_mb([os.getpid(), 0]) == pytest.approx(mine, rel=0.2)


def test_times_are_read_whatever_a_process_calls_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pid, name in ((7, "a) S 9 (b"), (8, "gone")):
        (tmp_path / str(pid)).mkdir()
        ticks = " ".join(str(n * procfs.TICKS_PER_S) for n in (1, 2, 4, 8))
        text = f"{pid} ({name}) S 3 7 7 0 -1 64 0 0 0 0 {ticks} 20 0 1 0 999\n"
        (tmp_path / str(pid) / "stat").write_text(text)
    (tmp_path / "8" / "stat").unlink()
    (tmp_path / "self").mkdir()
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    assert process_times() == {7: ProcessTimes(parent=3, own_s=3, reaped_s=12)}
