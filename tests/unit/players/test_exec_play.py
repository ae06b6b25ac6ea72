"""A program at play behind its fence: what it is given, what it can reach, and how it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from harness.agents.fence_gate import Reached
from harness.agents.model_loop import Ended
from harness.agents.reading import task
from harness.errors import UsageError
from harness.paths import REPO
from harness.players import exec_play
from harness.players.exec_play import ExecPlay, Program, model_places
from harness.runtime.local.supervise import best_containment
from harness.tokens import Caller
from tests.scripted_model import OPENAI, Answer, in_order, scripted
from tests.unit.agents.conftest import Table, hand, session, table, trouble

__all__ = ["hand", "session", "table", "trouble"]

PYTHON = "/usr/bin/python3"
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not Path(PYTHON).exists(), reason="there is no Python of the system"),
    pytest.mark.skipif(best_containment() != "namespace", reason="no namespaces are allowed here"),
]
ASK = """
import json, os, urllib.request, urllib.error, glob, subprocess, socket, sys
def ask(name, arguments={}, path=None):
    params = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    url = os.environ["DRILL_MCP_URL"] if path is None else os.environ["DRILL_MCP_URL"][:-4] + path
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        return json.load(urllib.request.urlopen(asked, timeout=30))
    except urllib.error.HTTPError as error:
        return error.code
"""


class Room:
    """A drill, and what a program there said."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.said: list[str] = []

    async def play(self, script: str, *, time_s: float = 60, **given: object) -> Ended:
        argv = (PYTHON, "-c", ASK + dedent(script))
        program = Program(argv, time_s, **given)  # type: ignore[arg-type]
        play = ExecPlay(program, self.said.append)
        return (await play._played(self.table.drill.session, task()))[0]

    def told(self) -> list[str]:
        return [one.removeprefix("agent: ") for one in self.said]


@pytest.fixture
def room(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    token = table.drill.tokens.token(Caller.PARTICIPANT)
    monkeypatch.setattr(exec_play, "participant_token", lambda _: token)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Room(table)


async def test_it_reads_its_task_and_uses_the_tools_and_every_call_is_in_the_record(
    room: Room,
) -> None:
    ended = await room.play(
        """
        print(open(os.environ["DRILL_TASK"]).read().startswith("You are on call"))
        server = json.load(open(os.environ["DRILL_MCP_CONFIG"]))["mcpServers"]["drill"]
        print(server["url"] == os.environ["DRILL_MCP_URL"])
        open("notes", "w").write("its folder is its own")
        for name in ("page", "status", "nonsense"):
            print(name, ask(name)["result"].get("isError", False))
        """
    )
    assert ended == Ended("finished", "its program ended"), room.said
    assert room.told() == ["True", "True", "page False", "status False", "nonsense True"]
    assert [one.tool for one in room.table.calls()] == ["page", "status", "unknown"]
    assert {one.by for one in room.table.calls()} == {"agent"}


async def test_behind_the_fence_nothing_of_the_answer_can_be_read(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files, the record, tokens, other processes, other addresses, and ways around all of them."""
    home = tmp_path / "home"
    (home / "runs").mkdir(parents=True, exist_ok=True)
    (home / "runs" / "record.db").write_text("the answer")
    monkeypatch.setenv("DRILL_HOME", str(home))
    monkeypatch.setenv("SCENARIO", "deadlock")
    secrets = room.table.drill.url
    wanted = [str(REPO / "faults"), str(REPO / "harness"), str(home), str(tmp_path / "secrets")]
    await room.play(
        f"""
        ask("page")
        for path in {wanted!r}:
            print("path", os.path.exists(path))
            for way in ("/proc/1/root", "/proc/self/root", "/old", "/proc/1/cwd"):
                print("way", os.path.exists(way + path))
        found = subprocess.run(
            "find / -xdev -name fault.toml -o -name record.db -o -name '*.token'",
            shell=True, capture_output=True, text=True).stdout
        print("found", found.split())
        print("others", sorted(int(one) for one in os.listdir("/proc") if one.isdigit())[-1] < 60)
        def read(path):
            try:
                return open(path, errors="replace").read()
            except OSError:
                return ""
        told = " ".join(read(one) for one in glob.glob("/proc/*/environ"))
        print("told", "deadlock" in told, "DRILL_TASK" in told)
        for what in ("umount /usr", "mount -t tmpfs x /tmp", "unshare -Ur umount -l /usr",
                     "unshare -Urm umount /usr", "nsenter -t 1 -m ls", "chroot / ls"):
            done = subprocess.run(what, shell=True, capture_output=True)
            print("done", what, done.returncode == 0)
        def reaches(host, port):
            try:
                socket.create_connection((host, port), 2).close()
                return True
            except OSError:
                return False
        print("api", reaches("127.0.0.1", {int(secrets.rpartition(":")[2])}))
        print("world", reaches("192.0.2.1", 80), reaches("1.1.1.1", 443))
        for path in ("/v1/instructor", "/v1/status", "/mcp/../v1/events", "/v1/finish", "/"):
            print("route", ask("page", path=path))
        """
    )
    told = room.told()
    assert [one for one in told if one.startswith(("path", "way")) and "True" in one] == []
    assert len([one for one in told if one.startswith(("path", "way"))]) == 5 * len(wanted)
    assert "found []" in told
    assert "told False True" in told, "its own environment was read"
    assert "others True" in told
    assert [one for one in told if one.startswith("done") and "True" in one] == []
    assert "api False" in told
    assert "world False False" in told
    assert {one for one in told if one.startswith("route")} == {"route 404"}
    assert [one.tool for one in room.table.calls()] == ["page"], "it was there, and used the tools"


async def test_what_is_shown_is_seen_and_cannot_be_written(room: Room, tmp_path: Path) -> None:
    """The negative control of the fence: what it lets through is there."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "agent.txt").write_text("its own")
    await room.play(
        f"""
        ask("page")
        print(open("{tmp_path}/mine/agent.txt").read())
        print(os.access("{tmp_path}/mine/agent.txt", os.W_OK))
        print(os.listdir("{tmp_path}"))
        """,
        shown=(tmp_path / "mine",),
    )
    assert room.told() == ["its own", "False", "['mine']"]


@pytest.mark.parametrize("path", [REPO, REPO.parent, REPO / "faults", Path("/")])
def test_neither_the_repository_nor_what_holds_it_can_be_shown(path: Path) -> None:
    with pytest.raises(UsageError):
        Program(("true",), 60, shown=(path,))


async def test_it_reaches_its_model_on_this_machine(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(in_order(Answer("hello"))) as model:
        for name, value in model.environment(OPENAI).items():
            monkeypatch.setenv(name, value)
        await room.play(
            """
            ask("page")
            body = json.dumps({"messages": []}).encode()
            url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
            print(json.load(urllib.request.urlopen(url, body))["choices"][0]["message"]["content"])
            """,
            reached=model_places(),
        )
    assert room.told() == ["hello"]


async def test_of_the_world_it_reaches_by_a_proxy_what_is_named(room: Room) -> None:
    await room.play(
        """
        ask("page")
        def connect(target):
            host, port = os.environ["HTTPS_PROXY"][7:].split(":")
            with socket.create_connection((host, int(port)), 5) as one:
                one.sendall(f"CONNECT {target} HTTP/1.1\\r\\n\\r\\n".encode())
                return one.recv(100).split(b"\\r\\n")[0].decode()
        print(connect("evil.test:443"))
        print(connect("127.0.0.1:22"))
        print(connect("models.invalid:443") or "tried")
        """,
        reached=(Reached("models.invalid", 443),),
    )
    assert room.told() == ["HTTP/1.1 403 Forbidden", "HTTP/1.1 403 Forbidden", "tried"]


async def test_when_its_time_is_over_it_is_killed_with_all_that_it_began(
    room: Room, tmp_path: Path
) -> None:
    marker = f"three-am-orphan-{os.getpid()}"
    ended = await room.play(
        f"""
        import signal, time
        ask("page")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv("{PYTHON}", ["{marker}", "-c", "import time; time.sleep(600)"])
            time.sleep(600)
        print("begun", flush=True)
        time.sleep(600)
        """,
        time_s=6,
    )
    assert ended == Ended("time", "the 6 s are over")
    assert room.told() == ["begun"]
    left = [one for one in Path("/proc").glob("[0-9]*/cmdline") if marker in _read(one)]
    assert left == []


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ("", "idle"),
        ("ask('page'); sys.exit(3)", "failed"),
        ("ask('page'); os.kill(os.getpid(), 9)", "failed"),
        ("ask('page'); print('x' * 5_000_000); print('y\\n' * 10_000)", "finished"),
    ],
)
async def test_each_way_to_end_is_told_apart(room: Room, script: str, ending: str) -> None:
    assert (await room.play(script)).ending == ending
    assert len(room.said) <= exec_play.SAID_MAX
    assert all(len(one) < 400 for one in room.said)


async def test_a_program_that_is_not_there_is_said_to_be(room: Room) -> None:
    play = ExecPlay(Program(("no-such-agent",), 20), room.said.append)
    ended = (await play._played(room.table.drill.session, "task"))[0]
    assert ended.ending in ("failed", "idle")
    assert "no-such-agent: No such file or directory" in room.told()
