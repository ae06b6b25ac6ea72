"""Ports and their holders, and what processes cost."""

from __future__ import annotations

import os
import socket

import pytest

from harness.errors import PortTaken
from harness.runtime.port_check import listen, require_free
from harness.runtime.procfs import ProcessId, identify, port_holder, port_is_free, pss_total_mb


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
