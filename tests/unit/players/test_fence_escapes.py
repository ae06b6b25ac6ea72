"""Every way out of the fence of `--player exec` that we know, tried by a hostile program: none of
them reads anything; and the same program reads nearly all of it where there is no fence."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.agents import fenced_start
from harness.paths import REPO
from harness.players import exec_play
from tests.unit.players.test_exec_play import Room, hand, pytestmark, room, session, table, trouble

__all__ = ["hand", "pytestmark", "room", "session", "table", "trouble"]

FAULT = REPO / "faults" / "bad-timeouts" / "fault.toml"
WAYS = 32
OF_THE_ANSWER = "timeout-misconfigured"
HOSTILE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
MARK, PID, PORT, ABSTRACT = {mark!r}[::-1], {pid}, {port}, {abstract!r}
RECORD, TOKEN, FAULT, HELD = {record!r}, {token!r}, {fault!r}, {held!r}
TOLD = {answer!r}[::-1]

def text(path):
    return open(path, "rb").read(65536).decode(errors="replace")

def texts(pattern):
    found = []
    for path in glob.glob(pattern):
        try:
            found.append(text(path) if os.path.isfile(path) else repr(os.listdir(path)))
        except OSError:
            pass
    return " ".join(found)

def shell(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=20,
                          errors="replace", stdin=subprocess.DEVNULL)
    return done.stdout

def memory():
    where = {address}
    with open(f"/proc/{{PID}}/mem", "rb", 0) as held:
        held.seek(where)
        return held.read(200).decode(errors="replace")

class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

def vm_read():
    room = ctypes.create_string_buffer(200)
    mine, theirs = Part(ctypes.addressof(room), 200), Part({address}, 200)
    libc.process_vm_readv(PID, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    return room.raw.decode(errors="replace")

def ptrace():
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(0x4206, PID, None, None) < 0:  # PTRACE_SEIZE
        return ""
    libc.ptrace(17, PID, None, None)
    return MARK

def connected(family, address, said=b"GET / HTTP/1.0\\r\\n\\r\\n"):
    with socket.socket(family) as one:
        one.settimeout(5)
        one.connect(address)
        one.sendall(said)
        return one.recv(4096).decode(errors="replace")

def link():
    os.symlink(RECORD, "soft")
    return text("soft")

def hard_link():
    os.link(RECORD, "hard")
    return text("hard")

def upwards():
    return text("../" * 40 + RECORD.lstrip("/"))

def own_files():
    found = []
    for number in range(3, 200):
        try:
            found.append(repr(os.listdir(number)) if os.path.isdir(f"/proc/self/fd/{{number}}")
                         else os.pread(number, 4096, 0).decode(errors="replace"))
            found.append(text(f"/proc/self/fd/{{number}}/../" + RECORD.lstrip("/")))
        except OSError:
            pass
    return " ".join(found)

def outside_by_a_fd():
    for number in [*range(200)]:
        try:
            held = os.open(RECORD, os.O_RDONLY, dir_fd=number)
            return os.read(held, 4096).decode(errors="replace")
        except OSError:
            pass
    return ""

def in_the_mounts(path):
    return " ".join(texts(f"/proc/*/root{{path}}") + texts(f"/proc/*/cwd{{path}}") for _ in "1")

WAYS = {{
    "the record": lambda: text(RECORD),
    "a token": lambda: text(TOKEN),
    "what is held out": lambda: text(HELD),
    "the repository": lambda: text(FAULT),
    "the repository's history": lambda: shell(
        "git -c safe.directory='*' -C '{repo}' show HEAD:faults/bad-timeouts/fault.toml"),
    "a search of everything": lambda: shell(
        "grep -rlsF --include=record.db --include='*.token' -e " + MARK + " / && echo " + MARK
        if not os.path.exists(RECORD) else "cat " + RECORD),
    "the environment of the host": lambda: repr(dict(os.environ)),
    "the environment of processes": lambda: texts("/proc/[0-9]*/environ"),
    "the environment of one outside": lambda: text(f"/proc/{{PID}}/environ"),
    "arguments of processes": lambda: texts("/proc/[0-9]*/cmdline") if PID else "",
    "files of one outside": lambda: texts(f"/proc/{{PID}}/fd/*"),
    "the root of one outside": lambda: text(f"/proc/{{PID}}/root{{RECORD}}"),
    "the folder of one outside": lambda: text(f"/proc/{{PID}}/cwd/record.db"),
    "any root": lambda: in_the_mounts(RECORD),
    "the root of before": lambda: text("/old" + RECORD),
    "memory": memory,
    "memory by another call": vm_read,
    "ptrace": ptrace,
    "a link": link,
    "a hard link": hard_link,
    "upwards": upwards,
    "files that were open": own_files,
    "from a folder that was open": outside_by_a_fd,
    "a mount of its own": lambda: shell(
        "unshare -Urm sh -c 'mount --bind / /mnt; cat /mnt" + RECORD
        + "; umount -l /; cat " + RECORD + "'"),
    "a root of its own": lambda: shell("unshare -Ur chroot /proc/1/root cat " + RECORD),
    "the namespace of another": lambda: shell(f"nsenter -t {{PID}} -m cat " + RECORD),
    "what is covered": lambda: shell(
        "unshare -Urm sh -c 'umount -l /tmp; umount -l /proc; cat " + RECORD + "'"),
    "another user": lambda: shell("sudo -n cat " + RECORD + "; su -c 'cat " + RECORD + "' root"),
    "shared memory": lambda: texts("/dev/shm/*"),
    "a server on this machine": lambda: connected(socket.AF_INET, ("127.0.0.1", PORT)),
    "a socket without a file": lambda: connected(socket.AF_UNIX, "\\0" + ABSTRACT),
    "a signal to one outside": lambda: os.kill(PID, 0) or MARK,
}}
for name, way in WAYS.items():
    try:
        found = way()
    except Exception as error:
        found = ""
    print("READ" if MARK in found or TOLD in found else "none", name, flush=True)
try:
    ask("page")
except OSError:
    pass
"""
"""What changes mounts does so in a namespace of its own: it is run without a fence as well."""
UNFENCED = """
import json, os, sys
asked = json.load(sys.stdin)
os.chdir(asked["folder"])
os.execvpe(asked["argv"][0], asked["argv"], asked["env"])
"""
VICTIM = """
import ctypes, os, sys
held = ctypes.create_string_buffer(os.environ["HOST_SECRET"].encode())
record = open("record.db")
print(ctypes.addressof(held), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Outside:
    """What lies outside, each part of it with the mark in it."""

    mark: str
    folder: Path
    pid: int
    address: int
    port: int
    abstract: str

    def script(self) -> str:
        """The program, which knows the mark backwards alone: it cannot read its own."""
        run = self.folder / "home" / "runs" / "d-7f3a"
        return HOSTILE.format(
            mark=self.mark[::-1], pid=self.pid, address=self.address, port=self.port,
            abstract=self.abstract, record=str(run / "record.db"),
            token=str(run / "secrets" / "instructor.token"), fault=str(FAULT), repo=str(REPO),
            held=str(self.folder / "held-out" / "scenario.toml"), answer=OF_THE_ANSWER[::-1],
        )  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """A home with a record and tokens, a process, servers, an environment: all with the mark."""
    mark = f"mark-{secrets.token_hex(8)}"
    run = tmp_path / "home" / "runs" / "d-7f3a"
    for path in (
        run / "record.db",
        run / "secrets" / "instructor.token",
        tmp_path / "held-out" / "scenario.toml",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mark)
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOST_SECRET", mark)
    with ExitStack() as stack:
        victim = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", VICTIM, mark],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "HOST_SECRET": mark},
                cwd=run,
            )
        )
        assert victim.stdout is not None
        address = int(victim.stdout.readline())
        name = f"three-am-{mark[-8:]}"
        shared = Path("/dev/shm", name)
        shared.write_text(mark)
        stack.callback(shared.unlink)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(f"\0{name}")
        unix.listen()
        for one in (tcp, unix):
            threading.Thread(target=_telling, args=(one, mark), daemon=True).start()
        yield Outside(mark, tmp_path, victim.pid, address, tcp.getsockname()[1], name)
        victim.kill()


def _telling(listener: socket.socket, mark: str) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(mark.encode())
            connection.close()


def by_outcome(room: Room, outcome: str) -> set[str]:
    return {one.removeprefix(f"{outcome} ") for one in room.told() if one.startswith(f"{outcome} ")}


async def test_by_no_way_that_we_know_anything_is_read_through_the_fence(
    room: Room, outside: Outside
) -> None:
    ended = await room.play(outside.script())
    assert ended.ending == "finished", room.said
    assert by_outcome(room, "READ") == set()
    assert len(by_outcome(room, "none")) == WAYS, "each was tried"
    assert [one.tool for one in room.table.calls()] == ["page"], "it was there to the end"


async def test_without_the_fence_the_same_program_reads_what_there_is(
    room: Room, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    starter = outside.folder / "unfenced.py"
    starter.write_text(UNFENCED)
    monkeypatch.setattr(
        exec_play,
        "fenced_start",
        SimpleNamespace(__file__=str(starter), NO_FENCE=fenced_start.NO_FENCE),
    )
    await room.play(outside.script())
    assert by_outcome(room, "READ") >= {
        *("the record", "a token", "what is held out", "the repository", "a link", "upwards"),
        *("the environment of one outside", "the folder of one outside", "the root of one outside"),
        *("arguments of processes", "files of one outside", "shared memory"),
        *("a server on this machine", "a socket without a file", "a signal to one outside"),
    }
