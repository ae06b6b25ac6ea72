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
