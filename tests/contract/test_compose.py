"""What the Compose runtime promises beyond the contract: about an engine that others touch, too.

The engine's absence is had by a socket between it and us, which is closed and opened again.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from harness import limits
from harness.errors import DeployFailed, StackFailed
from harness.model import ContainerSpec, ProcessSpec
from harness.runtime.base import ExitAction, ProcessExit, Runtime
from harness.runtime.compose import databases
from harness.runtime.compose.command import Compose
from harness.runtime.compose.endpoint import find_socket
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import PREFIX
from harness.runtime.compose.leftovers import remove_all
from harness.runtime.compose.project import PROJECT_LABEL, RUN_LABEL, SERVICE_LABEL, project_name
from harness.runtime.compose.runtime import ComposeRuntime
from harness.waiting import wait_until
from tests.contract.kits import BASE, Kit
from tests.contract.shop_fixture import Shop, serving, silent, until_serving, until_told

CARRIER = Path(__file__).with_name("between.py")
pytestmark = [pytest.mark.engine, pytest.mark.live]


@pytest.fixture
def kit_name() -> str:
    return "compose"


class Between:
    """A socket that leads to the engine, until it is closed; it may be opened again."""

    def __init__(self, path: Path, engine: Path) -> None:
        self.path, self._engine = path, engine
        self._process: subprocess.Popen[bytes] | None = None

    async def open(self) -> None:
        self.path.unlink(missing_ok=True)
        argv = [sys.executable, str(CARRIER), str(self.path), str(self._engine)]
        self._process = await asyncio.to_thread(subprocess.Popen, argv)

        async def listening() -> bool:
            return self.path.exists()

        await wait_until(listening, timeout_s=10, what="the socket to the engine")

    def close(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@pytest.fixture
async def between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Between]:
    made = Between(tmp_path / "engine.sock", find_socket())
    await made.open()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{made.path}")
    yield made
    made.close()


async def container_of(engine: Engine, shop: Shop, service: str) -> str:
    project = project_name(shop.bare_plan())
    labels = (f"{PROJECT_LABEL}={project}", f"{SERVICE_LABEL}={service}")
    (found,) = await engine.labelled("containers", *labels)
    container: str = found["Id"]
    return container


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    made = await Engine.connect()
    yield made
    await made.close()


@pytest.mark.parametrize("act", ["kill", "pause"])
async def test_a_service_that_is_killed_or_paused_from_outside_is_told_and_started_again(
    shop: Shop, runtime: Runtime, engine: Engine, act: str
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    before = await container_of(engine, shop, "x")
    await engine.call("POST", f"/containers/{before}/{act}")
    ended = await until_told(told)
    assert (ended.name, ended.exit_code, ended.action) == ("x", -9, ExitAction.RESTART)
    await until_serving(shop, "1.0.0")
    assert await container_of(engine, shop, "x") != before


async def test_another_container_that_is_removed_from_outside_is_told_by_its_name(
    kit: Kit, shop: Shop, runtime: Runtime, engine: Engine
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    log = plan.run_dir / "logs" / "load.jsonl"
    await runtime.spawn(ProcessSpec("load", ("sleep", "60"), {}, plan.run_dir, log))
    await engine.remove("containers", await container_of(engine, shop, "load"))
    ended = await until_told(told)
    assert (ended.name, ended.action) == ("load", ExitAction.NONE)
    assert await serving(shop) == "1.0.0"
    await runtime.down()
    assert await kit.left_of(plan) == []


async def test_a_build_that_fails_names_its_reason_and_the_old_release_serves_on(
    kit: Kit, shop: Shop, runtime: Runtime
) -> None:
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    before = await kit.left_of(plan)
    bad = shop.release("1.0.1")
    shutil.rmtree(bad.path / "services" / "x")
    with pytest.raises(DeployFailed, match=r"its image was not built(.|\n)*services/x") as failure:
        await runtime.deploy("x", bad, silent)
    assert "1.0.0 is still serving" in failure.value.hint
    assert await serving(shop) == "1.0.0"
    assert await kit.left_of(plan) == before


async def test_a_release_that_was_prepared_is_deployed_without_another_build(
    shop: Shop, runtime: Runtime
) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    first = await images_of_x()
    # What differs from run to run, since the images of former ones are still there.
    release = shop.release("1.0.1", prelude=f"# {shop.folder}")
    await runtime.prepare(release)
    built = await images_of_x()
    assert len(built - first) == 1
    await runtime.deploy("x", release, silent)
    assert await serving(shop) == "1.0.1"
    assert await images_of_x() == built
    await runtime.deploy("x", shop.release("1.0.2", prelude=f"# {shop.folder}, again"), silent)
    assert len(await images_of_x() - built) == 1, "the control: nobody had prepared this one"


@pytest.mark.timeout(400)  # six stacks
async def test_databases_whose_image_is_gone_are_prepared_anew_with_passwords_of_their_own(
    shop: Shop, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of them, their passwords, opens no other server."""
    monkeypatch.setattr(databases, "cache_dir", lambda: tmp_path / "cache")
    table = ("CREATE TABLE things (id int PRIMARY KEY)",)
    plan = shop.plan(shop.release("1.0.0", migrations=table), database=True)

    async def brought_up(drill: str) -> str:
        runtime = ComposeRuntime(base=BASE)
        run_dir = tmp_path / drill
        run_dir.mkdir()
        try:
            await runtime.up(replace(plan, drill_id=drill, run_dir=run_dir), silent)
            url = runtime.database_url("x", role="owner")
            async with await psycopg.AsyncConnection.connect(url) as owner:
                counted = await (await owner.execute("SELECT count(*) FROM things")).fetchone()
            assert counted == (2,)
            return url
        finally:
            await runtime.down()

    first = await brought_up("d-0001")
    assert await brought_up("d-0002") == first, "the same ones are copied"
    (key,) = (path.name for path in (tmp_path / "cache" / "compose").iterdir() if path.is_dir())
    await engine.call("DELETE", f"/images/{PREFIX}/databases:{key}")
    with monkeypatch.context() as believing:  # the control: nobody looks whether the image is there
        believing.setattr(Engine, "has_image", lambda *_: asyncio.sleep(0, result=True))
        with pytest.raises(StackFailed):
            await brought_up("d-0003")
    anew = await brought_up("d-0004")
    assert anew != first
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(databases, "cache_dir", lambda: tmp_path / "another")
        assert await brought_up("d-0005") not in (first, anew), "another cache, the same engine"
    assert await brought_up("d-0006") == anew


async def test_what_cannot_be_built_is_told_by_its_deploy(shop: Shop, runtime: Runtime) -> None:
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    bad = shop.release("1.0.1")
    shutil.rmtree(bad.path / "services" / "x")
    await runtime.prepare(bad)
    assert await serving(shop) == "1.0.0"


async def images_of_x() -> set[str]:
    engine = await Engine.connect()
    try:
        tags = {tag for image in await engine.own_images() for tag in image["RepoTags"] or ()}
        return {tag for tag in tags if tag.startswith("threeam/x:")}
    finally:
        await engine.close()


async def test_an_engine_that_goes_away_is_told_once_and_its_return_is_waited_for(
    between: Between, kit: Kit, shop: Shop, runtime: Runtime
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    between.close()
    ended = await until_told(told)
    ending = asyncio.create_task(runtime.down())
    await between.open()
    await ending
    assert [it.name for it in told] == [ended.name] == ["the Docker engine"]
    assert await kit.left_of(plan) == []


async def test_an_engine_that_stays_away_is_said_and_the_next_start_cleans_up(
    between: Between,
    kit: Kit,
    shop: Shop,
    runtime: Runtime,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ENGINE_BACK_S", 0.5)
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    await runtime.up(plan, silent)
    between.close()
    await until_told(told)
    with pytest.raises(StackFailed, match="the Docker engine went away") as failure:
        await runtime.down()
    assert "the next drill from here removes what is left" in failure.value.hint
    await between.open()
    assert await kit.left_of(plan) != []
    assert kit.reap(shop.folder) == (), "while this host lives, its run is not a leftover"
    await remove_all(engine, f"{RUN_LABEL}={project_name(plan)}")


async def test_compose_that_fails_half_way_leaves_nothing(
    kit: Kit, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    up, calls = Compose.up, 0

    async def failing(self: Compose, *services: str, **given: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StackFailed("Compose could not start x: no space left on device")
        await up(self, *services, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Compose, "up", failing)
    plan = shop.plan(shop.release("1.0.0"))
    runtime = ComposeRuntime(base=BASE)
    with pytest.raises(StackFailed, match="no space left on device"):
        await runtime.up(plan, silent)
    assert await kit.left_of(plan) == []


def may_be_missing(shop: Shop, command: str) -> ContainerSpec:
    """Something beside the shop that a drill can do without, by the name of one that has a file."""
    log = shop.folder / "runs" / "d-0001" / "logs" / "recorder.jsonl"
    url = f"http://127.0.0.1:{8443 + shop.offset}/"
    argv = ("python", "-c", command)
    return ContainerSpec("recorder", argv, {}, shop.folder, log, url, may_be_missing=True)


async def test_what_a_drill_can_do_without_is_said_to_be_missing(
    shop: Shop, runtime: Runtime
) -> None:
    said: list[str] = []
    plan = shop.plan(shop.release("1.0.0"))
    spec = may_be_missing(shop, "raise SystemExit('no database')")
    await runtime.up(replace(plan, sidecars=(spec,)), said.append)
    assert await serving(shop) == "1.0.0"
    (line,) = [text for text in said if text.startswith("recorder disabled: ")]
    assert "it ended" in line


async def test_the_end_of_what_a_drill_can_do_without_is_told_as_such(
    shop: Shop, runtime: Runtime, engine: Engine
) -> None:
    told: list[ProcessExit] = []
    runtime.on_exit(told.append)
    plan = shop.plan(shop.release("1.0.0"))
    serve = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8443)"
    await runtime.up(replace(plan, sidecars=(may_be_missing(shop, serve),)), silent)
    await engine.kill(await container_of(engine, shop, "recorder"))
    ended = await until_told(told)
    assert (ended.name, ended.action) == ("recorder", ExitAction.GO_ON)
