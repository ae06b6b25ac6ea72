"""The parameters of `/logs`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from harness.telemetry.jaeger import BadQuery, parse_limit
from harness.telemetry.log_records import LEVELS, normal_level
from harness.telemetry.log_store import LogQuery

LIMIT_DEFAULT, LIMIT_MAX = 100, 2000

_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)")
_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def parse_log_query(params: Mapping[str, str], now_ms: int) -> LogQuery:
    """`since` is how long ago (`30s`, `5m`), an ISO time, or seconds since the epoch.

    Raises BadQuery, naming the parameter.
    """
    level = normal_level(params.get("level", "")) if params.get("level") else ""
    if level is None:
        raise BadQuery(f"level: not one of {', '.join(LEVELS).lower()}")
    return LogQuery(
        service=params.get("service", ""),
        level=level,
        trace_id=params.get("trace_id", "").lower(),
        contains=params.get("contains", ""),
        since_ms=_since_ms(params.get("since", ""), now_ms),
        after_seq=_seq(params, "after"),
        before_seq=_seq(params, "before") if params.get("before") else None,
        limit=parse_limit(params, LIMIT_DEFAULT, LIMIT_MAX),
    )


def _seq(params: Mapping[str, str], name: str) -> int:
    text = params.get(name, "") or "0"
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadQuery(f"{name}: not the seq of a record")
    return int(text)


def _since_ms(text: str, now_ms: int) -> int | None:
    if not text:
        return None
    ago = _AGO.fullmatch(text)
    if ago:
        return int(now_ms - float(ago[1]) * _UNITS_MS[ago[2]])
    if re.fullmatch(r"\d{1,11}(\.\d{1,9})?", text):
        return int(float(text) * 1000)
    try:
        moment = datetime.fromisoformat(text)
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(at.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise BadQuery("since: neither 30s, 5m, nor a time") from error
