"""Settings from the environment."""

from __future__ import annotations

import pytest

from services.chassis.settings import MissingSetting, ServiceSettings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_NAME", "orders")
    monkeypatch.setenv("CAPACITY_UNITS", "5")
    monkeypatch.setenv("SOMETHING_ELSE", "ignored")
    settings = ServiceSettings()  # type: ignore[call-arg]  # the name is in the environment
    assert (settings.service_name, settings.capacity_units) == ("orders", 5)


def test_a_peer_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERS_URL", "http://127.0.0.1:8004/")
    assert ServiceSettings(service_name="x").peer_url("users") == "http://127.0.0.1:8004"


def test_what_is_missing_is_named() -> None:
    settings = ServiceSettings(service_name="x", database_url=None)
    with pytest.raises(MissingSetting, match="NOWHERE_URL is not set"):
        settings.peer_url("nowhere")
    with pytest.raises(MissingSetting, match="DATABASE_URL is not set"):
        settings.require_database_url()
