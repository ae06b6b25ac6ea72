"""What becomes of a test that fails while the machine has no time for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from tests.pressure import SECOND_RUN, Reading, UnderPressure, why_busy

pytest_plugins = ["pytester"]

FAILS_FIRST = """
    from pathlib import Path

    def test_late():
        first = not Path("been").exists()
        Path("been").touch()
        assert not first
"""
FAILS_ALWAYS = "def test_broken(): assert False"


def machine(waited_share: float, stolen_share: float = 0.0) -> Callable[[], Reading]:
    """A kernel that counts a second between any two readings."""
    seconds = count()

    def read() -> Reading:
        at_s = next(seconds)
        return Reading(at_s, at_s * waited_share, at_s * stolen_share)

    return read


BUSY, QUIET = machine(0.9), machine(0.3)


def outcome(pytester: pytest.Pytester, measure: Callable[[], Reading]) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:asyncio", plugins=[UnderPressure(measure)])


def test_what_failed_on_a_busy_machine_is_run_again_and_the_run_says_so(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(test_it=FAILS_FIRST)
    done = outcome(pytester, BUSY)
    assert done.ret == pytest.ExitCode.OK
    assert "test_it.py::test_late: 90% of the time something waited" in str(done.stdout)
    assert "The second run passed." in str(done.stdout)


def test_what_failed_on_a_quiet_machine_has_failed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=FAILS_FIRST)
    assert outcome(pytester, QUIET).ret == pytest.ExitCode.TESTS_FAILED


def test_what_fails_again_has_failed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=FAILS_ALWAYS)
    done = outcome(pytester, BUSY)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert "The second run failed, too." in str(done.stdout)


def test_many_failures_are_no_accident(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="\n".join(f"def test_{n}(): assert False" for n in range(11)))
    done = outcome(pytester, BUSY)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert "run once more" not in str(done.stdout)


def test_a_second_run_has_no_third(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(test_it=FAILS_FIRST)
    monkeypatch.setenv(SECOND_RUN, "1")
    done = outcome(pytester, BUSY)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert "run once more" not in str(done.stdout)


@pytest.mark.parametrize(
    ("waited", "stolen", "is_busy"),
    [(0.4, 0.0, False), (0.6, 0.0, True), (0.1, 0.2, True), (0.1, 0.05, False)],
)
def test_a_machine_is_busy_by_what_waited_or_by_what_was_stolen(
    waited: float, stolen: float, is_busy: bool
) -> None:
    read = machine(waited, stolen)
    assert bool(why_busy(read(), read())) is is_busy
