"""The end of a drill with people still looking at it."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from harness.drill.session import Session
from harness.tokens import Caller
from tests.browser.drill import served

OPEN_STREAMS = 5
STOPS_WITHIN_S = 5.0


def test_the_drill_stops_in_time_with_streams_open(trouble: Session, tmp_path: Path) -> None:
    with httpx.Client() as client:
        streams = []
        with served(trouble, tmp_path / "secrets") as drill:
            headers = {"Authorization": f"Bearer {drill.tokens.token(Caller.PARTICIPANT)}"}
            for _ in range(OPEN_STREAMS):
                request = client.build_request("GET", f"{drill.url}/v1/stream", headers=headers)
                streams.append(client.send(request, stream=True))
            assert [one.status_code for one in streams] == [200] * OPEN_STREAMS
            began = time.monotonic()
        assert time.monotonic() - began < STOPS_WITHIN_S
        for one in streams:
            one.close()
