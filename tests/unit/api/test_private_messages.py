"""What the instructor says to one person: that person and the instructor read it, nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from harness.api.app import create_app
from harness.api.event_feed import Feed
from harness.api.stream import frames
from harness.drill.lifecycle.resume import CARRIED
from harness.drill.outputs.exports import write_postmortem
from harness.drill.queries.told_messages import Reader
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.record.events import Audience, DrillFinished, NoteAdded, PersonMessaged, RoleJoined
from harness.tokens import Caller, TokenBook

PORT = 18900
SECRET = "between you and me"
READ = ("/v1/events", "/v1/messages", "/v1/exercise", "/v1/score", "/v1/postmortem")
"""Whatever a participant may ask for that has texts of the record in it."""


class Team:
    """Ada and Bo with the participants' token, and the instructor, who says something."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.folder = session, folder
        self.tokens = TokenBook.create(folder / "secrets")
        transport = httpx.ASGITransport(create_app(session, self.tokens, PORT))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    def headers(self, person: str) -> dict[str, str]:
        caller = Caller.PARTICIPANT if person else Caller.INSTRUCTOR
        return {"Authorization": f"Bearer {self.tokens.token(caller)}", "X-Person": quote(person)}

    async def say(self, to: str) -> int:
        answer = await self.http.post(
            "/v1/instructor/say", json={"text": SECRET, "to": to}, headers=self.headers("")
        )
        return answer.status_code

    async def read_by(self, person: str) -> set[str]:
        """Where `person` (nobody: the instructor) finds what was said."""
        found = set()
        for path in READ:
            answer = await self.http.get(path, headers=self.headers(person))
            assert answer.status_code == 200, (path, answer.text)
            if SECRET in answer.text:
                found.add(path)
        if SECRET in self.heard_by(person):
            found.add("/v1/stream")
        return found

    def heard_by(self, person: str) -> str:
        """All that the stream has told by now."""
        audience: Audience = "all" if person else "instructor"
        told, _ = Feed(self.session).after(0, Reader(audience, person))
        return b"".join(one.chunk for one in told).decode()

    def exported(self) -> set[str]:
        """The files that stay of the drill in which it stands."""
        events = list(self.session.services.record.events())
        written = write_postmortem(self.folder, events, None)
        return {path.name for path in written if SECRET in path.read_text(encoding="utf-8")}


@pytest.fixture
async def team(trouble: Session, tmp_path: Path) -> AsyncIterator[Team]:
    trouble.spec = replace(trouble.spec, agenda=load_agenda("workshop-60"))
    trouble.run.is_scheduled = True
    trouble.note(RoleJoined("Ada", "on-call"))
    trouble.note(RoleJoined("Bo", "bridge"))
    made = Team(trouble, tmp_path)
    yield made
    await made.http.aclose()


async def test_only_the_person_and_the_instructor_find_what_was_said_to_one(team: Team) -> None:
    assert await team.say("Ada") == 200
    everywhere = {"/v1/events", "/v1/stream", "/v1/messages"}
    assert await team.read_by("Ada") == everywhere
    assert await team.read_by("") == everywhere
    for other in ("Bo", "ada", "Ada ", "instructor"):
        assert await team.read_by(other) == set(), other
    assert team.exported() == set()


async def test_what_is_said_to_everybody_is_found_by_everybody(team: Team) -> None:
    """Negative control: with nothing kept back the same places are found to show it."""
    assert await team.say("") == 200
    found = await team.read_by("Bo")
    assert {"/v1/events", "/v1/stream", "/v1/messages", "/v1/exercise"} <= found
    assert team.exported() >= {"timeline.jsonl"}


async def test_a_token_without_a_name_reads_nobodys_message(team: Team) -> None:
    await team.say("Ada")
    headers = {"Authorization": f"Bearer {team.tokens.token(Caller.PARTICIPANT)}"}
    for path in ("/v1/events", "/v1/messages"):
        assert SECRET not in (await team.http.get(path, headers=headers)).text


async def test_whoever_has_no_role_cannot_be_written_to(team: Team) -> None:
    assert await team.say("Nobody") in (400, 404, 422)
    assert team.session.story().of(PersonMessaged) == ()


async def test_ones_own_messages_come_in_their_place_page_by_page(team: Team) -> None:
    """Each once and in order, however few are asked for at a time."""
    for number in range(5):
        team.session.note(NoteAdded(f"note {number}", "Bo"), actor="Bo")
        await team.say("Ada")
    seen, after = [], 0
    while True:
        answer = await team.http.get(
            "/v1/events", params={"after": after, "limit": 3}, headers=team.headers("Ada")
        )
        if not answer.json():
            break
        seen += [int(one["id"]) for one in answer.json()]
        after = seen[-1]
    assert seen == sorted(set(seen))
    mine = [one.seq for one in team.session.story().of(PersonMessaged)]
    notes = [one.seq for one in team.session.story().of(NoteAdded)]
    assert len(mine) == 5
    assert {*mine, *notes} <= set(seen)


async def test_the_stream_ends_for_whoever_was_told_something_alone(team: Team) -> None:
    await team.say("Ada")
    team.session.note(DrillFinished(reason="done"))
    source = frames(Feed(team.session), Reader("all", "Ada"), 0)
    async with asyncio.timeout(10):
        chunks = [chunk async for chunk in source]
    assert SECRET.encode() in b"".join(chunks)
    assert b"event: over" in chunks[-1]


def test_a_drill_that_goes_on_after_its_host_died_keeps_them() -> None:
    assert PersonMessaged in CARRIED
