"""The profiles that a scenario may name are those that the third parties have."""

from __future__ import annotations

import pytest

from harness.errors import UnknownName
from harness.model import THIRD_PARTY_PROFILES
from harness.thirdparty.profiles import PROFILES, profile_named


def test_the_catalog_lets_through_what_third_parties_can_do_and_nothing_else() -> None:
    assert tuple(PROFILES) == THIRD_PARTY_PROFILES
    assert [profile_named(name).name for name in THIRD_PARTY_PROFILES] == list(PROFILES)


def test_another_profile_is_unknown() -> None:
    with pytest.raises(UnknownName):
        profile_named("bussy")
