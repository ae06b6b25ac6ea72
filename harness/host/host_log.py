"""What libraries have to say in the host's process: in a file, never in the live view."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

HOST_LOG = "host.log"
LOG_MAX_BYTES = 1_000_000


@contextmanager
def logged_to(folder: Path) -> Iterator[None]:
    """Warnings and errors of all loggers go to `folder`/host.log while the block runs, of which at
    most two files of LOG_MAX_BYTES are kept. Without a handler Python prints them at the terminal.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / HOST_LOG, maxBytes=LOG_MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
