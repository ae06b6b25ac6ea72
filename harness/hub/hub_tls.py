"""The hub's certificate: the one that it is given, or one of its own, which people know by its
fingerprint, as they know a host by SSH.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from harness.errors import EnvironmentMissing, UsageError

FOLDER = "tls"
"""In a hub's home: the certificate of its own, and its key."""
LASTS = timedelta(days=3650)
"""It is trusted by its fingerprint: an early end would only make everybody sign in again."""
ALWAYS = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class ServerCertificate:
    """A certificate and its key as files; `is_own` where no authority vouches for it."""

    path: Path
    key_path: Path
    is_own: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` has it without
        colons."""
        first = self.path.read_text(encoding="ascii").partition(ssl.PEM_FOOTER)[0] + ssl.PEM_FOOTER
        begin = first.index(ssl.PEM_HEADER)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first[begin:])).hexdigest()


def given_certificate(path: Path, key_path: Path) -> ServerCertificate:
    """A certificate with its chain and its key, in PEM. Raises UsageError where they are none."""
    for one in (path, key_path):
        if not one.is_file():
            raise UsageError(f"there is no file {one}", "give a certificate and its key, in PEM")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            path, key_path, password=_no_password
        )
        made = ServerCertificate(path, key_path, is_own=False)
        _ = made.fingerprint
        end = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (ssl.SSLError, OSError, ValueError) as error:
        raise UsageError(
            f"{path} and {key_path} are no certificate and its key: {error}",
            "both in PEM, the key without a password",
        ) from None
    if end < datetime.now(UTC):
        raise UsageError(f"the certificate in {path} ended on {end:%Y-%m-%d}", "renew it")
    return made


def _no_password() -> str:
    raise ValueError("the key has a password")


def own_certificate(home: Path, host: str) -> ServerCertificate:
    """The certificate of this hub's own, made once: whoever signed in knows it by its fingerprint.

    Raises EnvironmentMissing where it cannot be kept.
    """
    folder = home / FOLDER
    made = ServerCertificate(folder / "certificate.pem", folder / "key.pem", is_own=True)
    if made.path.is_file() and made.key_path.is_file():
        return given_as_own(made)
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(
            made.key_path,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
        # Last, so that no certificate lies there without its key.
        _write(made.path, _signed_by_itself(key, host).public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise EnvironmentMissing(
            f"a certificate cannot be kept in {folder}: {error.strerror}",
            "let this user write there, or set DRILL_HOME",
        ) from error
    return made


def given_as_own(kept: ServerCertificate) -> ServerCertificate:
    """What was made before, if it is whole. Raises EnvironmentMissing."""
    try:
        given_certificate(kept.path, kept.key_path)
    except UsageError as error:
        raise EnvironmentMissing(
            f"the hub's own certificate cannot be used: {error.message}",
            f"remove {kept.path.parent}; everybody then signs in anew",
        ) from None
    return kept


def _signed_by_itself(key: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "3AM hub")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))  # a laptop's clock may be behind
        .not_valid_after(now + LASTS)
        .add_extension(
            x509.SubjectAlternativeName([_named(one) for one in dict.fromkeys((host, *ALWAYS))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
