"""The gate's key in what a provider answers: replaced, however the answer spells it.

Some providers quote the whole request in their errors.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html.entities import html5
from typing import Any

REPLACED_BY = b"[key]"
SECRET_CHARS_MIN = 8
"""Shorter ones are what local models take, who want something; they are nobody's secret."""
SPELLING_CHARS_MAX = 16
"""Of one character of the key."""
SCANNED_CHARS = 4
"""So many of its first are looked for all over a text; more would need more memory than time."""
BLANK = r"\s\x00"
UNSEEN = "\xa0\xad\u200b\u200c\u200d\u2060\ufeff"
"""Characters that a reader does not see, or takes for a blank."""
_ESCAPED_UNSEEN = "|".join(f"{ord(char):04x}" for char in UNSEEN)
GAP = (
    rf"(?:[{BLANK}{UNSEEN}]|=\r?\n|\\{{1,7}}[nrt0]|\\{{1,7}}(?:x|u00)(?:0[09ad]|20)"
    rf"|\\{{1,7}}u(?:{_ESCAPED_UNSEEN})|%(?:25){{0,3}}(?:0[09ad]|20)"
    r"|&(?:amp;)?(?:nbsp|shy|tab|newline|#(?:9|10|13|32|160|173|8203)|#x(?:9|a|d|20|a0|ad|200b));)*"
)
"""What may stand between two characters and changes nothing for whoever reads them: blanks, where a
line was wrapped, and what cannot be seen; as it is, or escaped."""

Form = Sequence[Sequence[str]]
"""The characters of the key in one encoding, each with the ways to write it, as expressions."""


@lru_cache(maxsize=8)
def redactor(key: str) -> Callable[[bytes], bytes]:
    """A function that takes `key` out of a whole text, in each of its forms."""
    if len(key) < SECRET_CHARS_MIN:
        return lambda text: text
    begin, whole = _scanner(key), re.compile(_of_bytes(expression(key)), re.IGNORECASE)

    def redact(text: bytes) -> bytes:
        kept, done, at = [], 0, 0
        while begun := begin.search(text, at):
            at = begun.start()
            if found := whole.match(text, at):
                kept += [text[done:at], REPLACED_BY]
                done = at = found.end()
            else:
                at += 1
        return b"".join([*kept, text[done:]])

    return redact


def _scanner(key: str) -> Any:
    """Finds where a key may begin, in linear time: answers have megabytes."""
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.case_sensitive, options.encoding = False, re2.Options.Encoding.LATIN1
    options.log_errors = False
    return re2.compile(_of_bytes(expression(key, SCANNED_CHARS)), options)


def _of_bytes(pattern: str) -> bytes:
    """The same where texts are UTF-8."""
    return pattern.replace(f"[{BLANK}{UNSEEN}]", "|".join((f"[{BLANK}]", *UNSEEN))).encode()


def expression(key: str, chars_max: int | None = None) -> str:
    """Finds `key`, or its first characters, in any form; for letters that count in either case."""
    return "|".join(
        GAP.join(f"(?:{'|'.join(ways)})" for ways in characters[:chars_max])
        for characters in forms(key)
    )


def forms(key: str) -> Iterator[Form]:
    """The ways in which a text may hold `key`."""
    yield [list(spellings(char)) for char in key]
    first, *others = key.encode()
    yield [[f"{first:02x}"], *([rf"[:,]?(?:0x)?{byte:02x}"] for byte in others)]
    yield [[str(first)], *([f",{GAP}{byte}"] for byte in others)]
    for encoded in base64_forms(key):
        yield [[*spellings(char), *spellings(_OTHER_BASE64.get(char, char))] for char in encoded]


_OTHER_BASE64 = {"+": "-", "/": "_"}
"""As addresses and tokens have it."""


def spellings(char: str) -> Iterator[str]:
    """Every way in which a character of a key may be written, as expressions."""
    code = ord(char)
    yield rf"\\{{1,7}}(?:x|u00|u\{{0{{0,4}}|u000000){code:02x}\}}?"
    yield rf"\\{{1,7}}0?{code:03o}"
    yield rf"[%=](?:25){{0,3}}{code:02x}"
    yield rf"&(?:amp;)?#(?:0{{0,4}}{code}|x0{{0,4}}{code:x});"
    for name in _NAMES[char]:
        yield f"&(?:amp;)?{name}"
    # Last, since `&` begins others. A letter after a backslash is another character.
    yield ("" if char.isalnum() else r"\\{0,7}") + re.escape(char)


def base64_forms(key: str) -> Iterator[str]:
    """The part of a key that is the same whatever stands around it: in base64 three bytes are four
    characters, and what comes before shifts them."""
    if len(key) >= 2 * SECRET_CHARS_MIN:
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + key.encode()).decode()
            yield encoded[4 if shift else 0 : -4]


def _names_of_characters() -> defaultdict[str, list[str]]:
    """What HTML calls them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, char in html5.items():
        if name.endswith(";"):
            found[char].append(name)
    return found


_NAMES = _names_of_characters()
