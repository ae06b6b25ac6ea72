"""OTLP in its JSON form: Protobuf's own mapping, but for ids, which are hexadecimal."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError  # type: ignore[import-untyped]

DETAIL_CHARS_MAX = 300
_ID_FIELDS = ("traceId", "spanId", "parentSpanId")
_LEVELS = (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords"))
"""The way down from a request to what has ids."""


class BadJson(ValueError):
    """A body that is not OTLP in JSON; the message says where."""


def parse_json(kind: Any, body: bytes) -> Any:
    """The request of class `kind` in `body`; fields that it does not know are ignored, as OTLP
    demands. An id that is not hexadecimal is left empty, so that it is refused as one of the wrong
    length. Raises BadJson."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadJson(f"not JSON: {error}"[:DETAIL_CHARS_MAX]) from error
    if not isinstance(content, dict):
        raise BadJson("not a JSON object")
    for levels in _LEVELS:
        for one in _below(content, levels):
            _with_ids_in_base64(one)
    try:
        return ParseDict(content, kind(), ignore_unknown_fields=True)
    except ParseError as error:
        raise BadJson(f"not a {kind.DESCRIPTOR.name}: {error}"[:DETAIL_CHARS_MAX]) from error
    # Protobuf's own reader lets other errors out for values of the wrong kind.
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadJson(f"not a {kind.DESCRIPTOR.name} in JSON") from error


def _below(content: Mapping[str, Any], levels: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every object at the end of the way down. Raises BadJson for what is none: Protobuf's own
    reader would take a word for an object without fields."""
    found = content.get(levels[0])
    if not isinstance(found, list | None):
        raise BadJson(f"{levels[0]}: not an array")
    for one in found or ():
        if not isinstance(one, dict):
            raise BadJson(f"{levels[0]}: not an array of objects")
        yield from _below(one, levels[1:]) if levels[1:] else (one,)


def _with_ids_in_base64(one: dict[str, Any]) -> None:
    links = one.get("links")
    for holder in (one, *(links if isinstance(links, list) else ())):
        if not isinstance(holder, dict):
            continue
        for name in _ID_FIELDS:
            if isinstance(text := holder.get(name), str):
                holder[name] = base64.b64encode(_from_hex(text)).decode()


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
