"""A participant's whole way, from page to score, with nothing but the documented commands."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harness.waiting import wait_until_sync
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane
from tests.private_files import open_to_others

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]
PORT_OFFSET = in_lane(13_000)
OTHER_OFFSET = in_lane(15_000)


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    with live_drill(tmp_path_factory.mktemp("home"), "deadlock", PORT_OFFSET) as running:
        running.wait_said("PAGE")
        yield running


def test_a_second_drill_in_the_same_home_is_refused_and_names_the_owner(drill: LiveDrill) -> None:
    second = drill.drill("run", "deadlock", "--port-offset", "14000")
    owner = json.loads((drill.home / "active.json").read_text())
    assert second.returncode == 3
    assert owner["drill_id"] in second.stderr
    assert str(owner["pid"]) in second.stderr


def test_nothing_of_a_live_drill_can_be_read_by_another_user(drill: LiveDrill) -> None:
    assert open_to_others(drill.home / "runs") == []


def test_a_taken_port_is_named_with_its_holder_and_nobody_is_killed(tmp_path: Path) -> None:
    with socket.socket() as bystander:
        bystander.bind(("127.0.0.1", OTHER_OFFSET + 8001))
        bystander.listen()
        other = LiveDrill(tmp_path, "healthy", OTHER_OFFSET)
        assert other.process.wait(timeout=60) == 3
        other.end()
        said = "\n".join(other.said)
        assert f"port {OTHER_OFFSET + 8001} is taken by" in said
        assert "pytest" in said or "python" in said
        assert bystander.getsockname()[1] == OTHER_OFFSET + 8001


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "dedlock"), "did you mean deadlock"),
        (("run", "deadlock", "--runtime", "kubernetes"), "there is no runtime 'kubernetes'"),
        (("rollback", "paymets"), "did you mean payments"),
        (("rollback", "payments", "--to", "2.4.9"), "there is no version of payments '2.4.9'"),
        (("diff", "payments", "1.0.0", "2.4.1"), "there is no version of payments '1.0.0'"),
        (("diagnose", "-s", "c", "-m", "gremlins", "-c", "50"), "there is no mechanism 'gremlins'"),
        (("diagnose", "-s", "c", "-m", "overload", "-c", "150"), "from 0 to 100"),
        (("sql", "payments", "selec 1"), "syntax error"),
        (("sql", "payments", "delete from charges"), "read-only"),
        (("metrics", "sum("), "parse error"),
        (("logs", "--limit", "0"), "greater than or equal to"),
    ],
)
def test_a_users_mistake_gets_the_nearest_right_thing_and_exit_2(
    drill: LiveDrill, words: tuple[str, ...], says: str
) -> None:
    done = drill.drill(*words)
    assert says in done.stderr + done.stdout
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_broken_code_is_refused_and_the_old_version_keeps_serving(drill: LiveDrill) -> None:
    routes = drill.workspace / "services" / "users" / "routes.py"
    healthy = routes.read_text()
    routes.write_text(healthy + "\nimport no_such_module_anywhere\n")
    done = drill.drill("deploy", "users", "-m", "users: tidy imports")
    assert done.returncode == 1
    assert "no_such_module_anywhere" in done.stderr
    assert httpx.get(f"http://127.0.0.1:{PORT_OFFSET + 8004}/users/1").status_code == 200
    routes.write_text(healthy)


def test_an_edit_without_a_commit_or_a_message_is_refused(drill: LiveDrill) -> None:
    readme = drill.workspace / "services" / "users" / "domain.py"
    readme.write_text(readme.read_text() + "\n# looked at\n")
    done = drill.drill("deploy", "users")
    assert done.returncode == 2
    assert "services/users/domain.py" in done.stderr
    assert "-m" in done.stderr


def test_a_participant_goes_from_page_to_proof_to_score(drill: LiveDrill) -> None:
    drill.wait_said("PAGE", timeout_s=60)
    assert drill.drill("ack").returncode == 0
    wait_until_sync(
        lambda: drill.answer("logs", "--level", "error")["records"] or None,  # type: ignore[index,call-overload]
        timeout_s=20,
        what="errors in the logs",
    )
    deploys = drill.answer("deploys")
    suspects = [row for row in deploys if row["version_from"]]  # type: ignore[attr-defined]
    assert len(suspects) >= 4
    assert "stock" in drill.drill("diff", "c").stdout
    said = drill.drill("diagnose", "-s", "c", "-m", "circular-call", "-c", "90", "-e", "c calls a")
    assert said.returncode == 0
    assert drill.drill("rollback", "c").returncode == 0
    # At once: that what piled up has to be worked off first is the verification's business.
    verified = drill.drill("verify", timeout_s=240)
    assert verified.returncode == 0, verified.stdout
    assert drill.drill("finish").returncode == 0
    assert drill.process.wait(timeout=30) == 0
    drill.end()
    card = json.loads(drill.drill("score", "--json").stdout)
    assert card["outcome"] == "verified"
    assert card["kpis"]["times"]["ttd"]["wall_ms"] < 15_000
    assert card["kpis"]["times"]["tti"] is not None


def test_afterwards_nothing_is_left(drill: LiveDrill) -> None:
    assert drill.process.poll() is not None
    assert drill.processes() == []
    assert drill.ports_taken() == []
    left = {path.name for path in next((drill.home / "runs").iterdir()).iterdir()}
    kept = {"incident", "kept", "record.db", "record.db-end", "scorecard.json", "workspace"}
    assert left == kept


def test_interrupting_twice_while_starting_leaves_nothing(tmp_path: Path) -> None:
    drill = LiveDrill(tmp_path, "healthy", OTHER_OFFSET)
    drill.wait_said("postgres is ready")
    drill.process.send_signal(2)
    drill.process.send_signal(2)
    assert drill.process.wait(timeout=30) == 0
    drill.end()
    assert drill.processes() == []
    assert drill.ports_taken() == []


def test_without_a_drill_the_commands_say_how_to_start_one(tmp_path: Path) -> None:
    from tests.e2e.live import DRILL

    done = subprocess.run(
        [DRILL, "status"],
        env={"DRILL_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "make drill SCENARIO=deadlock" in done.stderr
