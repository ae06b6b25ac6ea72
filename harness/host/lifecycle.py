"""The life of a drill's host, from owning the home to a clean machine."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI

from harness import ports
from harness.agents.http_door import HttpDoor
from harness.aigate.gate_server import serving as serving_gate
from harness.aigate.gate_settings import GateSettings
from harness.api.console_server import serving, serving_alertmanager
from harness.drill.actions import ai_access
from harness.drill.lifecycle.exercise_clock import begin_exercise
from harness.drill.lifecycle.finish import finish, has_begun, put_away
from harness.drill.lifecycle.home import Home
from harness.drill.lifecycle.resume import LeftOff, left_off
from harness.drill.lifecycle.start import begin_schedule, died, start
from harness.drill.own_mistakes import note_mistake
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError
from harness.host.bootstrap import Prepared, prepare
from harness.host.host_log import logged_to
from harness.host.runtimes import reap, runtime_named
from harness.paths import PRIVATE_UMASK, created_with
from harness.review.keeping import keep
from harness.review.serving import go_on
from harness.runtime.port_check import listen
from harness.scoring.scorecard import Scorecard
from harness.settings import HostSettings
from harness.signals import Received, ending_by_signals
from harness.terminal import link_of, say
from harness.tokens import Caller

Player = Callable[[Session], Awaitable[None]]
View = Callable[[Session], AbstractAsyncContextManager[None]]
"""Shows a running drill for as long as its block lasts."""


def no_view(_: Session) -> AbstractAsyncContextManager[None]:
    """Shows nothing."""
    return nullcontext()


_LINGERING = (
    "the drill is over, and its links show its review now: score, postmortem, deck, charts, "
    "traces, logs"
)
SPARE_MINUTES = 60.0
"""Of real time beyond the agenda before a forgotten drill ends by itself."""


def no_news(_: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Outcome:
    """How a hosted drill ended."""

    card: Scorecard | None
    reason: str
    error: DrillError | None
    scenario: str = ""
    seed: int = 0


LookBack = Callable[[FastAPI, Outcome], Awaitable[None]]
"""What is done once a drill is over, while its API is still served."""


@dataclass(frozen=True)
class Afterwards:
    """What comes once a drill that people took part in is over."""

    tell: Callable[[Outcome], None]
    """Told as soon as it is."""
    linger_s: float = 0.0
    """How long its review is then shown at the same address; math.inf: until it is closed."""
    opened: Callable[[str], None] = no_news
    """Given the participant's link once the review answers."""


async def host(
    settings: HostSettings,
    *,
    player: Player | None,
    view: View = no_view,
    quiet: bool = False,
    afterwards: Afterwards | None = None,
) -> Outcome:
    """Run one drill to its end; `player` plays it, None leaves it to people, who see `view`.

    With `afterwards`, its review then takes its place.
    Raises DrillError where it could not even begin. Signals end it in an orderly way.
    """
    stop = asyncio.Event()
    progress: Callable[[str], None] = (lambda _: None) if quiet else (lambda text: say(f"… {text}"))
    gate_settings = GateSettings.take()
    with (
        ending_by_signals(stop) as received,
        created_with(PRIVATE_UMASK),
        Home(settings.home).owned(reap) as put_in_order,
    ):
        for sentence in put_in_order:
            say(f"before starting: {sentence}")
        left = left_off(settings.home / "runs") if settings.resume else None
        if left is not None:
            # Not its seed: whoever has that can draw the scenario by it.
            progress(f"resuming {left.drill_id}: agenda {left.agenda}")
            settings = _as_left(settings, left)
        os.umask(runtime_named(settings.runtime).umask())
        # Nobody is there to ask a model where a program plays.
        vendors = gate_settings.vendors if player is None else frozenset[str]()
        preparing = prepare(
            settings,
            stop,
            progress,
            left_off=left,
            ai_vendors=vendors,
            attended=player is None,
        )
        prepared = await _unless_stopped(stop, preparing)
        play = _played_by(player) if player else _left_to_people(prepared, settings, view, progress)
        say_gate = progress if player is None else None
        gate = ai_gate(prepared, gate_settings, say_gate)
        look_back = _looking_back(prepared, settings, afterwards, received, progress)
        return await _serve(prepared, settings, play, gate, progress, look_back)


async def _serve(
    prepared: Prepared,
    settings: HostSettings,
    play: Player,
    gate: AbstractAsyncContextManager[None],
    progress: Callable[[str], None],
    look_back: LookBack | None = None,
) -> Outcome:
    """Serve a drill until it is over, then put it away: in this order, so that nobody is answered
    by a host whose record is closed."""
    session, spec = prepared.session, prepared.session.spec
    orderly: bool | None = None
    try:
        with logged_to(spec.run_dir / "logs"):
            async with serving(session, prepared.tokens, ports.API + spec.port_offset) as app:
                app.state.agent_door = HttpDoor(session)
                async with _pager_port(prepared), gate:
                    Home(settings.home).announce(spec.drill_id, spec.places.api_url, spec.run_dir)
                    orderly = False
                    outcome = await _run(prepared, play, progress)
                    orderly = outcome.error is None
                if look_back is not None:
                    await look_back(app, outcome)
                return outcome
    finally:
        await put_away(session, orderly=orderly, progress=progress)


def _looking_back(
    prepared: Prepared,
    settings: HostSettings,
    afterwards: Afterwards | None,
    received: Received,
    progress: Callable[[str], None],
) -> LookBack:
    """Keep what was to be seen of a drill that is over, and let its review take its place."""
    session, spec = prepared.session, prepared.session.spec

    async def look_back(app: FastAPI, outcome: Outcome) -> None:
        has_happened = outcome.card is not None and has_begun(session)
        if afterwards is not None:
            afterwards.tell(outcome)
        if has_happened:
            await keep(session, settings.home, progress)
        if afterwards is None:
            return
        if afterwards.linger_s <= 0 or not received.somebody_may_stay:
            return
        if not has_happened:
            progress("it ended before anything had happened: there is no review, its links end")
            return
        closing = asyncio.Event()

        def ready() -> None:
            Home(settings.home).announce(
                spec.drill_id, spec.places.api_url, spec.run_dir, is_review=True
            )
            progress(_LINGERING)
            link = _say_links(prepared, progress)
            progress(f"{_until(afterwards.linger_s)}; `drill review` opens it again")
            afterwards.opened(link)

        try:
            with ending_by_signals(closing, outer=session.run.over):
                await go_on(
                    app,
                    spec.run_dir,
                    settings.home,
                    tokens=prepared.tokens,
                    port_offset=spec.port_offset,
                    stop=closing,
                    linger_s=afterwards.linger_s,
                    ready=ready,
                )
        except DrillError as error:
            progress(f"the review could not be opened: {error}")

    return look_back


def _until(linger_s: float) -> str:
    """When a review closes that takes a drill's place."""
    if math.isinf(linger_s):
        return "Ctrl-C here closes it"
    return f"it closes in {linger_s:g} s, or by Ctrl-C here"


def _as_left(settings: HostSettings, left: LeftOff) -> HostSettings:
    """The settings of a drill that goes on with one that died. An agenda that is given stands:
    an author's own one is known by its path alone."""
    known = {"scenario": left.scenario, "seed": left.seed, "runtime": left.runtime}
    agenda = settings.agenda or left.agenda
    speed = left.clock.speed if left.clock else settings.speed
    return settings.model_copy(update={**known, "agenda": agenda, "speed": speed})


@asynccontextmanager
async def _pager_port(prepared: Prepared) -> AsyncIterator[None]:
    """Alertmanager's port, where the host answers if there is no Alertmanager, and as soon as there
    is none any more."""
    session = prepared.session
    port = ports.ALERTMANAGER + session.spec.port_offset
    if not session.run.pager.command:
        async with serving_alertmanager(session, prepared.tokens, port):
            yield
        return

    async def take_over() -> None:
        await session.run.own_pager.wait()
        async with serving_alertmanager(session, prepared.tokens, port):
            await asyncio.Event().wait()

    standing_by = asyncio.create_task(take_over())
    session.run.keep(standing_by)
    try:
        yield
    finally:
        standing_by.cancel()
        await asyncio.gather(standing_by, return_exceptions=True)


@asynccontextmanager
async def ai_gate(
    prepared: Prepared, settings: GateSettings, say: Callable[[str], None] | None
) -> AsyncIterator[None]:
    """The AI gate for people while the block runs; without `say` nobody is there to ask it.

    Without a key it is served all the same: it refuses, and the record knows who asked.
    """
    if say is None:
        yield
        return
    session = prepared.session
    known = " and ".join(sorted(session.spec.ai_vendors))
    say(
        f"the AI gate answers for {known} at {session.spec.places.ai_gate_url}: drill ai status"
        if known
        else "the AI gate is off: give AIGATE_OPENAI_KEY or AIGATE_ANTHROPIC_KEY to this process"
    )
    listener = listen(urlsplit(session.spec.places.ai_gate_url).port or 0)
    async with serving_gate(ai_access.state_of(session), settings, prepared.tokens, listener):
        yield


async def _run(prepared: Prepared, play: Player, progress: Callable[[str], None]) -> Outcome:
    session = prepared.session
    error: DrillError | None = None
    try:
        await _until_over(session, _start_and_play(prepared, play, progress))
    except Exception as raised:  # noqa: BLE001  whatever it is, nothing may stay behind
        error = _as_drill_error(session, raised)
        session.run.end(error.message)
    session.run.over_reason = session.run.over_reason or "interrupted"
    if error is None and session.run.failure is not None:
        error = _as_drill_error(session, session.run.failure)
    if error is not None and (name := await session.services.runtime.collapse()):
        # Whatever was noticed first, came of that.
        error = died(name)
        session.run.over_reason = error.message
    card = await finish(session, orderly=error is None, progress=progress)
    spec = session.spec
    return Outcome(card, session.run.over_reason, error, spec.scenario.id, spec.seed)


def _as_drill_error(session: Session, error: BaseException) -> DrillError:
    """What a user is told of an error. One that nobody designed is recorded: as what the machine
    refused, else as ours."""
    if isinstance(error, DrillError):
        return error
    return note_mistake(session, error)


async def _start_and_play(
    prepared: Prepared, play: Player, progress: Callable[[str], None]
) -> None:
    await start(
        prepared.session,
        prepared.plan,
        prepared.load,
        expected_per_s=prepared.expected_per_s,
        progress=progress,
    )
    await play(prepared.session)


def _played_by(player: Player) -> Player:
    """Played by `player` from the first change to its end."""

    async def play(session: Session) -> None:
        begin_schedule(session)
        await player(session)
        session.run.end("played to its end")

    return play


def _left_to_people(
    prepared: Prepared, settings: HostSettings, view: View, progress: Callable[[str], None]
) -> Player:
    """Left to people, who are told where its consoles are, until it has lasted far too long."""

    async def play(session: Session) -> None:
        _say_links(prepared, progress)
        progress("other terminals: .venv/bin/drill status, page, logs …   Ctrl-C here ends it")
        limit_minutes = settings.time_limit_minutes or SPARE_MINUTES + agenda_minutes(session.spec)
        async with view(session):
            begin_exercise(session)
            await asyncio.sleep(limit_minutes * 60)
        session.run.end(f"the time limit of {limit_minutes:g} minutes")

    return play


def _say_links(prepared: Prepared, progress: Callable[[str], None]) -> str:
    """Say where the consoles are; the participant's link. Participants may see this terminal, or
    share its screen: it shows theirs alone."""
    api_url = prepared.session.spec.places.api_url
    link = link_of(api_url, prepared.tokens.token(Caller.PARTICIPANT))
    progress(f"console for the participant: {link}")
    progress("console for the instructor: drill open --role instructor (not on a shared screen)")
    return link


def agenda_minutes(spec: DrillSpec) -> float:
    """How long the agenda takes by itself, in real minutes."""
    return sum(one.duration_ms or 0 for one in spec.agenda.phases) / 60_000 / spec.speed


async def _unless_stopped(stop: asyncio.Event, preparing: Awaitable[Prepared]) -> Prepared:
    """What `preparing` gives; raises DrillError as soon as somebody asks for the end."""
    working, stopping = asyncio.ensure_future(preparing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return await working
        raise DrillError("interrupted before anything started", "start it again")
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


async def _until_over(session: Session, work: Awaitable[None]) -> None:
    """Run `work` until it ends or the drill is over, whichever comes first."""
    working = asyncio.ensure_future(work)
    over = asyncio.ensure_future(session.run.over.wait())
    try:
        await asyncio.wait({working, over}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in (working, over):
            task.cancel()
        await asyncio.gather(working, over, return_exceptions=True)
