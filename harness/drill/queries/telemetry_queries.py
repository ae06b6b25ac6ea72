"""Looking into the running shop with ordinary means: its logs."""

from __future__ import annotations

from typing import Any

from harness.drill.session import Session


async def logs(
    session: Session,
    *,
    service: str | None,
    level: str | None,
    trace_id: str | None,
    contains: str | None,
    since: str | None,
    begin_s: float | None = None,
    end_s: float | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int,
) -> dict[str, Any]:
    """Log records that match, oldest first.

    `after` is the `seq` of the last record that was seen, for following; `before` that of the
    first one, for going back. `begin_s` and `end_s` (seconds since 1970) are the ends of a time;
    with a beginning, `since` says nothing.
    """
    if service is not None:
        session.spec.require_service(service)
    found = await session.services.recorder.logs(
        service,
        level,
        trace_id,
        contains,
        since if begin_s is None else f"{begin_s:.3f}",
        after=None if after is None else str(after),
        before=None if before is None else str(before),
        limit=limit,
        **({} if end_s is None else {"until_ms": round(end_s * 1000)}),
    )
    return {"records": found}
