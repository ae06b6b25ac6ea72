"""What of the machine is looked at before a drill is begun."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness.errors import EnvironmentMissing
from harness.host.bootstrap import require_clock


def test_a_clock_that_was_never_set_is_told() -> None:
    require_clock(datetime.now(UTC))
    with pytest.raises(EnvironmentMissing, match="clock says 1970-01-01 00:00 UTC"):
        require_clock(datetime.fromtimestamp(0, UTC))
