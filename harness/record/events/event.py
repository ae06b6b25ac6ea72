"""What every event is: a frozen dataclass.

Its class says what it is called in the record and who may see it: `all`, or only the `instructor`
(what would give the answer away).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

Audience = Literal["all", "instructor"]
EVENT_TYPES: dict[str, type[Event]] = {}
"""Type in the record → class; filled as the classes below are defined."""


class Event:
    """Base of all events; `type` and `audience` are given as class keywords."""

    type: ClassVar[str] = ""
    audience: ClassVar[Audience] = "instructor"
    # A measure may be "not a number" (no data); plain JSON has no word for that.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_inf_nan="strings")

    def __init_subclass__(cls, *, type: str = "", audience: Audience = "all") -> None:  # noqa: A002
        super().__init_subclass__()
        cls.type, cls.audience = type, audience
        if type:
            EVENT_TYPES[type] = cls


@dataclass(frozen=True)
class UnknownEvent(Event, audience="instructor"):
    """An event of a type that this version does not know, kept as it was read."""

    unknown_type: str
    data: Mapping[str, Any]
