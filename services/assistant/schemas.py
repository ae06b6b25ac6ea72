"""Tasks and rankings as they cross the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.assistant.domain import Line, Source, State, Task, simple_summary

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Sku = Annotated[str, Field(min_length=1, max_length=64)]


class LineIn(BaseModel):
    """One line of the order."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class SummaryIn(BaseModel):
    """The order that is to be summarised."""

    model_config = ConfigDict(extra="forbid")

    order_id: Id
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=100)]

    def to_domain(self) -> list[Line]:
        """The lines as the queue keeps them."""
        return [Line(line.name, line.quantity) for line in self.lines]


class AcceptedOut(BaseModel):
    """`queued` where the task is new, `known` where it was asked for before."""

    order_id: int
    status: Literal["queued", "known"]


class SummaryOut(BaseModel):
    """The summary of an order; a simple one until the model has written one."""

    order_id: int
    state: State
    summary: str
    source: Source

    @classmethod
    def of(cls, task: Task) -> SummaryOut:
        """What a customer is shown of `task`."""
        if task.summary is not None:
            written, source = task.summary, Source.MODEL
        else:
            written, source = simple_summary(task.lines), Source.FALLBACK
        return cls(order_id=task.order_id, state=task.state, summary=written, source=source)


class RankingIn(BaseModel):
    """Products to order for a customer."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id
    candidates: Annotated[list[Sku], Field(min_length=1, max_length=50)]


class RankingOut(BaseModel):
    """Every candidate once, best first; as they came where `source` is `fallback`."""

    model_config = ConfigDict(from_attributes=True)

    skus: list[str]
    source: Source
