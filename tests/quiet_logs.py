"""For tests that read what a command says, in a process in which services were tested before."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(autouse=True)
def no_service_logs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that was tested in this process earlier has left its log on standard output."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
