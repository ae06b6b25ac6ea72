"""Two network namespaces as two machines: the hub and its drill in one, somebody's laptop in the
other. What `docs/hub.md` says under "From other machines", by its own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.runtime.programs.cache import cache_dir
from harness.waiting import wait_until_sync

pytestmark = [pytest.mark.live, pytest.mark.timeout(480)]

DRILL = str(Path(sys.executable).parent / "drill")
HUB_AT, LAPTOP_AT = "10.77.31.1", "10.77.31.2"
PORT = 8700
SERVE = (DRILL, "serve", "--listen", "0.0.0.0", "--public-url", f"https://{HUB_AT}:{PORT}")
READY_S = 240.0
STEP_S = 150
ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=20).read().decode())"


@dataclass(frozen=True)
class Machine:
    """A network namespace with a home of its own."""

    namespace: str
    home: Path

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        cache = str(cache_dir())
        return {
            **kept,
            "HOME": str(self.home),
            "DRILL_HOME": str(self.home / "drills"),
            "THREEAM_CACHE": cache,
        }

    def command(self, *arguments: str) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, *arguments]

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.home,
            env=self.environment(),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=STEP_S,
        )

    def told(self, *arguments: str, cwd: Path | None = None) -> str:
        found = self.run(*arguments, cwd=cwd)
        assert found.returncode == 0, f"{arguments}: {found.stdout}{found.stderr}"
        return found.stdout

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Path]:
        """A command that goes on while the block does; the file with what it says."""
        said = self.home / f"{arguments[1]}.log"
        with said.open("wb") as log:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.home,
                env=self.environment() | {"PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=log,
            )
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=STEP_S)


def ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ip", *arguments], capture_output=True, encoding="utf-8", check=False, env={**os.environ}
    )


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """The hub's and the laptop's, with a cable between them and nothing else."""
    if shutil.which("ip") is None:
        pytest.skip("iproute2 is not installed: apt-get install iproute2")
    found = []
    for kind in ("hub", "laptop"):
        home = tmp_path / kind
        home.mkdir()
        found.append(Machine(f"tm-{kind}-{os.getpid()}", home))
    hub, laptop = found
    try:
        for one in found:
            if (made := ip("netns", "add", one.namespace)).returncode != 0:
                pytest.skip(f"no network namespace can be made here: {made.stderr.strip()}")
        cable = ("link", "add", "tm0", "netns", hub.namespace, "type", "veth")
        joined = ip(*cable, "peer", "name", "tm0", "netns", laptop.namespace)
        if joined.returncode != 0:
            pytest.skip(f"no pair of network devices can be made here: {joined.stderr.strip()}")
        for one, address in ((hub, HUB_AT), (laptop, LAPTOP_AT)):
            inside = ("-n", one.namespace)
            assert ip(*inside, "addr", "add", f"{address}/24", "dev", "tm0").returncode == 0
            for device in ("lo", "tm0"):
                assert ip(*inside, "link", "set", device, "up").returncode == 0
        yield hub, laptop
    finally:
        for one in found:
            for pid in ip("netns", "pids", one.namespace).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            ip("netns", "del", one.namespace)


def matching(path: Path, pattern: str) -> str:
    """What a command has said, once it has."""
    found = wait_until_sync(
        lambda: re.search(pattern, path.read_text(errors="replace")),
        timeout_s=READY_S,
        what=f"'{pattern}' in {path.name}",
    )
    assert found is not None
    return found[1] if found.groups() else found[0]


def running(laptop: Machine) -> bool:
    (run,) = json.loads(laptop.told(DRILL, "runs", "list", "--json"))
    assert run["phase"] in ("starting", "running"), run
    if run["phase"] != "running":
        return False
    status = laptop.run(DRILL, "status", "--json")
    return status.returncode == 0 and all(
        one["up"] for one in json.loads(status.stdout)["services"]
    )


def test_a_laptop_signs_in_at_a_hub_of_another_machine_and_nobody_in_between_does(
    machines: tuple[Machine, Machine],
) -> None:
    hub, laptop = machines
    with hub.running(*SERVE) as log:
        fingerprint = matching(log, r"SHA-256 ([0-9a-f]{64})")
        invite = hub.told(DRILL, "people", "invite", "red", "--role", "instructor").strip()
        assert invite.startswith(f"https://{HUB_AT}:{PORT}/#invite=")
        forged = laptop.run(DRILL, "login", invite.replace(fingerprint, "0" * 64), "--name", "lea")
        assert "not the hub that the invite is from" in forged.stderr
        nobody = laptop.run(DRILL, "status")
        assert (nobody.returncode, "no drill is running" in nobody.stderr) == (3, True)
        laptop.told(DRILL, "login", invite, "--name", "lea")
        assert json.loads(laptop.told(DRILL, "runs", "list", "--json")) == []
        waiting = laptop.run(DRILL, "forward", "prometheus")
        assert "no drill of yours is running" in waiting.stderr
        link = laptop.told(DRILL, "people", "invite", "red").strip()
        assert fingerprint in link
        laptop.told(DRILL, "logout")
        assert laptop.run(DRILL, "runs", "list").returncode == 3
    for one in machines:
        assert ip("netns", "pids", one.namespace).stdout.split() == []


def test_a_laptop_has_all_of_a_drill_that_runs_on_another_machine(
    machines: tuple[Machine, Machine],
) -> None:
    hub, laptop = machines
    with hub.running(*SERVE) as log:
        fingerprint = matching(log, r"SHA-256 ([0-9a-f]{64})")
        lead, mate = (
            hub.told(DRILL, "people", "invite", "red", "--role", role).strip()
            for role in ("instructor", "participant")
        )
        assert fingerprint in mate
        nobody = laptop.run(DRILL, "status")
        assert nobody.returncode == 3, nobody.stderr
        laptop.told(DRILL, "login", lead, "--name", "lea", "--profile", "lead")
        laptop.told(DRILL, "runs", "start", "deadlock", "--team", "red", "--seed", "7")
        laptop.told(DRILL, "login", mate, "--name", "ada")
        wait_until_sync(lambda: running(laptop), timeout_s=READY_S, what="the drill", interval_s=2)
        try:
            look_around(laptop)
            assert "Thread" in laptop.told(DRILL, "stacks", "payments")
            laptop.told(DRILL, "profile", "payments", "--seconds", "3", "--waiting")
            assert "<svg" in (laptop.home / "payments.svg").read_text()
            change_something(laptop)
        finally:
            laptop.told(DRILL, "login", "--profile", "lead")
            (run,) = json.loads(laptop.told(DRILL, "runs", "list", "--json"))
            laptop.told(DRILL, "runs", "stop", run["id"])
        wait_until_sync(
            lambda: json.loads(laptop.told(DRILL, "runs", "list", "--json"))[0]["phase"] == "over",
            timeout_s=READY_S,
            what="the drill's end",
            interval_s=2,
        )
    for one in machines:
        assert ip("netns", "pids", one.namespace).stdout.split() == []


def look_around(laptop: Machine) -> None:
    names = ("prometheus", "gateway", "alertmanager", "postgres")
    with laptop.running(DRILL, "forward", *names) as log:
        matching(log, "until Ctrl-C")
        ports = dict(re.findall(r"^(\w+)  127\.0\.0\.1:(\d+)", log.read_text(), re.MULTILINE))
        assert set(ports) == set(names)
        for name, path, words in (
            ("prometheus", "/api/v1/query?query=up", '"status":"success"'),
            ("gateway", "/healthz", ""),
            ("alertmanager", "/api/v2/alerts", "["),
        ):
            url = f"http://127.0.0.1:{ports[name]}{path}"
            assert words in laptop.told(sys.executable, "-c", ASK, url), name
        password = laptop.told(DRILL, "password").strip()
        query = (
            "import sys, psycopg; c = psycopg.connect(sys.argv[1]); print(c.execute({}).fetchone())"
        )
        place = f"postgresql://oncall:{password}@127.0.0.1:{ports['postgres']}/payments"
        said = laptop.told(sys.executable, "-c", query.format("'select current_user'"), place)
        assert "oncall" in said
        written = query.format("'create table mine (a int)'")
        assert "read-only transaction" in laptop.run(sys.executable, "-c", written, place).stderr


def change_something(laptop: Machine) -> None:
    laptop.told(DRILL, "git", "clone", "shop")
    shop = laptop.home / "shop"
    assert "payments/v2.4" in laptop.told("git", "tag", cwd=shop)
    module = shop / "services" / "payments" / "domain.py"
    module.write_text(module.read_text() + "\n# read by the people on call\n")
    laptop.told("git", "-c", "user.email=ada@x", "commit", "-qam", "payments: a note", cwd=shop)
    early = laptop.run(DRILL, "deploy", "payments", "--no-plan", cwd=shop)
    assert "no branch here has" in early.stderr
    laptop.told("git", "push", "-q", cwd=shop)
    assert "is serving" in laptop.told(DRILL, "deploy", "payments", "--no-plan", cwd=shop)
    newest = json.loads(laptop.told(DRILL, "deploys", "--json"))[-1]
    assert (newest["service"], newest["by"], newest["outcome"]) == ("payments", "ada", "succeeded")
