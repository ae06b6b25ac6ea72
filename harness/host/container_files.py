"""What a container is given by this machine: words, folders, files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import UsageError

ANYWHERE = "0.0.0.0"  # noqa: S104  of a container's own network


def python_command(module: str, *words: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    return ("python", "-m", module, *words)


def as_arguments(options: Mapping[str, object]) -> tuple[str, ...]:
    """Options as words of a command."""
    return tuple(str(word) for pair in options.items() for word in pair)


def inputs_folder(run_dir: Path) -> Path:
    """The folder of what containers are handed. We alone may enter it, and the engine for us."""
    folder = run_dir / "compose"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def writable_folder(run_dir: Path, name: str) -> Path:
    """A folder that a container may write into, whoever it runs as."""
    folder = inputs_folder(run_dir) / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    return folder


def readable_file(run_dir: Path, name: str, content: str) -> Path:
    """A file that a container may read, whoever it runs as."""
    path = inputs_folder(run_dir) / name
    path.write_text(content, encoding="utf-8")
    path.chmod(0o444)
    return path


def tls_address(setting: str, url: str) -> str:
    """`host:port` of the URL that a setting holds, reached by TLS. Raises UsageError.

    The URL itself may be a secret, and is not shown.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise UsageError(f"{setting} is not an https:// URL", "it is the whole URL")
    return f"{parts.hostname}:{parts.port or 443}"
