"""The reviews that a hub has open: each a process of its own, started when somebody asks for it,
and ended when nobody is there any more, or nobody has asked it anything for long.

Whether somebody may ask is decided at the hub's door, by their role in that drill.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.child_env import HOST, NETWORK, PLACES, program_env
from harness.ends_with_parent import bound
from harness.errors import EnvironmentMissing
from harness.hub.review_process import ReviewRefusal, parsed
from harness.hub.run_registry import Ended, Target
from harness.paths import PRIVATE_UMASK, REPO, created_with

MODULE = "harness.hub.review_process"
OUTPUT = "hub-review.log"
"""In a team's folder: what the process of its newest review said."""
OPEN_MAX = 4
"""Each takes about 250 MiB: its host, its Prometheus, its recorder."""
LEFT_S = 60.0
"""After the last answer: who reloads the page finds it open."""
IDLE_S = 1800.0
"""Without a question, while streams go on: a tab that was forgotten."""
OPENING_S = 60.0
CLOSING_S = 10.0


@dataclass(frozen=True)
class ReviewBounds:
    """How many are open at once, and for how long nobody need be there, in seconds."""

    open_max: int = OPEN_MAX
    left_s: float = LEFT_S
    idle_s: float = IDLE_S


@dataclass
class _Review:
    """One that answers, and who is being answered."""

    process: Process
    target: Target
    close: Callable[[bool], None]
    """Told whether it was only idle: then no stream opens it again."""
    bounds: ReviewBounds
    answering: int = 0
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def enter(self, *, is_question: bool) -> None:
        self.answering += 1
        self._stop("left")
        if is_question:
            self._begin("idle", self.bounds.idle_s, is_idle=True)

    def leave(self) -> None:
        self.answering -= 1
        self.leave_unless_entered()

    def leave_unless_entered(self) -> None:
        """Whoever asked for it may be gone before it is open."""
        if self.answering == 0:
            self._begin("left", self.bounds.left_s, is_idle=False)

    def stop_timers(self) -> None:
        for name in list(self.timers):
            self._stop(name)

    def _begin(self, name: str, after_s: float, *, is_idle: bool) -> None:
        self._stop(name)
        loop = asyncio.get_running_loop()
        self.timers[name] = loop.call_later(after_s, self.close, is_idle)

    def _stop(self, name: str) -> None:
        if (timer := self.timers.pop(name, None)) is not None:
            timer.cancel()


class ReviewUse:
    """Somebody who is being answered by a review, until `end`."""

    def __init__(self, review: _Review, *, is_question: bool) -> None:
        self._review: _Review | None = review
        self.target = review.target
        review.enter(is_question=is_question)

    def end(self) -> None:
        """The answer is complete, or its reader gone; more than once is as good."""
        if self._review is not None:
            self._review.leave()
            self._review = None


class Reviews:
    """Those of one hub. `command` is what serves one: tests have another."""

    def __init__(
        self,
        bounds: ReviewBounds | None = None,
        command: tuple[str, ...] = (sys.executable, "-m", MODULE),
    ) -> None:
        self._bounds, self._command = bounds or ReviewBounds(), command
        self._open: dict[str, asyncio.Task[_Review]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._asleep: set[str] = set()

    @property
    def are_open(self) -> tuple[str, ...]:
        """The runs whose reviews are open, or being opened."""
        return tuple(self._open)

    async def use(self, run: str, ended: Ended, *, is_stream: bool = False) -> ReviewUse:
        """The review of a run, opened where it is not.

        Raises EnvironmentMissing where it cannot be opened, where no more may be, and for a stream
        where it was closed since nobody asked anything.
        """
        if not is_stream:
            self._asleep.discard(run)
        elif run in self._asleep:
            raise EnvironmentMissing(
                "the review was closed, since nobody had asked it anything for long",
                "reload the page to open it again",
            )
        opening = self._standing(run)
        if opening is None:
            self._make_room()
            opening = asyncio.create_task(self._opened(run, ended))
            self._open[run] = opening
        return ReviewUse(await asyncio.shield(opening), is_question=not is_stream)

    async def close(self) -> None:
        """Close all of them."""
        for run in list(self._open):
            self._close(run, False)
        while self._closing:
            await asyncio.gather(*self._closing)

    def _standing(self, run: str) -> asyncio.Task[_Review] | None:
        """One that is open or being opened; one that has ended by itself is forgotten."""
        task = self._open.get(run)
        if task is not None and task.done() and _has_ended(task):
            self._close(run, False)
            return None
        return task

    def _make_room(self) -> None:
        """Raises EnvironmentMissing where all are in use."""
        for run in list(self._open):
            self._standing(run)
        if len(self._open) < self._bounds.open_max:
            return
        for run, task in self._open.items():
            if task.done() and task.result().answering == 0:
                self._close(run, False)
                return
        raise EnvironmentMissing(
            f"{len(self._open)} reviews are open and in use, and this hub has no more at once",
            "try again when somebody has closed one, or export it: drill export",
        )

    async def _opened(self, run: str, ended: Ended) -> _Review:
        with created_with(PRIVATE_UMASK), (ended.home / OUTPUT).open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *bound([*self._command, str(ended.run_dir)]),
                cwd=REPO,
                env=program_env(HOST, PLACES, NETWORK, DRILL_HOME=str(ended.home)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            target = await _announced(process)
        except BaseException:
            await _end(process)
            raise

        def close(is_idle: bool) -> None:
            self._close(run, is_idle)

        review = _Review(process, target, close, self._bounds)
        review.leave_unless_entered()
        return review

    def _close(self, run: str, is_idle: bool) -> None:
        opening = self._open.pop(run, None)
        if opening is None:
            return
        if is_idle:
            self._asleep.add(run)
        closing = asyncio.create_task(_closed(opening))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def _closed(opening: asyncio.Task[_Review]) -> None:
    if not opening.done():
        opening.cancel()
    await asyncio.wait([opening])
    if opening.cancelled() or opening.exception() is not None:
        return
    review = opening.result()
    review.stop_timers()
    await _end(review.process)


def _has_ended(task: asyncio.Task[_Review]) -> bool:
    if task.cancelled() or task.exception() is not None:
        return True
    return task.result().process.returncode is not None


async def _announced(process: Process) -> Target:
    """Where it answers. Raises EnvironmentMissing where it does not come to that."""
    assert process.stdout is not None  # noqa: S101  a pipe was asked for
    try:
        async with asyncio.timeout(OPENING_S):
            line = await process.stdout.readline()
        said = parsed(line.decode())
    except (TimeoutError, ValueError):
        raise EnvironmentMissing(
            "the review did not open", f"what it said is in {OUTPUT} in the team's folder"
        ) from None
    if isinstance(said, ReviewRefusal):
        raise EnvironmentMissing(f"the drill cannot be opened: {said.message}", said.hint)
    return Target(said.api_url, Path(said.secrets))


async def _end(process: Process) -> None:
    """Ask it to end, and wait; whatever it holds ends with it."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(CLOSING_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
