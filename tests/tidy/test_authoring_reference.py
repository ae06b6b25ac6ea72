"""docs/authoring-reference.md is what the code says.

Why: an author who has to look names and figures up in the code takes old ones.
"""

from __future__ import annotations

import re
from pathlib import Path

from harness.authoring.reference import PAGE, journey_texts, reference_page
from harness.authoring.service_load import journeys_of
from harness.catalog.known_names import KnownNames
from tests.tidy.pages import ROOT

RULES = Path("compose/prometheus/rules")


def test_the_page_is_the_one_that_the_command_prints() -> None:
    again = "drill author reference > docs/authoring-reference.md"
    assert (ROOT / PAGE).read_text() == reference_page(ROOT), f"make it anew: {again}"


def test_every_alert_stands_in_it_with_what_it_says() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (critical|warning) \| (\S.*) \|$", reference_page(ROOT), re.MULTILINE
    )
    assert sorted(name for name, _, _ in rows) == KnownNames(ROOT).alerts
    assert not [says for _, _, says in rows if ">-" in says]


def test_every_journey_of_the_load_says_what_it_does() -> None:
    said = journey_texts(ROOT)
    assert all(said[one.journey] for one in journeys_of(ROOT))
