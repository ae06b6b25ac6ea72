"""Two network namespaces as two machines: the hub and its drill in one, its people in the other.
What `docs/hub.md` says under "From other machines", by its own commands."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.paths import REPO
from harness.waiting import wait_until_sync
from tests.e2e.two_machines import (
    HUB_AT,
    READY_S,
    Machine,
    cabled,
    client_install,
    is_deserted,
    matching,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

DRILL = str(Path(sys.executable).parent / "drill")
PORT = 8700
SERVE = (DRILL, "serve", "--listen", "0.0.0.0", "--public-url", f"https://{HUB_AT}:{PORT}")
ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=20).read().decode())"
SPEED = "20"
"""A minute of the workshop's clock is three seconds."""
TEAM = {"lea": "instructor", "ada": "participant", "bo": "participant"}
BROWSER = "tests.e2e.laptop_browser"


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    with cabled(tmp_path) as found:
        yield found


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
    assert all(map(is_deserted, machines))


@dataclass(frozen=True)
class Person:
    """Somebody at a laptop, with a home and a sign-in of their own, and the client alone."""

    name: str
    at: Machine
    client: str

    def drill(self, *words: str, cwd: Path | None = None) -> str:
        """What the command says, which has to succeed."""
        return self.at.told(self.client, *words, cwd=cwd)

    def shown(self, *words: str) -> Any:
        return json.loads(self.drill(*words, "--json"))

    def sees(self, *words: str) -> bool:
        """Whether a command that may be too early has an answer that is not empty."""
        found = self.at.run(self.client, *words, "--json")
        return found.returncode == 0 and bool(json.loads(found.stdout))

    def browse(self, link: str, *views: str) -> dict[str, str]:
        """The text of each view, in a browser on this laptop."""
        found = self.at.told(sys.executable, "-m", BROWSER, link, *views, cwd=REPO)
        texts: dict[str, str] = json.loads(found)
        return texts


def test_a_whole_workshop_is_played_from_other_machines(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    hub, laptops = machines
    client = client_install(tmp_path)
    with hub.running(*SERVE) as log:
        matching(log, r"SHA-256 ([0-9a-f]{64})")
        lea, ada, bo = (Person(name, laptops.person(name), client) for name in TEAM)
        for one, role in zip((lea, ada, bo), TEAM.values(), strict=True):
            invite = hub.told(DRILL, "people", "invite", "red", "--role", role).strip()
            one.drill("login", invite, "--name", one.name)
        start = ("runs", "start", "deadlock", "--team", "red", "--seed", "7")
        lea.drill(*start, "--agenda", "workshop-60", "--speed", SPEED)
        wait_until_sync(lambda: ada.sees("status"), timeout_s=READY_S, what="it", interval_s=1)
        ada.drill("join", "ada", "--role", "on-call")
        bo.drill("join", "bo", "--role", "backend")
        wait_until_sync(lambda: ada.sees("page"), timeout_s=READY_S, what="a page", interval_s=1)
        lea.drill("instruct", "pause", "--reason", "the team reads the page")
        investigate(ada)
        look_around(bo)
        heal(lea, bo)
        assert "all" in ada.drill("verify")
        learn(lea, ada)
        ada.drill("finish")
        wait_until_sync(
            lambda: lea.shown("runs", "list")[0]["phase"] == "over",
            timeout_s=READY_S,
            what="the drill's end",
            interval_s=1,
        )
        review(bo)
    assert all(map(is_deserted, machines))


def investigate(ada: Person) -> None:
    ada.drill("ack")
    console = ada.browse(ada.drill("open", "--no-browser").strip(), "now", "changes")
    assert "acknowledged by ada" in console["now"]
    assert "check stock before applying a promotion" in console["changes"]
    ada.drill(
        *("hypotheses", "set", "-H", "h1 80 the last release of c", "-H", "h2 20 the database"),
        *("--service", "h1=c", "--mechanism", "h1=circular-call"),
    )
    ada.drill("diagnose", "-s", "c", "-m", "circular-call", "-c", "80")


def heal(lea: Person, bo: Person) -> None:
    """By code: clone, change, push, deploy."""
    assert "Thread" in bo.drill("stacks", "c")
    bo.drill("profile", "c", "--seconds", "2", "--waiting")
    assert "<svg" in (bo.at.home / "c.svg").read_text()
    bo.drill("git", "clone", "shop")
    shop = bo.at.home / "shop"
    assert "c/v1.3.1" in bo.at.told("git", "tag", cwd=shop)
    fix = REPO / "faults" / "deadlock" / "fix.patch"
    bo.at.told("git", "-c", "user.name=bo", "-c", "user.email=bo@x", "am", str(fix), cwd=shop)
    early = bo.at.run(bo.client, "deploy", "c", "--no-plan", cwd=shop)
    assert "no branch here has" in early.stderr
    bo.at.told("git", "push", "-q", cwd=shop)
    assert "is serving" in bo.drill("deploy", "c", "--no-plan", cwd=shop)
    newest = bo.shown("deploys")[-1]
    assert (newest["service"], newest["by"], newest["outcome"]) == ("c", "bo", "succeeded")
    lea.drill("instruct", "confirm-cause", "--right")
    lea.drill("instruct", "resume")


def learn(lea: Person, ada: Person) -> None:
    """Go on to the phase in which that is done, and do it."""
    while ada.shown("agenda")["clock"]["phase"] != "review":
        lea.drill("instruct", "skip")
    lea.drill("instruct", "extend", "60")
    ada.drill("reflect", "went-well", "we read the difference first")
    ada.drill("action-item", "forbid calls to one's own callers", "--owner", "bo")


def review(bo: Person) -> None:
    """What a drill that is over still shows."""
    (run,) = bo.shown("runs", "list")
    link = bo.drill("review", run["id"]).splitlines()[-1]
    pages = bo.browse(link, "score", "postmortem", "before-after", "dashboards", "traces", "logs")
    assert "all met" in pages["before-after"]
    assert "TTI (identify), from the page:" in pages["score"]
    assert "forbid calls to one's own callers" in pages["postmortem"]


def look_around(laptop: Person) -> None:
    names = ("prometheus", "gateway", "alertmanager", "postgres")
    with laptop.at.running(laptop.client, "forward", *names) as log:
        matching(log, "until Ctrl-C")
        ports = dict(re.findall(r"^(\w+)  127\.0\.0\.1:(\d+)", log.read_text(), re.MULTILINE))
        assert set(ports) == set(names)
        for name, path, words in (
            ("prometheus", "/api/v1/query?query=up", '"status":"success"'),
            ("gateway", "/healthz", ""),
            ("alertmanager", "/api/v2/alerts", "["),
        ):
            url = f"http://127.0.0.1:{ports[name]}{path}"
            assert words in laptop.at.told(sys.executable, "-c", ASK, url), name
        password = laptop.drill("password").strip()
        query = (
            "import sys, psycopg; c = psycopg.connect(sys.argv[1]); print(c.execute({}).fetchone())"
        )
        place = f"postgresql://oncall:{password}@127.0.0.1:{ports['postgres']}/payments"
        said = laptop.at.told(sys.executable, "-c", query.format("'select current_user'"), place)
        assert "oncall" in said
        written = query.format("'create table mine (a int)'")
        assert "read-only transaction" in laptop.at.run(sys.executable, "-c", written, place).stderr
