"""A drill that an agent plays: when it begins, what it is told, and what its end means."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from harness.agents.budgets import Budget, Price, Spent
from harness.agents.calls import Player
from harness.agents.gen_ai_spans import GenAiSpans
from harness.agents.model_endpoint import Endpoint
from harness.agents.model_loop import Ended, ModelLoop
from harness.agents.reading import task
from harness.agents.toolbox import Seat
from harness.agents.workspace_files import WorkspaceFiles
from harness.drill.lifecycle.exercise_clock import begin_exercise
from harness.drill.session import Session
from harness.drill_client import DrillClient
from harness.errors import DrillError, EnvironmentMissing
from harness.players.responder_player import Findings, findings, participant_token, shortfalls
from harness.players.trivial_players import has_paged
from harness.record.events import AgentEnded, AgentTurned

PERSON = "agent"
ROLE = "on-call"
CHARS_MAX = 16_000
"""Of one answer of a tool: a model is shown all that it saw, at each turn again."""
PAGED = "\nA page has come: begin with `page`.\n"
UNPAGED = "\nNo page has come for a while. Look whether anything is wrong all the same.\n"
NOT_THE_PLAYER = "the model's side failed, so this says nothing of how it plays"

Say = Callable[[str], None]


class AgentPlay(ABC):
    """Lets an agent play one drill, then holds what it did against the answer."""

    def __init__(self, kind: str, model: str, say: Say) -> None:
        self.kind, self.model, self.say = kind, model, say
        self.shortfalls: list[str] = []
        self.complete = False
        self.summary = "paged, diagnosed, fixed and verified by an agent"
        self.findings: Findings | None = None
        self.ended: AgentEnded | None = None

    @property
    def is_infrastructure(self) -> bool:
        """Whether what kept it from playing is nothing that it did."""
        return self.ended is not None and self.ended.ending == "model"

    async def play(self, session: Session) -> None:
        """From the page to the agent's end. Raises EnvironmentMissing where its model's side kept
        it from playing."""
        begin_exercise(session)
        paged = await has_paged(session)
        ended, spent = await self._played(session, task() + (PAGED if paged else UNPAGED))
        self.ended = AgentEnded(
            player=self.kind,
            model=self.model,
            ending=ended.ending,
            why=ended.why,
            turns=spent.turns,
            calls=spent.calls,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            took_ms=round(spent.took_s * 1000),
            by=PERSON,
            usd=self._usd(spent),
        )
        session.note(self.ended, actor=PERSON)
        self.say(told(self.ended))
        self.findings = findings(session)
        if self.is_infrastructure:
            raise EnvironmentMissing(ended.why, NOT_THE_PLAYER)
        if ended.ending != "finished":
            self.shortfalls.append(f"the agent did not end by itself: {ended.why}")
        self.shortfalls += shortfalls(session, self.findings)
        self.complete = True

    @abstractmethod
    async def _played(self, session: Session, told_task: str) -> tuple[Ended, Spent]:
        """Let it play, whatever comes of it."""

    def _usd(self, _: Spent) -> float | None:
        return None


class ModelPlay(AgentPlay):
    """A model that is asked turn by turn, with nothing but the tools."""

    def __init__(self, endpoint: Endpoint, budget: Budget, price: Price | None, say: Say) -> None:
        super().__init__("model", endpoint.model, say)
        self._endpoint, self._budget, self._price = endpoint, budget, price

    async def _played(self, session: Session, told_task: str) -> tuple[Ended, Spent]:
        spec = session.spec
        with DrillClient(spec.places.api_url, participant_token(spec), person=PERSON) as client:
            await asyncio.to_thread(take_role, client, self.say)
            seat = Seat(client, WorkspaceFiles(spec.run_dir / "workspace"))

            def note(turned: AgentTurned) -> None:
                session.note(turned, actor=PERSON)

            player, spans = Player(seat, CHARS_MAX), GenAiSpans(PERSON, self._endpoint)
            loop = ModelLoop(
                self._endpoint, player, self._budget, self._price, self.say, note, PERSON, spans
            )
            ended = await loop.run(told_task)
        if not await spans.give(spec.places.recorder_url):
            self.say("the recorder did not take the agent's own traces: its review is without them")
        return ended, loop.spent

    def _usd(self, spent: Spent) -> float | None:
        return spent.usd(self._price)


def take_role(client: DrillClient, say: Say) -> None:
    """Take the agent's seat, so that what it writes is known to be its own."""
    try:
        client.post("/v1/roles/join", {"person": PERSON, "role": ROLE, "is_agent": True})
    except DrillError as error:
        say(f"the agent has not taken the role {ROLE}: {error.message}")


def told(ended: AgentEnded) -> str:
    """What an agent used up, in a line."""
    cost = "" if ended.usd is None else f", ${ended.usd:.2f}"
    tokens = f", {ended.input_tokens:,} + {ended.output_tokens:,} tokens" if ended.turns else ""
    turns = f"{ended.turns} turns, {ended.calls} calls{tokens}{cost}, {ended.took_ms / 1000:.0f} s"
    return f"the agent ended ({ended.ending}): {ended.why}; {turns}"
