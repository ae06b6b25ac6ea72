"""Who may use which route. It stands on the router, as a dependency of each of its routes; the
policy that the gatekeeper decides by is read off the routers, and a route that says nothing of it
is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute, APIWebSocketRoute

from harness.api.strict_json import StrictRoute
from harness.tokens import Caller


class Access:
    """The callers who may use the routes of a router. With `is_open`, no token is asked for; with
    `any_origin`, a page of another site may ask, too."""

    def __init__(self, *callers: StrEnum, is_open: bool = False, any_origin: bool = False) -> None:
        self.callers, self.is_open, self.any_origin = frozenset(callers), is_open, any_origin

    async def __call__(self) -> None:
        """Nothing to do by the time a route runs: the gatekeeper has decided."""


WEBSOCKET = "WEBSOCKET"
"""In place of a method, of a route that is one."""

EVERYBODY = Access(is_open=True)
"""Whoever reaches 127.0.0.1: what holds no data, or what the team told everybody."""
EVERY_SITE = Access(is_open=True, any_origin=True)
"""The same, from pages of any site: what the team told the public, in the form that tools read."""
TEAM = Access(Caller.PARTICIPANT, Caller.INSTRUCTOR)
INSTRUCTOR = Access(Caller.INSTRUCTOR)
TELEMETRY = Access(Caller.TELEMETRY)


def router_for(access: Access, prefix: str = "") -> APIRouter:
    """A router whose routes are all for `access`."""
    return APIRouter(prefix=prefix, dependencies=[Depends(access)], route_class=StrictRoute)


class Policy:
    """Which callers may use which (method, path template); `public` ones need no token, and those
    of them in `any_origin` may be asked by pages of any site."""

    def __init__(
        self,
        rules: Mapping[tuple[str, str], frozenset[StrEnum]],
        public: Collection[tuple[str, str]] = (),
        any_origin: Collection[tuple[str, str]] = (),
    ) -> None:
        self.rules = dict(rules)
        self.public = frozenset(public)
        self.any_origin = frozenset(any_origin)
        self._compiled = [
            (method, _pattern(template), callers) for (method, template), callers in rules.items()
        ]
        self._open = [(method, _pattern(template)) for method, template in self.public]
        self._everywhere = [(method, _pattern(template)) for method, template in self.any_origin]

    def is_public(self, method: str, path: str) -> bool:
        """Whether no token is needed."""
        return _matches(self._open, method, path)

    def is_for_any_origin(self, method: str, path: str) -> bool:
        """Whether a page of another site may ask."""
        return _matches(self._everywhere, method, path)

    def allowed(self, method: str, path: str) -> frozenset[StrEnum]:
        """The callers who may; nobody for what has no rule."""
        for known, pattern, callers in self._compiled:
            if known == method and pattern.fullmatch(path):
                return callers
        return frozenset()


def _matches(some: Iterable[tuple[str, re.Pattern[str]]], method: str, path: str) -> bool:
    return any(known == method and pattern.fullmatch(path) for known, pattern in some)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)))


def policy_of(routers: Iterable[APIRouter]) -> Policy:
    """What the routes of `routers` say of themselves. One that says nothing, or two things, gets no
    rule."""
    rules: dict[tuple[str, str], frozenset[StrEnum]] = {}
    public, any_origin = set(), set()
    for method, path, declared in declarations(routers):
        if len(declared) == 1 and declared[0].is_open:
            public.add((method, path))
            if declared[0].any_origin:
                any_origin.add((method, path))
        elif len(declared) == 1:
            rules[method, path] = declared[0].callers
    return Policy(rules, public, any_origin)


def require_declared(routers: Iterable[APIRouter]) -> None:
    """Raises TypeError where a route does not say, once, whom it is for."""
    for method, path, declared in declarations(routers):
        if len(declared) != 1:
            raise TypeError(
                f"{method} {path} declares {len(declared)} times who may use it, not once"
            )


def declarations(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str, list[Access]]]:
    """Method, path template and what is declared, of every route."""
    for router in routers:
        for route in router.routes:
            is_socket = isinstance(route, APIWebSocketRoute)
            is_known = is_socket or isinstance(route, APIRoute)
            dependencies = getattr(route, "dependencies", ()) if is_known else ()
            declared = [
                one.dependency for one in dependencies if isinstance(one.dependency, Access)
            ]
            methods = {WEBSOCKET} if is_socket else getattr(route, "methods", None)
            for method in sorted(methods or {"any method"}):
                yield method, getattr(route, "path", repr(route)), declared
