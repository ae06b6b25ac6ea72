"""`python -m harness.responder --url URL --token-file FILE`: play one drill.

Exit codes as everywhere: 0 the shop was proven sound, 1 it was not, 2 usage, 3 no drill there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.errors import DrillError, UsageError
from harness.responder.fence import Fenced, close_fence
from harness.responder.participant_client import Api
from harness.responder.play import Responder
from harness.waiting import WaitedTooLong

STDIN = "-"
CATALOGUE = Path(__file__).parents[2] / "faults"


def main() -> int:
    """Close the fence, then play."""
    parser = argparse.ArgumentParser(prog="responder", description=__doc__)
    parser.add_argument("--url", required=True, help="of the drill's HTTP API")
    parser.add_argument("--token-file", required=True, help="a participant's; - is standard input")
    parser.add_argument("--stay", action="store_true", help="leave the drill open at the end")
    given = parser.parse_args()
    try:
        _keep_out(given.token_file)
        with Api(given.url, _token(given.token_file)) as api:
            proven = Responder(api, _say).play()
            if not given.stay:
                api.post("/v1/finish")
    except DrillError as error:
        _say(f"{error.message}\n  {error.hint}".rstrip())
        return error.exit_code
    except (Fenced, WaitedTooLong) as error:
        _say(str(error))
        return 1
    return 0 if proven else 1


def _keep_out(token_file: str) -> None:
    """The one file that may be read besides code is the token, and it lies in no catalogue."""
    path = Path(token_file).resolve()
    allowed = token_file != STDIN and not path.is_relative_to(CATALOGUE)
    close_fence([path] if allowed else [])


def _token(token_file: str) -> str:
    try:
        text = (
            sys.stdin.readline()
            if token_file == STDIN
            else Path(token_file).read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        raise UsageError(f"there is no file {token_file}", "name a participant's token") from None
    return text.strip()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
