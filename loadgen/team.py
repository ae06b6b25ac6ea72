"""One load spread over processes: Locust's master, and workers that it starts itself.

Locust deals its users out, each of which sends the arrivals of one journey; so a journey has one
worker, and its rate is held as exactly as in a single process. The master books everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import gevent
from locust import runners
from locust.env import Environment

from loadgen.errors import LoadFailed
from loadgen.journeys import JOURNEYS
from loadgen.load import Load
from loadgen.reports import Reports, book

REPORT = "load"
RATES, LEARNT = "rates", "learnt"
"""Messages from the master to its workers."""
REPORT_EVERY_S = 0.5
HOST = "127.0.0.1"
WORKERS_READY_S = 20.0
WATCH_EVERY_S = 0.2
END_S = 2.0


class Master:
    """The master's runner together with its workers' processes."""

    def __init__(self, load: Load, environment: Environment, fail: Callable[[str], None]) -> None:
        """Starts the workers; `fail` is told why the load cannot begin, or go on."""
        self._load, self._fail = load, fail
        self._runner = environment.create_master_runner(HOST, 0)
        environment.events.worker_report.add_listener(self._booked)  # type: ignore[no-untyped-call]
        self._workers = [self._started(number) for number in range(load.settings.load_workers)]

    def start(self) -> None:
        """Begin as soon as all workers are there."""
        self._watching = gevent.spawn(self._watch)

    def _watch(self) -> None:
        try:
            with gevent.Timeout(WORKERS_READY_S, LoadFailed("the load's workers do not answer")):
                while self._runner.worker_count < len(self._workers):
                    self._check()
            self._runner.start_shape()
            while True:
                self._check()
        except LoadFailed as error:
            self._fail(str(error))

    def _check(self) -> None:
        """Wait a moment. Raises LoadFailed for a worker that has ended: a part would be missing."""
        gevent.sleep(WATCH_EVERY_S)
        for worker in self._workers:
            if worker.poll() is not None:
                raise LoadFailed(f"a worker of the load ended (exit {worker.returncode})")

    def announce(self, rates_per_s: Mapping[str, float]) -> None:
        """Tell the workers how often each journey is wanted."""
        self._runner.send_message(RATES, {RATES: dict(rates_per_s)})

    def quit(self) -> None:
        """End the workers."""
        self._watching.kill()
        self._runner.quit()
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(END_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        mine = {
            "LOAD_MASTER_PORT": str(self._runner.server.port),
            "LOAD_SEED": str(self._load.settings.load_seed * 1000 + number + 1),
            "LOAD_WORKERS": "1",
        }
        argv = [sys.executable, "-m", "loadgen.main"]
        return subprocess.Popen(argv, env={**os.environ, **mine}, stdout=subprocess.DEVNULL)

    def _booked(self, client_id: str, data: dict[str, Any]) -> None:
        """Book a report, and pass on to the other workers what was learnt from answers."""
        report = data.get(REPORT)
        if report is None:
            return
        book(self._load.ledger, report)
        if report["learnt"]:
            for other in list(self._runner.clients):
                if other != client_id:
                    self._runner.send_message(LEARNT, {LEARNT: report["learnt"]}, other)


def follow(load: Load, reports: Reports, environment: Environment) -> Any:
    """Be a worker of the master at the port that the settings name; Locust's runner."""
    # Locust has no setting for it, and scrapes are a second apart.
    runners.WORKER_REPORT_INTERVAL = REPORT_EVERY_S
    by_name = {journey.name: journey for journey in JOURNEYS}

    def report(data: dict[str, Any], **_: object) -> None:
        data[REPORT] = reports.take()

    def changed(msg: Any, **_: object) -> None:
        load.rates_per_s = msg.data[RATES]
        load.course.rates_at(0)  # the profile in force says what is bought, too

    def learnt(msg: Any, **_: object) -> None:
        for name, answer in msg.data[LEARNT]:
            by_name[name].learn(answer, load.world)

    environment.events.report_to_master.add_listener(report)  # type: ignore[no-untyped-call]
    runner = environment.create_worker_runner(HOST, load.settings.load_master_port)
    runner.register_message(RATES, changed)
    runner.register_message(LEARNT, learnt)
    return runner
