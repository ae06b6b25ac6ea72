"""A host that brings a shop up and waits to be killed: `python runtime_host.py FOLDER RUNTIME`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.contract.kits import KITS, Kit
from tests.contract.shop_fixture import Shop, silent

ESCAPEE = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import time
        time.sleep(600)
    os._exit(0)
"""


async def main(folder: Path, kit: Kit) -> None:
    """Run a service that has daemonised a child of its own."""
    shop = Shop(folder)
    runtime = kit.make()
    await runtime.up(shop.plan(shop.release("1.0.0", prelude=ESCAPEE)), silent)
    (folder / "up.new").write_text(str(shop.offset))
    (folder / "up.new").rename(folder / "up")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), KITS[sys.argv[2]]))
