"""Feature flags: shown as their service has them, switched on the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from harness.drill.actions import flags
from harness.drill.actions.expectation import Plan
from harness.drill.session import Session
from harness.errors import DrillError, UnknownName
from harness.model import ServiceEntry
from harness.record.events import ActionStated, FlagSwitched, OutcomeMeasured

FLAGGED = ServiceEntry("teas", 8099, "1.0.0", None, (), flags=("sorting", "steaming"))
TOKEN = "of-operations"


class Service:
    """Keeps two flags as a service of the shop does."""

    def __init__(self) -> None:
        self.flags = {"sorting": True, "steaming": True}
        self.is_down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_down:
            raise httpx.ConnectError("refused")
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        if request.method == "PUT":
            name = request.url.path.rpartition("/")[2]
            self.flags[name] = b"true" in request.content
        return httpx.Response(200, json={"flags": self.flags})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def shop(session: Session) -> Session:
    session.spec = replace(session.spec, topology=(*session.spec.topology, FLAGGED))
    session.spec = replace(
        session.spec, places=replace(session.spec.places, services={"teas": "http://teas"})
    )
    session.spec = replace(session.spec, operations_token=TOKEN)
    return session


def recorded(session: Session, kind: type[Any]) -> list[Any]:
    return [one.event for one in session.services.record.events() if isinstance(one.event, kind)]


async def switch(shop: Session, service: Service, name: str, **how: Any) -> Any:
    return await flags.switch(
        shop, name, enabled=False, by="ada", transport=httpx.MockTransport(service), **how
    )


async def shown(shop: Session, service: Service) -> dict[str, bool | None]:
    found = await flags.flags(shop, httpx.MockTransport(service))
    return {one.name: one.enabled for one in found if one.service == "teas"}


async def test_a_flag_is_switched_at_its_service_and_in_the_record(
    shop: Session, service: Service
) -> None:
    assert await shown(shop, service) == {"sorting": True, "steaming": True}
    switched = await switch(shop, service, "sorting")
    assert (switched.service, switched.enabled) == ("teas", False)
    assert await shown(shop, service) == {"sorting": False, "steaming": True}
    assert recorded(shop, FlagSwitched) == [FlagSwitched("teas", "sorting", False, "ada")]
    assert shop.state().flags == {"sorting": False}


async def test_an_unknown_flag_comes_with_the_nearest(shop: Session, service: Service) -> None:
    with pytest.raises(UnknownName) as caught:
        await switch(shop, service, "sortign")
    assert caught.value.near[0] == "sorting"


async def test_a_service_that_is_down_has_flags_in_no_known_state(
    shop: Session, service: Service
) -> None:
    service.is_down = True
    assert await shown(shop, service) == {"sorting": None, "steaming": None}


async def test_what_was_not_switched_is_not_recorded_as_if_it_was(
    shop: Session, service: Service
) -> None:
    service.is_down = True
    with pytest.raises(DrillError, match="teas did not accept the flag"):
        await switch(shop, service, "sorting", plan=Plan("it is calm again", 80))
    assert recorded(shop, FlagSwitched) == []
    [outcome] = recorded(shop, OutcomeMeasured)
    assert (outcome.met, outcome.measured) == (False, "the flag was not switched")


async def test_what_is_expected_of_it_is_stated_first(shop: Session, service: Service) -> None:
    switched = await switch(shop, service, "sorting", plan=Plan("it is calm again", 80))
    assert "drill outcome act-1" in switched.held
    [stated] = recorded(shop, ActionStated)
    assert (stated.action, stated.target, stated.probability_percent) == ("flag", "teas", 80)
