"""The responder's process, as `drill demo` starts it, from its first line to its last: it opens
nothing of the answer, and nothing that it is given names the scenario. The kernel is the witness.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from harness.catalog.reader import Catalog
from harness.paths import REPO
from harness.players import responder_player
from tests.unit.responder.conftest import RECORDINGS
from tests.unit.responder.shop import RecordedShop

IN_ACCESS, IN_OPEN, IN_NONBLOCK = 0x1, 0x20, 0o4000
EVENT = struct.Struct("=iIII")
ACTED = "/v1/verifications"


class Witness:
    """Whatever is opened or read below some folders, by anybody, as the kernel tells it."""

    def __init__(self, *roots: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = int(self._libc.inotify_init1(IN_NONBLOCK))
        assert self._inotify >= 0, os.strerror(ctypes.get_errno())
        self._folders: dict[int, Path] = {}
        for root in roots:
            for folder in (root, *(one for one in root.rglob("*") if one.is_dir())):
                watch = self._libc.inotify_add_watch(
                    self._inotify, str(folder).encode(), IN_ACCESS | IN_OPEN
                )
                assert watch >= 0, os.strerror(ctypes.get_errno())
                self._folders[watch] = folder

    def seen(self) -> set[str]:
        """What was opened since the last time."""
        try:
            told = os.read(self._inotify, 1_000_000)
        except BlockingIOError:
            return set()
        found, at = set(), 0
        while at < len(told):
            watch, _, _, length = EVENT.unpack_from(told, at)
            at += EVENT.size
            name = told[at : at + length].rstrip(b"\0").decode()
            found.add(str(self._folders[watch] / name))  # no name: the folder itself
            at += length
        return found

    def close(self) -> None:
        os.close(self._inotify)


@contextmanager
def served(shop: RecordedShop, told: list[str]) -> Iterator[str]:
    """The recorded shop at a real address; `told` gets what the process knows while it asks."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            told.extend(known_to_the_process(self.server.server_port))  # type: ignore[attr-defined]
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = httpx.Request(self.command, f"http://shop.test{self.path}", content=body)
            answer = shop.answer(asked)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = _reply  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def known_to_the_process(port: int) -> Iterator[str]:
    """Arguments, environment, working directory and open files of the responder that asks."""
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (proc / "cmdline").read_bytes()
            if b"harness.responder" in arguments and str(port).encode() in arguments:
                yield arguments.decode()
                yield (proc / "environ").read_bytes().decode()
                yield str((proc / "cwd").readlink())
                yield from (str(one.readlink()) for one in (proc / "fd").iterdir())
        except OSError:
            continue


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that nobody else reads: the harness, and the answers beside it."""
    root = tmp_path / "checkout"
    unread = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(REPO / "harness", root / "harness", ignore=unread)
    shutil.copytree(REPO / "faults", root / "faults")
    monkeypatch.setattr(responder_player, "REPO", root)
    return root


async def test_from_first_to_last_nothing_of_the_answer_is_opened_or_told(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Catalog(REPO).drill_names()
    for variable in ("SCENARIO", "DRILL_SCENARIO"):
        monkeypatch.setenv(variable, "deadlock")
    record = tmp_path / "runs" / "d-1"
    record.mkdir(parents=True)
    (record / "record.db").write_text("the answer")
    calm = json.loads((RECORDINGS / "calm.json").read_text())
    shop, told = RecordedShop(calm, calm), list[str]()
    shop.paged = True
    witness = Witness(checkout / "faults", tmp_path / "runs")
    said: list[str] = []
    with served(shop, told) as url:
        code = await responder_player.follow(responder_player.command(url), "token", said.append)
    assert code == 0, said
    assert shop.to(ACTED), "the drill was played to its proof"
    assert witness.seen() == set()
    assert f"PYTHONPATH={checkout}" in "".join(told), "it was looked at while it asked"
    assert not [text for text in told for name in names if name in text.replace(str(checkout), "")]
    witness.close()


def test_the_witness_sees_who_opens_an_answer(checkout: Path) -> None:
    """The negative control."""
    witness = Witness(checkout / "faults")
    answer = checkout / "faults" / "deadlock" / "fault.toml"
    subprocess.run(["cat", answer], check=True, stdout=subprocess.DEVNULL)
    assert str(answer) in witness.seen()
    assert witness.seen() == set()
    assert list(answer.parent.iterdir())
    assert str(answer.parent) in witness.seen()
    witness.close()
