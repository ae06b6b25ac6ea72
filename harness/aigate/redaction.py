"""The gate's key in what a provider answers: replaced, however the answer spells it.

Some providers quote the whole request in their errors.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

REPLACED_BY = b"[key]"
SECRET_CHARS_MIN = 8
"""Shorter ones are what local models take, who want something; they are nobody's secret."""


@lru_cache(maxsize=8)
def redactor(key: str) -> Callable[[bytes], bytes]:
    """A function that takes `key` out of a whole text: as it is, escaped as JSON, HTML or addresses
    escape it, or in base64."""
    if len(key) < SECRET_CHARS_MIN:
        return lambda text: text
    spelled = b"".join(b"(?:" + b"|".join(spellings(char)) + b")" for char in key)
    pattern = re.compile(b"|".join((spelled, *map(re.escape, base64_forms(key)))), re.IGNORECASE)
    return lambda text: pattern.sub(REPLACED_BY, text)


def spellings(char: str) -> Iterator[bytes]:
    """Every way in which a character of a key may be written, as expressions."""
    code = ord(char)
    yield rb"\\{0,3}" + re.escape(char.encode())
    yield rb"\\{1,3}u00%02x" % code
    yield b"%%%02x" % code
    yield b"&#0{0,4}%d;|&#x0{0,4}%x;" % (code, code)
    if char in "\"'&<>":
        yield html.escape(char).encode()


def base64_forms(key: str) -> Iterator[bytes]:
    """The part of a key that is the same whatever stands around it: in base64 three bytes are four
    characters, and what comes before shifts them."""
    if len(key) >= 2 * SECRET_CHARS_MIN:
        for shift in range(3):
            yield base64.b64encode(b"\0" * shift + key.encode())[4 if shift else 0 : -4]
