"""Records as JSON lines: CloudEvents 1.0, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from harness.errors import BadFile
from harness.record.envelope import Envelope, decode
from harness.record.events import Audience

LINE_BYTES_MAX = 1_000_000
"""Of one line; a longer one is not ours."""


@dataclass(frozen=True)
class _CloudEvent:
    """What an import needs of a line; other attributes are ignored, as the format says."""

    specversion: Literal["1.0"]
    source: str
    type: Annotated[str, Field(min_length=1)]
    time: AwareDatetime
    sequence: Annotated[int, Field(ge=1)]
    drilltimems: Annotated[int, Field(ge=0)]
    actor: str
    audience: Audience
    data: dict[str, Any]


_LINE = TypeAdapter(_CloudEvent)


def write(target: Path, envelopes: Iterable[Envelope]) -> int:
    """Write `envelopes` to `target`, replacing it; returns how many."""
    count = 0
    with target.open("w", encoding="utf-8") as file:
        for envelope in envelopes:
            file.write(json.dumps(envelope.as_cloudevent(), ensure_ascii=False) + "\n")
            count += 1
    return count


def read(source: Path) -> list[Envelope]:
    """The envelopes of an exported file, in order.

    Raises BadFile with the line that is malformed or out of order.
    """
    envelopes: list[Envelope] = []
    try:
        with source.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LINE_BYTES_MAX), b""), 1):
                envelopes.append(_envelope(source, number, line))
                if envelopes[-1].seq != number:
                    raise BadFile(source, number, f"event {number} is missing or out of order")
    except OSError as error:
        raise BadFile(source, None, error.strerror or str(error)) from error
    return envelopes


def _envelope(source: Path, number: int, line: bytes) -> Envelope:
    if len(line) == LINE_BYTES_MAX:
        raise BadFile(source, number, f"the line is longer than {LINE_BYTES_MAX} bytes")
    try:
        read = _LINE.validate_json(line)
        event, payload = decode(read.type, json.dumps(read.data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadFile(source, number, f"{where}: {first['msg']}".lstrip(": ")) from error
    return Envelope(
        seq=read.sequence,
        drill_id=read.source.removeprefix("/drills/"),
        wall_time=read.time.astimezone(UTC),
        drill_time_ms=read.drilltimems,
        actor=read.actor,
        type=read.type,
        audience=read.audience,
        event=event,
        payload=payload,
    )
