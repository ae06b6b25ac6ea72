"""AI tasks and the home feed: the queue, the model, and how personal the feeds are."""

from __future__ import annotations

from grafana.source.model import Colour, Dashboard, Row, Stat, Target, Thresholds, TimeSeries, Unit
from grafana.source.queries import MARKS, mean, quantile, rate, share

_PROVIDER = 'peer="model-provider"'
_FEED = 'service="feed",route="/feed"'
_AGE = Target("max(assistant_queue_age_seconds)", "oldest task")
_DEPTH = Target("max(assistant_queue_depth)", "tasks")
_TASK_COLOURS = {
    r"^done$": Colour.GOOD,
    r"^retried$": Colour.WARN,
    r"^deferred$": Colour.REFUSED,
    r"^dead$": Colour.BAD,
}
_MODE_COLOURS = {
    r"^personalised$": Colour.GOOD,
    r"^cached$": Colour.PLAIN,
    r"^default$": Colour.WARN,
}
_CONTENT_COLOURS = {**_MODE_COLOURS, r"^failing$": Colour.BAD}

_NOW = Row(
    "Now",
    (
        Stat(
            title="Oldest task",
            description="Age of the oldest AI task that is not finished.",
            targets=(_AGE,),
            unit=Unit.SECONDS,
            decimals=0,
            thresholds=Thresholds.bad_above(20, warn=10),
        ),
        Stat(
            title="Failed attempts",
            description="Share of attempts at AI tasks that gave no answer that could be used.",
            targets=(Target("service:assistant_task_failure_ratio:rate10s", "failed"),),
            unit=Unit.RATIO,
            decimals=0,
            thresholds=Thresholds.bad_above(0.3, warn=0.05),
        ),
        Stat(
            title="Feeds late or missing",
            description="Share of home feeds that take more than a second or fail; the objective "
            "allows 5 %.",
            targets=(Target("service:feed_miss_ratio:rate10s", "missed"),),
            unit=Unit.RATIO,
            decimals=1,
            thresholds=Thresholds.bad_above(0.05, warn=0.01),
        ),
        Stat(
            title="Personalised feeds",
            description="Share of home feeds in the model's own order for the customer.",
            targets=(
                Target(share("feed_responses_total", 'mode="personalised"', "service"), "personal"),
            ),
            unit=Unit.RATIO,
            decimals=0,
            thresholds=Thresholds.bad_below(good=0.9, warn=0.1),
        ),
    ),
)

_QUEUE = Row(
    "The queue",
    (
        TimeSeries(
            title="Queue depth",
            description="AI tasks that are not finished, those that are being worked on included.",
            targets=(_DEPTH,),
            unit=Unit.COUNT,
        ),
        TimeSeries(
            title="Age of the oldest task",
            description="From 20 s on, the alert on the backlog fires.",
            targets=(_AGE,),
            unit=Unit.SECONDS,
            thresholds=Thresholds.bad_above(20),
        ),
        TimeSeries(
            title="Attempts by outcome",
            description="Done; to be tried again; put off, since the circuit breaker is open; "
            "given up for good.",
            targets=(Target(rate("assistant_tasks_total", "outcome"), "{{outcome}}"),),
            unit=Unit.PER_S,
            stacked=True,
            colours=_TASK_COLOURS,
        ),
        TimeSeries(
            title="Attempts per task, 95th percentile",
            description="Of the tasks that were finished, done or given up.",
            targets=(Target(quantile(0.95, "assistant_task_attempts", "service"), "attempts"),),
            unit=Unit.COUNT,
        ),
    ),
)

_MODEL = Row(
    "The model",
    (
        TimeSeries(
            title="Latency of calls to the model provider",
            description="Mean and 95th percentile, whatever the outcome. Summaries wait up to 8 s "
            "for it, rankings 0.4 s.",
            targets=(
                Target(mean("outbound_request_duration_seconds", "peer", _PROVIDER), "mean"),
                Target(
                    quantile(0.95, "outbound_request_duration_seconds", "peer", _PROVIDER),
                    "95th percentile",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
        ),
        TimeSeries(
            title="Calls to the model provider by outcome",
            description="What became of the calls. An answer that is of no use to us is `ok` here.",
            targets=(Target(rate("outbound_requests_total", "outcome", _PROVIDER), "{{outcome}}"),),
            unit=Unit.REQUESTS_PER_S,
            stacked=True,
        ),
        TimeSeries(
            title="Tokens",
            description="Tokens a second that the provider bills, of prompts and of completions.",
            targets=(Target(rate("assistant_tokens_total", "kind"), "{{kind}}"),),
            unit=Unit.PER_S,
            stacked=True,
        ),
        TimeSeries(
            title="Fallback answers",
            description="Simple summaries for good, and rankings left as they came.",
            targets=(Target(rate("assistant_fallbacks_total", "task"), "{{task}}"),),
            unit=Unit.PER_S,
            stacked=True,
        ),
    ),
)

_HOME = Row(
    "The home feed",
    (
        TimeSeries(
            title="Feeds by mode",
            description="Personalised, the customer's last ranking, or what sells best.",
            targets=(Target(rate("feed_responses_total", "mode"), "{{mode}}"),),
            unit=Unit.PER_S,
            stacked=True,
            colours=_MODE_COLOURS,
        ),
        TimeSeries(
            title="Feed latency, 95th percentile",
            description="The objective is 95 % within a second.",
            targets=(
                Target(
                    quantile(0.95, "http_request_duration_seconds", "service", _FEED),
                    "feed",
                    exemplars=True,
                ),
            ),
            unit=Unit.SECONDS,
            thresholds=Thresholds.bad_above(1),
        ),
        TimeSeries(
            title="Shed load",
            description="Rankings left out, and requests turned away.",
            targets=(Target(rate("feed_shed_total", "what"), "{{what}}"),),
            unit=Unit.PER_S,
            stacked=True,
        ),
        TimeSeries(
            title="Visitors who continue",
            description="Share of visitors who do not leave at the home page, by what it showed.",
            targets=(
                Target(
                    'sum by (content) (rate(user_feed_views_total{outcome="continued"}[1m]))'
                    " / (sum by (content) (rate(user_feed_views_total[1m])) > 0)",
                    "{{content}}",
                ),
            ),
            unit=Unit.RATIO,
            colours=_CONTENT_COLOURS,
        ),
        TimeSeries(
            title="Rankings in flight",
            description="Customers for whom a ranking is being waited for.",
            targets=(Target("max(feed_rankings_in_flight)", "rankings"),),
            unit=Unit.COUNT,
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="ai",
    title="AI tasks and feed",
    description="The queue of AI tasks and what becomes of them, the model provider, and how "
    "personal and how quick the home feed is.",
    rows=(_NOW, _QUEUE, _MODEL, _HOME),
    annotations=MARKS,
)
