"""What people wrote, as Markdown that shows it as text."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|])")


def escaped(text: str) -> str:
    """One line, with everything that Markdown or HTML would read as markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def unescaped(text: str) -> str:
    """What `escaped` made of a text, as it was written."""
    return _ESCAPED.sub(r"\1", text)
