"""The papers of an incident: made of the drill's own data, and there only once they unlock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.drill.actions.deploy import release
from harness.drill.outputs import incident_files
from harness.drill.outputs.incident_files import (
    configuration_part,
    folder_of,
    log_line,
    write_unlocked,
)
from harness.drill.session import Session
from harness.errors import DrillError
from tests.unit.drill.conftest import page_sent

RECORD = {
    "seq": 4711,
    "timestamp": "2026-03-01T03:32:15.123Z",
    "service": "payments",
    "level": "ERROR",
    "event": "connection timeout\nto payment provider",
    "trace_id": "4bf92f35",
    "attempt": 3,
    "error": "one\nline too many",
}


REQUEST = httpx.Request("GET", "http://provider")


class FakeRecorder:
    async def logs(self, level: str, limit: int) -> list[dict[str, object]]:
        assert level == "warning"
        return [RECORD]


@pytest.fixture
async def incident(trouble: Session) -> Session:
    recorder: Any = FakeRecorder()
    trouble.services.recorder = recorder
    built = trouble.services.workspace.release("payments", "2.4.2")
    await release(trouble, built, by="Dana Kim", summary="minor: timeouts", progress=lambda _: None)
    page_sent(trouble)
    trouble.run.is_all_out = True
    return trouble


def text_of(session: Session, name: str) -> str:
    return (folder_of(session.spec) / name).read_text()


def test_a_log_line_is_one_line_with_what_matters() -> None:
    assert log_line(RECORD) == (
        "[ERROR]   03:32:15 - payments: connection timeout to payment provider (attempt=3)"
    )


async def test_papers_wait_until_all_releases_are_out(incident: Session) -> None:
    incident.run.is_all_out = False
    assert await write_unlocked(incident, {"deployments", "config-diff"}) == []
    incident.run.is_all_out = True
    assert len(await write_unlocked(incident, {"deployments", "config-diff"})) == 2


async def test_nothing_is_laid_out_before_the_incident(session: Session) -> None:
    session.run.is_all_out = True
    assert await write_unlocked(session, {"deployments"}) == []
    assert not folder_of(session.spec).exists()


async def test_what_unlocks_is_written_once(incident: Session) -> None:
    written = await write_unlocked(incident, {"error-logs", "deployments"})
    assert [path.name for path in written] == ["deployments.txt", "error_logs.txt"]
    (folder_of(incident.spec) / "deployments.txt").write_text("my notes")
    assert await write_unlocked(incident, {"error-logs", "deployments"}) == []
    assert text_of(incident, "deployments.txt") == "my notes"


async def test_what_is_locked_is_not_there(incident: Session) -> None:
    await write_unlocked(incident, {"error-logs"})
    assert [path.name for path in folder_of(incident.spec).iterdir()] == ["error_logs.txt"]


async def test_deployments_are_those_of_the_drill(incident: Session) -> None:
    await write_unlocked(incident, {"deployments"})
    assert "- payments v2.4.1 -> v2.4.2 (minor: timeouts)" in text_of(incident, "deployments.txt")


async def test_the_difference_in_configuration_is_a_file_of_its_service(incident: Session) -> None:
    await write_unlocked(incident, {"config-diff"})
    text = text_of(incident, "payment_config_diff.txt")
    assert "+provider_connect_timeout_ms = 500" in text
    assert "domain.py" not in text


async def test_releases_that_changed_no_configuration_are_said_to(session: Session) -> None:
    built = session.services.workspace.release("orders", "5.2.4")
    await release(session, built, by="Dana Kim", summary="x", progress=lambda _: None)
    page_sent(session)
    session.run.is_all_out = True
    await write_unlocked(session, {"config-diff"})
    assert "No release" in text_of(session, "config_diff.txt")


def test_only_configuration_files_are_configuration() -> None:
    assert configuration_part("diff --git a/x.py b/x.py\n+toml = '.toml'\n") == ""
    tests = "diff --git a/services/b/tests/settings.py b/services/b/tests/settings.py\n+x = 1\n"
    assert configuration_part(tests) == ""
    settings = "diff --git a/services/b/settings.py b/services/b/settings.py\n+worker_slots = 1\n"
    assert configuration_part(tests + settings) == settings


async def test_the_notes_are_those_of_the_release_under_its_authors_name(
    incident: Session,
) -> None:
    await write_unlocked(incident, {"deployment-notes"})
    text = text_of(incident, "deployment_notes.md")
    written = incident.spec.faults[0].notes.read_text()
    author = written.split("**Author:** ")[1].split(",")[0].split("\n")[0]
    assert f"**Author:** {incident.services.workspace.notes('', '').author_name}" in text
    assert author not in text


async def test_a_provider_that_does_not_answer_is_asked_again_later(
    incident: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[httpx.Response | Exception] = [
        httpx.ConnectError("refused"),
        httpx.Response(200, text='{"status": "operational"}', request=REQUEST),
        httpx.Response(200, text='{"status": "degraded_performance"}', request=REQUEST),
    ]

    async def get(self: httpx.AsyncClient, url: str) -> httpx.Response:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(httpx.AsyncClient, "get", get)
    with pytest.raises(DrillError, match="does not answer"):
        await write_unlocked(incident, {"provider-status"})
    assert not (folder_of(incident.spec) / "provider_status.json").exists()
    await write_unlocked(incident, {"provider-status"})
    assert json.loads(text_of(incident, "provider_status.json")) == {
        "payment provider": {"status": "operational"},
        "model provider": {"status": "degraded_performance"},
    }


def test_each_kind_of_paper_has_a_writer() -> None:
    from typing import get_args

    from harness.exercise.agenda import Artefact

    assert set(incident_files._WRITERS) == set(get_args(Artefact))
    assert Path(incident_files.FOLDER).parts == ("incident",)
