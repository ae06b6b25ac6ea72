"""The shop's history through the hub, with the git that people have: cloned, fetched, pushed; and
whatever else is pushed is refused in words."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness.bounded_http import HangingUp
from harness.hub import shop_git
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_database import HubDatabase
from harness.hub.run_registry import Target
from harness.hub.tables import HubRole, Run
from harness.workspace import objects
from harness.workspace.smart_http import PUSH_BYTES_MAX
from tests.unit.hub.served_hub import TlsHub, served_over_tls

RUN = "r-00000001"
LONGEST_S = 600
READ_MAX = 40_000_000
"""Of a push that is refused: the bound, and what was on its way."""
GROWN_MAX = 64_000_000


@dataclass
class OneRun:
    """A registry with one run."""

    secrets: Path

    def target(self, run: str) -> Target:
        return Target("http://127.0.0.1:1", self.secrets)


@dataclass
class Shop:
    """A hub with a shop's repository, and somebody's clone of it."""

    hub: TlsHub
    origin: Path
    folder: Path
    tokens: dict[str, str]

    def url(self, who: str) -> str:
        place = self.hub.url.removeprefix("https://")
        return f"https://{who}:{self.tokens[who]}@{place}/drills/{RUN}/shop.git"

    def git(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "-c", f"http.sslCAInfo={self.hub.certificate.path}", *arguments],
            cwd=cwd or self.folder,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
                "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_TERMINAL_PROMPT": "0",
                "LC_ALL": "C",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )

    def done(self, *arguments: str) -> str:
        found = self.git(*arguments)
        assert found.returncode == 0, found.stderr
        return found.stdout.strip()

    def commit(self, message: str = "change") -> str:
        self.done("add", "--all")
        self.done("-c", "user.name=ada", "-c", "user.email=a@b", "commit", "-qm", message)
        return self.done("rev-parse", "HEAD")

    def refused(self, *arguments: str) -> str:
        """What git says where the push is not taken; nothing of it stays."""
        before = self.refs()
        found = self.git("push", *arguments)
        assert found.returncode != 0
        assert self.refs() == before
        return found.stderr

    def refs(self) -> str:
        return self.git("for-each-ref", cwd=self.origin).stdout


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture
def shop(accounts: Accounts, database: HubDatabase, owner: Known, tmp_path: Path) -> Iterator[Shop]:
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="healthy", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=1)
        )  # fmt: skip
    tokens = {
        name: accounts.join(accounts.invite(owner, team, role).code, name).token
        for name, role in (("ada", HubRole.PARTICIPANT), ("otto", HubRole.OBSERVER))
    }
    run_dir = tmp_path / "run"
    (run_dir / "secrets").mkdir(parents=True)
    git = objects.create_bare(run_dir / "shop.git")
    stream = (
        "commit refs/heads/main\nmark :1\ncommitter c <c@d> 1700000000 +0000\ndata 5\nfirst\n"
        "M 100644 inline services/a/app.py\ndata 4\na=1\n\n"
        "commit refs/snapshots/newest\ncommitter c <c@d> 1700000001 +0000\ndata 6\nhidden\n"
        "from :1\nM 100644 inline services/a/app.py\ndata 4\na=3\n\ndone\n"
    )
    git.run("fast-import", "--quiet", stdin=f"feature done\n{stream}".encode())
    with served_over_tls(accounts, OneRun(run_dir / "secrets"), tmp_path / "hub") as hub:
        made = Shop(hub, run_dir / "shop.git", tmp_path / "clone", tokens)
        cloned = made.git("clone", "-q", made.url("ada"), str(made.folder), cwd=tmp_path)
        assert cloned.returncode == 0, cloned.stderr
        yield made


def test_what_is_pushed_is_in_the_branch_and_in_other_clones(shop: Shop) -> None:
    (shop.folder / "services/a/app.py").write_text("a=2\n")
    commit = shop.commit()
    shop.done("push", "-q", "origin", "HEAD:main")
    assert f"{commit} commit\trefs/heads/main" in shop.refs()
    assert commit in shop.done("ls-remote", shop.url("otto"))


def test_a_branch_of_ones_own_is_taken(shop: Shop) -> None:
    (shop.folder / "services/a/app.py").write_text("a=2\n")
    commit = shop.commit()
    shop.done("push", "-q", "origin", "HEAD:ada/fix")
    assert f"{commit} commit\trefs/heads/ada/fix" in shop.refs()


def test_what_no_branch_shows_is_not_handed_out(shop: Shop) -> None:
    hidden = shop.git("rev-parse", "refs/snapshots/newest", cwd=shop.origin).stdout.strip()
    assert "snapshots" not in shop.done("ls-remote", "origin")
    found = shop.git("fetch", "origin", hidden)
    assert found.returncode != 0
    found = shop.git("-c", "protocol.version=2", "fetch", "origin", hidden)
    assert found.returncode != 0


def symbolic_link(shop: Shop) -> tuple[str, ...]:
    (shop.folder / "services/a/link").symlink_to("/etc/passwd")
    shop.commit()
    return "origin", "HEAD:main"


def submodule(shop: Shop) -> tuple[str, ...]:
    head = shop.done("rev-parse", "HEAD")
    shop.done("update-index", "--add", "--cacheinfo", f"160000,{head},services/a/sub")
    shop.done("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "sub")
    return "origin", "HEAD:main"


def link_that_is_gone_again(shop: Shop) -> tuple[str, ...]:
    """History keeps it, though the newest tree does not."""
    symbolic_link(shop)
    (shop.folder / "services/a/link").unlink()
    shop.commit()
    return "origin", "HEAD:main"


def tag(shop: Shop) -> tuple[str, ...]:
    shop.done("tag", "a/v9.9.9")
    return "origin", "a/v9.9.9"


def deletion(shop: Shop) -> tuple[str, ...]:
    return "origin", ":main"


def hidden_ref(shop: Shop) -> tuple[str, ...]:
    return "origin", "HEAD:refs/snapshots/newest"


def other_history(shop: Shop) -> tuple[str, ...]:
    shop.done("checkout", "-q", "--orphan", "other")
    shop.commit()
    return "--force", "origin", "HEAD:main"


def large_file(shop: Shop) -> tuple[str, ...]:
    (shop.folder / "services/a/data.bin").write_bytes(bytes(2_000_000))
    shop.commit()
    return "origin", "HEAD:main"


def bad_object(shop: Shop) -> tuple[str, ...]:
    """A tree with an entry that would overwrite a repository's own files."""
    blob = shop.done("hash-object", "-w", "services/a/app.py")
    tree = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
        cwd=shop.folder,
        input=b"100644 .git\0" + bytes.fromhex(blob),
        capture_output=True,
        check=True,
        env=dict(os.environ),
    ).stdout.decode()
    commit = shop.done(
        "-c", "user.name=a", "-c", "user.email=a@b",
        "commit-tree", tree.strip(), "-p", "HEAD", "-m", "bad",
    )  # fmt: skip
    return "origin", f"{commit}:refs/heads/main"


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (symbolic_link, "symbolic link"),
        (link_that_is_gone_again, "symbolic link"),
        (submodule, "submodule"),
        (tag, "only branches"),
        (deletion, "not deleted"),
        (hidden_ref, "deny updating a hidden ref"),
        (other_history, "non-fast-forward"),
        (large_file, "larger than 1 MB"),
        (bad_object, "hasDotgit"),
    ],
)
def test_what_is_no_plain_file_in_a_branch_is_refused_in_words(
    shop: Shop, prepare: Callable[[Shop], tuple[str, ...]], words: str
) -> None:
    assert words in shop.refused(*prepare(shop))


@dataclass
class Taken:
    """What a push took of the hub, at most: bytes read, bytes on its disk, bytes of its memory."""

    read: int = 0
    spooled: int = 0
    grown: int = 0


@contextmanager
def watched(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taken]:
    """What the hub, which is this process, takes while the block runs."""
    found, is_over = Taken(), threading.Event()
    received = HangingUp.data_received

    def counted(self: HangingUp, data: bytes) -> None:
        found.read += len(data)
        received(self, data)

    monkeypatch.setattr(HangingUp, "data_received", counted)
    begun = resident_bytes()

    def look() -> None:
        while not is_over.wait(0.005):
            found.spooled = max(found.spooled, unnamed_bytes(shop.origin.parents[1] / "hub"))
            found.grown = max(found.grown, resident_bytes() - begun)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        is_over.set()
        looking.join()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def unnamed_bytes(folder: Path) -> int:
    """Of files without a name that lie in a folder's file system and were made in it."""
    found = 0
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(path.readlink()).startswith(f"{folder}/"):
                found += path.stat().st_size
    return found


def push_of(shop: Shop, megabytes: int) -> None:
    """Commit so much that cannot be made smaller, and push it."""
    noise = os.urandom(1_000_000)
    with (shop.folder / "noise.bin").open("wb") as file:
        for number in range(megabytes):
            file.write(number.to_bytes(8, "big"))
            file.write(noise)
    quick = ("-c", "core.compression=0", "-c", "core.bigFileThreshold=1m")
    shop.done(*quick, "add", "--all")
    shop.done("-c", "user.name=ada", "-c", "user.email=a@b", "commit", "-qm", "noise")
    for name in ("core.compression=0", "core.bigFileThreshold=1m", "pack.window=0"):
        shop.done("config", *name.split("="))
    assert "413" in shop.refused("origin", "HEAD:main")


@pytest.mark.parametrize(
    "megabytes",
    [
        24,
        pytest.param(1000, marks=[pytest.mark.torture, pytest.mark.timeout(1800)], id="gigabyte"),
    ],
)
def test_a_push_beyond_the_bound_is_cut_before_it_fills_anything(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, megabytes: int
) -> None:
    with watched(shop, monkeypatch) as taken:
        push_of(shop, megabytes)
    print(f"\n  a push of {megabytes} MB: {taken}")  # noqa: T201
    assert PUSH_BYTES_MAX <= taken.read <= READ_MAX
    assert 0 < taken.spooled <= PUSH_BYTES_MAX
    assert taken.grown <= GROWN_MAX
    assert not list((shop.origin / "objects").glob("incoming-*"))
    # And the next one is served.
    shop.done("ls-remote", "origin")


def test_a_push_for_which_the_hub_has_no_room_is_refused_and_the_next_one_taken(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.folder / "services/a/app.py").write_text("a=2\n")
    shop.commit()
    opened = Path("/dev/full").open  # every write there fails as on a full disk
    full = SimpleNamespace(TemporaryFile=lambda **_: opened("r+b", buffering=0))
    with monkeypatch.context() as filled:
        filled.setattr(shop_git, "tempfile", full)
        assert "503" in shop.refused("origin", "HEAD:main")
    shop.done("push", "-q", "origin", "HEAD:main")


def test_who_looks_on_reads_and_does_not_push(shop: Shop) -> None:
    (shop.folder / "services/a/app.py").write_text("a=2\n")
    shop.commit()
    assert "403" in shop.refused(shop.url("otto"), "HEAD:main")


def test_a_wrong_token_gets_nothing(shop: Shop) -> None:
    shop.tokens["eve"] = "x" * 43
    assert shop.git("ls-remote", shop.url("eve")).returncode != 0


def test_a_token_as_a_password_is_gits_way_alone(shop: Shop) -> None:
    login: Any = ("ada", shop.tokens["ada"])
    trust = ssl.create_default_context(cafile=str(shop.hub.certificate.path))
    with httpx.Client(base_url=shop.hub.url, auth=login, verify=trust, trust_env=False) as http:
        assert http.get("/v1/me").status_code == 401
        refs = f"/drills/{RUN}/shop.git/info/refs"
        assert http.get(refs, params={"service": "git-upload-pack"}).status_code == 200
        assert http.get(refs).status_code == 403
        assert http.get(f"/drills/{RUN}/shop.git/config").status_code in (403, 404)
