"""Locust users that send out arrivals without waiting for answers.

An ordinary Locust user waits for its answer before the next request, so a slow shop would be spared
exactly when it is in trouble. Holding the rate that way takes rate times timeout users, each with
connections of its own; one user a journey that starts a greenlet an arrival holds it exactly, on
one pool of connections.
"""

from __future__ import annotations

import json
import time
from typing import Any

import gevent
from gevent.pool import Pool
from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.response import HTTPConnectionClosed
from geventhttpclient.url import URL
from locust import FastHttpUser, User, task

from loadgen.engagement import shown_by
from loadgen.journeys import JOURNEYS, Journey, is_right
from loadgen.load import Load
from loadgen.metrics import Outcome
from loadgen.pace import Pace
from loadgen.visit import Visit

CONNECTION_ENDED = (HTTPConnectionClosed, ConnectionResetError, BrokenPipeError)
PATIENCE_ENDED = (gevent.Timeout, TimeoutError)
LONGER = 1.5
"""The socket's own timeouts are only a second line behind the customer's patience."""


class Connections(HTTPClientPool):
    """The connections to the gateway, shared by all users; resending is left to them.

    The library resends a GET whose connection ends as often as the pool has places, which would
    turn a gateway that drops connections into a storm of our own making.
    """

    def get_client(self, url: str | URL) -> HTTPClient:
        client = super().get_client(url)
        # Attempts are counted down from here; the pool's real bound was set when it was made.
        client._connection_pool.size = -1  # noqa: SLF001 - there is no public setting
        return client


class JourneyUser(FastHttpUser):
    """Sends out all arrivals of one journey."""

    abstract = True
    max_redirects = 0
    load: Load
    journey: Journey

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._requests = Pool(self.load.most_in_flight)

    @task
    def send_arrivals(self) -> None:
        """Never ends; Locust kills it."""
        name, load = self.journey.name, self.load
        pace = Pace(lambda: load.rate_per_s(name), load.world.rng, time.monotonic)
        while True:
            gevent.sleep(pace.next_pause_s())
            self._requests.spawn(self._make, self.journey.visit(load.world))

    def on_stop(self) -> None:
        """Whatever hangs is dropped."""
        self._requests.kill(block=False)

    def _make(self, visit: Visit) -> None:
        ids = self.load.trace_ids.next()
        headers = {**visit.headers, **ids.headers()}
        self.load.ledger.began()
        begin = time.monotonic()
        outcome: Outcome = "timeout"
        with gevent.Timeout(self.load.settings.timeout_s, exception=False):
            outcome, content = self._ask(visit, headers)
        took_s = time.monotonic() - begin
        kept_trace = ids.trace_id if ids.sampled else None
        is_read = self.journey.reads_answers or visit.about is not None
        answer = _parsed(content) if outcome == "ok" and is_read else {}
        if outcome == "ok" and not is_right(self.journey, visit, answer):
            outcome = "wrong"
        shown = shown_by(self.journey.name, outcome, answer)
        self.load.ledger.ended(visit, self.journey.name, outcome, took_s, kept_trace, shown)
        if outcome == "ok" and self.journey.reads_answers and answer:
            self.load.learn(self.journey, answer, visit)

    def _ask(self, visit: Visit, headers: dict[str, str]) -> tuple[Outcome, bytes]:
        """The outcome and the body, asked once more where a kept-alive connection ended.

        Browsers do the same. Nothing happens twice: checkouts carry a key, the rest only reads.
        """
        for _ in range(2):
            with self.client.request(
                visit.method,
                visit.path,
                name=self.journey.name,
                json=visit.body,
                headers=headers,
                catch_response=True,
            ) as response:
                error = getattr(response, "error", None)
                outcome = _outcome(response.status_code, error)
                if outcome == "ok":
                    response.success()
                else:
                    # Locust keeps every different text; those of its own hold the URL.
                    response.failure(outcome)
            if not isinstance(error, CONNECTION_ENDED):
                break
        return outcome, response.content or b""


def user_classes(load: Load) -> list[type[User]]:
    """One class, of one user, for each journey that the profile sends out."""
    wait_s = load.settings.timeout_s * LONGER
    connections = Connections(
        concurrency=load.most_in_flight, connection_timeout=wait_s, network_timeout=wait_s
    )
    return [
        type(
            journey.name.title().replace("_", ""),
            (JourneyUser,),
            {
                "load": load,
                "journey": journey,
                "client_pool": connections,
                "fixed_count": 1,
                "host": load.settings.gateway_url,
                "abstract": False,
            },
        )
        for journey in JOURNEYS
        if journey.name in load.rates_per_s
    ]


def _parsed(content: bytes) -> dict[str, Any]:
    """The JSON object in an answer; empty where it holds none."""
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _outcome(status: int, error: BaseException | None) -> Outcome:
    """How the customer saw it end; `status` is 0 without an answer."""
    if isinstance(getattr(error, "original", error), PATIENCE_ENDED):
        return "timeout"
    if 400 <= status < 500:
        return "refused"
    return "ok" if 200 <= status < 300 else "error"
