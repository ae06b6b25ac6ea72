"""A killed Postgres leaves nothing: no data in the cache, no segment, nothing in /dev/shm."""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from harness import limits
from harness.errors import EnvironmentMissing, StackFailed
from harness.runtime import postgres
from harness.runtime.local import databases, server_data
from harness.runtime.local.databases import Preparer, copy_data
from harness.runtime.local.postgres_server import Server, start_postgres
from harness.runtime.local.supervise import Containment, Guardian, best_containment
from harness.runtime.local.zygote_client import Zygote
from harness.runtime.postgres import SUPERUSER, Secrets
from harness.runtime.procfs import maps
from harness.runtime.programs import cache as cache_module
from harness.runtime.programs.cache import JUST_MADE_S, made_whole, unprivileged_user
from harness.runtime.programs.external import located
from harness.waiting import wait_until

pytestmark = pytest.mark.live

SHM = "/dev/shm/PostgreSQL."
CONTAINED: list[Containment] = ["subreaper"]
if best_containment() == "namespace":
    CONTAINED.append("namespace")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="threeam-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # unlike pytest's own, one that the server's user may enter
        monkeypatch.setattr(server_data, "cache_dir", lambda: folder)
        yield folder


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    path = tmp_path / "runs" / "d-test"
    (path / "logs").mkdir(parents=True)
    return path


def own(path: Path) -> None:
    """Give a file to whoever runs Postgres."""
    if user := unprivileged_user():
        os.chown(path, user.uid, user.gid)


def initialised(data: Path) -> Path:
    """The bin directory of Postgres, which has made `data`."""
    bindir = located("postgres")
    assert bindir is not None
    data.mkdir(parents=True, mode=0o700)
    own(data)
    user = unprivileged_user()
    subprocess.run(
        [
            *(bindir / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust"),
            *("--no-sync", "--no-locale", "--wal-segsize=4"),
        ],
        check=True,
        capture_output=True,
        cwd="/",
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    return bindir


async def running(guardian: Guardian, bindir: Path, data: Path, run_dir: Path) -> Server:
    return await start_postgres(
        guardian,
        bindir,
        data,
        port=postgres.free_port(),
        secrets=Secrets({SUPERUSER: "x"}, statements=False),
        log_path=run_dir / "logs" / "postgres.jsonl",
        connections=10,
    )


def segment_of(data: Path) -> tuple[int, int]:
    lines = (data / "postmaster.pid").read_text().splitlines()
    key, number = map(int, lines[server_data.SEGMENT_LINE].split())
    return key, number


def segments() -> set[tuple[int, int]]:
    return {(one["key"], one["shmid"]) for one in server_data._segments()}


@pytest.mark.parametrize("containment", CONTAINED)
async def test_a_killed_server_leaves_no_segment_nothing_in_dev_shm_and_no_data(
    cache: Path, run_dir: Path, containment: Containment
) -> None:
    data = server_data.folder_of(run_dir)
    bindir = initialised(data)
    guardian = await Guardian.start(run_dir, containment)
    lock = server_data.claim(data)
    server = await running(guardian, bindir, data, run_dir)
    pids = [process.pid for process in await guardian.list_pids()]
    assert server.child.pid in pids
    assert not {path for pid in pids for path in maps(pid) if path.startswith(SHM)}
    segment = segment_of(data)
    guardian_pid = guardian.info().pid
    assert guardian_pid
    os.kill(guardian_pid, signal.SIGKILL)
    await guardian.close()
    assert (segment in segments()) == (containment == "subreaper"), "a namespace takes it with it"
    server_data.sweep()
    assert data.is_dir(), "its host lives and holds the lock"
    lock.close()
    server_data.sweep()
    assert segment not in segments()
    assert list((cache / "running").iterdir()) == []


async def test_data_is_copied_with_its_modes(cache: Path, run_dir: Path) -> None:
    prepared, target = cache / "prepared", server_data.folder_of(run_dir)
    (prepared / "data").mkdir(parents=True)
    (prepared / "data" / "PG_VERSION").write_text("15")
    (prepared / "data").chmod(0o700)
    guardian = await Guardian.start(run_dir)
    try:
        await copy_data(guardian, prepared, target, run_dir / "logs" / "cp.jsonl")
        assert (target / "PG_VERSION").read_text() == "15"
        assert target.stat().st_mode & 0o777 == 0o700
        with pytest.raises(StackFailed, match=r"could not be copied: .*No such file"):
            await copy_data(guardian, cache / "none", target, run_dir / "logs" / "cp.jsonl")
    finally:
        await guardian.close()


@pytest.mark.parametrize("containment", CONTAINED)
async def test_a_copy_ends_with_the_stack(
    cache: Path, run_dir: Path, containment: Containment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would go on filling a folder that the next start has swept."""
    monkeypatch.setattr(databases, "COPY", ("sh", "-c", "touch began; sleep 600"))
    guardian = await Guardian.start(run_dir, containment)
    copying = asyncio.create_task(
        copy_data(guardian, cache, server_data.folder_of(run_dir), run_dir / "logs" / "cp.jsonl")
    )
    try:
        await wait_until(began(cache / "running"), timeout_s=10, what="the copy to begin")
        held = await guardian.list_pids()
        assert held
        guardian_pid = guardian.info().pid
        assert guardian_pid
        os.kill(guardian_pid, signal.SIGKILL)
        with pytest.raises(StackFailed, match="could not be copied"):
            await copying
    finally:
        await guardian.close()
    assert not [process for process in held if process.alive]


@pytest.mark.parametrize("is_discarded", [True, False])
async def test_a_server_that_is_killed_while_databases_are_prepared_leaves_no_segment(
    cache: Path, run_dir: Path, monkeypatch: pytest.MonkeyPatch, is_discarded: bool
) -> None:
    """Its host lives, and throws the unfinished folder away itself. The control: the folder alone
    is not enough."""
    guardian = await Guardian.start(run_dir, "subreaper")

    async def killed(*_: object) -> None:
        pid = guardian.info().pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        raise StackFailed("guardian died")

    async def no_zygote() -> Zygote:
        raise AssertionError("nothing is migrated here")

    bindir = located("postgres")
    assert bindir is not None
    monkeypatch.setattr(databases, "cache_dir", lambda: cache)
    monkeypatch.setattr(databases, "create", killed)
    if not is_discarded:
        monkeypatch.setattr(server_data, "discard_unfinished", lambda _: None)
    before = segments()
    preparer = Preparer(guardian, no_zygote, bindir, (), run_dir / "logs", lambda _: None)
    with pytest.raises(StackFailed, match="guardian died"):
        await preparer.prepare()
    await guardian.close()
    assert [path.name for path in (cache / "postgres").iterdir() if path.is_dir()] == []
    left = segments() - before
    assert len(left) == (0 if is_discarded else 1)
    for _, number in left:
        ctypes.CDLL(None).shmctl(number, server_data.IPC_RMID, None)


def began(folder: Path) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (folder / "began").exists()

    return look


async def test_without_the_setting_a_server_has_files_in_dev_shm(
    cache: Path, run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: what it looks for is there to be found."""
    monkeypatch.setitem(postgres.SETTINGS, "dynamic_shared_memory_type", "posix")
    data = server_data.folder_of(run_dir)
    bindir = initialised(data)
    guardian = await Guardian.start(run_dir, "subreaper")
    server = await running(guardian, bindir, data, run_dir)
    assert {path for path in maps(server.child.pid) if path.startswith(SHM)}
    await server.stop(limits.DOWN_S)
    await guardian.close()


HOLDER = """
import sys, time
from pathlib import Path
from harness.runtime.local import databases, server_data
from harness.runtime.local.databases import copy_data
lock = server_data.claim(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_the_data_of_a_killed_host_goes_with_the_next_start_of_any_home(
    cache: Path, run_dir: Path, tmp_path: Path
) -> None:
    data = server_data.folder_of(run_dir)
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        server_data.sweep()
        assert (data / "PG_VERSION").exists()
        holder.kill()
    server_data.sweep()
    assert list((cache / "running").iterdir()) == []


def test_a_cache_that_cannot_be_had_is_for_its_users_to_complain_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused() -> Path:
        raise EnvironmentMissing("nobody cannot enter it")

    monkeypatch.setattr(server_data, "cache_dir", refused)
    server_data.sweep()


def test_data_without_a_lock_is_left_while_it_is_new_or_used(cache: Path) -> None:
    new, used, forgotten = (cache / "running" / name for name in ("new", "used", "forgotten"))
    for folder in (new, used, forgotten):
        folder.mkdir(parents=True)
    for folder in (used, forgotten):
        os.utime(folder, (0, 0))
    with subprocess.Popen(
        [sys.executable, "-c", "input()", "-D", used], stdin=subprocess.PIPE
    ) as p:
        server_data.sweep()
        assert set((cache / "running").iterdir()) == {new, used}
        p.kill()
    server_data.sweep()
    assert set((cache / "running").iterdir()) == {new}


def test_what_a_killed_preparation_left_is_removed_and_one_at_work_is_not(cache: Path) -> None:
    dead = cache / "postgres" / "abc.x.part"
    (dead / "data").mkdir(parents=True)
    os.utime(dead, (0, 0))
    with made_whole(cache / "postgres" / "def") as part:
        os.utime(part, (0, 0))
        server_data.sweep()
        assert not dead.exists()
        assert part.is_dir()


def test_one_that_was_just_made_is_left_to_whoever_locks_it_and_removed_where_nobody_does(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drill that was killed a moment ago leaves nothing to the start after the next, either."""
    just_made = cache / "postgres" / "ghi.x.part"
    just_made.mkdir(parents=True)
    waited_s: list[float] = []
    lock = os.open(just_made, os.O_RDONLY)

    def its_maker_goes_on(delay_s: float) -> None:
        waited_s.append(delay_s)
        fcntl.flock(lock, fcntl.LOCK_EX)

    with monkeypatch.context() as slow_maker:
        slow_maker.setattr(cache_module.time, "sleep", its_maker_goes_on)
        server_data.sweep()
    assert just_made.is_dir()
    assert 0 < waited_s[0] <= JUST_MADE_S
    os.close(lock)
    server_data.sweep()
    assert not just_made.exists()


def test_shared_memory_of_a_killed_initdb_is_known_by_owner_time_and_use(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shm"
    shared.mkdir()
    monkeypatch.setattr(server_data, "SHARED_MEMORY", shared)
    part = cache / "postgres" / "abc.x.part"
    (part / "data").mkdir(parents=True)
    left, used, older, other = (shared / f"PostgreSQL.{n}" for n in range(4))
    for path in (left, used, older, other):
        path.write_bytes(b"\0" * mmap.PAGESIZE)
        own(path)
    (shared / "sem.another").touch()
    os.utime(older, (1_000_000, 1_000_000))
    if os.geteuid() == 0:
        os.chown(other, 12_345, 12_345)
    else:
        other.unlink()
    with used.open("r+b") as file, mmap.mmap(file.fileno(), 0):
        server_data.discard_unfinished(part)
    assert not part.exists()
    assert not left.exists()
    kept = {used, older, shared / "sem.another", *([other] if os.geteuid() == 0 else [])}
    assert set(shared.iterdir()) == kept


def test_shared_memory_that_a_server_makes_meanwhile_is_its_own(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shm"
    shared.mkdir()
    monkeypatch.setattr(server_data, "SHARED_MEMORY", shared)
    part = cache / "postgres" / "abc.x.part"
    (part / "data").mkdir(parents=True)
    made = shared / "PostgreSQL.1"

    def start_a_server(_pid: int) -> set[str]:
        """It has its memory a moment after its maps were looked at."""
        if not made.exists():
            made.write_bytes(b"\0" * mmap.PAGESIZE)
            own(made)
        return set()

    monkeypatch.setattr(server_data, "maps", start_a_server)
    server_data.discard_unfinished(part)
    assert not part.exists()
    assert made.exists()


def test_a_segment_is_known_by_key_number_and_owner_and_by_that_nobody_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_data, "_server_uid", os.geteuid)
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    key = 0x3A3A0000 | os.getpid() & 0xFFFF
    number = libc.shmget(key, 56, 0o1600)
    try:
        for text in ("", f"{key + 1} {number}", f"{key} {number + 1}", "no number"):
            (tmp_path / "postmaster.pid").write_text("1\n" * 6 + text)
            server_data.remove_segment(tmp_path)
            assert (key, number) in segments()
        (tmp_path / "postmaster.pid").write_text("1\n" * 6 + f"{key} {number}\n")
        monkeypatch.setattr(server_data, "_server_uid", lambda: os.geteuid() + 1)
        server_data.remove_segment(tmp_path)
        assert (key, number) in segments(), "of another user"
        monkeypatch.setattr(server_data, "_server_uid", os.geteuid)
        attached = libc.shmat(number, None, 0)
        assert not server_data.remove_segment(tmp_path)
        assert (key, number) in segments(), "somebody has it"
        monkeypatch.setattr(limits, "KILL_S", 0.1)
        server_data.discard(tmp_path)
        assert (tmp_path / "postmaster.pid").exists(), "which says what is left to remove"
        libc.shmdt(ctypes.c_void_p(attached))
        server_data.remove_segment(tmp_path)
        assert (key, number) not in segments()
    finally:
        libc.shmctl(number, server_data.IPC_RMID, None)


@pytest.mark.parametrize("text", ["{pid}\n", "-{pid}\n", "{pid}\n" + "1\n" * 5 + "1 2\n"])
def test_a_segment_that_its_server_had_no_time_to_note_is_known_by_who_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """As when a backend was killed and the server, which made itself another one, right after."""
    monkeypatch.setattr(server_data, "_server_uid", os.geteuid)
    libc = ctypes.CDLL(None)
    key = 0x3A3B0000 | os.getpid() & 0xFFFF
    number = libc.shmget(key, 56, 0o1600)
    try:
        (tmp_path / "postmaster.pid").write_text(text.format(pid=os.getpid() + 1))
        assert server_data.remove_segment(tmp_path)
        assert (key, number) in segments(), "another process made it"
        (tmp_path / "postmaster.pid").write_text(text.format(pid=os.getpid()))
        assert server_data.remove_segment(tmp_path)
        assert (key, number) not in segments()
    finally:
        libc.shmctl(number, server_data.IPC_RMID, None)


def test_where_there_can_be_no_cache_there_is_nothing_to_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THREEAM_CACHE", "/dev/null/cache")
    server_data.sweep()
