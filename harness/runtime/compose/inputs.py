"""What a build takes over from this machine: its trusted authorities and its package index.

Neither is ever committed: both go into the build's context, whose stage they do not outlive.
"""

from __future__ import annotations

import configparser
import io
import os
import subprocess
import sys
from pathlib import Path

from harness.child_env import NETWORK, PLACES, program_env

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
BUNDLE_SETTINGS = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
IN_CONTEXT = "/build/inputs"
PASSED_ON = ("index-url", "extra-index-url", "trusted-host", "timeout")
CONFIG_S = 30


def build_inputs() -> dict[str, bytes]:
    """Files for the build's `inputs/` folder: `pip.conf`, and the CA bundle where there is one."""
    bundle = ca_bundle()
    settings = {**_pip_settings(), "disable-pip-version-check": "1"}
    inputs = {}
    if bundle is not None:
        inputs["ca-certificates.crt"] = bundle.read_bytes()
        settings["cert"] = f"{IN_CONTEXT}/ca-certificates.crt"
    parser = configparser.RawConfigParser()
    parser["global"] = settings
    text = io.StringIO()
    parser.write(text)
    return {"pip.conf": text.getvalue().encode(), **inputs}


def ca_bundle() -> Path | None:
    """The authorities that this machine trusts, as one file."""
    named = [Path(os.environ[name]) for name in BUNDLE_SETTINGS if os.environ.get(name)]
    return next((path for path in (*named, BUNDLE) if path.is_file()), None)


def _pip_settings() -> dict[str, str]:
    """This machine's settings of pip that mean the same inside a build: no folders of its own."""
    argv = [sys.executable, "-m", "pip", "config", "list"]
    try:
        done = subprocess.run(
            argv,
            env=program_env(PLACES, NETWORK),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=CONFIG_S,
        )
    except subprocess.TimeoutExpired:
        return {}
    settings: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        option = name.split(".")[-1]
        words = [word for word in value.strip("'\"").split() if not word.startswith(("file:", "/"))]
        if option in PASSED_ON and words:
            settings[option] = " ".join(words)
    return settings
