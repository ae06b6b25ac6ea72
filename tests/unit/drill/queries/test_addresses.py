"""Every address that ordinary tools need is told, and no secret with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness import ports
from harness.cli.look import address_lines
from harness.drill.queries import addresses
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.model import Pager, ProcessInfo
from harness.telemetry.alertmanager import write_client_config
from harness.tokens import TokenBook

WORD = "open-sesame"
NOT_FOR_TOOLS = {
    "PROVIDER": "answers the shop alone",
    "LOGISTICS": "answers the shop alone",
    "MODEL": "answers the shop alone",
    "LOAD_METRICS": "Prometheus has them",
    "TUNNEL": "inside a network of containers",
}


@pytest.fixture
def up(session: Session) -> Session:
    """The shop is up, but for `feed`, which died."""
    runtime: Any = session.services.runtime
    runtime.down.add("feed")
    names = [entry.name for entry in session.spec.topology]
    runtime.processes = lambda: tuple(
        ProcessInfo(name, 4000 + number, name != "feed") for number, name in enumerate(names)
    )
    runtime.database_url = lambda name: f"postgresql://oncall:{WORD}@127.0.0.1:15432/{name}"
    session.spec = replace(session.spec, port_offset=10_000)
    return session


def not_told(answer: dict[str, Any], known: Iterable[str]) -> set[str]:
    """Ports of a drill, by their names, that the answer has no address of."""
    told = {urlsplit(one["url"]).port for one in answer["addresses"]}
    told |= {urlsplit(url).port for url in answer["databases"]["urls"].values()}
    return {name for name in known if getattr(ports, name) + 10_000 not in told}


def known_ports() -> set[str]:
    return {name for name, value in vars(ports).items() if isinstance(value, int)}


def test_every_port_that_a_tool_may_use_has_its_address(up: Session) -> None:
    up.spec = replace(up.spec, runtime="compose")
    answer = addresses.addresses(up)
    assert not_told(answer, known_ports()) == set(NOT_FOR_TOOLS)
    told = {one["name"]: one["url"] for one in answer["addresses"]}
    for entry in up.spec.topology:
        assert told[entry.name] == f"http://127.0.0.1:{entry.port + 10_000}"


def test_an_address_that_is_missing_is_noticed(up: Session) -> None:
    """Negative control."""
    answer = addresses.addresses(up)
    answer["addresses"] = [one for one in answer["addresses"] if one["name"] != "prometheus"]
    assert "PROMETHEUS" in not_told(answer, known_ports())


def test_only_what_this_runtime_starts_is_told(up: Session) -> None:
    names = {one["name"] for one in addresses.addresses(up)["addresses"]}
    assert "grafana" not in names
    assert "alertmanager" in names


def test_who_calls_people_is_told_and_what_amtool_needs_without_its_password(up: Session) -> None:
    tokens = TokenBook.create(up.spec.run_dir / "secrets")
    write_client_config(up.spec.run_dir, tokens)
    up.run.pager = Pager("0.28.1 (cache)", ("prometheus-alertmanager",))
    answer = addresses.addresses(up)
    assert answer["pager"]["what"] == "Alertmanager: 0.28.1 (cache)"
    file = Path(answer["pager"]["amtool_config"])
    user, password = tokens.login("oncall")
    assert json.loads(file.read_text())["basic_auth"] == {"username": user, "password": password}
    assert file.stat().st_mode & 0o077 == 0
    assert f"amtool --http.config.file={file}" in address_lines(answer)
    assert password not in json.dumps(answer)
    up.run.take_over_paging("it died")
    assert "embedded pager: it died" in address_lines(addresses.addresses(up))


def test_the_databases_are_told_without_the_password_which_has_a_command(up: Session) -> None:
    answer = addresses.addresses(up)
    stateful = {entry.name for entry in up.spec.topology if entry.database}
    assert set(answer["databases"]["urls"]) == stateful
    assert answer["databases"]["urls"]["payments"] == (
        "postgresql://oncall@127.0.0.1:15432/payments"
    )
    assert WORD not in json.dumps(answer)
    assert WORD not in "\n".join(address_lines(answer))
    assert addresses.password(up) == {"user": "oncall", "password": WORD}
    assert any("PGPASSWORD=$(drill password)" in text for text in address_lines(answer))


def test_each_service_has_the_number_of_its_process_and_a_dead_one_none(up: Session) -> None:
    rows = {one["service"]: one for one in addresses.addresses(up)["processes"]}
    order = [entry.name for entry in up.spec.topology]
    assert rows["payments"]["pid"] == 4000 + order.index("payments")
    assert rows["feed"] == {"service": "feed", "version": None, "pid": None}
    assert list(rows) == order


def test_a_number_inside_a_container_is_not_told_as_one_of_this_machine(up: Session) -> None:
    up.spec = replace(up.spec, runtime="compose")
    assert {one["pid"] for one in addresses.addresses(up)["processes"]} == {None}


def test_before_the_shop_is_up_there_is_no_database_and_no_process(up: Session) -> None:
    runtime: Any = up.services.runtime

    def not_up(_name: str) -> str:
        raise StackFailed("the stack is not up")

    runtime.database_url, runtime.processes = not_up, lambda: ()
    answer = addresses.addresses(up)
    assert answer["databases"] is None
    assert {one["pid"] for one in answer["processes"]} == {None}
    assert address_lines(answer)
    with pytest.raises(StackFailed):
        addresses.password(up)


def test_the_console_and_the_status_page_are_named_as_people_reach_them(up: Session) -> None:
    hub = "https://hub.example/drills/r-1"
    found = {one["name"]: one["url"] for one in addresses.addresses(up, hub)["addresses"]}
    assert (found["console"], found["status page"]) == (hub, f"{hub}/status")
    assert hub not in str(addresses.addresses(up))
