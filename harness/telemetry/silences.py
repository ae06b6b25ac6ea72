"""Silences in Alertmanager's terms: which alerts call nobody, and for how long. Pure: the time is
always given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

SILENCES_MAX = 200
"""Those that hold, or will."""
SILENCES_EVER_MAX = 2000
"""With those that are over: each is in the record."""
SILENCE_BYTES_MAX = 64 * 1024
MATCHERS_MAX = 20
TEXT_CHARS_MAX = 500
MATCHER_CHARS_MAX = 20 * TEXT_CHARS_MAX
"""Name, sign and value, each character of which may have been escaped."""
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_MATCHER = re.compile(rf"({_NAME.pattern})\s*(=~|!~|!=|=)(.*)", re.DOTALL)

SilenceState = Literal["pending", "active", "expired"]


class MalformedSilence(ValueError):
    """A silence or a matcher that makes no sense; the message names what."""


@dataclass(frozen=True)
class Matcher:
    """One condition on a label. A label that is absent has the empty value."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def __post_init__(self) -> None:
        if self.is_regex:
            _compiled(self.value)

    def __str__(self) -> str:
        sign = ("=~" if self.is_equal else "!~") if self.is_regex else "="
        if not self.is_regex and not self.is_equal:
            sign = "!="
        return f"{self.name}{sign}{json.dumps(self.value, ensure_ascii=False)}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the condition holds; a regular expression is matched as a whole."""
        value = labels.get(self.name, "")
        if self.is_regex:
            holds = _compiled(self.value).fullmatch(value) is not None
        else:
            holds = value == self.value
        return holds == self.is_equal


@dataclass(frozen=True)
class Silence:
    """Alerts that match all of `matchers` call nobody from `starts_at` to `ends_at`."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    created_by: str
    comment: str

    def state(self, now: datetime) -> SilenceState:
        """Whether it holds at `now`."""
        if now >= self.ends_at:
            return "expired"
        return "active" if now >= self.starts_at else "pending"

    def mutes(self, labels: Mapping[str, str], now: datetime) -> bool:
        """Whether an alert with these labels calls nobody at `now`."""
        return self.state(now) == "active" and match_all(self.matchers, labels)


def match_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether labels fulfil every matcher."""
    return all(one.matches(labels) for one in matchers)


def parse_matcher(text: str) -> Matcher:
    """`alertname="HighLatency"`, `service=~"a|b"`, `severity!=info`: as amtool writes filters.

    Raises MalformedSilence.
    """
    found = _MATCHER.fullmatch(text.strip()) if len(text) <= MATCHER_CHARS_MAX else None
    if found is None:
        raise MalformedSilence(f"bad matcher: {text!r:.80}")
    name, sign, value = found[1], found[2], found[3].strip()
    if value[:1] == '"':
        try:
            value = json.loads(value)
        except ValueError as error:
            raise MalformedSilence(f"bad matcher: {text!r:.80}") from error
    if not isinstance(value, str):
        raise MalformedSilence(f"bad matcher: {text!r:.80}")
    return Matcher(name, value, is_regex="~" in sign, is_equal="!" not in sign)


def parse_silence(body: Any, silence_id: str, now: datetime) -> Silence:
    """The silence in the JSON that amtool posts. One that begins in the past begins now.

    Raises MalformedSilence.
    """
    if not isinstance(body, dict) or not isinstance(body.get("matchers"), list):
        raise MalformedSilence("no silence: an object with matchers is expected")
    matchers = tuple(_read_matcher(one) for one in body["matchers"][: MATCHERS_MAX + 1])
    if not 1 <= len(matchers) <= MATCHERS_MAX:
        raise MalformedSilence(f"silence invalid: from 1 to {MATCHERS_MAX} matchers are expected")
    if all(one.matches({}) for one in matchers):
        raise MalformedSilence("silence invalid: at least one matcher must not match every alert")
    starts_at, ends_at = _moment(body, "startsAt"), _moment(body, "endsAt")
    if ends_at <= starts_at:
        raise MalformedSilence("silence invalid: end time must be after start time")
    if ends_at <= now:
        raise MalformedSilence("silence invalid: end time can't be in the past")
    return Silence(
        silence_id,
        matchers,
        max(starts_at, now),
        ends_at,
        now,
        _text(body, "createdBy"),
        _text(body, "comment"),
    )


def _read_matcher(one: Any) -> Matcher:
    if not isinstance(one, dict):
        raise MalformedSilence("silence invalid: a matcher is an object")
    name, value = _text(one, "name"), _text(one, "value")
    is_regex, is_equal = one.get("isRegex", False), one.get("isEqual", True)
    flags_are_right = isinstance(is_regex, bool) and isinstance(is_equal, bool)
    if not flags_are_right or not _NAME.fullmatch(name):
        raise MalformedSilence("silence invalid: a matcher has name, value, isRegex and isEqual")
    return Matcher(name, value, is_regex, is_equal)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    # Printable: no control characters, and no half of a surrogate pair, which no record can hold.
    if not isinstance(value, str) or not value.isprintable() or len(value) > TEXT_CHARS_MAX:
        raise MalformedSilence(
            f"silence invalid: {name}: not printable text of up to {TEXT_CHARS_MAX}"
        )
    return value


def _moment(body: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(body, name))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedSilence(f"silence invalid: {name}: not a time") from error


@lru_cache(maxsize=200)
def _compiled(pattern: str) -> Any:
    """RE2, which Alertmanager has, too: whatever is asked, the answer takes linear time.

    Loaded where it is first needed, since hardly any drill needs it.
    """
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.log_errors = False  # else they stand in the live view
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise MalformedSilence(f"bad regular expression: {pattern!r:.80}") from error
