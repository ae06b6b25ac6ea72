"""What a child process is told: every environment is made here, from allow-lists.

A shell is full of settings that programs and libraries obey by themselves: PG*, PYTHON*, GIT_*,
COMPOSE_*, LC_*. None of them may decide whether a drill starts, or which machine it speaks with, so
a child is given what is named here and nothing else. `tests/tidy` finds a child without `env`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

CLEAN_ENV: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
"""All that a process of the stack inherits; everything else is given to it by name."""

PLACES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
"""Where programs find and keep what is this user's."""
CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
NETWORK = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *CA_FILES,
    *("SSL_CERT_DIR", "PIP_*", "UV_*", "APT_CONFIG"),
)
"""How this machine reaches package sources, for whatever fetches."""
ENGINE = ("DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT")
"""Which Docker engine is meant."""
HOST = (
    *("DRILL_*", "THREEAM_*", "*_IMAGE", "LOAD_CPUS", "LOAD_MEMORY"),
    *("SLACK_WEBHOOK_URL", "PAGERDUTY_*"),
)
"""Settings of a drill's host, for a further host. No key of the AI gate: nobody is there to ask."""

_ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
_CLIENT_SETTINGS = "PG*"


def program_env(*allowed: tuple[str, ...], **given: str) -> dict[str, str]:
    """The environment of a program of this machine.

    It has PATH, so that the program finds others, speaks English in UTF-8, and has of this
    process's settings those whose names match a pattern in `allowed`. A CA bundle that does not
    exist is left out: pip and others end at it. `given` goes over everything.
    """
    patterns = ("PATH", *(pattern for group in allowed for pattern in group))
    kept = {
        name: value
        for name, value in os.environ.items()
        if any(fnmatchcase(name, pattern) for pattern in patterns)
        and not (name in CA_FILES and not Path(value).is_file())
    }
    return {"PATH": os.defpath, **kept, **_ENGLISH, **given}


def forget_client_settings() -> None:
    """Take PG* from this very process, before it first connects to a server of ours.

    Both client libraries read them by themselves, and one of them, PGSERVICE, cannot be overruled
    by a connection string; with it a client goes to another machine.
    """
    for name in [name for name in os.environ if fnmatchcase(name, _CLIENT_SETTINGS)]:
        del os.environ[name]
