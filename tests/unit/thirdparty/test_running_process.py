"""The third parties as the runtime runs them: a process of their own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harness.errors import UnknownName
from harness.thirdparty.spec import BASES, ThirdPartiesPlan, plan_third_parties
from harness.waiting import wait_until_sync


def a_free_offset() -> int:
    """An offset at which the third parties' ports are free just now."""
    for offset in range(31_000, 50_000, 97):
        probes = [socket.socket() for _ in BASES]
        try:
            for probe, base in zip(probes, BASES, strict=True):
                probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return offset
    raise AssertionError("no free ports")


@pytest.fixture
def plan(tmp_path: Path) -> ThirdPartiesPlan:
    (tmp_path / "secrets").mkdir(mode=0o700)
    return plan_third_parties(tmp_path, port_offset=a_free_offset(), profile="busy", seed=3)


@pytest.fixture
def process(plan: ThirdPartiesPlan) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(plan.process.argv, env=dict(plan.process.env), cwd=plan.process.cwd) as p:
        try:
            wait_until_sync(lambda: answers(plan), timeout_s=15, what="the third parties")
            yield p
        finally:
            p.kill()


def answers(plan: ThirdPartiesPlan) -> bool:
    try:
        return httpx.get(str(plan.process.ready_url)).status_code == 200
    except httpx.TransportError:
        return False


def test_once_ready_it_serves_and_its_arguments_say_nothing(plan, process):
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert arguments.rstrip(b"\0") == b"third-parties"
    assert Path(plan.service_env["PAYMENT_PROVIDER_CA_FILE"]).read_text().startswith("-----BEGIN")
    url = plan.service_env["WAREHOUSE_URL"]
    assert httpx.get(f"{url}/warehouse/v1/availability?sku=A").status_code == 200


def test_it_ends_cleanly_and_promptly_on_sigterm(process):
    process.terminate()
    assert process.wait(timeout=5) == 0


def test_a_taken_port_is_an_environment_error(plan, process, tmp_path, capfd):
    second = subprocess.run(plan.process.argv, env={}, cwd=plan.process.cwd, timeout=15)
    assert second.returncode == 3
    assert "in use" in capfd.readouterr().err


def test_a_plan_for_an_unknown_profile_is_refused(tmp_path):
    with pytest.raises(UnknownName):
        plan_third_parties(tmp_path, port_offset=0, profile="buzy", seed=0)
