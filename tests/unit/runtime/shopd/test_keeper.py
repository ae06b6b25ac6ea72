"""Whatever a release started ends with it, in whatever session and with whichever socket."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from harness import limits
from harness.errors import DeployFailed
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.local.supervise import Containment
from harness.runtime.procfs import ProcessId, identify
from harness.runtime.shopd import keeper
from harness.waiting import wait_until
from tests.contract.escape import ANSWER, BEFORE_SERVING, ONCE_IT_SERVES, escaping
from tests.contract.shop_fixture import Shop, get, pid_of, serving, silent, until_serving

pytestmark = pytest.mark.live


@pytest.fixture
async def runtime() -> AsyncIterator[LocalRuntime]:
    """One whose releases can tell this test which process has escaped."""
    made = LocalRuntime(is_sealed=False)
    yield made
    await made.down()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "escapee"


async def escapee_of(note: Path) -> ProcessId:
    async def noted() -> bool:
        return note.exists()

    await wait_until(noted, timeout_s=20, what="the escapee to escape")
    found = identify(int(note.read_text()))
    assert found
    return found


async def gone(process: ProcessId) -> None:
    async def ended() -> bool:
        return not process.alive

    await wait_until(ended, timeout_s=limits.KILL_S, what="the escapee to end")


async def rolled_back(shop: Shop, runtime: LocalRuntime, note: Path) -> tuple[ProcessId, set[str]]:
    """The process that the release forked, and who answered 60 requests after the rollback."""
    good = shop.release("1.0.0")
    await runtime.up(shop.plan(good), silent)
    bad = shop.release("1.0.1", prelude=escaping(ANSWER, note), startup=ONCE_IT_SERVES)
    await runtime.deploy("x", bad, silent)
    escapee = await escapee_of(note)
    assert escapee.alive
    await runtime.deploy("x", good, silent)
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [(await client.get(shop.url)).json()["version"] for _ in range(60)]
    return escapee, set(answers)


async def test_what_a_release_forked_is_gone_with_its_rollback_and_answers_nobody(
    shop: Shop, runtime: LocalRuntime, note: Path
) -> None:
    escapee, answered = await rolled_back(shop, runtime, note)
    assert not escapee.alive
    assert answered == {"1.0.0"}


async def test_a_release_that_dies_takes_along_what_it_started(
    shop: Shop, runtime: LocalRuntime, note: Path
) -> None:
    release = shop.release("1.0.0", prelude=escaping(note=note), startup=ONCE_IT_SERVES)
    await runtime.up(shop.plan(release), silent)
    escapee = await escapee_of(note)
    note.unlink()
    os.kill(pid_of(runtime, "x"), signal.SIGKILL)
    await gone(escapee)
    await escapee_of(note)  # of the process that took its place
    assert await serving(shop) == "1.0.0"


@pytest.mark.parametrize("end", ["raise ValueError('no')", "os._exit(3)", "time.sleep(60)"])
async def test_a_release_that_never_serves_leaves_nothing(
    shop: Shop, runtime: LocalRuntime, note: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SERVICE_READY_S", 3.0)
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    prelude = (
        f"{escaping(note=note)}\n{BEFORE_SERVING}\nwhile not Path({str(note)!r}).exists(): pass\n"
    )
    with pytest.raises(DeployFailed):
        await runtime.deploy("x", shop.release("1.0.1", prelude=prelude + end), silent)
    await gone(noted_in(note))
    assert await serving(shop) == "1.0.0"


def noted_in(note: Path) -> ProcessId:
    """The escapee, though it may have ended meanwhile."""
    pid = int(note.read_text())
    return identify(pid) or ProcessId(pid, 0)


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid")))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_release_that_turns_on_its_keeper_escapes_no_more_than_others(
    shop: Shop, runtime: LocalRuntime, note: Path, number: signal.Signals
) -> None:
    release = shop.release("1.0.0", prelude=escaping(note=note), startup=ONCE_IT_SERVES)
    await runtime.up(shop.plan(release), silent)
    escapee = await escapee_of(note)
    note.unlink()
    os.kill(parent_of(pid_of(runtime, "x")), number)
    if number == signal.SIGSTOP:
        await runtime.restart("x", silent)
    await gone(escapee)
    await until_serving(shop, "1.0.0")


@pytest.mark.parametrize("is_keeper_first", [True, False])
@pytest.mark.parametrize("mode", ["namespace", "subreaper", "none"])
async def test_a_release_that_kills_its_keeper_and_the_zygote_escapes_neither(
    shop: Shop, note: Path, is_keeper_first: bool, mode: Containment
) -> None:
    """Negative control: where nobody adopts orphans (`none`), it lives on."""
    runtime = LocalRuntime(containment=mode, is_sealed=False)
    release = shop.release("1.0.0", prelude=escaping(note=note), startup=ONCE_IT_SERVES)
    try:
        await runtime.up(shop.plan(release), silent)
        escapee = await escapee_of(note)
        note.unlink()
        pair = [parent_of(pid_of(runtime, "x")), pid_of(runtime, "shopd")]
        first, second = pair if is_keeper_first else pair[::-1]
        os.kill(second, signal.SIGSTOP)  # so that neither gets to do its work
        os.kill(first, signal.SIGKILL)
        os.kill(second, signal.SIGKILL)
        await until_serving(shop, "1.0.0")
        if mode == "none":
            assert escapee.alive
            os.kill(escapee.pid, signal.SIGKILL)
        await gone(escapee)
    finally:
        await runtime.down()
        if note.exists() and (left := identify(int(note.read_text()))):
            os.kill(left.pid, signal.SIGKILL)  # in `none`, of the process that took its place


async def test_the_zygotes_end_is_theirs_too(shop: Shop, runtime: LocalRuntime, note: Path) -> None:
    release = shop.release("1.0.0", prelude=escaping(note=note), startup=ONCE_IT_SERVES)
    await runtime.up(shop.plan(release), silent)
    escapee, before = await escapee_of(note), await get(shop)
    note.unlink()
    os.kill(pid_of(runtime, "shopd"), signal.SIGKILL)
    await gone(escapee)

    async def fresh() -> bool:
        try:
            return (await get(shop))["pid"] != before["pid"]
        except httpx.TransportError:
            return False

    await wait_until(fresh, timeout_s=20, what="a fresh process to serve")


def test_ones_own_children_are_found_and_no_others() -> None:
    before = keeper.children()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(reading, 1)
        os._exit(0)
    try:
        assert keeper.children() - before == {pid}
        assert 1 not in keeper.children()
    finally:
        os.write(writing, b"x")
        os.waitpid(pid, 0)
        os.close(reading)
        os.close(writing)
