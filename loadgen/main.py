"""The load as a process: `python -m loadgen.main`, until SIGTERM or until its parent is gone."""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from loadgen import locustfile  # first: it makes the standard library cooperative

# isort: split

import gevent
import setproctitle
from gevent.event import Event
from gevent.pywsgi import WSGIServer
from prometheus_client import make_wsgi_app
from pydantic import ValidationError

from loadgen.errors import BadLoad, LoadFailed
from loadgen.ledger import Ledger
from loadgen.load import Load, prepare
from loadgen.reports import Reports
from loadgen.settings import Settings

TITLE = "load"
FAILED = 1
USAGE = 2
ENVIRONMENT = 3
STATE_EVERY_S = 10.0
PARENT_CHECK_EVERY_S = 0.5
EXIT_WITHIN_S = 4.0

Answer = Callable[[str, list[tuple[str, str]]], Any]


def pages(ledger: Ledger) -> Callable[[dict[str, Any], Answer], Iterable[bytes]]:
    """WSGI: `/metrics`, `/state`, and `/healthz`."""
    metrics = make_wsgi_app(ledger.metrics.registry)

    def app(environ: dict[str, Any], start_response: Answer) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            page: Iterable[bytes] = metrics(environ, start_response)
            return page
        if path == "/state":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(ledger.state()).encode()]
        status = "200 OK" if path == "/healthz" else "404 Not Found"
        start_response(status, [("Content-Type", "text/plain")])
        return [status.encode()]

    return app


def run(load: Load, parent: int) -> None:
    """Serve metrics and send load until told to stop.

    Raises OSError for a taken port, LoadFailed.
    """
    stopping, problems = _stopping(), list[str]()

    def fail(why: str) -> None:
        problems.append(why)
        stopping.set()

    place = (load.settings.metrics_host, load.settings.metrics_port)
    server = WSGIServer(place, pages(load.ledger), log=None, error_log=None)
    server.start()
    helpers = [gevent.spawn(_watch_parent, parent, stopping), gevent.spawn(_print, load.ledger)]
    sending = locustfile.start(load, fail)
    stopping.wait()
    # A last resort in a thread of its own, which no greenlet that hangs can hold up.
    faulthandler.dump_traceback_later(EXIT_WITHIN_S, exit=True)
    sending.quit()
    gevent.killall(helpers)
    server.stop(timeout=0)
    faulthandler.cancel_dump_traceback_later()
    _say(load.ledger)
    if problems:
        raise LoadFailed(problems[0])


def run_worker(load: Load, parent: int) -> None:
    """Send what the master says, until told to stop."""
    stopping, reports = _stopping(), Reports()
    load.ledger = reports
    watching = gevent.spawn(_watch_parent, parent, stopping)
    sending = locustfile.start_worker(load, reports)
    stopping.wait()
    faulthandler.dump_traceback_later(EXIT_WITHIN_S, exit=True)
    sending.quit()
    watching.kill()
    faulthandler.cancel_dump_traceback_later()


def _stopping() -> Event:
    """Set by the signals that ask for the end."""
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopping.set)
    return stopping


def _watch_parent(parent: int, stopping: Event) -> None:
    """Orphans stop. PR_SET_PDEATHSIG would fire already when the starting thread ends."""
    while os.getppid() == parent:
        gevent.sleep(PARENT_CHECK_EVERY_S)
    stopping.set()


def _print(ledger: Ledger) -> None:
    while True:
        gevent.sleep(STATE_EVERY_S)
        _say(ledger)


def _say(ledger: Ledger) -> None:
    sys.stdout.write(json.dumps(ledger.state()) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Exit code: 0 when stopped, 1 without its workers, 2 for no such load, 3 for a taken port."""
    parent = os.getppid()
    setproctitle.setproctitle(TITLE)
    try:
        load = prepare(Settings())  # type: ignore[call-arg]  # its fields come from the environment
    except (BadLoad, ValidationError) as exc:
        sys.stderr.write(f"{TITLE}: {exc}\n")
        return USAGE
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        if load.settings.load_master_port:
            run_worker(load, parent)
        else:
            run(load, parent)
    except (LoadFailed, OSError) as exc:
        sys.stderr.write(f"{TITLE}: {exc}\n")
        return ENVIRONMENT if isinstance(exc, OSError) else FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
