"""Tokens as passwords: which user each caller is, and the hash that Alertmanager is given."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.tokens import USERS, Caller, TokenBook, bcrypt


@pytest.fixture
def tokens(tmp_path: Path) -> TokenBook:
    return TokenBook.create(tmp_path)


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def test_each_caller_is_one_user_whose_password_is_its_token(tokens: TokenBook) -> None:
    assert set(USERS.values()) == set(Caller)
    for name, caller in USERS.items():
        assert tokens.user(basic(*tokens.login(name))) is caller
        assert tokens.bearer(f"Bearer {tokens.token(caller)}") is caller
        assert tokens.file(name).read_text() == tokens.token(caller)


def test_nobody_else_is_known(tokens: TokenBook) -> None:
    token = tokens.token(Caller.PARTICIPANT)
    refused = [basic("instructor", token), basic("", token), basic("oncall", ""), basic("x", token)]
    refused += [f"Bearer {token}", f"Basic {token}", "Basic", "", "Basic é", "Basic /w=="]
    assert [tokens.user(one) for one in refused] == [None] * len(refused)
    assert tokens.bearer(basic("oncall", token)) is None


def test_a_hash_is_bcrypt_and_never_twice_the_same() -> None:
    made = {bcrypt("one password") for _ in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch(r"\$2b\$04\$[./A-Za-z0-9]{53}", one) for one in made)


def test_without_crypt_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.tokens.CRYPT_LIBRARIES", ("libnothing.so.0",))
    with pytest.raises(EnvironmentMissing, match="bcrypt"):
        bcrypt("one password")
