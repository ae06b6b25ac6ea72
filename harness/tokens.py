"""The drill's tokens: who is calling, and how we know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from harness.model import Role


class Caller(StrEnum):
    """Everybody who holds a token."""

    INSTRUCTOR = Role.INSTRUCTOR.value
    PARTICIPANT = Role.PARTICIPANT.value
    TELEMETRY = "telemetry"


class TokenBook:
    """The drill's tokens: 256 bits each, kept hashed, written once to 0600 files."""

    def __init__(self, folder: Path, hashes: Mapping[Caller, str]) -> None:
        self._folder, self._hashes = folder, dict(hashes)

    @classmethod
    def create(cls, folder: Path) -> TokenBook:
        """New tokens for every caller, in `folder/<caller>.token`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        hashes = {}
        for caller in Caller:
            token = secrets.token_urlsafe(32)
            path = folder / f"{caller}.token"
            path.touch(mode=0o600)
            path.write_text(token, encoding="utf-8")
            hashes[caller] = _digest(token)
        return cls(folder, hashes)

    def token(self, caller: Caller) -> str:
        """The token of `caller`, read from its file."""
        return (self._folder / f"{caller}.token").read_text(encoding="utf-8")

    def caller(self, token: str) -> Caller | None:
        """Whose token this is, compared in constant time."""
        digest = _digest(token)
        found = None
        for caller, known in self._hashes.items():
            if hmac.compare_digest(digest, known):
                found = caller
        return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
