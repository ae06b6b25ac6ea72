"""What each tool takes, as models: they make the schemas that agents see, and check what they send.

What the team writes has the models of `harness.exercise.entries`; here is the rest.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.exercise.entries import HYPOTHESES_MAX, WITHIN_DEFAULT_S, Entry, Hypothesis, Name, Text

Service = Annotated[Name, Field(description="A service of the shop, such as payments.")]
Short = Annotated[str, Field(max_length=200)]
Path = Annotated[str, Field(max_length=400, description="Such as services/payments/app.py.")]


class Nothing(Entry):
    """No arguments."""


class Ack(Entry):
    page_id: Annotated[Name | None, Field(description="Default: all open pages.")] = None


class Logs(Entry):
    service: Annotated[Short | None, Field(description="Only of this service.")] = None
    level: Annotated[Literal["error", "warning", "info"] | None, Field()] = None
    trace_id: Annotated[Short | None, Field(description="Only of this trace.")] = None
    contains: Annotated[Short | None, Field(description="Text that a line holds.")] = None
    since: Annotated[Short | None, Field(description="Such as 30s or 5m.")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Traces(Entry):
    trace_id: Annotated[
        str | None,
        Field(pattern="^[0-9a-f]{32}$", description="Show this one, with its spans and log lines."),
    ] = None
    service: Annotated[Short, Field(description="Only traces that pass it.")] = "gateway"
    operation: Annotated[Short | None, Field(description="Such as 'POST /orders'.")] = None
    slower_than_ms: Annotated[float | None, Field(ge=0, le=1e7)] = None
    errors: Annotated[bool, Field(description="Only failed ones.")] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 20


class Metrics(Entry):
    query: Annotated[str, Field(min_length=1, max_length=5000, description="PromQL.")]
    minutes: Annotated[
        float | None, Field(gt=0, le=60, description="The last so many minutes; default: now.")
    ] = None


class Sql(Entry):
    database: Annotated[str, Field(min_length=1, max_length=64, description="Such as payments.")]
    statement: Annotated[
        str, Field(min_length=1, max_length=20_000, description=r"One statement; or \d, \dt, \di.")
    ]


class Diff(Entry):
    service: Service
    version_from: Annotated[Name | None, Field(description="Default: the last but one.")] = None
    version_to: Annotated[Name | None, Field(description="Default: the last one.")] = None


class ReadFile(Entry):
    path: Annotated[Path, Field(description="A file; or a folder, whose names are listed.")] = "."
    first_line: Annotated[int, Field(ge=1, le=10**6)] = 1
    lines: Annotated[int, Field(ge=1, le=2000)] = 400


class WriteFile(Entry):
    path: Path
    text: Annotated[str, Field(max_length=200_000, description="The whole file.")]


class Expected(Entry):
    """What is expected of an act; an exercise may refuse one without."""

    expect: Annotated[Text, Field(description="Such as 'errors < 5%', which is measured.")] = ""
    probability: Annotated[int | None, Field(description="That it happens, in percent.")] = None
    within_s: float = WITHIN_DEFAULT_S
    if_worse: Annotated[Text, Field(description="What you do if it gets worse.")] = ""
    no_plan: Annotated[bool, Field(description="Act without an expectation.")] = False


class Deploy(Expected):
    service: Service
    message: Annotated[
        str | None, Field(max_length=2000, description="Commit what was written, saying this.")
    ] = None


class Rollback(Expected):
    service: Service
    to: Annotated[Name | None, Field(description="A version; default: the previous one.")] = None


class Restart(Expected):
    service: Service


class Flag(Expected):
    name: Annotated[Name | None, Field(description="Default: list all flags.")] = None
    enabled: Annotated[bool | None, Field(description="Default: only show it.")] = None


class Hypotheses(Entry):
    hypotheses: Annotated[
        list[Hypothesis] | None,
        Field(
            max_length=HYPOTHESES_MAX,
            description="All as they stand now, in percent that sum to 100. Default: show them.",
        ),
    ] = None
    reason: Annotated[Text, Field(description="Why the probabilities changed.")] = ""
