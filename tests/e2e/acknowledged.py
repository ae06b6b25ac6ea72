"""A team that writes to a drill without a pause, and keeps what was acknowledged to it."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.record.store import Record

TIMEOUT_S = 60.0
PAUSE_S = 0.2
EVENTS_MAX = 2000
ACCEPTED = range(200, 300)


class Team:
    """Writes notes, hypotheses and updates from when the drill answers until it does no more."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.acknowledged: list[str] = []
        """Texts whose writing was answered by a success, in order."""
        self.refused: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write no more."""
        self._stop.set()
        self._thread.join(TIMEOUT_S)

    def _write(self) -> None:
        for number, (path, body) in enumerate(_entries()):
            if self._stop.wait(PAUSE_S):
                return
            with suppress(OSError, ValueError, KeyError, http.client.HTTPException):
                status = post(self.home, path, body(f"entry-{number:05d}."))
                if status in ACCEPTED:
                    self.acknowledged.append(f"entry-{number:05d}.")
                else:
                    why = f"{path}: {status}"
                    self.refused[why] = self.refused.get(why, 0) + 1


def post(home: Path, path: str, body: Any, *, caller: str = "instructor") -> int:
    """The status of the whole answer to a POST; raises OSError and others where there is none."""
    return _asked(home, "POST", path, json.dumps(body), caller)[0]


def events_of(home: Path, kind: str) -> list[dict[str, Any]]:
    """The events of one kind in a running drill's record; raises as `post` does."""
    _, answer = _asked(home, "GET", f"/v1/events?limit={EVENTS_MAX}", None, "instructor")
    return [one for one in json.loads(answer) if one["type"] == kind]


def _asked(home: Path, method: str, path: str, body: str | None, caller: str) -> tuple[int, bytes]:
    drill = json.loads((home / "active.json").read_text())
    token = (Path(drill["run_dir"]) / "secrets" / f"{caller}.token").read_text()
    address = drill["api_url"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def missing_of(acknowledged: list[str], record: Record) -> list[str]:
    """What was acknowledged and is not in a record."""
    whole = "\n".join(json.dumps(dict(one.payload)) for one in record.events())
    return [text for text in acknowledged if text not in whole]


def _entries() -> Iterator[tuple[str, Callable[[str], Any]]]:
    return itertools.cycle(
        [
            ("/v1/notes", lambda text: {"text": text}),
            ("/v1/hypotheses", _hypotheses),
            ("/v1/notes", lambda text: {"text": text}),
            ("/v1/updates", _update),
        ]
    )


def _hypotheses(text: str) -> Any:
    return {"hypotheses": [{"id": "h1", "text": text, "probability": 40}], "reason": "it looks so"}


def _update(text: str) -> Any:
    return {
        "status": "investigating",
        "what_happened": text,
        "what_we_did": "we looked",
        "current_state": "unknown",
        "confidence": 30,
        "next_steps": ["look on"],
    }
