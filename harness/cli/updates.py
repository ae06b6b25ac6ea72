"""`drill update, updates`: a word to stakeholders, with all its parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from harness.cli.look import participant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.cli.payload_files import FromFile, entry_of, pairs
from harness.exercise import entries
from harness.terminal import AsJson, data, line, moment, say

Many = list[str] | None
Part = str | None


def update(
    status: Annotated[
        Part, typer.Option(help="investigating, identified, recovering or resolved.")
    ] = None,
    what_happened: Annotated[
        Part, typer.Option("--what-happened", "-w", help="Impact and cause, as known.")
    ] = None,
    what_we_did: Annotated[Part, typer.Option("--what-we-did", "-d", help="Actions taken.")] = None,
    current_state: Annotated[
        Part, typer.Option("--current-state", "-s", help="How things are now.")
    ] = None,
    confidence: Annotated[
        int | None, typer.Option("--confidence", "-c", help="In percent.")
    ] = None,
    unknown: Annotated[
        Many, typer.Option("--unknown", "-u", help="An open question; may repeat.")
    ] = None,
    next_step: Annotated[Many, typer.Option("--next-step", "-n", help="May repeat.")] = None,
    eta: Annotated[float | None, typer.Option(help="Minutes to recovery; 0: any moment.")] = None,
    eta_latest: Annotated[
        float | None, typer.Option(help="Upper bound; makes --eta a range.")
    ] = None,
    readers: Annotated[Part, typer.Option(help="internal, executive, external or all.")] = None,
    component: Annotated[
        Many, typer.Option(help="SERVICE=STATUS on the status page: payments=major_outage.")
    ] = None,
    file: FromFile = None,
) -> None:
    """Post a stakeholder update; print it for each audience.

    Example: drill update --status identified -w '…' -d '…' -s '…' -c 80 -n 'roll back' --eta 10
    """
    body = entry_of(
        entries.Update,
        file,
        status=status,
        what_happened=what_happened,
        what_we_did=what_we_did,
        current_state=current_state,
        confidence=confidence,
        unknowns=unknown,
        next_steps=next_step,
        eta_minutes=eta,
        eta_latest_minutes=eta_latest,
        readers=readers,
        components=dict(pairs(component or [], "=", "SERVICE=STATUS")),
    )
    for reader, text in participant().post("/v1/updates", body).items():
        say(f"--- {reader}")
        for part in text.splitlines():
            line(part)


@paged
def updates(
    reader: Annotated[str, typer.Option(help="internal, executive or external.")] = "internal",
    as_json: AsJson = False,
) -> None:
    """List the stakeholder updates so far.

    Example: drill updates --reader executive
    """
    answer = participant().get("/v1/updates", reader=reader)
    if as_json:
        data(answer)
        return
    for one in answer:
        line(moment(datetime.fromisoformat(one["at"]).astimezone(UTC), datetime.now(UTC)), "strong")
        for part in one["text"].splitlines():
            line(part)


COMMANDS: Commands = {"Look": (updates,), "Write": (update,)}
