"""What a dead host left behind, found again by the next one."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from harness import limits
from harness.runtime.local import server_data
from harness.runtime.local.supervise import STATE_FILE
from harness.runtime.procfs import ProcessId, command_name, identify, kill, links_of, pids
from harness.waiting import wait_until_sync


def reap(home: Path) -> tuple[str, ...]:
    """End the stacks under `home`/runs whose hosts are dead; return what was ended, in words.

    A guardian is known by its pid and start time, so that a later process of the same number is
    left alone. Processes that outlived their guardian are known by what they cannot easily shed:
    both their output streams go to the drill's own log directory.
    """
    ended = []
    for run_dir in sorted(path for path in home.glob("runs/*") if path.is_dir()):
        state = _read_state(run_dir / STATE_FILE)
        if state is None or _recorded(state, "owner", "owner_start"):
            continue
        guardian = _recorded(state, "pid", "start")
        found = [guardian] if guardian else []
        ended.extend(_end(found, run_dir))
        ended.extend(_end(_writers_to(run_dir / "logs"), run_dir))
        server_data.discard(server_data.folder_of(run_dir))
        (run_dir / STATE_FILE).unlink(missing_ok=True)
    return tuple(ended)


def _read_state(path: Path) -> dict[str, int] | None:
    try:
        state = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def _recorded(state: dict[str, int], pid_key: str, start_key: str) -> ProcessId | None:
    """The recorded process, if it is still that one that runs."""
    found = identify(state.get(pid_key, 0))
    return found if found and found.start_ticks == state.get(start_key) else None


def _writers_to(logs: Path) -> list[ProcessId]:
    prefix = f"{logs.resolve()}/"
    found = []
    for pid in pids():
        outputs = links_of(pid, ("fd/1", "fd/2"))
        process = identify(pid)
        if process and len(outputs) == 2 and all(path.startswith(prefix) for path in outputs):
            found.append(process)
    return found


def _end(processes: list[ProcessId], run_dir: Path) -> list[str]:
    words = [f"{command_name(it.pid)} (pid {it.pid}) of {run_dir.name}" for it in processes]
    for process in processes:
        kill(process)
    with contextlib.suppress(TimeoutError):
        wait_until_sync(
            lambda: not any(process.alive for process in processes),
            timeout_s=limits.KILL_S,
            what="leftovers to end",
        )
    return words
