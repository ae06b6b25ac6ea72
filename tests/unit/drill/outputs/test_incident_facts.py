"""Each paper of an incident, for every scenario, against the facts of its drill: the patches that
were shipped, the pages of the providers, the commits of the history."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

from harness.catalog.reader import Catalog
from harness.causes import TriggerKind
from harness.drill.outputs import incident_files
from harness.drill.outputs.incident_files import folder_of, write_unlocked
from harness.drill.session import Session
from harness.paths import REPO
from harness.thirdparty.llm_profiles import MODEL_PROFILES
from harness.thirdparty.profiles import PROFILES
from harness.thirdparty.provider_status import MODELS, PAYMENTS, Page, status_app
from harness.workspace.workspace import Workspace
from tests.unit.drill.conftest import deployed, page_sent

CATALOG = Catalog(REPO)
PAPERS: Any = {"deployments", "config-diff", "provider-status", "deployment-notes"}
CONFIGURES = re.compile(r"services/\w+/(settings\.py|flags\.py|[\w.]+\.(toml|ya?ml|json|ini|cfg))$")
"""What configures the shop, said once more and otherwise than the papers do."""


def changed_lines(patch: Path) -> Mapping[str, list[str]]:
    """File → the lines that a patch takes away and adds."""
    found: dict[str, list[str]] = {}
    path = ""
    for line in patch.read_text().splitlines():
        if line.startswith("diff --git "):
            path = line.split(" b/")[1]
            found[path] = []
        elif path and line[:1] in "+-" and line[:3] not in ("+++", "---", "-- "):
            found[path].append(line)
    return found


def patches(session: Session) -> Mapping[tuple[str, str], Path]:
    """What was shipped as which version; decoys of one service bear the same number, of which a
    drill has one, known by its commit's subject."""
    faults, workspace = session.spec.faults, session.services.workspace
    releases = [one.release for one in (*CATALOG.decoys(), *faults) if one.release]
    return {
        (one.service, one.version_to): one.patch
        for one in releases
        if one.patch
        and one.version_to in workspace.of(one.service)
        and workspace.notes(one.service, one.version_to).subject == subject_of(one.patch)
    }


def subject_of(patch: Path) -> str:
    """The commit's first line, which a patch folds where it is long."""
    header = message_from_string(patch.read_text())["Subject"]
    return " ".join(header.split()).removeprefix("[PATCH] ")


@pytest.fixture
async def serve() -> Iterator[Callable[[Page, str], Any]]:
    """Serves a provider's status page, and says where."""
    from aiohttp.test_utils import TestServer

    servers: list[TestServer] = []

    async def serving(page: Page, status: str) -> str:
        servers.append(TestServer(status_app(page, lambda: status)))
        await servers[-1].start_server()
        return str(servers[-1].make_url("")).rstrip("/")

    yield serving
    for one in servers:
        await one.close()


def statuses(session: Session) -> dict[str, str]:
    """What the providers' pages show by the profiles that the scenario sets."""
    spec = session.spec
    is_slow = any(one.trigger.kind is TriggerKind.MODEL_SLOW for one in spec.faults)
    return {
        "payment provider": PROFILES[spec.scenario.third_party_profile].status,
        "model provider": MODEL_PROFILES["slow" if is_slow else "normal"].status,
    }


async def played(session: Session, name: str, serve: Any) -> Session:
    """The drill of one scenario with all its releases out, paged, and its papers written."""
    scenario = CATALOG.scenario(name)
    faults = tuple(CATALOG.fault(one) for one in scenario.faults)
    workspace = Workspace.build(
        session.spec.run_dir / "shop", REPO, session.spec.topology,
        [one.release for one in faults if one.release],
        [
            one for one in CATALOG.decoys()
            if one.release.service not in {fault.service for fault in faults}
        ],
        seed=7, now=datetime.now(UTC),
    )  # fmt: skip
    session.services.workspace = workspace
    session.spec = replace(session.spec, scenario=scenario, faults=faults)
    said = statuses(session)
    places = replace(
        session.spec.places,
        provider_status_url=await serve(PAYMENTS, said["payment provider"]),
        model_status_url=await serve(MODELS, said["model provider"]),
    )
    session.spec = replace(session.spec, places=places)
    for planned in workspace.shop.live:
        one = planned.release
        deployed(session, "release", one.service, one.version_from, one.version_to, one.author_name)
    page_sent(session)
    session.run.is_all_out = True
    await write_unlocked(session, PAPERS)
    return session


def papers(session: Session) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder_of(session.spec).iterdir()}


def false_in(session: Session) -> list[str]:
    """What the papers say, or leave out, against the facts."""
    return [*_of_configuration(session), *_of_providers(session), *_of_commits(session)]


def _of_configuration(session: Session) -> Iterator[str]:
    found = {name: text for name, text in papers(session).items() if "config_diff" in name}
    shown = "".join(found.values())
    known, wanted = patches(session), 0
    for entry in session.deploys().entries:
        patch = known.get((entry.service, entry.version_to))
        for path, lines in changed_lines(patch).items() if patch else ():
            if CONFIGURES.search(path):
                wanted += 1
                text = found.get(f"{entry.service.removesuffix('s')}_config_diff.txt", "")
                head = f"# {entry.service} v{entry.version_from} -> v{entry.version_to}"
                yield from (one for one in (head, *lines) if one not in text.splitlines())
            elif path in shown:
                yield f"{path} configures nothing"
    if ("No release that is on record" in shown) is (wanted > 0):
        yield f"{wanted} files of configuration were changed"


def _of_providers(session: Session) -> Iterator[str]:
    told = json.loads(papers(session)["provider_status.json"])
    if {name: one["status"] for name, one in told.items()} != statuses(session):
        yield f"the providers say {statuses(session)}"


def _of_commits(session: Session) -> Iterator[str]:
    found = papers(session)
    for entry in session.deploys().entries:
        if (
            f"{entry.service} v{entry.version_from} -> v{entry.version_to}"
            not in (found["deployments.txt"])
            and entry.version_from
        ):
            yield f"{entry.service} {entry.version_to} was deployed"
    for fault in session.spec.faults:
        if fault.release is None:
            continue
        commit = session.services.workspace.notes(fault.service, fault.release.version_to)
        (reviewer,) = re.findall(r"Reviewed-by: (.*) <", commit.body)
        for fact in (
            f"# {fault.service} {fault.release.version_to}: deployment notes",
            f"**Author:** {commit.author_name}",
            f"**Reviewed by:** {reviewer}",
        ):
            if fact not in found["deployment_notes.md"]:
                yield f"missing: {fact}"
    is_good = not session.spec.faults
    if ("was a bad one" in found["deployment_notes.md"]) is not is_good:
        yield "whether a release was a bad one"


@pytest.mark.parametrize("name", CATALOG.scenario_ids())
async def test_the_papers_of_each_scenario_say_what_is_so(
    session: Session, name: str, serve: Any
) -> None:
    assert false_in(await played(session, name, serve)) == []


async def test_a_change_of_settings_that_is_left_out_is_noticed(
    session: Session, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_files, "CONFIGURATION_NAMES", ())
    found = false_in(await played(session, "ai-bad-deploy", serve))
    assert "-    summary_max_tokens: int = 160" in found
    assert "+    summary_max_tokens: int = 20" in found


async def test_a_provider_whose_trouble_is_left_out_is_noticed(
    session: Session, serve: Any
) -> None:
    await played(session, "ai-latency", serve)
    path = folder_of(session.spec) / "provider_status.json"
    path.write_text(path.read_text().replace("degraded_performance", "operational"))
    assert [one for one in false_in(session) if "degraded_performance" in one]


async def test_a_reviewer_who_is_not_the_historys_is_noticed(
    session: Session, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_files, "_REVIEWER", re.compile("nobody"))
    found = false_in(await played(session, "bad-timeouts", serve))
    assert [one for one in found if one.startswith("missing: **Reviewed by:**")]
