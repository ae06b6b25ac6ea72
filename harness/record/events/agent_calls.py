"""What an agent asks and does through its tools: each call, beside the events that an act makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events.event import Description, Event

ToolName = Literal[
    "page", "ack", "status", "logs", "traces", "metrics", "sql", "deploys", "diff",
    "read_file", "write_file", "deploy", "rollback", "restart", "flag",
    "hypotheses", "update", "diagnose", "verify", "read_resource", "unknown",
]  # fmt: skip
"""The tools; `read_resource` is a runbook or a page that was read, `unknown` a name that no tool
has."""
CallOutcome = Literal["answered", "refused"]
SHOWN_CHARS = 160
"""So much of the arguments stands in a line of the timeline."""


@dataclass(frozen=True)
class ToolCalled(Event, type="tool.called"):
    """A call of a tool, once it is over."""

    tool: ToolName
    arguments: str
    """As JSON, shortened."""
    arguments_chars: int
    """Their length before they were shortened."""
    outcome: CallOutcome
    answer_chars: int
    """The length of what was answered."""
    took_ms: int
    by: str
    reason: str = ""
    """Why it was refused."""
    count: int = 1
    """How many calls like it this stands for: only the first ones are written down singly."""

    def describe(self) -> Description:
        shown = self.arguments[:SHOWN_CHARS] + ("…" if len(self.arguments) > SHOWN_CHARS else "")
        why = f": {self.reason}" if self.reason else ""
        more = f" ({self.count} like it)" if self.count > 1 else ""
        text = f"{self.tool} {shown}".rstrip() + f" {self.outcome}{why}{more}"
        return Description("tool call", text, tone="quiet", by=self.by)


AgentEnding = Literal[
    "finished", "turns", "calls", "tokens", "money", "time", "model", "failed", "idle"
]
"""How a player that is an agent came to its end: by itself; by a budget that was used up (five of
them); because the side of its model failed (`model`) or its program did (`failed`); without having
used a tool (`idle`). `model` says nothing of how well it plays."""


@dataclass(frozen=True)
class AgentTurned(Event, type="agent.turned"):
    """One answer of the model that plays, before what it asks for is done."""

    turn: int
    said: str
    """Its words, shortened."""
    said_chars: int
    calls: int
    """How many calls of tools it asks for."""
    input_tokens: int
    output_tokens: int
    took_ms: int
    by: str
    usd: float | None = None
    """What it cost; None where no price is known."""

    def describe(self) -> Description:
        said = self.said[:SHOWN_CHARS] + ("…" if self.said_chars > SHOWN_CHARS else "")
        return Description("agent", f"turn {self.turn}: {said or '(no words)'}", "quiet", self.by)


@dataclass(frozen=True)
class AgentEnded(Event, type="agent.ended"):
    """A player that is an agent has come to its end, and what it used up."""

    player: str
    """`model` or `exec`."""
    model: str
    ending: AgentEnding
    why: str
    turns: int
    calls: int
    input_tokens: int
    output_tokens: int
    took_ms: int
    by: str
    usd: float | None = None

    def describe(self) -> Description:
        return Description("agent", f"ended ({self.ending}): {self.why}", by=self.by)
