"""The drill's tokens: who is calling, and how we know.

To the API a token is a bearer. Alertmanager knows users and passwords: there each caller has a
name, and its token is the password.
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.model import Role

CRYPT_LIBRARIES = ("libcrypt.so.1", "libcrypt.so.2", "libc.so")
"""Where systems have crypt(3); the last is musl's."""
BCRYPT = "$2b$04$"
"""The cheapest there is: nobody guesses 256 random bits, and each wrong guess costs us as much."""
_BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Caller(StrEnum):
    """Everybody who holds a token."""

    INSTRUCTOR = Role.INSTRUCTOR.value
    PARTICIPANT = Role.PARTICIPANT.value
    TELEMETRY = "telemetry"


USERS: Mapping[str, Caller] = {
    "oncall": Caller.PARTICIPANT,
    "instructor": Caller.INSTRUCTOR,
    "prometheus": Caller.TELEMETRY,
}
"""The callers by the names that they have where a user and a password are asked for."""


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

    def bearer(self, authorization: str) -> Caller | None:
        """Whose token is in an `Authorization` header, as the API takes it."""
        scheme, _, token = authorization.partition(" ")
        return self.caller(token) if scheme.lower() == "bearer" else None

    def user(self, authorization: str) -> Caller | None:
        """The same, of a header with a user's name and password."""
        scheme, _, encoded = authorization.partition(" ")
        with suppress(binascii.Error, UnicodeDecodeError, ValueError):
            name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
            caller = self.caller(token) if scheme.lower() == "basic" else None
            return caller if caller is not None and caller is USERS.get(name) else None
        return None

    def file(self, name: str) -> Path:
        """Where the password of a user lies."""
        return self._folder / f"{USERS[name]}.token"

    def login(self, name: str) -> tuple[str, str]:
        """The user of that name, and the password."""
        return name, self.token(USERS[name])


def bcrypt(secret: str) -> str:
    """What Alertmanager knows a password by. Raises EnvironmentMissing where the system's crypt(3)
    cannot make it."""
    salt = "".join(secrets.choice(_BCRYPT_ALPHABET) for _ in range(21)) + "."
    for name in CRYPT_LIBRARIES:
        with suppress(OSError, AttributeError):
            crypt = ctypes.CDLL(name).crypt
            crypt.restype, crypt.argtypes = ctypes.c_char_p, [ctypes.c_char_p, ctypes.c_char_p]
            made: bytes | None = crypt(secret.encode(), f"{BCRYPT}{salt}".encode())
            if made is not None and made.startswith(BCRYPT.encode()):
                return made.decode("ascii")
    raise EnvironmentMissing(
        "this system's libcrypt knows no bcrypt", "install libxcrypt (Debian: libcrypt1)"
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
