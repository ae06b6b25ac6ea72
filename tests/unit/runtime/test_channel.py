"""Whoever holds the other end of a channel may write to it what it likes, and as fast as it can."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.runtime.channel import Channel, NotAMessage

TURN = asyncio.sleep
NO_MESSAGES = {
    "no JSON": b"hello\n",
    "not even text": b"\xff\xfe\x00\n",
    "a list": b"[]\n",
    "a number": b"4\n",
    "nothing": b"null\n",
    "an empty line": b"\n",
    "without an event": b"{}\n",
    "an event that is no text": b'{"event": ["serving"]}\n',
    "nested too deep": b"[" * 60_000 + b"\n",
    "a number of 5,000 digits": b'{"event": "x", "port": ' + b"9" * 5000 + b"}\n",
}


@contextmanager
def flood(end: socket.socket, block: bytes) -> Iterator[None]:
    """Write `block` again and again, as fast as it is taken."""
    stop = threading.Event()

    def write() -> None:
        with contextlib.suppress(OSError):
            while not stop.is_set():
                end.sendall(block)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        end.shutdown(socket.SHUT_RDWR)
        writer.join()
        end.close()


@pytest.mark.parametrize("sent", NO_MESSAGES.values(), ids=NO_MESSAGES.keys())
async def test_what_is_no_message_is_said_to_be_none(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        channel = Channel(ours)
        theirs.sendall(b'{"event": "started"}\n' + sent)
        assert await channel.receive() == {"event": "started"}
        with pytest.raises(NotAMessage):
            await channel.receive()
        channel.close()


@pytest.mark.parametrize("block", [b"x" * 65_536, b" " * 100], ids=["blocks", "pieces"])
async def test_a_line_without_an_end_is_given_up_at_its_bound(block: bytes) -> None:
    ours, theirs = socket.socketpair()
    with flood(theirs, block):
        channel = Channel(ours, line_bytes_max=1_000_000)
        with pytest.raises(NotAMessage, match="more than 1000000 bytes"):
            await asyncio.wait_for(channel.receive(), 60)
        assert len(channel._buffer) < 1_000_000 + 2 * 65_536
        channel.close()


async def test_a_line_that_is_whole_and_too_long_is_refused_too() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        channel = Channel(ours, line_bytes_max=100)
        theirs.sendall(json.dumps({"event": "x" * 200}).encode() + b"\n")
        with pytest.raises(NotAMessage, match="more than 100 bytes"):
            await channel.receive()
        channel.close()


async def turns_of_others(messages: int) -> int:
    """How often another task got to run while that many messages, all there, were received."""
    ours, theirs = socket.socketpair()
    channel, turns = Channel(ours), 0

    async def other() -> None:
        nonlocal turns
        while True:
            await TURN(0)
            turns += 1

    with theirs:
        theirs.sendall(b'{"event": "hello"}\n' * messages)
        running = asyncio.create_task(other())
        for _ in range(messages):
            assert await channel.receive()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    channel.close()
    return turns


async def test_messages_that_come_fast_leave_the_loop_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await turns_of_others(2000) >= 2000

    async def no_turn(delay_s: float) -> None:
        if delay_s:
            await TURN(delay_s)

    monkeypatch.setattr("harness.runtime.channel.asyncio.sleep", no_turn)
    assert await turns_of_others(2000) == 0, "the control: it is the turn that lets them run"
