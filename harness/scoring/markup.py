"""What people wrote, as Markdown that shows it as text."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


def escaped(text: str) -> str:
    """One line, with everything that Markdown or HTML would read as markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
