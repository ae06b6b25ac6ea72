"""A drill's id: nobody has it yet, and it tells nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle import draw as drawing
from harness.drill.lifecycle.draw import draw, fresh_id
from harness.paths import REPO
from harness.settings import HostSettings


def test_an_id_that_a_drill_of_this_home_has_is_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d-aaaaaaaa").mkdir()
    numbers = ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "cccccccc"]
    asked: list[int] = []

    def token_hex(size: int) -> str:
        asked.append(size)
        return numbers.pop(0)

    monkeypatch.setattr(drawing.secrets, "token_hex", token_hex)
    assert fresh_id(tmp_path) == "d-bbbbbbbb"
    assert numbers == ["cccccccc"]
    assert set(asked) == {4}, "32 bits: homes that share an engine or a cache do not meet, either"


def test_a_home_that_has_had_nearly_all_ids_still_gets_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "ID_BYTES", 1)
    had = set()
    for _ in range(256):
        drawn = fresh_id(tmp_path)
        (tmp_path / drawn).mkdir()  # raises where it is there already, as it did in a busy home
        had.add(drawn)
    assert len(had) == 256


def test_the_same_draw_has_another_id_and_the_id_tells_nothing_of_it(tmp_path: Path) -> None:
    settings = HostSettings(home=tmp_path, scenario="random", seed=4242)
    first, again = draw(Catalog(REPO), settings), draw(Catalog(REPO), settings)
    assert first.scenario == again.scenario
    assert first.drill_id != again.drill_id
    assert re.fullmatch(r"d-[0-9a-f]{8}", first.drill_id)
    assert first.run_dir == tmp_path / "runs" / first.drill_id
