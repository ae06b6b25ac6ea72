"""The fake session of the use cases is what the API serves, too."""

from __future__ import annotations

from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["hand", "session", "trouble"]
