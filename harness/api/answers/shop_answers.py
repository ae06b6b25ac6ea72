"""The running shop: where it answers, what is in its databases, what was deployed and switched."""

from __future__ import annotations

from typing import Literal

from harness.api.answers.shapes import Answer
from harness.record.events import DeployKind


class Address(Answer):
    """What answers where, and what it is for."""

    name: str
    url: str
    what: str


class Databases(Answer):
    """The databases as one may read them; the password is what `password_command` prints."""

    user: str
    host: str
    port: int
    urls: dict[str, str]
    password_command: str


class Process(Answer):
    """A service's process; `pid` is this machine's, null where it is in a container or none
    runs."""

    service: str
    version: str | None
    pid: int | None


class PagerInUse(Answer):
    """Who calls people, and why; the file that shows amtool's user to it."""

    what: str
    amtool_config: str


class Addresses(Answer):
    """Where everything answers; `databases` is null before the shop is up."""

    addresses: list[Address]
    pager: PagerInUse
    databases: Databases | None
    processes: list[Process]


class Password(Answer):
    """Of the role that reads the databases."""

    user: str
    password: str


class SqlRows(Answer):
    """What a statement found; `cut` where there was more. Values that JSON has no word for are
    text, as Postgres writes it."""

    columns: list[str]
    rows: list[list[str | int | bool | None]]
    cut: bool


class Deploy(Answer):
    """A deploy that ended, `at` in UTC by ISO 8601 (in the result of a long operation with a blank
    for the T); `version_from` is empty where the log begins."""

    at: str
    deploy_id: str
    service: str
    version_from: str
    version_to: str
    commit: str
    kind: DeployKind
    by: str
    summary: str
    outcome: Literal["succeeded", "failed"]
    error: str


class Change(Answer):
    """What a version changed: its notes, and the difference as unified diff text."""

    notes: str
    diff: str


class Flag(Answer):
    """A feature flag; `enabled` is null where its service does not answer."""

    service: str
    name: str
    enabled: bool | None


class SwitchedFlag(Flag):
    """A flag that was just switched; `held` says who tells what came of it, where one was said."""

    held: str
