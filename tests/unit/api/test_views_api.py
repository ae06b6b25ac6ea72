"""What the console's pages read: ranges, dashboards, traces, the shared paper, the trend."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.api.app import create_app
from harness.drill.lifecycle.seal import Seal
from harness.drill.outputs.incident_files import folder_of
from harness.drill.outputs.postmortem_editor import TEXT_MAX
from harness.drill.queries.dashboards import dashboard, dashboards
from harness.drill.queries.metric_queries import (
    EXEMPLARS_MAX,
    POINTS_MAX,
    RANGE_MAX_S,
    SERIES_DEFAULT,
)
from harness.drill.queries.reading_matter import FILE_MAX_BYTES
from harness.drill.session import Session
from harness.errors import BadFile
from harness.paths import REPO
from harness.record.events import (
    ActionStated,
    AnswerSealed,
    DrillCreated,
    DrillFinished,
    OutcomeMeasured,
    PostmortemSaved,
    SealOpened,
)
from harness.record.store import Record
from harness.telemetry.prometheus import Exemplar, Sample, Series
from harness.tokens import Caller, TokenBook

PORT = 18900
T0 = 1_790_000_000.0
TRACE = {
    "traceID": "ab" * 16,
    "spans": [
        {
            "traceID": "ab" * 16,
            "spanID": "01" * 8,
            "processID": "p1",
            "operationName": "GET /orders",
            "startTime": 1_790_000_000_000_000,
            "duration": 2_500_000,
            "references": [],
            "tags": [{"key": "error", "type": "bool", "value": True}],
            "logs": [],
        }
    ],
    "processes": {"p1": {"serviceName": "orders", "tags": []}},
    "warnings": None,
}


class FakePrometheus:
    """Answers every range with a value a step, the second of them not a number."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, datetime, datetime, float]] = []
        self.series = 1

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float
    ) -> list[Series]:
        self.asked.append((expr, start, end, step_s))
        step = timedelta(seconds=step_s)
        samples = (
            Sample({}, 1.0, start),
            Sample({}, math.nan, start + step),
            Sample({}, math.inf, start + 2 * step),
            Sample({}, 4.0, start + 4 * step),
        )
        return [Series({"n": str(n)}, samples) for n in range(self.series)]

    async def query_exemplars(self, expr: str, start: datetime, end: datetime) -> list[Exemplar]:
        """Three a second, of which only the middle one has a trace; slower and slower."""
        seconds = range(round((end - start).total_seconds()))
        return [
            Exemplar({}, f"trace{at}" if nth == 1 else "", float(at), start + timedelta(seconds=at))
            for at in seconds
            for nth in range(3)
        ]


class FakeRecorder:
    """One trace, and one operation; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    async def traces(self, **asked: Any) -> list[Mapping[str, Any]]:
        self.asked = asked
        return [TRACE]

    async def operations(self, service: str) -> list[str]:
        return ["POST /x", "GET /orders"]

    async def logs(self, *given: Any, **asked: Any) -> list[Mapping[str, Any]]:
        self.asked = asked
        return []


class Api:
    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.prometheus, self.recorder = FakePrometheus(), FakeRecorder()
        session.services.prometheus = self.prometheus  # type: ignore[assignment]
        session.services.recorder = self.recorder  # type: ignore[assignment]
        self.tokens = TokenBook.create(folder)
        transport = httpx.ASGITransport(create_app(session, self.tokens, PORT))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    async def get(
        self, path: str, caller: Caller = Caller.PARTICIPANT, **params: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens.token(caller)}"}
        return await self.http.get(path, params=params, headers=headers)

    async def save(self, text: str, base_version: str, person: str = "") -> httpx.Response:
        token = self.tokens.token(Caller.PARTICIPANT)
        return await self.http.post(
            "/v1/postmortem/text",
            json={"text": text, "base_version": base_version},
            headers={"Authorization": f"Bearer {token}", "X-Person": person},
        )


@pytest.fixture
async def api(trouble: Session, tmp_path: Path) -> AsyncIterator[Api]:
    made = Api(trouble, tmp_path / "secrets")
    yield made
    await made.http.aclose()


READS = (
    ("/v1/metrics", {"query": "up", "begin": T0, "end": T0 + 60}),
    ("/v1/metrics/exemplars", {"query": "up", "begin": T0, "end": T0 + 60}),
    ("/v1/dashboards", {}),
    ("/v1/dashboards/shop", {}),
    ("/v1/traces", {}),
    ("/v1/operations", {"service": "orders"}),
    ("/v1/postmortem", {}),
    ("/v1/history", {}),
)


@pytest.mark.parametrize(("path", "params"), READS, ids=[path for path, _ in READS])
async def test_people_may_read_it_and_the_shops_telemetry_may_not(
    api: Api, path: str, params: dict[str, Any]
) -> None:
    for caller in (Caller.PARTICIPANT, Caller.INSTRUCTOR):
        assert (await api.get(path, caller, **params)).status_code == 200
    assert (await api.get(path, Caller.TELEMETRY, **params)).status_code == 403
    assert (await api.http.get(path, params=params)).status_code == 401


async def test_a_range_comes_in_columns_with_gaps_for_what_is_no_number(api: Api) -> None:
    answer = (await api.get("/v1/metrics", query="up", begin=T0, end=T0 + 5)).json()
    assert answer["times"] == [T0 + n for n in range(6)]
    assert answer["series"] == [
        {"labels": {"n": "0"}, "values": [1.0, None, None, None, 4.0, None]}
    ]
    assert answer["step_s"] == 1
    assert answer["cut"] == 0


async def test_a_moment_has_the_same_value_however_late_one_asks(api: Api) -> None:
    for late in (0.0, 0.4, 2.7):
        times = (
            await api.get(
                "/v1/metrics", query="up", begin=T0 + late, end=T0 + 600 + late, points=60
            )
        ).json()["times"]
        assert all(at % 10 == T0 % 10 for at in times)


async def test_points_series_and_range_are_bounded(api: Api) -> None:
    api.prometheus.series = SERIES_DEFAULT + 3
    wide = await api.get(
        "/v1/metrics", query="up", begin=T0, end=T0 + RANGE_MAX_S, points=POINTS_MAX
    )
    assert len(wide.json()["times"]) <= POINTS_MAX + 1
    assert (len(wide.json()["series"]), wide.json()["cut"]) == (SERIES_DEFAULT, 3)
    for end in (T0, T0 - 1, T0 + RANGE_MAX_S + 1):
        refused = await api.get("/v1/metrics", query="up", begin=T0, end=end)
        assert refused.status_code == 422
    more = await api.get("/v1/metrics", query="up", begin=T0, end=T0 + 9, points=POINTS_MAX + 1)
    assert more.status_code == 422


async def test_exemplars_are_the_slowest_of_each_part_of_the_time_that_have_a_trace(
    api: Api,
) -> None:
    params = {"query": "up", "begin": T0, "end": T0 + 120}
    found = (await api.get("/v1/metrics/exemplars", **params)).json()
    assert len(found) == EXEMPLARS_MAX
    assert found[0] == {"at_s": T0 + 9, "value": 9.0, "trace_id": "trace9"}
    assert [one["value"] for one in found] == [9.0 + 10 * part for part in range(EXEMPLARS_MAX)]
    backwards = await api.get("/v1/metrics/exemplars", query="up", begin=T0, end=T0)
    assert backwards.status_code == 422


async def test_dashboards_are_the_files_that_grafana_has(api: Api) -> None:
    listed = (await api.get("/v1/dashboards")).json()
    assert listed[0]["uid"] == "drill"
    assert {"shop", "service", "money", "dependencies"} < {one["uid"] for one in listed}
    found = (await api.get("/v1/dashboards/shop")).json()
    assert any(panel["type"] == "timeseries" for panel in found["panels"])


@pytest.mark.parametrize("uid", ["nope", "..", "%2e%2e%2fprovisioning", "shop.json"])
async def test_a_dashboard_is_looked_up_by_its_uid_and_never_by_a_path(api: Api, uid: str) -> None:
    assert (await api.get(f"/v1/dashboards/{uid}")).status_code in (403, 404)


def test_a_file_that_is_no_dashboard_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"title": "no uid"}')
    with pytest.raises(BadFile, match=r"a\.json"):
        dashboards(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps({"uid": "x", "title": "X"}))
    assert dashboard("x", tmp_path)["title"] == "X"


async def test_every_alert_has_its_runbook_to_read(api: Api) -> None:
    found = {one["alert"]: one["text"] for one in (await api.get("/v1/runbooks")).json()}
    assert set(found) == {path.stem for path in (REPO / "docs" / "runbooks").glob("*.md")}
    assert "## Where to look" in found["PaymentsFailing"]
    assert not any(text.startswith("# ") for text in found.values())


async def test_an_unlocked_file_is_read_by_its_name_and_no_other_file_is(
    api: Api, trouble: Session
) -> None:
    folder = folder_of(trouble.spec)
    folder.mkdir(parents=True)
    (folder / "error_logs.txt").write_text("\u00e4" * FILE_MAX_BYTES)
    (folder.parent / "answer.txt").write_text("no")
    found = (await api.get("/v1/files/error_logs.txt")).json()
    assert found["name"] == "error_logs.txt"
    assert len(found["text"].encode()) == FILE_MAX_BYTES
    for name in ("nope", "..", "..%2fanswer.txt", "answer.txt"):
        assert (await api.get(f"/v1/files/{name}")).status_code in (403, 404)


async def test_traces_come_as_rows_with_what_was_asked_passed_on(api: Api) -> None:
    asked = {"service": "orders", "operation": "GET /orders", "errors": True, "begin": T0}
    rows = (await api.get("/v1/traces", **asked)).json()["traces"]
    assert rows[0] | {"services": None} == {
        "trace_id": "ab" * 16,
        "start_ms": T0 * 1000,
        "duration_ms": 2500.0,
        "spans": 1,
        "failed": 1,
        "service": "orders",
        "operation": "GET /orders",
        "services": None,
        "reason": "",
    }
    assert api.recorder.asked["begin"] == datetime.fromtimestamp(T0, UTC)
    assert api.recorder.asked["tags"] == {"error": "true"}
    assert (await api.get("/v1/traces", service="nobody")).status_code == 404
    assert (await api.get("/v1/operations", service="orders")).json() == ["GET /orders", "POST /x"]


async def test_logs_can_be_followed_and_read_backwards(api: Api) -> None:
    assert (await api.get("/v1/logs", after=41)).status_code == 200
    assert api.recorder.asked["after"] == "41"
    assert (await api.get("/v1/logs", before=7)).status_code == 200
    assert api.recorder.asked["before"] == "7"
    assert (await api.get("/v1/logs", after=-1)).status_code == 422


async def test_a_paper_is_saved_in_the_file_and_in_the_record(api: Api) -> None:
    empty = (await api.get("/v1/postmortem")).json()
    assert (empty["text"], empty["version"]) == ("", "")
    saved = (await api.save("# What we saw\n", "")).json()
    assert saved["version"]
    assert (api.session.spec.run_dir / "postmortem.md").read_text() == "# What we saw\n"
    kept = api.session.story().last(PostmortemSaved)
    assert kept is not None
    assert kept.event.text == "# What we saw\n"
    assert (await api.get("/v1/postmortem")).json() == saved


async def test_of_two_who_edit_at_once_the_second_is_refused_and_nothing_is_lost(api: Api) -> None:
    base = (await api.save("both began here", "")).json()["version"]
    assert (await api.save("first", base)).status_code == 200
    late = await api.save("second", base)
    assert late.status_code == 409
    theirs = (await api.get("/v1/postmortem")).json()
    assert theirs["text"] == "first"
    merged = await api.save("first and second", theirs["version"])
    assert merged.json()["text"] == "first and second"
    texts = [one.event.text for one in api.session.story().of(PostmortemSaved)]
    assert texts == ["both began here", "first", "first and second"]


async def test_an_edit_of_the_file_itself_counts_as_somebody_elses(api: Api) -> None:
    base = (await api.save("begun", "")).json()["version"]
    (api.session.spec.run_dir / "postmortem.md").write_text("edited in an editor")
    assert (await api.save("mine", base)).status_code == 409
    assert (await api.get("/v1/postmortem")).json()["by"] == ""


async def test_saving_the_same_text_again_is_no_conflict_and_no_event(api: Api) -> None:
    base = (await api.save("begun", "")).json()["version"]
    await api.save("same", base)
    assert (await api.save("same", base)).status_code == 200
    assert len(api.session.story().of(PostmortemSaved)) == 2


async def test_a_paper_without_end_is_refused(api: Api) -> None:
    assert (await api.save("x" * (TEXT_MAX + 1), "")).status_code == 422


def _home(session: Session, tmp_path: Path) -> None:
    """The drill that runs beside two that are over, of which one expected what came."""
    runs = tmp_path / "runs"
    session.spec = replace(session.spec, run_dir=runs / "d-test")
    for name, scenario in (
        ("d-test", "bad-timeouts"),
        ("d-past", "deadlock"),
        ("d-last", "n-plus-one"),
    ):
        (runs / name).mkdir(parents=True)
        with Record(runs / name / "record.db", name) as record:
            record.append(DrillCreated(scenario, 1, "local", "honour", "solo", {}), actor="harness")
            action = ("act-1", "rollback", "payments", "errors fall", 80, 60.0, "forward", "Ada")
            record.append(ActionStated(*action), actor="Ada")  # type: ignore[arg-type]
            record.append(OutcomeMeasured("act-1", name == "d-past", "x", "Ada"), actor="Ada")
            if name != "d-test":
                seal = Seal("5a17", '{"faults": []}')
                record.append(AnswerSealed(seal.commitment), actor="harness")
                record.append(SealOpened(seal.salt, seal.answer), actor="harness")
                record.append(DrillFinished("asked"), actor="harness")


async def test_the_trend_names_the_scenario_that_runs_to_nobody_who_has_to_find_it(
    api: Api, tmp_path: Path
) -> None:
    _home(api.session, tmp_path)
    theirs = await api.get("/v1/history")
    assert "bad-timeouts" not in theirs.text
    assert {one["drill_id"]: one["scenario"] for one in theirs.json()["drills"]} == {
        "d-test": "sealed until the reveal",
        "d-past": "deadlock",
        "d-last": "n-plus-one",
    }
    ours = await api.get("/v1/history", Caller.INSTRUCTOR)
    assert "bad-timeouts" in ours.text
    await api.http.post(
        "/v1/instructor/reveal",
        headers={"Authorization": f"Bearer {api.tokens.token(Caller.INSTRUCTOR)}"},
        json={},
    )
    with Record(api.session.spec.run_dir / "record.db") as record:
        story = api.session.story()
        for told in (*story.of(AnswerSealed), *story.of(SealOpened)):
            record.append(told.event, actor="harness")
    assert "bad-timeouts" in (await api.get("/v1/history")).text


async def test_calibration_and_averages_are_over_all_drills_but_the_one_that_runs(
    api: Api, tmp_path: Path
) -> None:
    _home(api.session, tmp_path)
    bins = (await api.get("/v1/history")).json()["reliability"]
    assert bins == [{"low": 80, "high": 100, "count": 2, "mean_percent": 80.0, "true_share": 0.5}]
    averages = (await api.get("/v1/history")).json()["averages"]
    assert averages["drills"] == 2
