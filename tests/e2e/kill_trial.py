"""One drill that is killed at a random moment of a phase, and what there is of it afterwards.

Run by `sandbox.run_inside` as the first process of a place of its own, so that the drill's orphans
come to this process and nothing else runs there:

    python -m tests.e2e.kill_trial VICTIM PHASE SEED

The last line that it prints is what it found, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

from harness.drill.lifecycle.home import Home, is_kept
from harness.drill.lifecycle.resume import HOST_DIED
from harness.record import events
from harness.record.store import Record
from harness.record.story import Story, fold
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.local.supervise import STATE_FILE
from harness.waiting import WaitedTooLong, wait_until_sync
from tests.e2e import sandbox
from tests.e2e.acknowledged import Team, events_of, missing_of, post
from tests.e2e.left_behind import everything, running
from tests.e2e.live import LiveDrill

VICTIMS = ("host", "guardian", "both", "postgres", "prometheus", "zygote", "keeper")
PHASES = ("set-up", "baseline", "page", "rollback", "verify", "finish")
HOST = Path(__file__).with_name("hasty_host.py")
HOME, OTHER_HOME = Path("/tmp/home"), Path("/tmp/other")
PORT_OFFSET = 11_000
GONE_S = 10.0
"""On a machine that is kept busy; `gone_ms` has how long it took."""
ENDS_BY_ITSELF_S = 60.0
PHASE_TIMEOUT_S = 100.0
STANDS_WITHIN_S = 5.0
MOMENT_S = 0.005
SET_UP_STEPS = (
    "",
    "the answer is sealed",
    "building the shop",
    "the AI gate",
    "prometheus is ready",
    "recorder is ready",
    "third-parties is ready",
    "postgres is ready",
    "shopd is ready",
    "gateway",
    "orders",
    "assistant",
    "billing",
)
BEFORE_THE_GUARDIAN = SET_UP_STEPS[:3]
SERVICES = ("payments", "users", "feed", "assistant", "orders", "b")
COLD_SHARE = 0.15
SUBREAPER_SHARE = 0.3
OFTEN = 0.8


@dataclass
class Found:
    """What came of a trial."""

    victim: str
    phase: str
    seed: str
    containment: str
    how: str = ""
    """Where in the phase it was killed, and what exactly."""
    was_killed: bool = False
    """False where the drill was over before its moment had come: it proves nothing."""
    host_outlived: bool = False
    acknowledged: int = 0
    recorded: int = 0
    gone_ms: int = 0
    problems: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stands: list[str] = field(default_factory=list)
    """Where a host that should be gone hangs."""


class Trial:
    """One drill and its end."""

    def __init__(self, victim: str, phase: str, seed: str) -> None:
        self.victim, self.phase = victim, phase
        self.rng = random.Random(f"{seed} {victim} {phase}")
        is_subreaper = self.rng.random() < SUBREAPER_SHARE
        is_cold = phase == "set-up" and self.rng.random() < COLD_SHARE
        self.found = Found(victim, phase, seed, "subreaper" if is_subreaper else "namespace")
        sandbox.furnish(is_cold=is_cold)
        self.found.how = "cold cache, " if is_cold else ""
        for home in (HOME, OTHER_HOME):
            home.mkdir()
        self.before = everything()
        self.acting = threading.Event()
        """Somebody acts as the phase says."""

    def run(self) -> Found:
        """Start, kill, look."""
        options = ("--agenda", "solo")
        env = {"CONTAINMENT": self.found.containment, "DRILL_DEPLOY_PACE_S": "0.3"}
        if self.phase == "rollback":  # the pipeline is ours
            env |= {"DRILL_TRIGGER_DELAY_MIN_S": "60", "DRILL_TRIGGER_DELAY_MAX_S": "60"}
        program = (sys.executable, str(HOST))
        self.drill = LiveDrill(HOME, "deadlock", PORT_OFFSET, 5, options, env=env, program=program)
        team = Team(HOME)
        try:
            with self._busy():
                self._reach()
                self._kill()
            self._afterwards()
        except WaitedTooLong as error:
            self._problem(f"its moment did not come: {str(error).splitlines()[0]}")
        finally:
            if self.drill.process.poll() is None:
                self.drill.kill()
            team.stop()
        self.found.said = self.drill.said[-8:]
        self.found.acknowledged = len(team.acknowledged)
        self._look(team.acknowledged)
        return self.found

    def _problem(self, what: str) -> None:
        self.found.problems.append(what)

    # The moment.

    def _reach(self) -> None:
        """Come to the phase, and to a random moment of it."""
        if self.phase == "set-up":
            steps = SET_UP_STEPS
            if self.victim != "host":
                steps = tuple(step for step in steps if step not in BEFORE_THE_GUARDIAN)
            self._after(self.rng.choice(steps), 1.0)
        elif self.phase == "baseline":
            self._after("waiting for a healthy baseline", 6.0)
        elif self.phase == "page":
            self._after("healthy:", 0)
            self._after(self.rng.choice(("healthy:", "PAGE", "PAGE")), 3.0)
        elif self.phase in ("rollback", "verify"):
            self._after("healthy:", 0)
            self.acting.wait(PHASE_TIMEOUT_S)
            pause_s = self.rng.uniform(0.0, 5.0)
            self._wait(pause_s)
            self.found.how += f"{pause_s:.2f} s after the first began, "
        else:
            self._after(self.rng.choice(("gateway", "healthy:", "healthy:")), 0)
            way = self.rng.choice(("SIGINT", "/v1/finish", "/v1/halt"))
            self.found.how += f"{way}, "
            if way == "SIGINT":
                self.drill.process.send_signal(signal.SIGINT)
            else:
                post(HOME, way, {})
            if self.victim == "host":
                self._after(self.rng.choice(("", "stopping everything")), 1.5)
            else:
                self._after("", 0.7)

    def _after(self, text: str, at_most_s: float) -> None:
        """Wait until the drill has said `text`, then a random while."""
        if text:
            self.drill.wait_said(text, PHASE_TIMEOUT_S)
        pause_s = self.rng.uniform(0.0, at_most_s)
        if at_most_s:
            self.found.how += f"{pause_s:.2f} s after '{text or 'it began'}', "
        self._wait(pause_s)

    def _wait(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        wait_until_sync(
            lambda: time.monotonic() >= until or self.drill.process.poll() is not None or None,
            timeout_s=pause_s + 30,
            what="the moment",
            interval_s=MOMENT_S,
        )

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Let somebody act all the while, as the phase says."""
        over = threading.Event()
        act = {"page": _alarm, "rollback": _roll_back, "verify": _verify}.get(self.phase)

        def go_on() -> None:
            number = 0
            while act is not None and not over.wait(0.2):
                if any("healthy:" in line for line in list(self.drill.said)):
                    self.acting.set()
                    with suppress(OSError, ValueError, KeyError, HTTPException):
                        act(number)
                    number += 1

        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()

    # The kill.

    def _kill(self) -> None:
        host = self.drill.process.pid
        pids = {
            "host": lambda: [host],
            "guardian": lambda: [self._guardian()],
            "both": lambda: self.rng.sample([host, self._guardian()], 2),
        }.get(self.victim, self._part)()
        for pid in pids:
            if pid is None or (pid == host and self.drill.process.poll() is not None):
                self.found.how += f"{self.victim} was gone already"
                return
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.found.was_killed = True
        self.found.how += f"{self.victim} ended"

    def _guardian(self) -> int | None:
        """The guardian, or what holds it from outside."""
        state = self._state()
        if state is None:
            return None
        with suppress(OSError):
            parent = int(_stat(state["pid"])[1])
            if self.rng.random() < 0.3 and parent not in (1, self.drill.process.pid):
                self.found.how += "the outer one, "
                return parent
            return state["pid"]
        return None

    def _state(self) -> dict[str, int] | None:
        def look() -> dict[str, int] | None:
            for path in HOME.glob(f"runs/*/{STATE_FILE}"):
                with suppress(OSError, ValueError):
                    found: dict[str, int] = json.loads(path.read_text())
                    return found
            assert self.drill.process.poll() is None
            return None

        with suppress(WaitedTooLong, AssertionError):
            return wait_until_sync(look, timeout_s=60, what="the guardian")
        return None

    def _part(self) -> list[int | None]:
        marks: dict[str, Callable[[str], bool]] = {
            "postgres": lambda text: "/postgres " in text and " -D " in text,
            "prometheus": lambda text: "/prometheus " in text,
            "zygote": lambda text: text.strip() == "shopd",
            "keeper": lambda text: text.startswith("shopd: "),
        }
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                text = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if marks[self.victim](text):
                    found.append((int(folder.name), text.strip()))
        if not found:
            return [None]
        pid, text = self.rng.choice(sorted(found))
        self.found.how += f"{text[:40]}, "
        self.part = text
        return [pid]

    # Afterwards.

    def _afterwards(self) -> None:
        """Wait for what must come by itself, or kill the host, too, before it can."""
        host = self.drill.process
        if not self.found.was_killed or self.victim in ("host", "both"):
            self.drill.end(ENDS_BY_ITSELF_S) if not self.found.was_killed else self.drill.kill()
            return
        if self.victim != "keeper" and self.rng.random() < 0.5:
            try:
                host.wait(ENDS_BY_ITSELF_S)
            except subprocess.TimeoutExpired:
                self._problem(f"the host goes on without its {self.victim}")
                self._ask_where_it_stands()
            self.drill.kill()
            self._says_so()
            return
        if self.victim == "keeper":
            self._records_exit()
        self._wait(self.rng.uniform(0.0, 2.0))
        self.found.how += ", then the host"
        self.found.host_outlived = True
        self.drill.kill()

    def _ask_where_it_stands(self) -> None:
        """The threads of a host that hangs, then its tasks, among what is printed for people."""
        known = len(self.drill.said)
        for number, mark in ((signal.SIGUSR1, "Current thread"), (signal.SIGUSR2, "Stack for <")):
            self.drill.process.send_signal(number)
            with suppress(WaitedTooLong):
                self.drill.wait_said(mark, STANDS_WITHIN_S)
        self.found.stands = self.drill.said[known:]

    def _records_exit(self) -> None:
        """The drill goes on without a release that ended, and says which it was."""
        service = self.part.removeprefix("shopd: ").split()[0]

        def recorded() -> bool:
            found = events_of(HOME, "process.exited")
            return any(one["data"]["name"] == service for one in found)

        try:
            wait_until_sync(recorded, timeout_s=ENDS_BY_ITSELF_S, what="the end to be recorded")
        except (WaitedTooLong, OSError) as error:
            self._problem(f"{service} ended without a word: {error}")

    def _says_so(self) -> None:
        name = {"zygote": "shopd"}.get(self.victim, self.victim)
        words = "\n".join(self.drill.said)
        if self.phase != "finish" and name not in words:
            self._problem(f"the drill ended without a word of its {name}")
        if "Traceback" in words:
            self._problem("a traceback was shown")

    def _look(self, acknowledged: list[str]) -> None:
        began = time.monotonic()
        left: frozenset[str] = frozenset()

        def gone() -> bool:
            nonlocal left
            _reap()
            left = running()
            return not left

        try:
            wait_until_sync(gone, timeout_s=GONE_S, what="the last process", interval_s=0.02)
        except WaitedTooLong:
            self.found.problems.extend(f"left before the next start: {one}" for one in sorted(left))
        self.found.gone_ms = round((time.monotonic() - began) * 1000)
        self._start_again()
        _reap()
        after = everything() | running()
        self.found.problems.extend(f"left: {one}" for one in sorted(after - self.before))
        self._look_at_record(acknowledged)

    def _start_again(self) -> None:
        """The next start, in another home first or in the same one; or a command that clears up."""
        homes = self.rng.choice(([OTHER_HOME, HOME], [HOME], []))
        for home in homes:
            with Home(home).owned(lambda path: list(LocalRuntime.reap(path))):
                pass
        for command in ("history",) if homes else ("down", "history"):
            if homes and self.rng.random() < OFTEN:
                continue
            done = self.drill.drill(command)
            if done.returncode != 0 or "could not" in done.stderr:
                self._problem(f"drill {command}: {done.returncode} {done.stderr[-300:]}")

    def _look_at_record(self, acknowledged: list[str]) -> None:
        folders = list((HOME / "runs").glob("*"))
        if not folders and acknowledged:
            self._problem(f"no record, and {len(acknowledged)} entries were acknowledged")
        for folder in folders:
            if extra := sorted(it.name for it in folder.iterdir() if not is_kept(it.name)):
                self._problem(f"left in the drill's folder: {extra}")
            try:
                with Record(folder / "record.db") as record:
                    lost = missing_of(acknowledged, record)
                    story_events = record.events()
                    story = fold(story_events)
                    seqs = [one.seq for one in story_events]
            except Exception as error:  # noqa: BLE001  whatever it is, it is what we look for
                self._problem(f"the record: {error}")
                continue
            self.found.recorded = len(seqs)
            for kind in ("page.sent", "deploy.started", "verify.started"):
                count = sum(one.type == kind for one in story_events)
                self.found.how += f", {count} {kind}" if count else ""
            self.found.problems.extend(f"lost: {text}" for text in lost)
            if seqs != list(range(1, len(seqs) + 1)):
                self._problem(f"a gap in the record: {seqs}")
            self._look_at_end(story)

    def _look_at_end(self, story: Story) -> None:
        reason = story.state.end_reason
        if reason is None:
            self._problem("the record has no end")
        if self.phase == "finish" or not self.found.was_killed:
            return
        if self.victim in ("host", "both", "keeper") and reason != HOST_DIED:
            self._problem(f"the record ends with: {reason}")
        words = f"{reason} " + " ".join(one.event.what for one in story.of(events.HarnessProblem))
        name = {"zygote": "shopd"}.get(self.victim, self.victim)
        if self.victim not in ("host", "both", "keeper") and not self.found.host_outlived:
            if name not in words:
                self._problem(f"the record says nothing of the {name}: {words}")
            if not story.state.was_aborted:
                self._problem("the record does not say that it was aborted")


def _alarm(number: int) -> None:
    labels = {"alertname": f"Alarm{number % 3}", "service": "payments", "severity": "critical"}
    alert = {"status": "firing", "labels": labels, "startsAt": datetime.now(UTC).isoformat()}
    delivery = {"version": "4", "alerts": [alert]}
    post(HOME, "/webhook/alertmanager", delivery, caller="telemetry")
    post(HOME, "/v1/pages/ack", {})


def _roll_back(number: int) -> None:
    body = {"service": SERVICES[number % len(SERVICES)], "no_plan": True}
    post(HOME, "/v1/rollbacks", body)


def _verify(_: int) -> None:
    post(HOME, "/v1/verifications", {})


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _reap() -> None:
    """Orphans that ended, which come to the first process of a namespace."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    print(json.dumps(asdict(Trial(*sys.argv[1:4]).run())))  # noqa: T201
