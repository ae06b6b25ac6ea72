"""What the bench holds its figures against."""

from __future__ import annotations

import pytest

from harness.bench.local import page_due_s


@pytest.mark.parametrize(
    ("scenario", "due_s"),
    [("deadlock", 10), ("float-drift", 15), ("healthy", None)],
)
def test_a_page_is_due_when_the_scenarios_faults_say_so(scenario: str, due_s: float | None) -> None:
    assert page_due_s(scenario) == due_s
