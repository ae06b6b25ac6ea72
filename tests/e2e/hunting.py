"""Looking for the answer everywhere a participant can look."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx

from harness.catalog.reader import Catalog
from harness.paths import REPO
from tests.tidy.rules import TELLING

SERVICES = tuple(entry.name for entry in Catalog(REPO).topology())


def fault_names() -> list[str]:
    """What the faults and scenarios are called, as words and as written in code."""
    names = {*Catalog(REPO).fault_ids(), *Catalog(REPO).scenario_ids()} - {"healthy"}
    return sorted(names | {name.replace("-", "_") for name in names})


NAMES = re.compile(r"\b(" + "|".join(map(re.escape, fault_names())) + r")\b", re.IGNORECASE)


def hunt(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Every telling word in (where, text) pairs, with its surroundings."""
    found = []
    for where, text in texts:
        for pattern in (TELLING, NAMES):
            for match in pattern.finditer(text):
                around = text[max(0, match.start() - 40) : match.end() + 40]
                found.append(f"{where}: …{around!r}…")
    return found


def git_history(workspace: Path) -> Iterator[tuple[str, str]]:
    """Everything that git can be made to say in the participants' clone."""
    for words in (
        ("log", "-p", "--all", "--format=fuller"),
        ("reflog", "--all"),
        ("tag", "-n9"),
        ("fsck", "--lost-found", "--no-progress"),
        ("config", "--list", "--local"),
    ):
        done = subprocess.run(
            ["git", "-C", str(workspace), *words], capture_output=True, check=True, timeout=30
        )
        yield f"git {words[0]}", done.stdout.decode(errors="replace")


def processes_of_the_shop() -> Iterator[tuple[str, str]]:
    """Arguments, environment and working directory of every process of the shop's services."""
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if arguments.split(" ")[0] not in (*SERVICES, "shopd"):
                continue
            environment = (proc / "environ").read_bytes().decode(errors="replace")
            cwd = str((proc / "cwd").readlink())
        except OSError:
            continue
        yield f"arguments of {arguments}", arguments
        yield f"environment of {arguments}", environment
        yield f"working directory of {arguments}", cwd


def metrics(urls: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The metrics of each service."""
    for name, url in urls.items():
        yield f"metrics of {name}", httpx.get(f"{url}/metrics", trust_env=False).text


def logs(folder: Path) -> Iterator[tuple[str, str]]:
    """The services' own logs."""
    for name in SERVICES:
        yield f"log of {name}", (folder / f"{name}.jsonl").read_text(errors="replace")
