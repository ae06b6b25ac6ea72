"""Where the machine refuses another process, the one that was asked says so and lives on."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.runtime.local import guardian
from harness.runtime.shopd import zygote
from harness.runtime.shopd.wire import Wire


@pytest.fixture
def no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refuse)


def _events(end: socket.socket) -> list[dict[str, Any]]:
    end.setblocking(False)
    return [json.loads(line) for line in end.recv(1 << 16).splitlines()]


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def asked_of_the_guardian(passed: socket.socket) -> list[dict[str, Any]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = {"op": "spawn", "id": "x#1", "argv": ["true"], "env": {}, "cwd": "/"}
        one = guardian.Guardian(theirs, "none")
        one.spawn({**command, "log": os.devnull}, [passed.detach()])
        assert not one.ending
        return _events(ours)


def asked_of_the_zygote(passed: socket.socket) -> list[dict[str, Any]]:
    ours, theirs = socket.socketpair()
    other, conversation = socket.socketpair()
    with ours, other, passed:
        control = Wire(theirs.detach())
        control.fds.append(conversation.detach())
        order = {
            "title": "x", "checkout": "/", "env": {}, "log": os.devnull, "target": "a:b",
            "args": [], "serve": False, "limits": {},
        }  # fmt: skip
        zygote.Zygote(control).obey({"op": "fork", "id": "x#1", "order": order})
        control.close()
        return [*_events(other), *_events(ours)]


@pytest.mark.usefixtures("no_fork")
@pytest.mark.parametrize(
    ("asked", "events"),
    [(asked_of_the_guardian, ["failed"]), (asked_of_the_zygote, ["failed", "exited"])],
)
def test_a_refused_fork_is_told_and_leaks_nothing(
    asked: Callable[[socket.socket], list[dict[str, Any]]], events: list[str]
) -> None:
    def once() -> list[dict[str, Any]]:
        one, other = socket.socketpair()
        other.close()
        return asked(one)

    told = once()
    assert [one["event"] for one in told] == events
    assert "Resource temporarily unavailable" in told[0]["error"]
    before = _open_files()
    once()
    assert _open_files() == before
