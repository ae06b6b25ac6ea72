"""A model at play: it is asked, what it asks for is done, and so on until it ends or a budget does.

There is no framework behind it. What the model may do is what an agent may do over the protocol;
whatever it does wrong is told to it, in the words that a person gets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from harness.agents.budgets import Budget, Price, Spent
from harness.agents.calls import Player
from harness.agents.gen_ai_spans import GenAiSpans
from harness.agents.model_dialects import CALLS_AT_ONCE_MAX, Result, Said, ToolUse, Turn, forgotten
from harness.agents.model_endpoint import Endpoint, ModelFailed, http_client
from harness.agents.toolbox import TOOLS
from harness.errors import DrillError
from harness.record.events import AgentEnding, AgentTurned

SHOWN_CHARS_MAX = 300_000
"""Of results that the model is still shown; of older ones it is told that they were."""
SAID_RECORDED = 2_000
SILENT_MAX = 2
"""Answers in a row without a call, after which the model has ended by itself."""
WORD = "You called no tool. Go on by calling one; or, if you are done, say so again without a call."
CUT = "Your answer was cut off at the most that it may be. Say less at once, and call a tool."
LEFT_OUT = "(left out: it was long ago; ask again if you need it)"

Say = Callable[[str], None]
Note = Callable[[AgentTurned], None]


@dataclass(frozen=True)
class Ended:
    """How a play came to its end."""

    ending: AgentEnding
    why: str


@dataclass
class ModelLoop:
    """One model in one drill."""

    endpoint: Endpoint
    player: Player
    budget: Budget
    price: Price | None
    say: Say
    note: Note
    by: str
    spans: GenAiSpans | None = None
    """Where what it does is told in traces, too."""
    spent: Spent = field(default_factory=Spent)
    _turns: list[Turn] = field(default_factory=list)

    async def run(self, task: str) -> Ended:
        """Play to the end. `spent` says what it took, whatever came of it."""
        self.spent = Spent()
        ended = await self._ended(task)
        if self.spans is not None:
            self.spans.ended(ended.ending, self.spent.input_tokens, self.spent.output_tokens)
        return ended

    async def _ended(self, task: str) -> Ended:
        try:
            async with asyncio.timeout(self.budget.time_s), http_client() as http:
                return await self._play(http, task)
        except TimeoutError:
            return Ended("time", f"the {self.budget.time_s:g} s are over")
        except ModelFailed as error:
            return Ended("model", str(error))

    async def _play(self, http: httpx.AsyncClient, task: str) -> Ended:
        silent = 0
        while True:
            said = await self._asked(http, task)
            turn = Turn(forgotten(said))
            self._turns.append(turn)
            if said.asked == 0:
                silent += 1
                if silent >= SILENT_MAX:
                    return self._by_itself()
                turn.word = CUT if said.is_cut else WORD
            elif self.spent.calls < self.budget.calls:
                silent = 0
                await self._do(turn, said)
            if used_up := self.spent.used_up(self.budget, self.price):
                return Ended(*used_up)
            self._shorten()

    async def _asked(self, http: httpx.AsyncClient, task: str) -> Said:
        began, began_ns = time.monotonic(), time.time_ns()
        try:
            said = await self.endpoint.ask(http, task, self._turns, TOOLS)
        except ModelFailed as error:
            if self.spans is not None:
                self.spans.chat(began_ns, None, type(error).__name__)
            raise
        if self.spans is not None:
            self.spans.chat(began_ns, said)
        read, written = said.input_tokens or 0, said.output_tokens or 0
        spent = self.spent
        spent.turns += 1
        spent.calls += said.asked
        spent.input_tokens += read
        spent.output_tokens += written
        self.note(
            AgentTurned(
                turn=spent.turns,
                said=said.text[:SAID_RECORDED],
                said_chars=len(said.text),
                calls=said.asked,
                input_tokens=read,
                output_tokens=written,
                took_ms=round((time.monotonic() - began) * 1000),
                by=self.by,
                usd=None if self.price is None else self.price.usd(read, written),
            )
        )
        words = " ".join(said.text.split())
        called = ", ".join(one.name for one in said.uses)
        self.say(f"{self.by} {spent.turns}: {words[:200]}{f' [{called[:200]}]' if called else ''}")
        return said

    async def _do(self, turn: Turn, said: Said) -> None:
        """One after the other, as they were asked for: a later one may build on an earlier one."""
        for use in said.uses:
            began_ns = time.time_ns()
            result = await asyncio.to_thread(self._called, use)
            turn.results.append(result)
            if self.spans is not None:
                self.spans.tool(began_ns, use.arguments, result)
        if said.asked > len(said.uses):
            turn.word = (
                f"{said.asked - len(said.uses)} further calls were left out: "
                f"at most {CALLS_AT_ONCE_MAX} at once."
            )

    def _called(self, use: ToolUse) -> Result:
        try:
            reply = self.player.call_text(use.name, use.arguments, lambda _: None)
        except DrillError as error:
            return Result(_without_arguments(use), str(error), is_error=True)
        except Exception as error:  # noqa: BLE001  a mistake of ours is told without its traceback
            told = f"internal error ({type(error).__name__})"
            return Result(_without_arguments(use), told, is_error=True)
        return Result(_without_arguments(use), reply.model_dump_json())

    def _by_itself(self) -> Ended:
        if self.spent.calls == 0:
            return Ended("idle", "it used no tool")
        return Ended("finished", "it said that it was done")

    def _shorten(self) -> None:
        """What was answered long ago is not shown for ever: a question has a bound."""
        shown = 0
        for turn in reversed(self._turns):
            for index, one in enumerate(turn.results):
                shown += len(one.text)
                if shown > SHOWN_CHARS_MAX and len(one.text) > len(LEFT_OUT):
                    turn.results[index] = Result(one.use, LEFT_OUT, one.is_error)


def _without_arguments(use: ToolUse) -> ToolUse:
    """A result needs its call's name alone; arguments may be long."""
    return ToolUse(use.id, use.name, "")
