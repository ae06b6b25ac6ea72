"""What a row of the matrix calls left behind: what its own stack left, and nobody else's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.causes import Trigger, TriggerKind
from harness.matrix import row_stack
from harness.matrix.report import _overview
from harness.matrix.row_stack import Stack
from harness.model import LatentForm
from harness.paths import REPO
from harness.ports import PROMETHEUS

OFFSET = 21_700


@pytest.fixture
def until_the_end() -> Iterator[ExitStack]:
    with ExitStack() as kept:
        yield kept


def listen(kept: ExitStack) -> None:
    listener = kept.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", PROMETHEUS + OFFSET))
    listener.listen(1)


async def left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: ExitStack | None
) -> list[str]:
    """The leftovers of a stack that, given `played`, opens a port and never closes it."""

    async def play(self: Stack, offset: int, home: Path, answer: Path) -> str:
        if played is not None:
            listen(played)
        return "played"

    monkeypatch.setattr(Stack, "_play", play)
    stack = Stack("healthy", 1, "local", "reference", tmp_path, port_offset=OFFSET)
    row = await stack.run(slot=0)
    return list(row["leftovers"])


async def test_a_port_that_the_stack_left_open_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until_the_end: ExitStack
) -> None:
    left = await left_behind(tmp_path, monkeypatch, until_the_end)
    assert [one.split(" (")[0] for one in left] == [f"port {PROMETHEUS + OFFSET}"]


@pytest.mark.parametrize(("seed", "is_latent"), [(1, False), (2, True)])
async def test_a_row_says_in_which_form_its_fault_was_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, is_latent: bool
) -> None:
    async def play(self: Stack, offset: int, home: Path, answer: Path) -> str:
        return "played"

    form = LatentForm(Trigger(TriggerKind.MODEL_SLOW), (4.0, 70.0))
    fault = replace(Catalog(REPO).fault("ai-latency"), latent=form)
    monkeypatch.setattr(Stack, "_play", play)
    monkeypatch.setattr(Catalog, "fault", lambda self, id_: fault)
    stack = Stack("ai-latency", seed, "local", "reference", tmp_path, port_offset=OFFSET)
    row = await stack.run(slot=0)
    assert row["is_latent"] == is_latent
    assert (f"<td>{seed}, latent</td>" in _overview(row, ())) == is_latent


async def test_what_a_killed_row_left_is_ended_before_its_home_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "healthy-1" / "runs" / "d-1" / "guardian.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    known: list[bool] = []
    monkeypatch.setattr(row_stack, "reap", lambda home: known.append(state.exists()))
    await left_behind(tmp_path, monkeypatch, None)
    assert known == [True]
    assert not state.exists()


async def test_a_port_that_somebody_had_before_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until_the_end: ExitStack
) -> None:
    listen(until_the_end)
    assert await left_behind(tmp_path, monkeypatch, None) == []


@pytest.mark.parametrize(
    ("lowest", "offsets"),
    [
        (32_768, [20_000, 21_000, 22_000, 23_000, 19_000, 18_000]),
        (30_000, [20_000, 19_000, 18_000, 17_000, 16_000, 15_000]),
        (1_024, [20_000, 21_000, 22_000]),
        (61_000, [20_000, 21_000, 22_000]),
    ],
)
def test_slots_keep_clear_of_outgoing_connections_while_they_can(
    lowest: int, offsets: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = frozenset(range(lowest, 65_536))
    monkeypatch.setattr(row_stack, "outgoing_ports", lambda: outgoing)
    found = [row_stack.offset_of(slot, row_stack.FIRST_OFFSET) for slot in range(len(offsets))]
    assert found == offsets
    many = [row_stack.offset_of(slot, row_stack.FIRST_OFFSET) for slot in range(20)]
    assert len(set(many)) == len(many)
