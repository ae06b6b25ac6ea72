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
Tone = Literal["good", "bad", "warn", "info", "quiet"]
"""How much it matters to a reader, and in which way; `quiet` is routine that a short list leaves
out."""
EVENT_TYPES: dict[str, type[Event]] = {}
"""Type in the record → class; filled as the classes below are defined."""


@dataclass(frozen=True)
class Description:
    """An event in words: what terminal, console and postmortem all show of it.

    Text from participants stands in it as they wrote it: whoever shows it escapes it.
    """

    label: str
    """What sort of thing happened, in a word or two."""
    text: str
    tone: Tone = "info"
    by: str = ""
    """Who did it, where the text does not say so itself."""

    @property
    def sentence(self) -> str:
        """The text, and by whom."""
        return f"{self.text} by {self.by}" if self.by else self.text


class Event:
    """Base of all events; `type` and `audience` are given as class keywords."""

    type: ClassVar[str] = ""
    audience: ClassVar[Audience] = "instructor"
    # A measure may be "not a number" (no data); plain JSON has no word for that. What is written
    # has all fields of its class and no others, and its schema says so.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        ser_json_inf_nan="strings",
        json_schema_serialization_defaults_required=True,
        json_schema_extra={"additionalProperties": False},
    )

    def __init_subclass__(cls, *, type: str = "", audience: Audience = "all") -> None:  # noqa: A002
        super().__init_subclass__()
        cls.type, cls.audience = type, audience
        if type:
            EVENT_TYPES[type] = cls

    def describe(self) -> Description | None:
        """The event in words; None for measurements, which are shown as charts and figures."""
        return None


@dataclass(frozen=True)
class UnknownEvent(Event, audience="instructor"):
    """An event of a type that this version does not know, kept as it was read."""

    unknown_type: str
    data: Mapping[str, Any]

    def describe(self) -> Description:
        plain = [
            f"{name.replace('_', ' ')}: {value}"
            for name, value in self.data.items()
            if isinstance(value, str | int | float) and value != ""
        ]
        return Description(self.unknown_type, ", ".join(plain), tone="quiet")
