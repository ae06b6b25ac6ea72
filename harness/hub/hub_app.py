"""The hub as an application: its own routes, those of its drills behind it, and the pages."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request, Response

from harness.api.access import EVERYBODY, policy_of, require_declared, router_for
from harness.api.headers import SafeHeaders
from harness.api.problems import LastResort, handle_errors
from harness.api.static_files import answer_with
from harness.api.static_files import router as files
from harness.catalog.reader import Catalog
from harness.drill.own_mistakes import keep_traceback
from harness.errors import MachineRefused, OwnMistake, refused_by_machine
from harness.hub import forwarding, routes_events, routes_people, routes_runs, shop_git
from harness.hub.accounts import Accounts
from harness.hub.event_boards import EventBoards
from harness.hub.event_registry import EventRegistry
from harness.hub.hub_gate import HubAddress, HubGate, Presence, TrustedProxy
from harness.hub.relay import PREFIX, Relay, relay_router
from harness.hub.reviews import Reviews
from harness.hub.routes_people import Links
from harness.hub.run_registry import RunRegistry

pages = router_for(EVERYBODY)


@pages.get("/", include_in_schema=False)
async def lobby(request: Request) -> Response:
    """The hub's own page."""
    return answer_with(request, "/static/hub.html")


@pages.get(f"{PREFIX}/", include_in_schema=False)
async def console(request: Request) -> Response:
    """The console of one drill: the same files for all, since they hold no data."""
    return answer_with(request, "/")


OWN_ROUTERS = (*routes_people.ROUTERS, *routes_runs.ROUTERS, *routes_events.ROUTERS)
ROUTERS = (*OWN_ROUTERS, *shop_git.ROUTERS, *forwarding.ROUTERS, relay_router(), pages, files)
"""Of two routes with one path the first answers: the hub's page, and not a drill's console."""


def create_hub_app(
    accounts: Accounts,
    runs: RunRegistry,
    catalog: Catalog,
    *,
    home: Path,
    address: HubAddress,
    fingerprint: str = "",
    proxy: TrustedProxy | None = None,
    reviews: Reviews | None = None,
    events: EventRegistry | None = None,
) -> FastAPI:
    """The hub. Raises TypeError where a route does not say whom it is for. Without `events` it has
    none."""
    require_declared(ROUTERS)
    app = FastAPI(title="3AM hub", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.accounts, app.state.runs, app.state.catalog = accounts, runs, catalog
    app.state.relay = Relay(runs, reviews or Reviews(), address.public_url)
    app.state.presence, app.state.events = Presence(), events
    app.state.boards = EventBoards(runs)
    app.state.forwarding = forwarding.Forwarding(runs)
    app.state.git = shop_git.ShopGit(runs, home)
    app.state.links = Links(address.public_url, fingerprint)
    for router in ROUTERS:
        app.include_router(router)
    handle_errors(app)

    def kept(error: Exception, where: str) -> OwnMistake | MachineRefused:
        keep_traceback(home / "traceback.txt", error, where)
        return refused_by_machine(error) or OwnMistake(error, home / "traceback.txt")

    app.add_middleware(
        HubGate,
        accounts=accounts,
        policy=policy_of(ROUTERS),
        presence=app.state.presence,
        address=address,
        proxy=proxy,
    )
    app.add_middleware(LastResort, keep=kept, place="the hub")
    app.add_middleware(SafeHeaders)
    return app
