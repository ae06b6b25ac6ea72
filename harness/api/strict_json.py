"""Bodies of requests as JSON, without what no field of ours could hold."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

NUMBER_CHARS_MAX = 20
"""More than any number of ours has: a count, a share, a time in milliseconds."""


def strict_json(body: bytes) -> Any:
    """The value in `body`. Raises json.JSONDecodeError also for a number without sense or end, for
    what is no UTF-8, and for nesting without end."""
    try:
        text = body.decode()
        return json.loads(text, parse_int=_integer, parse_float=_number, parse_constant=_number)
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("this is no UTF-8", "", error.start) from error
    except RecursionError as error:
        raise json.JSONDecodeError("this is nested too deeply", "", 0) from error


def _integer(text: str) -> int:
    if len(text) > NUMBER_CHARS_MAX:
        raise json.JSONDecodeError(f"a number of {len(text)} digits", "", 0)
    return int(text)


def _number(text: str) -> float:
    value = float(text) if len(text) <= 2 * NUMBER_CHARS_MAX else math.nan
    if not math.isfinite(value):
        raise json.JSONDecodeError(f"{text[:NUMBER_CHARS_MAX]} is no number", "", 0)
    return value


class _StrictRequest(Request):
    async def json(self) -> Any:
        """The body, read strictly."""
        return strict_json(await self.body())


class StrictRoute(APIRoute):
    """A route whose body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """FastAPI's own handler, with such a request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            response: Response = await handle(_StrictRequest(request.scope, request.receive))
            return response

        return handle_strictly
