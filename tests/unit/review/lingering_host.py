"""A host whose drill is over and that shows its review at the drill's links, to be killed.

Run by the test as `python -m tests.unit.review.lingering_host RUN_DIR PORT_OFFSET`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from harness import ports
from harness.api.console_server import serving
from harness.drill.lifecycle.home import Home
from harness.host.runtimes import reap
from harness.review.opening import opened
from harness.review.processes import work_folder
from harness.review.serving import free_ports, go_on
from harness.tokens import TokenBook


async def main(run_dir: Path, port_offset: int) -> None:
    """Own the home, serve the drill, let its review take its place, and wait."""
    home = run_dir.parent.parent
    api = ports.API + port_offset

    def ready() -> None:
        Home(home).announce(run_dir.name, f"http://127.0.0.1:{api}", run_dir, is_review=True)

    with Home(home).owned(reap), work_folder(home) as work:
        tokens = TokenBook.create(run_dir / "secrets")
        async with (
            opened(run_dir, work, tokens, free_ports()) as drill,
            serving(drill, tokens, api) as app,
        ):
            await go_on(
                app,
                run_dir,
                home,
                tokens=tokens,
                port_offset=port_offset,
                stop=asyncio.Event(),
                linger_s=600,
                ready=ready,
            )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
