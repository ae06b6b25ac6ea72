"""What assistant counts beyond the chassis."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from services.chassis.metrics import REGISTRY

TASKS = Counter(
    "assistant_tasks_total",
    "Attempts at AI tasks by what became of them: `dead` is given up for good.",
    ["outcome"],
    registry=REGISTRY,
)
ATTEMPTS = Histogram(
    "assistant_task_attempts",
    "Attempts that a task took until it was done or given up.",
    buckets=(1, 2, 3, 4, 5, 8, 13),
    registry=REGISTRY,
)
QUEUE_DEPTH = Gauge("assistant_queue_depth", "Tasks that are not finished.", registry=REGISTRY)
QUEUE_AGE = Gauge(
    "assistant_queue_age_seconds", "Age of the oldest unfinished task.", registry=REGISTRY
)
TOKENS = Counter(
    "assistant_tokens_total", "Tokens that the model provider bills.", ["kind"], registry=REGISTRY
)
FALLBACKS = Counter(
    "assistant_fallbacks_total", "Answers given without the model.", ["task"], registry=REGISTRY
)
for _outcome in ("done", "retried", "deferred", "dead"):
    TASKS.labels(_outcome)
for _kind in ("prompt", "completion"):
    TOKENS.labels(_kind)
for _task in ("summary", "ranking"):
    FALLBACKS.labels(_task)
