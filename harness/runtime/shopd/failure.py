"""A failed start, told in terms of the release's own code."""

from __future__ import annotations

import traceback

LENGTH_MAX = 4000


def describe(error: BaseException, checkout: str) -> str:
    """The traceback of `error`, limited to the frames inside `checkout`."""
    return inside("".join(traceback.format_exception(error)), checkout)


def inside(text: str, checkout: str) -> str:
    """Leave out of a traceback every frame of other people's code, and shorten our paths."""
    ours = f'  File "{checkout}/'
    kept: list[str] = []
    keep = True
    for line in text.splitlines():
        if line.startswith("  File "):
            keep = line.startswith(ours)
        elif not line.startswith("    "):
            keep = bool(line.strip())
        if keep:
            kept.append(line.replace(ours, '  File "'))
    return "\n".join(kept)[-LENGTH_MAX:]
