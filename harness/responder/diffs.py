"""What a release changed, and what such a change may do: general rules over a unified diff.

Tests, comments and documentation are left out: they run for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.model import Mechanism

_FILE = re.compile(r"^\+\+\+ (?:b/)?(?P<path>\S+)")
_CONFIGURATION = (".toml", ".yaml", ".yml", ".ini", ".env", ".json", ".cfg", "settings.py")
_SETTING = re.compile(
    r"^\s*\"?(?P<key>[A-Za-z_][\w.-]*)\"?\s*(?::\s*[\w.\[\]| ]+)?\s*[=:]\s*"
    r"(?P<value>\"[^\"]*\"|'[^']*'|-?\d[\d_.]*|true|false|True|False)"
)
_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?")
_TIMEOUT = re.compile(r"time_?out|deadline|budget|_ms$|_seconds$", re.IGNORECASE)
_REPEATS = re.compile(r"interval|period|every", re.IGNORECASE)
_POOL = re.compile(r"pool|overflow|slots|workers|connections", re.IGNORECASE)
_RECOVERY = re.compile(r"pre_ping|pool_recycle|reconnect|keepalive", re.IGNORECASE)
_OPENS = re.compile(r"\.(?:session|connect|connection|acquire|begin)\(\)")
_SCOPED = re.compile(r"^\s*(?:async )?with\b")
_EXACT = re.compile(r"\bDecimal\b|\bquantize\b|\bROUND_\w+")
_INEXACT = re.compile(r"\bfloat\b|\bround\(")
_LOOP = re.compile(r"^(?P<indent>\s*)(?:async )?for\b.*:\s*$")
_ASKS = re.compile(
    r"\bawait\b|\.(?:execute|fetch\w*|scalars?)\(|\w*(?:client|http|api|peer)\w*\.(?:get|post)\("
)
_TURNS = re.compile(r"^(?P<indent>\s*)while\b.*:\s*$")
_PAUSES = re.compile(r"\bsleep\(")
_STATUS = re.compile(r"\bstatus(?:_code)?\s*=\s*(?P<status>20[1-9]|3\d\d)\b")
_LIMIT = re.compile(r"^\s*(?P<name>\w*(?:MAX|LIMIT|CAPACITY)\w*)\b[^=<>]*=\s*(?P<value>\d[\d_]*)\b")
_ON_UNASKED = re.compile(r"\.get\([^)]*,\s*True\)|\bor True\b|\bis not False\b")
_FLAG = re.compile(r"flag|feature|toggle|switched|enabled", re.IGNORECASE)
_RAISES = re.compile(r"^\s*raise\b")
_FOREVER = re.compile(r"^\s*while (?:True|1)\b")
_COMPUTES = r"(?:coalesce|lower|upper|l?trim|lpad|abs|date_trunc|to_char)\("
_ADDED_KINDS = (
    (Mechanism.RETRY_STORM, 0.9, "repeats calls now", re.compile(
        r"\bretr(?:y|ies)|_retr(?:y|ies)\b|\b(?:for|while)\b.*\b(?:attempt|tries)\b", re.IGNORECASE,
    )),
    (Mechanism.LOCK_CONTENTION, 0.9, "locks what others need, too", re.compile(
        r"\bFOR (?:NO KEY )?UPDATE\b|\bLOCK TABLE\b|\block_\w+\(|for_update\b|advisory_\w*lock",
    )),
    (Mechanism.CACHE_STAMPEDE, 0.9, "remembers something until it is too old", re.compile(
        r"\bttl\b|_ttl_|max_age|good_until|fresh_until|expires_(?:at|in)|lru_cache|\bcached\b",
    )),
    (Mechanism.BLOCKED_EVENT_LOOP, 0.8, "has repeats that take the same characters", re.compile(
        r"\bre\.\w+\(.*(?:\.[*+].*\.[*+]|[*+][^()]*\)[*+])",
    )),
    (Mechanism.INTEGER_OVERFLOW, 0.8, "adds a column of 32 bits or fewer", re.compile(
        r"\bADD COLUMN \w+ (?:small)?int(?:eger|2|4)?\b",
    )),
    (Mechanism.MISSING_INDEX, 0.8, "compares what is computed for each row", re.compile(
        rf"\b(?:WHERE|AND|OR)\b.*(?:=\s*{_COMPUTES}|{_COMPUTES}[^)]*\)\s*=|\w::text\s*=)",
    )),
    (Mechanism.RESOURCE_LEAK, 0.8, "keeps something for each request", re.compile(
        r"\[[\w.]*request_id[\w.]*\]\s*=(?!=)",
    )),
    (Mechanism.RATE_LIMIT, 0.9, "refuses whoever asks too often", re.compile(r"\b429\b")),
    (Mechanism.DATA_EXPOSURE, 0.8, "tells requests apart by their path alone", re.compile(
        r"=.*\burl\.path\b(?!.*query)|=.*\bscope\[.path.\](?!.*query)",
    )),
    (Mechanism.IDEMPOTENCY_LOST, 0.8, "makes the key of something that each request has anew",
     re.compile(r"\bkey\b.*\b(?:request_id|attempt|trace_id)\b")),
    (Mechanism.EXPIRED_CREDENTIAL, 0.9, "holds on to one certificate", re.compile(
        r"getpeercert|get_server_certificate|\baiohttp\.Fingerprint\b|\bpinned\b|\bload_cert_chain",
    )),
    (Mechanism.POISON_MESSAGE, 0.8, "lets one task stand before all others", re.compile(
        r"\bORDER BY\b.*\bLIMIT 1\b(?!.*SKIP LOCKED)",
    )),
)  # fmt: skip
"""What a release may begin to do, and what shows it."""
_DOCUMENTED = re.compile(r'("""|\'\'\')')
_TRIVIAL = re.compile(r"^\s*(?:#.*)?$")


@dataclass(frozen=True)
class Line:
    """One line of a hunk; `sign` is `+`, `-` or a blank."""

    sign: str
    text: str


@dataclass(frozen=True)
class Change:
    """One file of a diff."""

    path: str
    lines: tuple[Line, ...]

    def signed(self, sign: str) -> list[str]:
        """The texts of the lines with that sign."""
        return [line.text for line in self.lines if line.sign == sign]


@dataclass(frozen=True)
class Finding:
    """A kind of change, what it may cause, and the line that shows it."""

    mechanism: Mechanism
    weight: float
    """How much it speaks for the mechanism, from 0 to 1."""
    shows: str


def findings(diff: str, service: str, services: Iterable[str]) -> list[Finding]:
    """What the rules find in a release of `service`, one for each mechanism; `services` are all
    there are."""
    changes = list(read(diff))
    others = [name for name in services if name != service]
    found: dict[Mechanism, Finding] = {}
    rules = (
        *(_settings(changes), _connections(changes), _precision(changes)),
        *(_new_calls(changes, others), _loops(changes), _waits(changes), _begun(changes)),
        *(_outcomes(changes), _limits(changes), _flags(changes)),
    )
    for one in chain.from_iterable(rules):
        known = found.get(one.mechanism)
        found[one.mechanism] = one if known is None else _together(known, one)
    return list(found.values())


def _together(one: Finding, other: Finding) -> Finding:
    return Finding(one.mechanism, max(one.weight, other.weight), f"{one.shows}; {other.shows}")


def changes_anything(diff: str) -> bool:
    """False where no line that runs was touched: comments and tests alone, or nothing."""
    return any(line.sign != " " for change in read(diff) for line in change.lines)


def read(diff: str) -> Iterator[Change]:
    """The files of a diff with what runs in them: no tests, comments or docstrings."""
    path, lines = "", list[Line]()
    for text in [*diff.splitlines(), "+++ end"]:
        named = _FILE.match(text)
        if named is None:
            if text[:1] in ("+", "-", " ") and not text.startswith("---"):
                lines.append(Line(text[0], text[1:]))
            continue
        if path and "/tests/" not in path and not path.endswith((".md", ".rst", ".txt")):
            yield Change(path, tuple(_running(lines)))
        path, lines = named["path"], []


def _running(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without comments, and without docstrings that begin in the hunk."""
    inside = False
    for line in lines:
        marks = len(_DOCUMENTED.findall(line.text))
        was_inside, inside = inside, inside ^ (marks % 2 == 1)
        if not (was_inside or marks or _TRIVIAL.match(line.text)):
            yield line


def _settings(changes: Iterable[Change]) -> Iterator[Finding]:
    for change in changes:
        old, new = _values(change.signed("-")), _values(change.signed("+"))
        for key in new:
            if old.get(key, new[key]) == new[key]:
                continue
            shows = f"{change.path}: {key} was {old[key]}, is {new[key]}"
            kind = _kind_of_setting(key, old[key], new[key])
            if kind is not None:
                yield Finding(kind, 0.9, shows)
            elif change.path.endswith(_CONFIGURATION):
                yield Finding(Mechanism.BAD_CONFIGURATION, 0.6, shows)
        for key in {**old, **new}:
            if _RECOVERY.search(key) and old.get(key) != new.get(key):
                shows = f"{change.path}: {key} was {old.get(key)}, is {new.get(key)}"
                yield Finding(Mechanism.CONNECTION_NOT_RECOVERED, 0.8, shows)


def _connections(changes: Sequence[Change]) -> Iterator[Finding]:
    """A session or connection that is kept, where it was given back after each use: whatever
    checks and replaces connections does so when they are handed out."""
    gone = [text for change in changes for text in change.signed("-") if _OPENS.search(text)]
    if not any(_SCOPED.match(text) for text in gone):
        return
    for change in changes:
        kept = [
            text for text in change.signed("+") if _OPENS.search(text) and not _SCOPED.match(text)
        ]
        if kept:
            shows = f"{change.path}: keeps what was given back after each use; `{kept[0].strip()}`"
            yield Finding(Mechanism.CONNECTION_NOT_RECOVERED, 0.7, shows)


def _kind_of_setting(key: str, old: str, new: str) -> Mechanism | None:
    if not (_NUMBER.fullmatch(old) and _NUMBER.fullmatch(new)):
        return None
    if _TIMEOUT.search(key) and not _REPEATS.search(key):
        return Mechanism.TIMEOUT_MISCONFIGURED
    shrank = float(new.replace("_", "")) < float(old.replace("_", ""))
    return Mechanism.POOL_TOO_SMALL if _POOL.search(key) and shrank else None


def _values(lines: Iterable[str]) -> dict[str, str]:
    matches = (_SETTING.match(text) for text in lines)
    return {found["key"]: found["value"] for found in matches if found}


def _precision(changes: Iterable[Change]) -> Iterator[Finding]:
    for change in changes:
        lost = sum(bool(_EXACT.search(text)) for text in change.signed("-"))
        lost -= sum(bool(_EXACT.search(text)) for text in change.signed("+"))
        inexact = [text for text in change.signed("+") if _INEXACT.search(text)]
        if lost > 0 and inexact:
            shows = f"{change.path}: exact arithmetic is gone; `{inexact[0].strip()}`"
            yield Finding(Mechanism.NUMERIC_PRECISION, min(1.0, 0.5 + 0.1 * lost), shows)


def _new_calls(changes: Iterable[Change], others: Sequence[str]) -> Iterator[Finding]:
    """Another service named in code that was added, and in none that went away."""
    changes = list(changes)
    gone = "\n".join(text for change in changes for text in change.signed("-"))
    asks = any(_ASKS.search(text) for change in changes for text in change.signed("+"))
    for name in others:
        quoted = re.compile(rf"[\"'](?:https?://)?{re.escape(name)}[\"':/]")
        for change in changes:
            added = [text for text in change.signed("+") if quoted.search(text)]
            if added and asks and not quoted.search(gone):
                shows = f"{change.path}: calls {name} now; `{added[0].strip()}`"
                yield Finding(Mechanism.CIRCULAR_CALL, 0.6, shows)


def _loops(changes: Iterable[Change]) -> Iterator[Finding]:
    """A loop, or a comprehension, that asks for something at each turn and did not before."""
    for change in changes:
        found = _asking_loops([line for line in change.lines if line.sign != "-"])
        if found:
            shows = f"{change.path}: asks at each turn of `{found[0]}`"
            yield Finding(Mechanism.N_PLUS_ONE, min(1.0, 0.6 + 0.1 * len(found)), shows)


def _waits(changes: Iterable[Change]) -> Iterator[Finding]:
    """A loop that pauses and asks again until somebody else is done, and did not before: whoever
    waits for it is as slow as they are."""
    for change in changes:
        lines = [line for line in change.lines if line.sign != "-"]
        for place, line in enumerate(lines):
            loop = _TURNS.match(line.text)
            if loop is None or line.sign != "+":
                continue
            body = [inner.text for inner in _body(lines[place + 1 :], len(loop["indent"]))]
            asks = any(_ASKS.search(text) and not _PAUSES.search(text) for text in body)
            if asks and any(_PAUSES.search(text) for text in body):
                shows = f"{change.path}: waits in `{line.text.strip()}` until an answer has changed"
                weight = 0.9 if _FOREVER.match(line.text) else 0.6
                yield Finding(Mechanism.SLOW_DEPENDENCY, weight, shows)


def _begun(changes: Sequence[Change]) -> Iterator[Finding]:
    """Something that the release does in many lines or in one, and nothing that went away did."""
    gone = "\n".join(text for change in changes for text in change.signed("-"))
    for mechanism, weight, does, pattern in _ADDED_KINDS:
        if pattern.search(gone):
            continue
        for change in changes:
            added = [text.strip() for text in change.signed("+") if pattern.search(text)]
            if added:
                yield Finding(mechanism, weight, f"{change.path}: {does}; `{added[0]}`")


def _outcomes(changes: Sequence[Change]) -> Iterator[Finding]:
    """A success that callers were not told of before, such as 202: they may take it for another."""
    gone = {found["status"] for change in changes for found in _found(_STATUS, change, "-")}
    for change in changes:
        for found in _found(_STATUS, change, "+"):
            if found["status"] not in gone:
                shows = f"{change.path}: answers {found['status']} now; `{found.string.strip()}`"
                yield Finding(Mechanism.CONTRACT_CHANGE, 0.8, shows)


def _limits(changes: Sequence[Change]) -> Iterator[Finding]:
    """A limit that there was none of, in a release by which something new is refused."""
    known = {found["name"] for change in changes for found in _found(_LIMIT, change, "-")}
    refused = any(_RAISES.search(text) for change in changes for text in change.signed("+"))
    for change in changes:
        for found in _found(_LIMIT, change, "+"):
            if refused and found["name"] not in known:
                shows = f"{change.path}: refuses beyond {found['name']}, {found['value']}"
                yield Finding(Mechanism.CONFIG_SIZE, 0.7, shows)


def _flags(changes: Iterable[Change]) -> Iterator[Finding]:
    """Something that is on wherever nobody said so, and did not read so before."""
    for change in changes:
        gone = "\n".join(change.signed("-"))
        for found in _found(_ON_UNASKED, change, "+"):
            if _FLAG.search(f"{change.path} {found.string}") and not _ON_UNASKED.search(gone):
                shows = f"{change.path}: on where nobody switched it; `{found.string.strip()}`"
                yield Finding(Mechanism.FEATURE_FLAG, 0.8, shows)


def _found(pattern: re.Pattern[str], change: Change, sign: str) -> list[re.Match[str]]:
    return [found for text in change.signed(sign) if (found := pattern.search(text))]


def _asking_loops(lines: Sequence[Line]) -> list[str]:
    found = []
    for place, line in enumerate(lines):
        loop = _LOOP.match(line.text)
        if loop is not None:
            body = list(_body(lines[place + 1 :], len(loop["indent"])))
            asking = [inner for inner in body if _ASKS.search(inner.text)]
            if asking and (line.sign == "+" or any(one.sign == "+" for one in asking)):
                found.append(line.text.strip())
        elif line.sign == "+" and re.search(r"\bawait\b.*\bfor\b.*\bin\b", line.text):
            found.append(line.text.strip())
    return found


def _body(lines: Iterable[Line], indent: int) -> Iterator[Line]:
    for line in lines:
        if len(line.text) - len(line.text.lstrip()) <= indent:
            return
        yield line
