"""A fork that becomes one release of one service, or runs one function of it.

Tells the host: `started` (pid), then `serving` (port) and `accepting`, or `done`, or `failed`
(error). What it is told while it serves, see `http_server`.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from setproctitle import setproctitle

from . import failure, http_server, view
from .order import Order
from .wire import Wire

CONTROL_FD = 3
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def run(order: Order, conversation: int, parent: int) -> NoReturn:
    """Never returns: not a line of the keeper's code may run again in this process."""
    code = 1
    try:
        wire = _enter(order, conversation, parent)
        try:
            if order.view is not None:
                view.enter(order.view, order.checkout)
            become(order)
            gc.enable()
            code = work(order, wire)
        except BaseException as error:  # noqa: BLE001 - all that a release can raise is told
            wire.send(event="failed", error=failure.describe(error, order.checkout))
            sys.excepthook(type(error), error, error.__traceback__)
    finally:
        flush()
        os._exit(code)


def work(order: Order, wire: Wire, private: socket.socket | None = None) -> int:
    """Do what is ordered, in this process; the exit code. Raises whatever the release raises."""
    module, _, function = order.target.partition(":")
    made = getattr(importlib.import_module(module), function)(*order.args)
    if not order.serve:
        wire.send(event="done")
        return 0
    return http_server.serve(made, order, wire, private)


def _enter(order: Order, conversation: int, parent: int) -> Wire:
    """Shed everything of the keeper's."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the keeper died before we could bind ourselves to it
    _rewire(order.log, conversation)
    wire = Wire(CONTROL_FD)
    wire.send(event="started", pid=int(Path("/proc/self").readlink().name))
    return wire


def become(order: Order) -> None:
    """Take on what the release is given: bounds, environment, directory, imports, name."""
    _limit(order.limits)
    os.environ.clear()
    os.environ.update(order.env)
    os.chdir(order.checkout)
    _see_only(order.checkout)
    setproctitle(order.title)
    sys.argv = [order.title]


def _rewire(log: str, conversation: int) -> None:
    # Neither to a link's target nor to a pipe, which would keep us waiting for a reader.
    plain = os.O_NOFOLLOW | os.O_NONBLOCK
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | plain, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.dup2(conversation, CONTROL_FD, inheritable=False)
    os.closerange(CONTROL_FD + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    line_by_line()


def line_by_line() -> None:
    """A log line must be out when it was written, not when a block is full."""
    for stream in (sys.stdout, sys.stderr):
        _line_buffered(stream)


def _line_buffered(stream: Any) -> None:
    stream.reconfigure(line_buffering=True)


def _limit(limits: dict[str, float]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, limit in (
        (resource.RLIMIT_NOFILE, int(limits["open_files"])),
        (resource.RLIMIT_AS, int(limits["address_space_bytes"])),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (bound, bound))


def _see_only(checkout: str) -> None:
    """Import the release's own code and installed libraries, and nothing from where we came."""
    installed = (sys.prefix, sys.base_prefix)
    sys.path[:] = [checkout, *(path for path in sys.path if path.startswith(installed))]
    sys.meta_path[:] = [
        finder
        for finder in sys.meta_path
        if not getattr(finder, "__module__", "").startswith("__editable__")
    ]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def flush() -> None:
    """Get out what was logged."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # a full disk must not keep us alive
            continue
