"""Who one is at which hub, from this machine: kept by `drill login`, or given by the environment.

A hub with a certificate of its own is known by the fingerprint that came with the invite: what is
kept is that certificate, and nothing else is believed to be that hub.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import ssl
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, NotAllowed, UnknownName, UsageError
from harness.paths import PRIVATE_MODE
from harness.plain_http import TRUSTING_NOBODY

URL, TOKEN, PROFILE = "DRILL_URL", "DRILL_TOKEN", "DRILL_PROFILE"
CONNECT_TIMEOUT_S = 10.0
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
RUN_OF = re.compile(r"(?P<hub>.*?)/drills/(?P<run>[^/]+)/?")
LOOPBACKS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class HubPlace:
    """A hub's address, and by which certificate it is known; empty: by an authority's word."""

    url: str
    certificate: str = ""

    def trust(self) -> ssl.SSLContext:
        """Whom a client of it believes."""
        if not self.url.startswith("https:"):
            return TRUSTING_NOBODY
        if not self.certificate:
            return ssl.create_default_context()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # The certificate itself is what is trusted, and so the name in it says nothing more.
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=self.certificate)
        return context

    def client(self, token: str, *, run: str = "", drill: str = "the hub") -> DrillClient:
        """A client of the hub, or of one of its drills."""
        return DrillClient(
            f"{self.url}/drills/{run}" if run else self.url,
            token,
            drill=drill,
            trust=self.trust(),
            connect_timeout_s=CONNECT_TIMEOUT_S,
        )


@dataclass(frozen=True)
class Profile:
    """Somebody at a hub; `run` is the drill that is meant, where one was named."""

    name: str
    place: HubPlace
    token: str
    person: str = ""
    run: str = ""

    def client(self) -> DrillClient:
        """A client of the hub."""
        return self.place.client(self.token)

    def drill(self) -> DrillClient:
        """A client of the drill that is meant: the one that goes on. Raises EnvironmentMissing."""
        return self.place.client(self.token, run=self.going_on(), drill="the drill")

    def going_on(self) -> str:
        """The run that is meant. Raises EnvironmentMissing where none goes on, or several do."""
        if self.run:
            return self.run
        phases = ("running", "review", "starting")
        with self.client() as hub:
            found = [one for one in hub.get("/v1/runs") if one["phase"] in phases]
        found.sort(key=lambda one: phases.index(one["phase"]))
        running = [one["id"] for one in found if one["phase"] == "running"]
        if len(running) > 1:
            raise EnvironmentMissing(
                f"several drills of yours go on: {', '.join(running)}",
                f"say which: {URL}={self.place.url}/drills/{running[0]}",
            )
        if not found:
            raise EnvironmentMissing(
                f"no drill of yours is running at {self.place.url}",
                "your instructor starts one; see: drill runs list",
            )
        return str(found[0]["id"])


def place_of(url: str, fingerprint: str = "") -> HubPlace:
    """The hub at `url`, known by `fingerprint` where that is given.

    Raises UsageError for what is no hub's address, and for one that would be told tokens in the
    clear; EnvironmentMissing where nobody answers, or somebody else does.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"'{url}' is no address of a hub", "for example https://hub.example:8700")
    base = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme == "http":
        if host not in LOOPBACKS:
            raise UsageError(
                f"{base} speaks no TLS: everybody on the way could read your token",
                "ask for an https address",
            )
        return HubPlace(base)
    if not fingerprint:
        return HubPlace(base)
    wanted = fingerprint.replace(":", "").lower()
    if not FINGERPRINT.fullmatch(wanted):
        raise UsageError("a fingerprint is 64 hexadecimal digits", "copy the whole invite")
    shown = _certificate_at(host, port or 443)
    if hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest() != wanted:
        raise NotAllowed(
            f"what answers at {base} is not the hub that the invite is from: its certificate is"
            " another one",
            "somebody may be in between; ask whoever invited you",
        )
    return HubPlace(base, shown)


def _certificate_at(host: str, port: int) -> str:
    """What is shown there, before anything is said to it. Raises EnvironmentMissing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")
    except OSError as error:
        raise EnvironmentMissing(
            f"nobody answers at {host}:{port} ({error})",
            "is this machine on the same network, and the hub running?",
        ) from None


def profiles_file() -> Path:
    """Where `drill login` keeps what it was told: readable by this user alone."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "threeam" / "profiles.json"


class Profiles:
    """Everybody that this user is, somewhere; the one who signed in last is meant."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or profiles_file()
        self.by_name: dict[str, Profile] = {}
        self.chosen = ""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            for name, one in kept["profiles"].items():
                place = HubPlace(**one.pop("place"))
                self.by_name[name] = Profile(name=name, place=place, **one)
            self.chosen = kept["chosen"]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise EnvironmentMissing(
                f"{self._path} cannot be read ({type(error).__name__})",
                "remove it, and sign in anew: drill login INVITE",
            ) from None

    def get(self, name: str = "") -> Profile | None:
        """The one of that name, else the chosen one; None without any. Raises UnknownName."""
        if name and name not in self.by_name:
            raise UnknownName("profile", name, self.by_name)
        return self.by_name.get(name or self.chosen)

    def keep(self, profile: Profile) -> None:
        """Add somebody, whom this user is from now on."""
        self.by_name[profile.name] = profile
        self.chosen = profile.name
        self._write()

    def choose(self, name: str) -> Profile:
        """Be somebody else of these from now on. Raises UnknownName."""
        found = self.get(name)
        assert found is not None  # noqa: S101  a name was given
        self.chosen = name
        self._write()
        return found

    def forget(self, name: str) -> None:
        """Keep nothing of somebody any more."""
        self.by_name.pop(name, None)
        if self.chosen == name:
            self.chosen = next(reversed(self.by_name), "")
        self._write()

    def _write(self) -> None:
        kept = {name: asdict(one) for name, one in self.by_name.items()}
        for one in kept.values():
            del one["name"]
        draft = self._path.with_suffix(".new")
        self._path.parent.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump({"chosen": self.chosen, "profiles": kept}, file, indent=1)
        draft.replace(self._path)


def named_profile() -> Profile | None:
    """Who the environment says one is: by DRILL_URL and DRILL_TOKEN, or by DRILL_PROFILE.

    Raises UsageError, UnknownName, and what `place_of` raises.
    """
    if not (url := os.environ.get(URL)):
        name = os.environ.get(PROFILE, "")
        return Profiles().get(name) if name else None
    if not (token := os.environ.get(TOKEN)):
        raise UsageError(f"{URL} is set, and {TOKEN} is not", "set both, or neither")
    address, _, fragment = url.partition("#")
    fingerprint = parse_qs(fragment).get("fingerprint", [""])[0]
    below = RUN_OF.fullmatch(address)
    place = place_of(below["hub"] if below else address, fingerprint)
    return Profile(URL, place, token, run=below["run"] if below else "")


def kept_profile(name: str = "") -> Profile | None:
    """Who signed in here, last or under that name; None where nobody did. Raises UnknownName."""
    return Profiles().get(name)
