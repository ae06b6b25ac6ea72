"""`drill git clone`: the shop's history on this machine, by the git that people have here."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.child_env import NETWORK, PLACES, program_env
from harness.cli.api_client import active_drill, profile_meant
from harness.cli.panels import Commands
from harness.cli.profiles import TOKEN, URL, Profile, kept_profile, named_profile, profiles_file
from harness.errors import DrillError, EnvironmentMissing, UsageError
from harness.terminal import line, say

NAME = "shop.git"
CERTIFICATES = "certificates"
RUNS_HERE = "the drill runs on this machine: its workspace is a clone already"

git = typer.Typer(help="Clone the shop from a hub, to push fixes.", no_args_is_help=True)


@git.command()
def clone(
    folder: Annotated[Path, typer.Argument(help="Where; a new folder.")] = Path("shop"),
) -> None:
    """Clone the shop of your drill; push, then deploy.

    Example: drill git clone shop && cd shop
    """
    profile = profile_meant()
    if profile is None:
        active_drill()  # there may be none at all
        raise UsageError(RUNS_HERE, "see: drill status")
    run = profile.going_on()
    base = profile.place.url
    program = [str(Path(sys.argv[0]).resolve()), "git", "credential", "--profile", profile.name]
    settings = {
        f"credential.{base}.helper": [
            "",
            f"!{shlex.join(program)}",
        ],  # the first: whatever keeps passwords here
        f"credential.{base}.useHttpPath": ["false"],
        "user.name": [profile.person or "on call"],
        "core.autocrlf": ["false"],
    }
    if profile.place.certificate:
        settings[f"http.{base}.sslCAInfo"] = [str(_certificate_file(profile.place.certificate))]
    given = [f"{name}={value}" for name, values in settings.items() for value in values]
    options = [part for one in given for part in ("-c", one)]
    _git("clone", *options, f"{base}/drills/{run}/{NAME}", str(folder))
    say(f"the shop is in {folder}: commit and push there, then `drill deploy SERVICE`")


@git.command(hidden=True)
def credential(
    action: Annotated[str, typer.Argument(help="What git asks for.")],
    profile: Annotated[str, typer.Option("--profile", help="Whose token.")] = "",
) -> None:
    """Give git the token of a profile, as it asks its helpers.

    Example: drill git credential get
    """
    asked = dict(one.partition("=")[::2] for one in sys.stdin.read().splitlines())
    found = _named(profile)
    place = f"{asked.get('protocol')}://{asked.get('host')}"
    if action != "get" or found is None or place != found.place.url:
        return  # another server is told nothing
    line(f"username={found.person or 'drill'}")
    line(f"password={found.token}")


def commit_to_deploy(message: str | None) -> str | None:
    """What `drill deploy` means in a clone: the commit that is checked out. None where the drill
    runs on this machine.

    Raises UsageError outside of a clone, and where there is something that was not committed.
    """
    profile = profile_meant()
    if profile is None:
        return None
    origin = _said("config", "--get", "remote.origin.url")
    if origin is None or not origin.startswith(f"{profile.place.url}/drills/"):
        raise UsageError(
            "this folder is no clone of your drill's shop",
            "go to the one that `drill git clone` made, or name a pushed --commit",
        )
    if message or _said("status", "--porcelain", "--untracked-files=no"):
        raise UsageError(
            "what is deployed from here is what was pushed",
            "git commit -a, git push, then drill deploy without -m",
        )
    commit = _said("rev-parse", "HEAD")
    if not commit:
        raise UsageError("nothing is checked out here", "git checkout main")
    return commit


def _named(name: str) -> Profile | None:
    if name == URL or (os.environ.get(URL) and os.environ.get(TOKEN)):
        return named_profile()
    return kept_profile(name)


def _certificate_file(pem: str) -> Path:
    """Where git finds by which certificate the hub is known."""
    folder = profiles_file().parent / CERTIFICATES
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(pem.encode()).hexdigest()[:16]}.pem"
    path.write_text(pem, encoding="ascii")
    return path


def _environment() -> dict[str, str]:
    """This user's git goes by this user's settings."""
    return program_env(PLACES, NETWORK, ("GIT_*", "SSH_*", "TERM", "DRILL_*"))


def _git(*arguments: str) -> None:
    """Run this user's git at their terminal. Raises DrillError where it fails."""
    try:
        done = subprocess.run(["git", *arguments], check=False, env=_environment())
    except FileNotFoundError:
        raise EnvironmentMissing("git was not found", "install git") from None
    if done.returncode != 0:
        raise DrillError(f"git {arguments[0]} failed", "its own words are above")


def _said(*arguments: str) -> str | None:
    """What this user's git says of the current folder; None where it says no."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
        )
    except FileNotFoundError:
        raise EnvironmentMissing("git was not found", "install git") from None
    return done.stdout.strip() if done.returncode == 0 else None


COMMANDS: Commands = {"Act": (("git", git),)}
