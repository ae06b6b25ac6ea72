"""The dashboards as they are checked in: well formed, whole, and what their source says."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from grafana.source.catalogue import DASHBOARDS, ROOT, files
from grafana.source.layout import Cell, arrange
from grafana.source.model import Panel, Row, Thresholds, Unit
from harness.model import Mechanism
from harness.paths import REPO
from tests.grafana import checks

FILES = sorted((ROOT / "dashboards").glob("*.json"))
BOARDS: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in FILES}
SOURCES: dict[str, Any] = json.loads((ROOT / "provisioning/datasources/shop.yaml").read_text())


def source_of(uid: str) -> dict[str, Any]:
    return next(source for source in SOURCES["datasources"] if source["uid"] == uid)


@pytest.fixture
def board() -> dict[str, Any]:
    """A copy to spoil."""
    return copy.deepcopy(BOARDS["service"])


def test_the_files_are_what_the_source_says() -> None:
    stale = [str(path) for path, text in files().items() if path.read_text() != text]
    assert stale == [], "run `python -m grafana.source`"


def test_no_file_is_left_without_a_source() -> None:
    present = {path for path in ROOT.rglob("*") if path.suffix in (".json", ".yaml")}
    assert present == set(files())


@pytest.mark.parametrize("uid", BOARDS)
def test_a_dashboard_has_the_shape_that_grafana_reads(uid: str) -> None:
    assert checks.malformed(BOARDS[uid]) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda it: it.pop("uid"), "'uid' is missing"),
        (lambda it: it["panels"][1].pop("gridPos"), "'gridPos' is missing"),
        (lambda it: it["panels"][1].update(gridpos={}), "'gridpos' is unknown"),
        (lambda it: it["panels"][1]["targets"][0].update(expr=None), "None is not"),
        (lambda it: it["panels"][1].update(id="1"), "'1' is not"),
        (lambda it: it["panels"][1].update(id=True), "True is not"),
        (lambda it: it["templating"].update(list={}), "not a list"),
        (lambda it: it.update(time="now"), "not an object"),
    ],
)
def test_a_misshapen_dashboard_is_noticed(board: dict[str, Any], spoil: Any, says: str) -> None:
    spoil(board)
    assert says in "\n".join(checks.malformed(board))


def test_every_dashboard_has_an_address_and_a_title_of_its_own() -> None:
    assert {path.stem for path in FILES} == {board["uid"] for board in BOARDS.values()}
    assert checks.twice(board["title"] for board in BOARDS.values()) == []


@pytest.mark.parametrize("uid", BOARDS)
def test_every_panel_of_a_dashboard_has_an_id_and_a_title_of_its_own(uid: str) -> None:
    panels = BOARDS[uid]["panels"]
    assert checks.twice(panel["id"] for panel in panels) == []
    assert checks.twice(panel["title"] for panel in panels if panel["type"] != "row") == []


def test_what_comes_twice_is_noticed() -> None:
    assert checks.twice([1, 2, 1]) == [1]


@pytest.mark.parametrize("uid", BOARDS)
def test_no_panel_overlaps_another_or_leaves_the_grid(uid: str) -> None:
    assert checks.misplaced(BOARDS[uid]["panels"]) == []


def test_an_overlap_and_a_panel_out_of_the_grid_are_noticed(board: dict[str, Any]) -> None:
    first, second, third = board["panels"][1:4]
    second["gridPos"] = dict(first["gridPos"], x=first["gridPos"]["x"] + 1)
    third["gridPos"]["x"] = 23
    found = checks.misplaced([first, second, third])
    assert f"{second['title']} overlaps {first['title']}" in found
    assert f"{third['title']}: out of the grid" in found


def test_a_panel_that_does_not_fit_begins_below_the_tallest_of_its_line() -> None:
    def panel(width: int, height: int) -> Panel:
        return Panel("", "", (), Unit.NONE, width=width, height=height)

    rows = (Row("", (panel(12, 4), panel(12, 9), panel(8, 4))), Row("", (panel(8, 4),)))
    cells = [cell for cell, _ in arrange(rows)]
    assert cells == [
        Cell(0, 0, 24, 1),
        Cell(0, 1, 12, 4),
        Cell(12, 1, 12, 9),
        Cell(0, 10, 8, 4),
        Cell(0, 14, 24, 1),
        Cell(0, 15, 8, 4),
    ]


def test_every_data_source_that_is_used_is_provisioned_under_its_fixed_uid() -> None:
    provisioned = {source["uid"] for source in SOURCES["datasources"]}
    assert provisioned == {"prometheus", "jaeger"}
    assert set().union(*map(checks.sources_used, BOARDS.values())) <= provisioned


def test_a_data_source_that_is_not_provisioned_is_noticed(board: dict[str, Any]) -> None:
    board["panels"][1]["targets"][0]["datasource"] = {"type": "loki", "uid": "elsewhere"}
    assert "elsewhere" in checks.sources_used(board)


def test_exemplars_open_the_trace_that_they_name() -> None:
    (link,) = source_of("prometheus")["jsonData"]["exemplarTraceIdDestinations"]
    assert link == {"name": "trace_id", "datasourceUid": "jaeger"}
    tracing = (REPO / "services" / "chassis" / "tracing.py").read_text()
    assert f'{{"{link["name"]}": ' in tracing


def test_addresses_and_the_token_come_from_the_environment() -> None:
    assert source_of("prometheus")["url"] == "${PROMETHEUS_URL}"
    assert source_of("jaeger")["url"] == "${RECORDER_URL}"
    assert source_of("jaeger")["secureJsonData"] == {"httpHeaderValue1": "Bearer ${RECORDER_TOKEN}"}


def test_every_panel_says_what_it_shows_and_in_what_unit() -> None:
    for board in DASHBOARDS:
        assert board.description
        for panel in (panel for row in board.rows for panel in row.panels):
            where = f"{board.uid}: {panel.title}"
            assert panel.title, where
            assert panel.description.endswith("."), where
            assert panel.targets, where
            assert panel.unit is not Unit.NONE or _shows_no_quantity(panel), where


def _shows_no_quantity(panel: Panel) -> bool:
    """Tables have a unit for each column; states and names have none."""
    return hasattr(panel, "columns") or bool(panel.value_names) or "version" in panel.title.lower()


def colour_at(thresholds: Thresholds, value: float) -> str:
    """Grafana's rule: the last step that the value reaches, the base below the first."""
    reached = [colour for bound, colour in thresholds.steps if value >= bound]
    return (reached or [thresholds.base])[-1].value


def test_books_that_differ_to_either_side_are_red() -> None:
    ledger = next(
        panel.thresholds
        for board in DASHBOARDS
        for row in board.rows
        for panel in row.panels
        if panel.title == "Ledger less payments"
    )
    assert ledger
    assert [colour_at(ledger, value) for value in (-1402.29, -0.01, 0, 0.01, 1402.29)] == [
        "red",
        "red",
        "green",
        "red",
        "red",
    ]


def test_a_bound_to_one_side_alone_takes_a_loss_for_a_match() -> None:
    assert colour_at(Thresholds.bad_above(0.01), -1402.29) == "green"


def test_no_panel_names_a_cause_or_says_that_this_is_an_exercise() -> None:
    for uid, board in BOARDS.items():
        texts = [board["title"], board["description"]]
        texts += [panel["title"] + " " + panel.get("description", "") for panel in board["panels"]]
        assert checks.says_why("\n".join(texts)) == [], uid


@pytest.mark.parametrize(
    "text", ["Deadlocks by service", "Pool too small", "N+1 queries", "Float rounding", "Faults"]
)
def test_a_panel_that_names_a_cause_is_noticed(text: str) -> None:
    assert checks.says_why(text)


def test_no_mechanism_of_a_diagnosis_is_on_a_dashboard() -> None:
    text = "\n".join(path.read_text() for path in FILES).lower()
    assert [m for m in Mechanism if m.value in text or m.value.replace("-", " ") in text] == []


def test_every_dashboard_that_an_alert_links_to_exists() -> None:
    rules = "\n".join(path.read_text() for path in checks.RULES)
    linked = set(re.findall(r"dashboard_url: /d/(\S+)", rules))
    assert linked
    assert linked <= set(BOARDS)


def test_every_link_from_a_panel_leads_to_a_dashboard_of_ours() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    assert set(re.findall(r'"url": "/d/(\w+)', text)) == {"service"}


def test_writing_again_removes_what_the_source_no_longer_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grafana.source import __main__ as script

    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "old.json").write_text("{}")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(
        script,
        "files",
        lambda: {tmp_path / path.relative_to(ROOT): text for path, text in files().items()},
    )
    script.main()
    assert {path.name for path in (tmp_path / "dashboards").iterdir()} == {
        f"{board.uid}.json" for board in DASHBOARDS
    }
