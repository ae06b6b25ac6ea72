"""A release that starts a process of its own which outlives every polite signal."""

from __future__ import annotations

from pathlib import Path

BEFORE_SERVING = "escape()"
ONCE_IT_SERVES = "asyncio.get_running_loop().call_later(0.3, escape)"
ESCAPE = """
import signal, time
from pathlib import Path

def escape():
    # Like any daemon: a child's child in a session of its own, which no polite signal ends.
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    {noting}
    {then}
    time.sleep(600)
"""
ANSWER = """
    import socket
    for fd in range(3, 100):
        try:
            listener = socket.socket(fileno=os.dup(fd))
            if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                continue
        except OSError:
            continue
        listener.setblocking(True)
        while True:
            connection, _ = listener.accept()
            connection.recv(65536)
            body = b'{"version": "escaped"}'
            connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body))
            connection.sendall(body)
            connection.close()
"""
"""What it does then: it answers whoever comes to a socket that the release listens on."""
_NOTING = """
    note = Path({note!r})
    note.with_suffix(".new").write_text(os.readlink("/proc/self"))
    note.with_suffix(".new").rename(note)
"""


def escaping(then: str = "pass", note: Path | None = None) -> str:
    """Lines for a release's prelude; where its machine is this one, `note` gets its process id."""
    noting = _NOTING.format(note=str(note)).strip() if note else "pass"
    return ESCAPE.format(noting=noting, then=then.strip())
