"""A drill played by the responder, in a process of its own that does not know what it plays."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence

from harness.diagnosis.answer import judge_answer
from harness.drill.clock import begin_exercise
from harness.drill.session import Session
from harness.model import Role
from harness.paths import REPO
from harness.record import events

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ")
STOP_TIMEOUT_S = 5.0


def command(api_url: str) -> list[str]:
    """The responder's process; its token comes by standard input, from no path that could tell."""
    module = "harness.diagnosis.responder"
    return [sys.executable, "-m", module, "--url", api_url, "--token-file", "-", "--stay"]


def environment() -> dict[str, str]:
    """What the process is told: where code lies, and nothing of how this drill was started."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": str(REPO)}


class Unattended:
    """Lets the responder play one drill, then holds what it did against the answer."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.shortfalls: list[str] = []
        self.complete = False
        self.summary = ""

    async def play(self, session: Session) -> None:
        """From the page to the proof; the fields say how it went."""
        begin_exercise(session)
        code = await follow(command(session.places.api_url), participant_token(session), self.say)
        if code != 0:
            self.shortfalls.append(f"the responder ended with exit code {code}")
        self.shortfalls += shortfalls(session)
        self.complete = True
        self.summary = "paged, diagnosed, fixed and verified by one who did not know the answer"
        if not session.faults:
            self.summary = "nothing was wrong, and nothing was done about it"


def participant_token(session: Session) -> str:
    """What opens the API to those who take part."""
    return (session.run_dir / "secrets" / f"{Role.PARTICIPANT}.token").read_text().strip()


async def follow(argv: Sequence[str], token: str, say: Callable[[str], None]) -> int:
    """Run the process, hand it the token and pass on what it says; its exit code.

    The process is gone when this returns or is cancelled.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=environment(),
        cwd="/",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: S101,PT018  pipes
    try:
        process.stdin.write(f"{token}\n".encode())
        process.stdin.close()
        async for said in process.stdout:
            say(f"responder: {said.decode(errors='replace').rstrip()}")
        return await process.wait()
    finally:
        await _stopped(process)


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """Ask the process to end; after a while do not ask."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def shortfalls(session: Session) -> list[str]:
    """Where the drill, as it is recorded, falls short of page, answer, mitigation and proof."""
    return [*_of_the_page(session), *_of_the_answer(session), *_of_the_proof(session)]


def _of_the_page(session: Session) -> Iterator[str]:
    pages = session.state().pages
    is_something = bool(session.faults or session.scenario.blips)
    if is_something and not pages:
        yield "no page"
    if pages and not is_something:
        yield f"paged without a fault: {pages[0].alert}"


def _of_the_answer(session: Session) -> Iterator[str]:
    declared = [
        one.event
        for one in session.record.events()
        if isinstance(one.event, events.DiagnosisDeclared)
    ]
    for fault in session.faults:
        judged = [judge_answer(one.service, one.mechanism, fault.accepts) for one in declared]
        if not any(one.right for one in judged):
            said = ", ".join(f"{one.service} {one.mechanism}" for one in declared) or "nothing"
            yield f"diagnosed {said}; it is {fault.service} {fault.mechanism}"


def _of_the_proof(session: Session) -> Iterator[str]:
    guilty = {fault.service for fault in session.faults}
    for entry in session.deploy_log:
        if entry.kind in ("rollback", "restart", "hotfix") and entry.service not in guilty:
            yield f"a {entry.kind} of {entry.service}, which nothing was wrong with"
    verification = session.state().verification
    if verification is None or not verification.passed:
        yield "not verified"
