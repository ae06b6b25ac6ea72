"""Files for the team, made of the drill's own data and laid into `incident/` as they unlock.

error_logs.txt, deployments.txt, <service>_config_diff.txt, provider_status.json,
deployment_notes.md: the papers of an incident, as colleagues would send them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import httpx

from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError
from harness.exercise.agenda import Artefact
from harness.exercise.views import incident_start
from harness.model import Fault
from harness.plain_http import local_client
from harness.record.deploys import Deploy

FOLDER = "incident"
ERROR_LINES_MAX = 200
CONFIGURATION = (".toml", ".yaml", ".yml", ".json", ".ini", ".cfg", ".env", ".conf")
"""Endings of files that configure a service."""
CONFIGURATION_NAMES = ("settings.py", "flags.py")
"""The shop's settings, and what its flags are unless switched, stand in code."""
STATUS_TIMEOUT_S = 5.0

_LEFT_OUT = frozenset(
    {"seq", "timestamp", "service", "level", "event", "trace_id", "span_id", "version", "logger"}
)


def folder_of(spec: DrillSpec) -> Path:
    """Where the files are laid."""
    return spec.run_dir / FOLDER


async def write_unlocked(session: Session, unlocked: Collection[Artefact]) -> list[Path]:
    """Write what is unlocked and not there yet, once the incident has begun; returns what is new.

    Papers wait until all releases are out, since what they say of deployments would soon be wrong
    (an alarm may come before the bad release does). Raises DrillError where the data cannot be
    had now.
    """
    if not session.run.is_all_out or incident_start(session.story()) is None:
        return []
    written: list[Path] = []
    for artefact in sorted(unlocked):
        if artefact in session.run.laid_out:
            continue
        for name, text in (await _WRITERS[artefact](session)).items():
            path = folder_of(session.spec) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
        session.run.laid_out.add(artefact)
    return written


async def _error_logs(session: Session) -> Mapping[str, str]:
    records = await session.services.recorder.logs(level="warning", limit=ERROR_LINES_MAX)
    return {"error_logs.txt": "".join(f"{log_line(one)}\n" for one in records)}


def log_line(record: Mapping[str, Any]) -> str:
    """`[ERROR] 03:32:15 - payments: what happened (peer=provider)`."""
    level = f"[{str(record.get('level', '')).upper()}]"
    moment = str(record.get("timestamp", ""))[11:19]
    more = ", ".join(
        f"{key}={value}"
        for key, value in record.items()
        if key not in _LEFT_OUT and isinstance(value, str | int | float) and "\n" not in str(value)
    )
    text = " ".join(str(record.get("event", "")).split())
    return f"{level:<9} {moment} - {record.get('service', '')}: {text}" + (
        f" ({more})" if more else ""
    )


async def _deployments(session: Session) -> Mapping[str, str]:
    lines = [deployment_line(one) for one in reversed(session.deploys().entries)]
    return {"deployments.txt": "".join(f"{line}\n" for line in lines)}


def deployment_line(entry: Deploy) -> str:
    """`2026-03-01 09:30:00 - payments v2.4.1 -> v2.4.2 (minor: …)`."""
    before = f"v{entry.version_from} -> " if entry.version_from else ""
    failed = "" if entry.outcome == "succeeded" else f", {entry.outcome}"
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%S} - {entry.service} {before}v{entry.version_to} "
        f"({entry.summary}{failed})"
    )


async def _config_diff(session: Session) -> Mapping[str, str]:
    """One file for each service whose configuration a release of this drill changed."""
    found: dict[str, str] = {}
    for entry in session.deploys().entries:
        if entry.kind != "release" or not entry.version_from:
            continue
        try:
            text = await asyncio.to_thread(
                session.services.workspace.diff, entry.service, entry.version_from, entry.version_to
            )
        except DrillError:  # a version from before the history that was built
            continue
        if changed := configuration_part(text):
            name = f"{entry.service.removesuffix('s')}_config_diff.txt"
            head = f"# {entry.service} v{entry.version_from} -> v{entry.version_to}\n"
            found[name] = found.get(name, "") + head + changed
    return found or {"config_diff.txt": "No release that is on record changed a configuration.\n"}


def configuration_part(diff: str) -> str:
    """What a unified diff says of configuration files."""
    parts = re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE)
    return "".join(part for part in parts if _configures(part.split("\n", 1)[0].rstrip('"')))


def _configures(header: str) -> bool:
    """Whether the file of a difference's first line configures a service; its tests do not."""
    if "/tests/" in header:
        return False
    return header.endswith(CONFIGURATION) or header.rsplit("/", 1)[-1] in CONFIGURATION_NAMES


async def _provider_status(session: Session) -> Mapping[str, str]:
    """What each provider that has a status page says on it, by the provider."""
    places = session.spec.places
    pages = {
        "payment provider": places.provider_status_url,
        "model provider": places.model_status_url,
    }
    said: dict[str, Any] = {}
    async with local_client(timeout_s=STATUS_TIMEOUT_S) as http:
        for provider, url in pages.items():
            try:
                answer = await http.get(f"{url}/api/v2/status.json")
                said[provider] = answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                what = f"the status page of the {provider} does not answer: {error}"
                raise DrillError(what) from error
    return {"provider_status.json": json.dumps(said, indent=2) + "\n"}


async def _deployment_notes(session: Session) -> Mapping[str, str]:
    if not session.spec.faults:
        return {"deployment_notes.md": "No release of this drill was a bad one.\n"}
    notes = [await asyncio.to_thread(_notes_of, session, fault) for fault in session.spec.faults]
    return {"deployment_notes.md": "\n".join(notes)}


def _notes_of(session: Session, fault: Fault) -> str:
    """The author's notes under the names that author and reviewer have in this drill's history."""
    text = fault.notes.read_text(encoding="utf-8")
    if fault.release is None:
        return text
    commit = session.services.workspace.notes(fault.service, fault.release.version_to)
    here = [commit.author_name, *_REVIEWER.findall(commit.body)]
    there = [found[1] for one in _NOTED if (found := one.search(text))]
    called = dict(zip(there, here, strict=False))
    # A colleague whose name one of them has now takes a name that has become free.
    displaced = [name for name in called.values() if name not in called]
    free = [name for name in called if name not in called.values()]
    called |= dict(zip(displaced, free, strict=True))
    if not called:
        return text
    return re.sub("|".join(map(re.escape, called)), lambda name: called[name[0]], text)


_NOTED = tuple(
    re.compile(rf"^\*\*{what}:\*\* ([^,.\n]+)", re.MULTILINE) for what in ("Author", "Reviewed by")
)
_REVIEWER = re.compile(r"^Reviewed-by: (.+) <", re.MULTILINE)


_WRITERS: dict[Artefact, Callable[[Session], Awaitable[Mapping[str, str]]]] = {
    "error-logs": _error_logs,
    "deployments": _deployments,
    "provider-status": _provider_status,
    "config-diff": _config_diff,
    "deployment-notes": _deployment_notes,
}
