"""A model's script that plays one drill to its proof, by what the deploy log says."""

from __future__ import annotations

import json
import threading
from typing import Any

from tests.scripted_model import Answer, Asked, Call, Script

LOOKS_MAX = 90
THINKS_S = 0.5
"""As a model does before its next look."""
NEXT_LOOK = "alerts still fire"


def solving(service: str, mechanism: str) -> Script:
    """Roll `service` back, wait for silence, declare the cause, verify, and stop."""
    rollback = {
        "service": service,
        "expect": "errors < 5%",
        "probability": 80,
        "if_worse": "deploy it again",
    }
    begin = [
        Answer("a page", (Call("page"), Call("ack"), Call("deploys"), Call("logs"))),
    ]
    undo = Answer("undo the release", (Call("rollback", rollback),))
    declared = {"service": service, "mechanism": mechanism, "confidence": 85}
    end = [
        Answer("the cause", (Call("diagnose", declared),)),
        Answer("prove it", (Call("verify"),)),
        Answer("done"),
    ]
    looks, is_undone = 0, False

    def script(asked: Asked) -> Answer:
        nonlocal looks, is_undone
        if begin:
            return begin.pop(0)
        if not is_undone:
            is_undone = looks > 0 and _done(asked)
            looks += 1
            if looks > 1 and not is_undone:
                threading.Event().wait(THINKS_S)  # a colleague's release is in the pipeline
            if not is_undone and looks < LOOKS_MAX:
                return undo
            looks = 0
        if looks < LOOKS_MAX and (looks == 0 or _alerts(asked)):
            looks += 1
            threading.Event().wait(THINKS_S)
            return Answer(NEXT_LOOK, (Call("status"),))
        return end.pop(0) if len(end) > 1 else end[0]

    return script


def _done(asked: Asked) -> bool:
    """Whether the last call was not refused."""
    try:
        return "answer" in json.loads(asked.results[-1])
    except (ValueError, IndexError):
        return False


def _alerts(asked: Asked) -> Any:
    """What still fires, where the last thing that it asked for was the status."""
    try:
        found = json.loads(asked.results[-1])["answer"]
        return found.get("alerts") if isinstance(found, dict) else None
    except (ValueError, IndexError, KeyError):
        return None
