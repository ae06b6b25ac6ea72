"""A browser on somebody's laptop: opens a link, goes through views, and says what each one shows.

Run in the laptop's network namespace as `python -m tests.e2e.laptop_browser LINK VIEW…`; it prints
the text of every view as one JSON object.
"""

from __future__ import annotations

import json
import sys

from tests.browser.chromium import chromium

SETTLED_MS = 1500
"""What a view shows comes by a few requests."""


def main(link: str, views: list[str]) -> None:
    place = link.partition("#")[0]
    with chromium() as browser:
        # The hub's certificate is its own: a person is asked once, and says yes.
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(link)
        shown = {}
        for view in views:
            page.goto(f"{place}#/{view}")
            page.locator(f"main.view-{view}").wait_for()
            page.locator("main .loading").first.wait_for(state="detached")
            page.wait_for_timeout(SETTLED_MS)
            shown[view] = page.locator("main").inner_text()
    sys.stdout.write(json.dumps(shown))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
