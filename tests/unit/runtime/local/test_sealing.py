"""From inside a hostile release: what it can read of the machine that it runs on."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.paths import REPO
from harness.runtime.local import sealing
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.local.sealing import FIRST_USER, Way, way_to_seal
from tests.contract.shop_fixture import Shop, pid_of, silent

pytestmark = pytest.mark.live
LOOK = """
    from pathlib import Path

    @app.get("/look")
    async def look(path: str):
        try:
            found = Path(path)
            if found.is_dir():
                return {"found": sorted(one.name for one in found.iterdir())}
            return {"found": found.read_bytes()[:200].decode(errors="replace")}
        except OSError as error:
            return {"refused": error.strerror}

    @app.get("/write")
    async def write(path: str):
        try:
            Path(path).write_text("mine")
        except OSError as error:
            return {"refused": error.strerror}
        return {"found": "written"}

    @app.get("/others")
    async def others():
        '''Which parts of which other processes can be looked into.'''
        seen, me = [], os.readlink("/proc/self")
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and process.name != me:
                for part in ("environ", "root/etc", "cwd/.", "maps", "mem"):
                    try:
                        place = process / part
                        found = list(place.iterdir()) if place.is_dir() else place.read_bytes()
                        if not found:
                            continue  # the kernel's own have neither
                        seen.append(f"{(process / 'comm').read_text().strip()}: {part}")
                    except OSError:
                        pass
        return {"found": seen, "user": os.getuid(), "own": len(os.listdir("/proc/self/fd"))}
"""
SECRETS = ("record.db", "secrets/instructor.token", "workspace/README.md")


@pytest.fixture(params=["users", "namespaces"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Way:
    """Each way that this machine has."""
    chosen = Way(has_users=request.param == "users")
    best = way_to_seal()
    if best.why_not or (chosen.has_users and not best.has_users):
        pytest.skip(best.why_not or "users cannot be changed here")
    monkeypatch.setattr(sealing, "way_to_seal", lambda: chosen)
    return chosen


class Looker:
    """A drill whose release does what it is asked to."""

    def __init__(self, folder: Path, offset: int, runtime: LocalRuntime) -> None:
        self.shop, self.runtime = Shop(folder, first_offset=offset), runtime
        self.run_dir = folder / "runs" / "d-0001"

    async def up(self) -> None:
        plan = self.shop.plan(self.shop.release("1.0.0", extra=LOOK.strip()))
        for name in SECRETS:
            path = self.run_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a secret")
        self.run_dir.chmod(0o700)
        given = {**plan.service_env, "PROVIDER_CA_FILE": str(self.run_dir / "ca.pem")}
        (self.run_dir / "ca.pem").write_text("a certificate")
        await self.runtime.up(replace(plan, service_env=given), silent)

    async def asked(self, what: str, path: Path | str = "") -> Any:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{self.shop.url}/{what}", params={"path": str(path)})
        return answer.json()


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Looker, Looker]]:
    """Two drills side by side, not up yet."""
    found = tuple(
        Looker(tmp_path / name, 16_000 + 3_000 * number, LocalRuntime(is_hubs=True))
        for number, name in enumerate(("one", "two"))
    )
    yield found  # type: ignore[misc]
    for one in found:
        await one.runtime.down()


def places(mine: Looker, other: Looker) -> list[Path]:
    """What no release is to read: the answer, records and tokens, its own drill's and another's."""
    return [
        *(REPO / name for name in ("faults", "faults/scenarios", "pyproject.toml", ".git")),
        *(one.run_dir / name for one in (mine, other) for name in SECRETS),
        other.shop.folder / "releases" / "1.0.0" / "services" / "x" / "app.py",
    ]


async def test_a_hostile_release_reads_nothing_that_is_not_its_own(
    way: Way, two: tuple[Looker, Looker]
) -> None:
    mine, other = two
    for one in two:
        await one.up()
    refused = [await mine.asked("look", path) for path in places(mine, other)]
    assert [one for one in refused if one != {"refused": "No such file or directory"}] == []
    own = await mine.asked("look", mine.shop.folder / "releases" / "1.0.0" / "services" / "x")
    assert own == {"found": ["app.py"]}
    given = await mine.asked("look", mine.run_dir / "ca.pem")
    assert given == {"found": "a certificate"}, "what its environment names is there"
    for number in (os.getpid(), pid_of(other.runtime, "x"), pid_of(mine.runtime, "guardian")):
        assert "refused" in await mine.asked("look", f"/proc/{number}/environ")
    found, others = await mine.asked("others"), await other.asked("others")
    assert found["found"] == []
    assert found["own"] > 2, "its own metrics need this"
    if way.has_users:
        users = [FIRST_USER + one.shop.offset for one in two]
        assert [found["user"], others["user"]] == users


async def test_a_hostile_release_changes_nothing_that_others_run(
    way: Way, two: tuple[Looker, Looker]
) -> None:
    mine, _ = two
    await mine.up()
    python = Path(os.__file__)
    own = mine.shop.folder / "releases" / "1.0.0" / "services" / "x" / "app.py"
    for path in (python.with_name("mine.py"), own, "/etc/mine", "/usr/bin/mine"):
        assert "refused" in await mine.asked("write", path), path
    note = Path(f"/tmp/note-{os.getpid()}")
    assert await mine.asked("write", note) == {"found": "written"}
    assert not note.exists(), "that was a /tmp of its own"


async def test_without_its_seal_a_release_reads_all_of_it(two: tuple[Looker, Looker]) -> None:
    """Negative control."""
    mine, other = two
    mine.runtime = LocalRuntime(is_sealed=False, is_hubs=True)
    try:
        await mine.up()
        await other.up()
        seen = [await mine.asked("look", path) for path in places(mine, other)]
        assert [one for one in seen if "found" not in one] == []
        assert (await mine.asked("others"))["found"]
    finally:
        await mine.runtime.down()


def test_a_drill_is_sealed_where_its_people_come_by_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.runtime.local import runtime

    monkeypatch.setattr(runtime, "way_to_seal", lambda: Way(has_users=True))
    assert LocalRuntime(is_hubs=True).mode == "sealed"
    assert LocalRuntime().mode == "honour", "whoever sits here may read the repository"
    monkeypatch.setattr(runtime, "way_to_seal", lambda: Way(has_users=False, why_not="no"))
    assert LocalRuntime(is_hubs=True).mode == "honour"
