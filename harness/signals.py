"""Signals as a request for the end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

KINDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Received:
    """The signal that came last."""

    last: signal.Signals | None = None

    @property
    def somebody_may_stay(self) -> bool:
        """Whether nobody but a person at the keyboard has asked for the end, if anybody."""
        return self.last in (None, signal.SIGINT)


@contextmanager
def ending_by_signals(
    stop: asyncio.Event, *, outer: asyncio.Event | None = None
) -> Iterator[Received]:
    """While inside: SIGINT, SIGTERM and SIGHUP ask for the end instead of killing. Within another
    such block, `outer` is what that one sets, and they do so again afterwards."""
    received = Received()
    _handle(stop, received)
    try:
        yield received
    finally:
        loop = asyncio.get_running_loop()
        for kind in KINDS:
            loop.remove_signal_handler(kind)
        if outer is not None:
            _handle(outer, Received())


def _handle(stop: asyncio.Event, received: Received) -> None:
    def came(kind: signal.Signals) -> None:
        received.last = kind
        stop.set()

    loop = asyncio.get_running_loop()
    for kind in KINDS:
        loop.add_signal_handler(kind, came, kind)
