"""A Unix socket in a folder that the host shares with one container."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

NAME = "host.sock"


class ControlPoint:
    """Where one container finds the host. The folder lies below one that only we may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        # Whoever the container runs as must reach it; that nobody else does is its parent's part.
        folder.chmod(0o777)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.setblocking(False)
        # A socket's address has room for 107 bytes; a run's directory may need more.
        handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            self._listener.bind(f"/proc/self/fd/{handle}/{NAME}")
        finally:
            os.close(handle)
        (folder / NAME).chmod(0o666)
        self._listener.listen(1)

    async def connection(self) -> socket.socket:
        """Wait for the container to connect."""
        found, _ = await asyncio.get_running_loop().sock_accept(self._listener)
        return found

    def close(self) -> None:
        """Take no connection any more; one that is open stays."""
        self._listener.close()
