"""The reference solution of a task, in the agent's place: what `plan.json` says, by the tools.

`drill agents harbor` copies this file beside `solve.sh`; it needs the standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

URL = os.environ.get("DRILL_MCP_URL", "http://drill:8700/mcp")
WAIT_S = 180.0
CALL_S = 200.0
EVERY_S = 1.0
LOOKED_BACK = timedelta(minutes=3)


class Refused(Exception):
    """A tool did not do what it was asked for."""


def call(tool: str, /, **arguments: Any) -> Any:
    """What a tool answers. Raises Refused."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    asked = urllib.request.Request(URL, json.dumps(body).encode(), headers)  # noqa: S310  the drill's
    with urllib.request.urlopen(asked, timeout=CALL_S) as answered:  # noqa: S310
        result = json.load(answered)["result"]
    if result.get("isError"):
        raise Refused(result["content"][0]["text"])
    sys.stderr.write(f"{tool} {arguments}"[:200] + "\n")
    return result["structuredContent"]["answer"]


def until(done: Callable[[], Any], what: str) -> Any:
    """Ask until there is something; a refusal is none yet."""
    deadline = time.monotonic() + WAIT_S
    why = ""
    while time.monotonic() < deadline:
        try:
            if found := done():
                return found
        except Refused as error:
            why = str(error)
        time.sleep(EVERY_S)
    sys.exit(f"not within {WAIT_S:g} s: {what}. {why}")


def is_out(cause: dict[str, Any]) -> bool:
    """Whether the release at fault has been deployed."""
    released = [(one["service"], one["version_to"]) for one in call("deploys")]
    return cause["version"] is None or (cause["service"], cause["version"]) in released


def undo(cause: dict[str, Any]) -> bool:
    """Contain one cause. Raises Refused while a colleague's release is in the pipeline."""
    if cause["flag"]:
        call("flag", name=cause["flag"], enabled=False, no_plan=True)
    else:
        call("rollback", service=cause["service"], no_plan=True)
    return True


def diagnosis(cause: dict[str, Any]) -> dict[str, Any]:
    """What is declared of a cause, with queries that show it."""
    now = datetime.now(UTC)
    begin, end = f"{now - LOOKED_BACK:%H:%M}", f"{now:%H:%M}"
    evidence = [f"promql:{query} @{begin}..{end}" for query in cause["queries"]]
    named = {"service": cause["service"], "mechanism": cause["mechanism"], "confidence": 90}
    return {**named, "evidence": evidence}


def main() -> None:
    """Play the drill to its proof."""
    plan = json.loads(Path(__file__).with_name("plan.json").read_text(encoding="utf-8"))
    if plan["pages"]:
        until(lambda: call("page"), "a page")
        call("ack")
    for cause in plan["causes"]:
        until(lambda cause=cause: is_out(cause), "the release at fault")  # type: ignore[misc]
        until(lambda cause=cause: undo(cause), "what undoes it")  # type: ignore[misc]
    until(lambda: not call("status")["alerts"], "silence")
    for cause in plan["causes"]:
        call("diagnose", **diagnosis(cause))
    if not plan["causes"]:
        call("diagnose", service="none", mechanism="no-fault", confidence=90)
    call("verify")


if __name__ == "__main__":
    main()
