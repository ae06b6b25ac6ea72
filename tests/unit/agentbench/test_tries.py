"""The file of a benchmark and its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from harness.agentbench.bench_page import render_page
from harness.agentbench.pass_rates import bench_of
from harness.agentbench.tries import read, schema_json, to_json
from harness.errors import BadFile
from tests.unit.agentbench.made_tries import made

DOCS = Path(__file__).parents[3] / "docs"
PUBLISHED = DOCS / "schema" / "agents-bench-1.json"
COMMITTED = DOCS / "benchmark" / "agents.json"
TRIES = [
    made(seed=1, passed=True, grounded=None),
    made(seed=2, status="infrastructure"),
    made(player="nothing"),
]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_json()


@pytest.mark.parametrize("text", [to_json(bench_of(TRIES, "local")), to_json(bench_of([], "x"))])
def test_what_is_kept_is_read_back_and_fits_the_schema(text: str, tmp_path: Path) -> None:
    path = tmp_path / "agents.json"
    path.write_text(text, encoding="utf-8")
    assert to_json(read(path)) == text
    jsonschema_rs.validate(json.loads(schema_json()), json.loads(text))


def test_a_file_that_is_none_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "agents.json"
    with pytest.raises(BadFile):
        read(path)
    path.write_text('{"schema": "agents-bench-2"}', encoding="utf-8")
    with pytest.raises(BadFile, match="schema"):
        read(path)
    assert not jsonschema_rs.is_valid(json.loads(schema_json()), {"schema": "agents-bench-2"})


def test_the_committed_benchmark_follows_from_its_tries() -> None:
    found = read(COMMITTED)
    assert found == bench_of(found.tries, found.runtime)
    assert COMMITTED.with_suffix(".html").read_text(encoding="utf-8") == render_page(found)


def test_a_page_has_every_player_and_says_what_was_not_counted() -> None:
    page = render_page(bench_of(TRIES, "local"))
    assert page.count('<th scope="row">nothing<small>trivial') == 1
    assert "not counted<small>" in page
    assert "1 of 1" in page
