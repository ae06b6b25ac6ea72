"""The same questions to both pagers of a local drill: a real Alertmanager, and the host itself.

Asked as Prometheus and amtool ask, on a real port and with the drill's own passwords.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness import ports
from harness.api.alertmanager_app import create_alertmanager_app
from harness.api.app import create_app
from harness.child_env import CLEAN_ENV
from harness.drill.actions.pager import follow_alertmanager
from harness.drill.lifecycle.start import _note_exit
from harness.drill.session import Session
from harness.errors import EnvironmentMissing
from harness.host import lifecycle
from harness.plain_http import local_client
from harness.record import events
from harness.runtime.base import ExitAction, ProcessExit
from harness.runtime.programs.external import ensure
from harness.runtime.programs.pager_choice import SETTING, choose_pager
from harness.runtime.ready import ReadyProbe
from harness.telemetry.alertmanager import alertmanager_spec, amtool_file, write_client_config
from harness.telemetry.alertmanager_client import AlertmanagerClient
from harness.tokens import TokenBook
from harness.waiting import wait_until
from tests.unit.drill.conftest import hand, session
from tests.unit.telemetry.conftest import free_port, serving

__all__ = ["hand", "session"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


@dataclass
class Asked:
    """One pager, and the drill that it pages for."""

    session: Session
    url: str
    tokens: TokenBook

    def client(self, user: str) -> httpx.AsyncClient:
        made = local_client(self.url)
        made.auth = self.tokens.login(user)
        return made

    async def fire(self, *alerts: dict[str, str], ended: bool = False) -> None:
        """What Prometheus sends of alerts that fire, or have ended."""
        now = datetime.now(UTC)
        ends_at = now if ended else now + timedelta(minutes=1)
        sent = [
            {
                "labels": {"severity": "critical", "team": "storefront", **labels},
                "annotations": {"summary": f"{labels['alertname']} it is"},
                "startsAt": (now - timedelta(seconds=1)).isoformat(),
                "endsAt": ends_at.isoformat(),
            }
            for labels in alerts
        ]
        async with self.client("prometheus") as http:
            (await http.post("/api/v2/alerts", json=sent)).raise_for_status()

    async def amtool(self, *words: str, login: bool = True) -> tuple[int, str]:
        given = [f"--http.config.file={amtool_file(self.session.spec.run_dir)}"] if login else []
        process = await asyncio.create_subprocess_exec(
            *(str(ensure("amtool")), f"--alertmanager.url={self.url}", *given, *words),
            env={"HOME": str(self.session.spec.run_dir)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 30)
        return process.returncode or 0, out.decode().strip()

    def paged(self) -> list[str]:
        return [page.alert for page in self.session.state().pages]

    def fired(self) -> set[str]:
        return {one.event.name for one in self.session.story().of(events.AlertFired)}

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """As the drill does it: what Alertmanager has is followed every moment."""

        async def is_so() -> bool:
            await follow_alertmanager(self.session)
            return holds()

        await wait_until(is_so, timeout_s=20, what=what)


@asynccontextmanager
async def real(
    session: Session, tokens: TokenBook, port: int, api: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Alertmanager as a drill runs it, and the webhook that it delivers to."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(SETTING, "alertmanager")
        try:
            pager = choose_pager()
        except EnvironmentMissing as error:
            pytest.skip(error.message)
    url = f"http://127.0.0.1:{api}/webhook/alertmanager"
    spec = alertmanager_spec(pager, session.spec.run_dir, port=port, pager_url=url, tokens=tokens)
    spec.log_path.parent.mkdir(exist_ok=True)
    probe, client = (
        ReadyProbe(),
        AlertmanagerClient(f"http://127.0.0.1:{port}", login=tokens.login("prometheus")),
    )
    with spec.log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *spec.argv, env={**CLEAN_ENV, **spec.env}, cwd=spec.cwd, stdout=log, stderr=log
        )
    try:
        await probe.wait(
            str(spec.ready_url),
            timeout_s=spec.ready_timeout_s,
            alive=lambda: process.returncode is None,
            login=spec.ready_login,
        )
        session.services.silencers, session.run.pager = client, pager
        async with serving(create_app(session, tokens, api), api):
            yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await probe.close()
        await client.close()


@asynccontextmanager
async def embedded(session: Session, tokens: TokenBook, port: int, _: int) -> AsyncIterator[None]:
    async with serving(create_alertmanager_app(session, tokens, port), port):
        yield


@pytest.fixture(params=[real, embedded], ids=["alertmanager", "embedded"])
async def pager(request: pytest.FixtureRequest, session: Session) -> AsyncIterator[Asked]:
    tokens = TokenBook.create(session.spec.run_dir / "secrets")
    write_client_config(session.spec.run_dir, tokens)
    session.run.has_begun = True  # before that nobody would be called
    port = free_port()
    async with request.param(session, tokens, port, free_port()):
        yield Asked(session, f"http://127.0.0.1:{port}", tokens)


async def test_what_fires_pages_and_amtool_lists_it(pager: Asked) -> None:
    await pager.fire({"alertname": "HighLatency", "service": "orders"})
    await pager.until(lambda: pager.paged() == ["HighLatency"], "the page")
    code, out = await pager.amtool("alert", "query", "severity=~crit.*", "service!=payments")
    assert (code, "HighLatency" in out) == (0, True)
    assert "HighLatency" not in (await pager.amtool("alert", "query", "service=payments"))[1]
    await pager.fire({"alertname": "HighLatency", "service": "orders"}, ended=True)
    await pager.until(lambda: not pager.session.run.alerts.firing(), "the alert's end")


async def test_a_silence_of_amtool_is_in_the_record_and_silences_the_page(pager: Asked) -> None:
    code, silence_id = await pager.amtool(
        *("silence", "add", "alertname=~High.*", "-a", "ada", "-c", "planned")
    )
    assert code == 0, silence_id
    noted = pager.session.story
    await pager.until(lambda: bool(noted().of(events.SilenceSet)), "the silence in the record")
    (found,) = noted().of(events.SilenceSet)
    assert (found.event.silence_id, found.event.by) == (silence_id, "ada")
    assert found.event.matchers == ('alertname=~"High.*"',)

    await pager.fire({"alertname": "HighLatency"}, {"alertname": "PaymentsFailing"})
    await pager.until(lambda: len(pager.fired()) == 2, "both to be known")
    await pager.until(lambda: bool(pager.paged()), "the page of the other one")
    assert pager.paged() == ["PaymentsFailing"]
    assert "HighLatency" in (await pager.amtool("alert", "query", "--silenced"))[1]
    assert "HighLatency" not in (await pager.amtool("alert", "query"))[1]

    assert (await pager.amtool("silence", "expire", silence_id))[0] == 0
    await pager.until(lambda: "HighLatency" in pager.paged(), "the page that it held back")
    assert [one.event.silence_id for one in noted().of(events.SilenceEnded)] == [silence_id]


async def test_what_follows_is_inhibited_within_its_team_and_known_all_the_same(
    pager: Asked,
) -> None:
    await pager.fire({"alertname": "CheckoutStalled"})
    await pager.until(lambda: pager.paged() == ["CheckoutStalled"], "the first page")
    follows: Sequence[dict[str, str]] = (
        {"alertname": "HighErrorRate"},
        {"alertname": "HighLatency", "route": "/api/checkout"},
    )
    apart = {"alertname": "ErrorBudgetBurn", "team": "payments"}
    await pager.fire({"alertname": "CheckoutStalled"}, *follows, apart)
    await pager.until(lambda: len(pager.fired()) == 4, "all to be known")
    await pager.until(lambda: "ErrorBudgetBurn" in pager.paged(), "another team's page")
    assert set(pager.paged()) == {"CheckoutStalled", "ErrorBudgetBurn"}
    assert "HighErrorRate" in (await pager.amtool("alert", "query", "--inhibited"))[1]
    assert "HighErrorRate" not in (await pager.amtool("alert", "query"))[1]

    await pager.fire({"alertname": "CheckoutStalled"}, ended=True)
    await pager.until(
        lambda: {"HighErrorRate", "HighLatency"} <= set(pager.paged()), "what it held back"
    )


async def test_groups_receivers_and_status_are_told(pager: Asked) -> None:
    await pager.fire(
        {"alertname": "HighLatency"},
        {"alertname": "CheckoutStalled"},
        {"alertname": "LedgerOutOfBalance", "team": "money"},
    )
    async with pager.client("oncall") as http:

        async def asked(path: str) -> Any:
            return (await http.get(f"/api/v2/{path}")).raise_for_status().json()

        async def all_there() -> bool:
            return sum(len(one["alerts"]) for one in await asked("alerts/groups")) == 3

        await wait_until(all_there, timeout_s=20, what="the groups")
        groups = {one["labels"]["team"]: one for one in await asked("alerts/groups")}
        assert {team: len(one["alerts"]) for team, one in groups.items()} == {
            "money": 1,
            "storefront": 2,
        }
        assert {one["receiver"]["name"] for one in groups.values()} == {"on-call"}
        assert [one["name"] for one in await asked("receivers")] == ["on-call"]
        status = await asked("status")
        assert status["cluster"]["status"] == "disabled"
        assert "on-call" in status["config"]["original"]
    assert "on-call" in (await pager.amtool("config", "routes", "test", "alertname=x"))[1]


async def test_nobody_without_a_password_of_the_drill_gets_in(pager: Asked) -> None:
    token = pager.tokens.login("oncall")[1]
    now = datetime.now(UTC)
    silence = {
        "matchers": [{"name": "alertname", "value": "x", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "nobody",
        "comment": "",
    }
    async with pager.client("oncall") as http:
        for login in (None, ("oncall", "a guess"), ("prometheus", token), ("nobody", token)):
            http.auth = login  # type: ignore[assignment]
            for path in ("alerts", "alerts/groups", "silences", "receivers", "status"):
                assert (await http.get(f"/api/v2/{path}")).status_code == 401
            assert (await http.post("/api/v2/silences", json=silence)).status_code == 401
            assert (await http.post("/api/v2/alerts", json=[])).status_code == 401
        for user in ("oncall", "instructor"):  # negative control
            http.auth = pager.tokens.login(user)
            assert (await http.post("/api/v2/silences", json=silence)).status_code == 200
    code, out = await pager.amtool("silence", "add", "alertname=x", "-c", "y", login=False)
    assert (code, "401" in out) == (1, True)


async def test_the_host_takes_over_from_an_alertmanager_that_was_killed(session: Session) -> None:
    """At the same port, with what was silenced; what fires then pages, and what was paged stays."""
    tokens = TokenBook.create(session.spec.run_dir / "secrets")
    write_client_config(session.spec.run_dir, tokens)
    session.run.has_begun = True
    port = free_port()
    session.spec = replace(session.spec, port_offset=port - ports.ALERTMANAGER)
    pager = Asked(session, f"http://127.0.0.1:{port}", tokens)
    async with real(session, tokens, port, free_port()) as process:
        prepared: Any = SimpleNamespace(session=session, tokens=tokens)
        async with lifecycle._pager_port(prepared):
            silenced = ("silence", "add", "alertname=HighLatency", "-a", "ada", "-c", "planned")
            assert (await pager.amtool(*silenced))[0] == 0
            noted = session.story
            await pager.until(lambda: bool(noted().of(events.SilenceSet)), "the silence")
            await pager.fire({"alertname": "CheckoutStalled"})
            await pager.until(lambda: pager.paged() == ["CheckoutStalled"], "the first page")

            process.kill()
            died = ProcessExit("alertmanager", process.pid, await process.wait(), ExitAction.GO_ON)
            with pytest.raises(httpx.ConnectError):  # negative control: nobody answers by himself
                await pager.fire({"alertname": "PaymentsFailing"})
            _note_exit(session, died)

            async def is_taken_over() -> bool:
                with contextlib.suppress(httpx.ConnectError):
                    await pager.fire({"alertname": "PaymentsFailing"}, {"alertname": "HighLatency"})
                    return True
                return False

            await wait_until(is_taken_over, timeout_s=10, what="the host at that port")
            await pager.until(lambda: len(pager.paged()) == 2, "the page by the host")
            assert pager.paged() == ["CheckoutStalled", "PaymentsFailing"]
            assert "HighLatency" in pager.fired(), "known, and silenced"
            assert "HighLatency" in (await pager.amtool("alert", "query", "--silenced"))[1]
    assert session.run.failure is None
