"""The hub's certificate: kept, so that people know it again; and none that cannot serve."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, UsageError
from harness.hub.hub_tls import given_certificate, own_certificate


def test_its_own_is_made_once_and_its_key_is_this_users(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, "hub.example")
    assert own_certificate(tmp_path, "hub.example").fingerprint == first.fingerprint
    assert stat.S_IMODE(first.key_path.stat().st_mode) == 0o600
    assert first.is_own


def test_a_hub_that_was_killed_between_key_and_certificate_makes_both_anew(tmp_path: Path) -> None:
    own_certificate(tmp_path, "hub.example").path.unlink()
    assert own_certificate(tmp_path, "hub.example").path.is_file()


def test_a_damaged_one_is_named_and_not_replaced(tmp_path: Path) -> None:
    made = own_certificate(tmp_path, "hub.example")
    made.path.write_text("nothing")
    with pytest.raises(EnvironmentMissing, match="cannot be used"):
        own_certificate(tmp_path, "hub.example")


def test_one_that_is_given_must_serve(tmp_path: Path) -> None:
    first, second = own_certificate(tmp_path / "a", "a"), own_certificate(tmp_path / "b", "b")
    assert given_certificate(first.path, first.key_path).fingerprint == first.fingerprint
    for certificate, key in (
        (first.path, second.key_path),
        (first.key_path, first.path),
        (tmp_path / "none", first.key_path),
    ):
        with pytest.raises(UsageError):
            given_certificate(certificate, key)
