"""Jaeger's JSON: what Grafana's Jaeger data source and the recorder's own client speak."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.telemetry.traces import AttributeValue, Span, SpanEvent, Trace, TraceQuery

JaegerTrace = dict[str, Any]
"""One element of `data` in the answer of `/api/traces`."""

LIMIT_DEFAULT, LIMIT_MAX = 20, 1500

_UNITS_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(rf"(\d{{1,12}}(?:\.\d{{0,9}})?|\.\d{{1,9}})({'|'.join(_UNITS_NS)})")
_DURATION = re.compile(rf"(?:{_PART.pattern}){{1,8}}")
_TRACE_ID = re.compile(r"[0-9a-fA-F]{1,32}")
TRACE_IDS_MAX = 100
LOOKBACK_MS = 24 * 3_600_000
_OWN_TAGS = ("span.kind", "error")


class BadQuery(ValueError):
    """A parameter that cannot be understood; the message names it."""


def to_jaeger(trace: Trace) -> JaegerTrace:
    """A trace in Jaeger's form; times in microseconds."""
    processes: dict[tuple[str, str], str] = {}
    for span in trace.spans:
        processes.setdefault((span.service, span.version), f"p{len(processes) + 1}")
    warnings = [f"{trace.dropped_spans} spans were not kept"] if trace.dropped_spans else None
    return {
        "traceID": trace.trace_id,
        "spans": [_span(span, processes[span.service, span.version]) for span in trace.spans],
        "processes": {
            name: {
                "serviceName": service,
                "tags": [_tag("service.version", version)] if version else [],
            }
            for (service, version), name in processes.items()
        },
        "warnings": warnings,
    }


def from_jaeger(data: Mapping[str, Any]) -> Trace:
    """The trace that `to_jaeger` was given, but for times below a microsecond."""
    processes = data["processes"]
    spans = tuple(_read_span(span, processes[span["processID"]]) for span in data["spans"])
    warning = next(iter(data.get("warnings") or ()), "0")
    dropped = re.match(r"\d+", warning)
    return Trace(data["traceID"], spans, int(dropped[0]) if dropped else 0)


def envelope(data: Sequence[Any], missing: Sequence[str] = ()) -> dict[str, Any]:
    """What all of Jaeger's answers are wrapped in; `missing` are trace ids that were asked for and
    are not kept."""
    errors = [{"code": 404, "msg": "trace not found", "traceID": one} for one in missing]
    return {
        "data": list(data),
        "errors": errors or None,
        "limit": 0,
        "offset": 0,
        "total": len(data),
    }


def parse_trace_id(text: str) -> str | None:
    """A trace id in full; Jaeger leaves leading zeros out. None for what is no id."""
    return text.lower().zfill(32) if _TRACE_ID.fullmatch(text) else None


def parse_trace_ids(given: Sequence[str]) -> list[str]:
    """The values of `traceID` in `/api/traces`, each once; none where all are empty. Raises
    BadQuery."""
    named = [text.strip() for text in given if text.strip()]
    ids = [parse_trace_id(text) for text in named[: TRACE_IDS_MAX + 1]]
    if None in ids:
        raise BadQuery("traceID: not up to 32 hexadecimal digits")
    if len(named) > TRACE_IDS_MAX:
        raise BadQuery(f"traceID: more than {TRACE_IDS_MAX} of them")
    return list(dict.fromkeys(one for one in ids if one is not None))


def parse_period(params: Mapping[str, str], now_ms: int) -> tuple[int, int]:
    """`endTs` and `lookback` of `/api/dependencies`, both in milliseconds, as begin and end in
    nanoseconds; until now and a day where they are not given. Raises BadQuery."""
    end_ms = _parse_number(params, "endTs", "a time in milliseconds")
    lookback_ms = _parse_number(params, "lookback", "a number of milliseconds")
    end_ms = now_ms if end_ms is None else end_ms
    begin_ms = end_ms - (LOOKBACK_MS if lookback_ms is None else lookback_ms)
    return begin_ms * 1_000_000, end_ms * 1_000_000


def parse_query(params: Mapping[str, str], tag: Sequence[str] = ()) -> TraceQuery:
    """The query of `/api/traces`: start and end in microseconds, durations such as `1.5h`. `tag`
    are its parameters of that name, `key:value` each.

    Raises BadQuery.
    """
    return TraceQuery(
        service=params.get("service", ""),
        operation="" if params.get("operation") == "all" else params.get("operation", ""),
        tags=_parse_tags(params.get("tags", "")) | dict(_parse_tag(one) for one in tag if one),
        min_duration_ns=_parse_duration(params, "minDuration"),
        max_duration_ns=_parse_duration(params, "maxDuration"),
        start_ns=_parse_micros(params, "start"),
        end_ns=_parse_micros(params, "end"),
        limit=parse_limit(params, LIMIT_DEFAULT, LIMIT_MAX),
    )


def duration_ns(text: str) -> int | None:
    """A duration as Go writes it: `250ms`, `1.5h`, `1m30s`; None for what is none."""
    if not _DURATION.fullmatch(text):
        return None
    return sum(int(float(number) * _UNITS_NS[unit]) for number, unit in _PART.findall(text))


def parse_limit(params: Mapping[str, str], default: int, most: int) -> int:
    """The parameter `limit`, between 1 and `most`. Raises BadQuery."""
    text = params.get("limit", "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise BadQuery("limit: not a number above 0")
    return min(int(text), most)


def _parse_tags(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadQuery("tags: not JSON") from error
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise BadQuery("tags: not an object of strings")
    return tags


def _parse_tag(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not name or not colon:
        raise BadQuery("tag: not key:value")
    return name, value


def _parse_duration(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name, "")
    if not text:
        return None
    found = duration_ns(text)
    if found is None:
        raise BadQuery(f"{name}: not a duration such as 250ms, 1.2s or 1h30m")
    return found


def _parse_micros(params: Mapping[str, str], name: str) -> int | None:
    number = _parse_number(params, name, "a time in microseconds")
    return None if number is None else number * 1000


def _parse_number(params: Mapping[str, str], name: str, what: str) -> int | None:
    text = params.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadQuery(f"{name}: not {what}")
    return int(text)


def _span(span: Span, process: str) -> dict[str, Any]:
    tags = [_tag(name, value) for name, value in span.attributes.items()]
    tags.append(_tag("span.kind", span.kind))
    if span.error:
        tags.append(_tag("error", True))
    return {
        "traceID": span.trace_id,
        "spanID": span.span_id,
        "operationName": span.operation,
        "references": _references(span),
        "startTime": span.start_ns // 1000,
        "duration": span.duration_ns // 1000,
        "tags": tags,
        "logs": [_log(event) for event in span.events],
        "processID": process,
        "warnings": None,
    }


def _references(span: Span) -> list[dict[str, str]]:
    if span.parent_id is None:
        return []
    return [{"refType": "CHILD_OF", "traceID": span.trace_id, "spanID": span.parent_id}]


def _log(event: SpanEvent) -> dict[str, Any]:
    fields = [_tag("event", event.name)]
    fields += [_tag(name, value) for name, value in event.attributes.items()]
    return {"timestamp": event.at_ns // 1000, "fields": fields}


def _tag(name: str, value: AttributeValue) -> dict[str, Any]:
    kinds: dict[type, str] = {bool: "bool", int: "int64", float: "float64", str: "string"}
    return {"key": name, "type": kinds[type(value)], "value": value}


def _read_span(data: Mapping[str, Any], process: Mapping[str, Any]) -> Span:
    tags = {tag["key"]: tag["value"] for tag in data["tags"]}
    process_tags = {tag["key"]: tag["value"] for tag in process["tags"]}
    parents = [ref["spanID"] for ref in data["references"] if ref["refType"] == "CHILD_OF"]
    return Span(
        trace_id=data["traceID"],
        span_id=data["spanID"],
        parent_id=parents[0] if parents else None,
        service=process["serviceName"],
        version=str(process_tags.get("service.version", "")),
        operation=data["operationName"],
        kind=str(tags.get("span.kind", "internal")),
        start_ns=data["startTime"] * 1000,
        duration_ns=data["duration"] * 1000,
        error=bool(tags.get("error", False)),
        attributes={name: value for name, value in tags.items() if name not in _OWN_TAGS},
        events=tuple(_read_event(log) for log in data["logs"]),
    )


def _read_event(data: Mapping[str, Any]) -> SpanEvent:
    fields = {entry["key"]: entry["value"] for entry in data["fields"]}
    return SpanEvent(data["timestamp"] * 1000, str(fields.pop("event", "")), fields)
