"""Who is there: signing in by an invite, people, teams, invites."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from harness.api.access import EVERYBODY, Access, router_for
from harness.api.answers.shapes import answers
from harness.hub import hub_answers
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_gate import Presence, Standing

door = router_for(EVERYBODY, prefix="/v1")
person = router_for(Access(Standing.PERSON), prefix="/v1")
manager = router_for(Access(Standing.MANAGER), prefix="/v1")
lead = router_for(Access(Standing.MANAGER, Standing.INSTRUCTOR), prefix="/v1")

ROUTERS = (door, person, manager, lead)


def current_accounts(request: Request) -> Accounts:
    """What this hub knows of people."""
    accounts: Accounts = request.app.state.accounts
    return accounts


def who_asks(request: Request) -> Known:
    """The person of this request, whom the gate has let through."""
    known: Known = request.state.known
    return known


@dataclasses.dataclass(frozen=True)
class Links:
    """What links into this hub begin with; `fingerprint` is that of a certificate of its own."""

    public_url: str
    fingerprint: str

    def of_invite(self, code: str) -> str:
        """Everything is in the fragment, which browsers send to nobody."""
        pinned = f"&fingerprint={self.fingerprint}" if self.fingerprint else ""
        return f"{self.public_url}/#invite={code}{pinned}"


InAccounts = Annotated[Accounts, Depends(current_accounts)]
By = Annotated[Known, Depends(who_asks)]
DONE = {"status": "done"}


@door.post("/join", responses=answers(hub_answers.SignedInAnswer))
async def join(body: hub_answers.Joining, accounts: InAccounts) -> Any:
    """Use an invite; the token is told this once."""
    signed_in = await run_in_threadpool(accounts.join, body.code, body.name)
    return dataclasses.asdict(signed_in)


@person.get("/me", responses=answers(hub_answers.Me))
async def me(accounts: InAccounts, by: By) -> Any:
    return {
        "id": by.id,
        "name": by.name,
        "is_manager": by.is_manager,
        "teams": await _teams(accounts, by),
    }


@person.post("/me/invites", responses=answers(hub_answers.SignedInAnswer))
async def join_another(body: hub_answers.Joining, accounts: InAccounts, by: By) -> Any:
    """Use an invite as the person that one is already."""
    signed_in = await run_in_threadpool(accounts.join, body.code, body.name, already=by)
    return dataclasses.asdict(signed_in)


@person.post("/me/sign-out", responses=answers(hub_answers.Done))
async def sign_out(request: Request, accounts: InAccounts) -> Any:
    """Revoke the token that this is asked with."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    await run_in_threadpool(accounts.sign_out, token)
    return DONE


@person.get("/teams", responses=answers(list[hub_answers.TeamAnswer]))
async def teams(accounts: InAccounts, by: By) -> Any:
    return await _teams(accounts, by)


@manager.post("/teams", responses=answers(hub_answers.TeamAnswer))
async def make_team(body: hub_answers.NewTeam, accounts: InAccounts) -> Any:
    made = await run_in_threadpool(accounts.make_team, body.name)
    return {"id": made.id, "name": made.name, "role": None}


@manager.get("/people", responses=answers(list[hub_answers.PersonAnswer]))
async def people(accounts: InAccounts) -> Any:
    return [
        {
            "id": one.id,
            "name": one.name,
            "is_manager": one.is_manager,
            "is_revoked": one.revoked_ms is not None,
            "teams": roles,
        }
        for one, roles in await run_in_threadpool(accounts.people)
    ]


@manager.post("/people/{person_id}/revoke", responses=answers(hub_answers.Done))
async def revoke_person(person_id: str, request: Request, accounts: InAccounts) -> Any:
    """Let somebody in no more; what is being answered to them ends now."""
    revoked = await run_in_threadpool(accounts.revoke_person, person_id)
    presence: Presence = request.app.state.presence
    presence.end(revoked.id)
    return DONE


@manager.get("/invites", responses=answers(list[hub_answers.InviteAnswer]))
async def invites(accounts: InAccounts) -> Any:
    return [
        {
            "id": one.id,
            "team": team,
            "role": one.role,
            "person_name": one.person_name,
            "uses_left": one.uses_left,
            "expires_ms": one.expires_ms,
            "is_revoked": one.revoked_ms is not None,
        }
        for one, team in await run_in_threadpool(accounts.invites)
    ]


@manager.post("/invites/{invite_id}/revoke", responses=answers(hub_answers.Done))
async def revoke_invite(invite_id: str, accounts: InAccounts) -> Any:
    await run_in_threadpool(accounts.revoke_invite, invite_id)
    return DONE


@lead.post("/teams/{team_id}/invites", responses=answers(hub_answers.NewInviteAnswer))
async def invite(
    team_id: str, body: hub_answers.Inviting, request: Request, accounts: InAccounts, by: By
) -> Any:
    """The code is told this once, and the link that it is in."""
    made = await run_in_threadpool(
        accounts.invite,
        by,
        team_id,
        body.role,
        person_name=body.person,
        uses=body.uses,
        minutes=body.minutes,
    )
    links: Links = request.app.state.links
    return {**dataclasses.asdict(made), "link": links.of_invite(made.code)}


async def _teams(accounts: Accounts, by: Known) -> list[dict[str, Any]]:
    found = await run_in_threadpool(accounts.teams_of, by)
    return [{"id": team.id, "name": team.name, "role": role} for team, role in found]
