"""The document of the hub's own API, from which its page's types are made:
`python -m harness.hub.hub_document` writes it. What is passed on is in that of a drill.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.api.openapi import DOCUMENT as OF_A_DRILL
from harness.api.openapi import document, text
from harness.hub.hub_app import OWN_ROUTERS

DOCUMENT = OF_A_DRILL.with_name("hub-openapi.json")
MEANING = (
    "A hub as its people see it. Below `/drills/{run}` it passes on what that drill's own document"
    " describes. `x-callers` says what somebody has to be, in the team or the run of the path."
)


def hub_document() -> dict[str, Any]:
    """The document as data."""
    return document(OWN_ROUTERS, "3AM hub", MEANING)


def main(target: Path = DOCUMENT) -> None:
    """Write the document."""
    target.write_text(text(hub_document()), encoding="utf-8")


if __name__ == "__main__":
    main()
