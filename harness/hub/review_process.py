"""`python -m harness.hub.review_process RUN_DIR`: the review of one drill, as a process of its own
that ends with the hub.

Once it answers, it says on its output where (`ReviewPlace`, or `ReviewRefusal` where it cannot be
opened), and nothing else. Who asks is the hub, so that the names that come with requests are known.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.errors import DrillError
from harness.paths import home_dir
from harness.review.review_session import ReviewSession
from harness.review.serving import free_ports, review
from harness.tokens import TokenBook


@dataclass(frozen=True)
class ReviewPlace:
    """Where a review answers, and the folder with its tokens."""

    api_url: str
    secrets: str


@dataclass(frozen=True)
class ReviewRefusal:
    """Why a drill cannot be opened."""

    message: str
    hint: str


def parsed(line: str) -> ReviewPlace | ReviewRefusal:
    """What a process said. Raises ValueError for what is neither."""
    try:
        found = json.loads(line)
        return ReviewPlace(**found) if "api_url" in found else ReviewRefusal(**found)
    except TypeError as error:
        raise ValueError(line[:200]) from error


def main(run_dir: Path) -> int:
    """Serve the review until it is told to end; the exit code."""

    def ready(session: ReviewSession, tokens: TokenBook) -> None:
        secrets = tokens.file("instructor").parent
        _say(ReviewPlace(session.spec.places.api_url, str(secrets.resolve())))

    try:
        asyncio.run(
            review(run_dir, home_dir(), places=free_ports(), ready=ready, people_known=True)
        )
    except DrillError as error:
        _say(ReviewRefusal(error.message, error.hint))
        return error.exit_code
    return 0


def _say(what: ReviewPlace | ReviewRefusal) -> None:
    sys.stdout.write(json.dumps(asdict(what)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
