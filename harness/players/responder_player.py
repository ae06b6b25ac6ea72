"""A drill played by the responder, in a process of its own that does not know what it plays."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.child_env import program_env
from harness.drill.lifecycle.exercise_clock import begin_exercise
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.ends_with_parent import bound
from harness.model import Role
from harness.paths import REPO
from harness.players.detection_times import calls, fired_after
from harness.record.events import DiagnosisDeclared, FalseAlarm
from harness.scoring import grades
from harness.scoring.answer import judge_answer

STOP_TIMEOUT_S = 5.0
RESPONSES = ("rollback", "restart", "hotfix")


def command(api_url: str) -> list[str]:
    """The responder's process; its token comes by standard input, from no path that could tell."""
    module = "harness.responder"
    return bound([sys.executable, "-m", module, "--url", api_url, "--token-file", "-", "--stay"])


def environment() -> dict[str, str]:
    """What the process is told: where code lies, and nothing of how this drill was started."""
    return program_env(PYTHONPATH=str(REPO))


@dataclass(frozen=True)
class Findings:
    """What a drill's record says of whoever played it."""

    alerts: dict[str, float]
    """Alert → seconds from the trigger until it first fired."""
    pages: int
    services_named: tuple[bool, ...]
    """Of each fault, whether its service was named in the end."""
    mechanisms_named: tuple[bool, ...]
    """The same of its service with its mechanism."""
    proven: bool
    """Whether the last verification passed."""
    innocent: tuple[str, ...]
    """What was done to services with which nothing was wrong."""


class Unattended:
    """Lets the responder play one drill, then holds what it did against the answer."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.shortfalls: list[str] = []
        self.complete = False
        self.summary = ""
        self.findings: Findings | None = None

    async def play(self, session: Session) -> None:
        """From the page to the proof; the fields say how it went."""
        begin_exercise(session)
        code = await follow(
            command(session.spec.places.api_url), participant_token(session.spec), self.say
        )
        if code != 0:
            self.shortfalls.append(f"the responder ended with exit code {code}")
        self.findings = findings(session)
        self.shortfalls += shortfalls(session, self.findings)
        self.complete = True
        self.summary = "paged, diagnosed, fixed and verified by one who did not know the answer"
        if not session.spec.faults:
            self.summary = "nothing was wrong, and nothing was done about it"


def participant_token(spec: DrillSpec) -> str:
    """What opens the API to those who take part."""
    return (
        (spec.run_dir / "secrets" / f"{Role.PARTICIPANT}.token").read_text(encoding="utf-8").strip()
    )


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
        async for printed in process.stdout:
            say(f"responder: {printed.decode(errors='replace').rstrip()}")
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


def findings(session: Session) -> Findings:
    """Hold the record against the answer."""
    final = stood_by(session)
    named = [
        [judge_answer(one.service, one.mechanism, fault.accepts) for one in final]
        for fault in session.spec.faults
    ]
    guilty = {fault.service for fault in session.spec.faults}
    return Findings(
        alerts={
            name: round(s, 1) for name, s in fired_after(session.services.record.events()).items()
        },
        pages=calls(session),
        services_named=tuple(any(one.service_right for one in judged) for judged in named),
        mechanisms_named=tuple(any(one.right for one in judged) for judged in named),
        proven=session.state().is_proven,
        innocent=tuple(
            f"{entry.kind} of {entry.service}"
            for entry in session.deploys().entries
            if entry.kind in RESPONSES and entry.service not in guilty
        ),
    )


def stood_by(session: Session) -> list[DiagnosisDeclared]:
    """The diagnoses that count in the end: the newest about each service, and of these as many of
    the newest as there are faults."""
    return grades.stood_by(session.story(), max(1, len(session.spec.faults)))


def shortfalls(session: Session, found: Findings) -> list[str]:
    """Where the drill, as it is recorded, falls short of page, answer, mitigation and proof."""
    return [*_of_the_page(session), *_of_the_answer(session, found), *_of_the_proof(found)]


def _of_the_page(session: Session) -> Iterator[str]:
    pages = session.state().pages
    is_something = bool(session.spec.faults or session.spec.scenario.blips)
    if is_something and not pages:
        yield "no page"
    alarm = session.story().first(FalseAlarm)
    if alarm and not is_something:
        yield f"alarmed without a fault: {alarm.event.alert}"


def _of_the_answer(session: Session, found: Findings) -> Iterator[str]:
    declared = session.state().diagnoses
    for fault, is_named in zip(session.spec.faults, found.mechanisms_named, strict=True):
        if not is_named:
            diagnosed = ", ".join(f"{one.service} {one.mechanism}" for one in declared) or "nothing"
            yield f"diagnosed {diagnosed}; it is {fault.service} {fault.mechanism}"


def _of_the_proof(found: Findings) -> Iterator[str]:
    for what in found.innocent:
        yield f"a {what}, which nothing was wrong with"
    if not found.proven:
        yield "not verified"
