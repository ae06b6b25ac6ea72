"""The timeouts file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

TIMEOUTS_FILE = Path(__file__).with_name("timeouts.toml")


class BadTimeouts(ValueError):
    """The timeouts file does not say what it must; the message names file and key."""


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the payment provider."""

    provider_connect_timeout_ms: int
    provider_read_timeout_ms: int


def read_timeouts(path: Path = TIMEOUTS_FILE) -> Timeouts:
    """Read and check the file; raises BadTimeouts, or OSError where it cannot be read."""
    try:
        values = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise BadTimeouts(f"{path.name}: {error}") from error
    known = {field.name for field in fields(Timeouts)}
    if values.keys() != known:
        odd = ", ".join(sorted(values.keys() ^ known))
        raise BadTimeouts(f"{path.name}: missing or unknown: {odd}")
    for name, value in values.items():
        if type(value) is not int or value <= 0:
            raise BadTimeouts(f"{path.name}: {name} must be a whole number of ms above 0")
    return Timeouts(**values)
