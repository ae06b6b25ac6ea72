"""`drill smoke`: the detectability matrix."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.host import Runtime
from harness.cli.panels import Commands

MERGE = "merge"
"""Instead of scenarios: what follows are the folders of parts."""

Budget = Annotated[
    str | None, typer.Option(help="Time limit, such as 15m; changed scenarios run first.")
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, max=8, help="Parallel stacks; default: cores / 2, on compose 1."),
]
Offset = Annotated[
    int | None,
    typer.Option(min=0, max=30_000, help="Added to the first stack's ports; default 20000."),
]
Output = Annotated[Path | None, typer.Option(help="Output directory; default: below var/smoke.")]
Part = Annotated[
    str | None,
    typer.Option(help="Run one part of it, such as 2/5; `drill smoke merge` joins them."),
]


def smoke(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Scenarios and families; default: `all`.")
    ] = None,
    runtime: Runtime = "local",
    seed: Annotated[int, typer.Option(help="The first seed.")] = 1,
    seeds: Annotated[
        int, typer.Option(min=1, max=50, help="Number of seeds per scenario, from --seed on.")
    ] = 1,
    player: Annotated[
        str,
        typer.Option(
            help="`reference` knows the answer and also tries fixes and cheats; "
            "`responder` sees what you would see."
        ),
    ] = "reference",
    budget: Budget = None,
    jobs: Jobs = None,
    port_offset: Offset = None,
    output: Output = None,
    shard: Part = None,
) -> None:
    """Run the detectability matrix: scenarios, fixes and cheats.

    With several seeds, every figure has its 95% interval. The reference must pass every row; the
    responder must always be paged, verify its fix and change nothing innocent, and name the service
    in 90% and the mechanism in 75%. On compose, the reference is compared with its local matrix.

    `drill smoke merge FOLDER…` puts together what several machines ran with --shard.

    Example: drill smoke all --player responder --seeds 5
    """
    from harness.matrix import runner
    from harness.matrix.campaign import Campaign
    from harness.matrix.row_stack import FIRST_OFFSET
    from harness.matrix.schedule import budget_s
    from harness.matrix.shards import shard_of

    if scenarios and scenarios[0] == MERGE:
        to = (output or runner.output_of(runtime, player)).resolve()
        if not runner.merge([Path(one) for one in scenarios[1:]], to):
            raise typer.Exit(1)
        return
    campaign = Campaign(
        names=tuple(scenarios or [runner.ALL]),
        runtime=runtime,
        player=player,
        seeds=tuple(range(seed, seed + seeds)),
        jobs=runner.jobs_of(runtime, jobs),
        port_offset=FIRST_OFFSET if port_offset is None else port_offset,
        budget_s=None if budget is None else budget_s(budget),
        shard=None if shard is None else shard_of(shard),
        output=(output or runner.output_of(runtime, player)).resolve(),
    )
    # Told to end, it ends its stacks first, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not asyncio.run(runner.smoke(campaign)):
        raise typer.Exit(1)


COMMANDS: Commands = {"Machine": (smoke,)}
