"""A live drill as its users have it: `drill run` in one process, `drill …` in others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.paths import REPO
from harness.ports import StackPorts
from harness.runtime.local.supervise import STATE_FILE
from harness.runtime.procfs import port_holder, port_is_free
from harness.waiting import wait_until_sync
from tests.lanes import turns

DRILL = str(Path(sys.executable).parent / "drill")
START_TIMEOUT_S = 200.0
"""A drill waits up to a minute for a machine that others keep busy."""
END_TIMEOUT_S = 45.0
"""Containers take a while to go."""


class LiveDrill:
    """One `drill run` in a home of its own, with quick pacing."""

    def __init__(
        self,
        home: Path,
        scenario: str,
        port_offset: int,
        seed: int = 5,
        options: tuple[str, ...] = (),
        *,
        env: Mapping[str, str] | None = None,
        unset: Iterable[str] = (),
        umask: int = -1,
        user: int | None = None,
        program: tuple[str, ...] = (DRILL,),
    ) -> None:
        """`env` and `unset` are of its shell, beside ours; `umask` and `user` are the host's;
        `program` is another way to run `drill`."""
        self.program = program
        self.home, self.port_offset = home, port_offset
        self.env = {
            **os.environ,
            "DRILL_HOME": str(home),
            "DRILL_TRIGGER_DELAY_MIN_S": "1",
            "DRILL_TRIGGER_DELAY_MAX_S": "2",
            "DRILL_DEPLOY_PACE_S": "0",
            **turns(),
            **(env or {}),
        }
        for name in unset:
            self.env.pop(name, None)
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [
                *(*program, "run", scenario, *options),
                *("--seed", str(seed), "--port-offset", str(port_offset)),
            ],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            umask=umask,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.said.append(text.rstrip())

    def wait_said(self, text: str, timeout_s: float = START_TIMEOUT_S) -> str:
        """The first line with `text`; fails, showing all lines, when the process ends first."""

        def look() -> str | None:
            for said in list(self.said):
                if text in said:
                    return said
            assert self.process.poll() is None, "\n".join(self.said)
            return None

        return wait_until_sync(look, timeout_s=timeout_s, what=f"'{text}'\n" + "\n".join(self.said))

    def wait_healthy(self, timeout_s: float = START_TIMEOUT_S) -> None:
        self.wait_said("healthy:", timeout_s)

    def drill(self, *words: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a `drill` command in another process, as another terminal would."""
        return subprocess.run(
            [*self.program, *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def answer(self, *words: str) -> object:
        """What a reading command answers with --json."""
        done = self.drill(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @property
    def run_dir(self) -> Path:
        return Path(json.loads((self.home / "active.json").read_text())["run_dir"])

    @property
    def workspace(self) -> Path:
        return self.run_dir / "workspace"

    def end(self, timeout_s: float = END_TIMEOUT_S) -> int:
        """Ctrl-C, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self._ended(timeout_s)

    def kill(self) -> None:
        """kill -9 of the host alone."""
        self.process.kill()
        self._ended(10)

    def _ended(self, timeout_s: float) -> int:
        code = self.process.wait(timeout=timeout_s)
        self._reader.join(timeout=timeout_s)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def ports_taken(self) -> list[str]:
        """Ports of the stack that anybody still listens on."""
        stack = StackPorts.of(Catalog(REPO).topology(), self.port_offset)
        return [f"{port}: {port_holder(port)}" for port in stack.all if not port_is_free(port)]

    def processes(self) -> list[str]:
        """Processes of this machine that still have something of this home open or as argument."""
        return processes_of(self.home)


def processes_of(home: Path) -> list[str]:
    """Processes with `home` among their arguments, or below it as working directory."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (
                (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            cwd = str((proc / "cwd").readlink())
        except OSError:
            continue
        if str(home) in arguments or cwd.startswith(str(home)):
            found.append(f"{proc.name}: {arguments[:100] or cwd}")
    return found


def kill_after(
    home: Path,
    moment_s: float,
    port_offset: int,
    options: tuple[str, ...] = (),
    *,
    guardian_too: bool = False,
) -> LiveDrill:
    """Start a drill and kill its host `moment_s` later, wherever it is by then; its guardian, where
    it has one and that is asked for, first."""
    drill = LiveDrill(home, "healthy", port_offset, seed=int(moment_s * 1000), options=options)
    began = time.monotonic()
    wait_until_sync(
        lambda: time.monotonic() - began >= moment_s or drill.process.poll() is not None or None,
        timeout_s=moment_s + 5,
        what="the moment to kill",
        interval_s=0.01,
    )
    if guardian_too:
        kill_guardian(home)
    drill.kill()
    return drill


def kill_guardian(home: Path) -> None:
    """kill -9 of the process that holds a local drill's stack, if there is one by now."""
    for state in home.glob(f"runs/*/{STATE_FILE}"):
        with suppress(ProcessLookupError):
            os.kill(json.loads(state.read_text())["pid"], signal.SIGKILL)


@contextmanager
def live_drill(
    home: Path, scenario: str, port_offset: int, options: tuple[str, ...] = ()
) -> Iterator[LiveDrill]:
    """A live drill that is over, and gone, when the block is left."""
    drill = LiveDrill(home, scenario, port_offset, options=options)
    try:
        yield drill
    finally:
        try:
            drill.end(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            drill.kill()
