"""One typo of each kind, planted in a copy of faults/: `drill` refuses it, and says where."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli import host
from harness.cli.main import main
from harness.matrix import runner
from harness.paths import REPO
from harness.runtime.programs.external import ensure

AROUND = ("compose", "docs", "harness", "loadgen", "services")
"""What faults/ refers to, which stays as it is."""

BAD_TIMEOUTS = "bad-timeouts/fault.toml"
DEADLOCK = "deadlock/fault.toml"
OVERLOAD = "feed-overload/fault.toml"
N_PLUS_ONE = "n-plus-one/fault.toml"
DECOY = "decoys/a-log-message/release.toml"
SCENARIO = "scenarios/no-fault.toml"
FAMILY = "families/outage-3am.toml"


@dataclass(frozen=True)
class Typo:
    """`was` of a file under faults/ has become `now`; `says` is what follows the line."""

    kind: str
    file: str
    was: str
    now: str
    says: str


TYPOS = (
    Typo("key of a fault", BAD_TIMEOUTS, "locus =", "locos =",
         "unknown key 'locos'; did you mean 'locus'?"),
    Typo("key that went", BAD_TIMEOUTS, "locus =", 'load_profile = "steady"\nlocus =',
         "unknown key 'load_profile'; known are: accepts"),
    Typo("key of a table", BAD_TIMEOUTS, "within_s =", "within =",
         "unknown key 'within'; did you mean 'within_s'?"),
    Typo("service", BAD_TIMEOUTS, 'service = "payments"', 'service = "paiments"',
         "there is no service 'paiments'; did you mean 'payments'?"),
    Typo("mechanism", BAD_TIMEOUTS, 'mechanism = "timeout-m', 'mechanism = "timeouts-m',
         "unknown value 'timeouts-misconfigured'; did you mean 'timeout-misconfigured'?"),
    Typo("accepted service", BAD_TIMEOUTS, '["payments"]', '["payments", "biling"]',
         "there is no service 'biling'; did you mean 'billing'?"),
    Typo("accepted mechanism", BAD_TIMEOUTS, '"bad-configuration"', '"bad-config"',
         "unknown value 'bad-config'; did you mean 'bad-configuration'?"),
    Typo("file of the locus", BAD_TIMEOUTS, "timeouts.toml:", "timeout.toml:",
         "there is no file of payments 'services/payments/timeout.toml';"
         " did you mean 'services/payments/timeouts.toml'?"),
    Typo("symbol of the locus", N_PLUS_ONE, "History.read", "History.reed",
         "there is no symbol of services/orders/history.py 'reed'; did you mean 'read'?"),
    Typo("version", BAD_TIMEOUTS, 'version_from = "2.4.1"', 'version_from = "2.4.0"',
         "the clean tree has payments 2.4.1, not 2.4.0"),
    Typo("author", BAD_TIMEOUTS, "Luca Moretti", "Luca Moreti",
         "there is no engineer 'Luca Moreti'; did you mean 'Luca Moretti'?"),
    Typo("author's address", BAD_TIMEOUTS, "luca.moretti@", "luca.moreti@",
         "Luca Moretti has the address 'luca.moretti@northgoods.example',"
         " not 'luca.moreti@northgoods.example'"),
    Typo("kind of trigger", OVERLOAD, '"traffic"', '"trafic"',
         "unknown value 'trafic'; did you mean 'traffic'?"),
    Typo("load profile of a trigger", OVERLOAD, '"news"', '"nws"',
         "there is no load profile 'nws'; did you mean 'news'?"),
    Typo("feature flag", OVERLOAD, '"ranking"', '"rankings"',
         "there is no feature flag of feed 'rankings'; did you mean 'ranking'?"),
    Typo("alert", BAD_TIMEOUTS, '"PaymentsFailing"', '"PaymentFailing"',
         "there is no alert 'PaymentFailing'; did you mean 'PaymentsFailing'?"),
    Typo("kind of evidence", BAD_TIMEOUTS, 'kind = "log"', 'kind = "logs"',
         "unknown value 'logs'; did you mean 'log'?"),
    Typo("service of a log", BAD_TIMEOUTS, "payments: connection", "payment: connection",
         "there is no service 'payment'; did you mean 'payments'?"),
    Typo("regular expression of a log", BAD_TIMEOUTS, "connection timeout to", "(connection to",
         "'(connection to payment provider' is no regular expression: missing ),"),
    Typo("shape of a trace", DEADLOCK, "path a > b", "pth a > b",
         "there is no shape of trace 'pth'; did you mean 'path'?"),
    Typo("service of a trace", N_PLUS_ONE, "repeat 50 ^POST c$", "path gateway > order",
         "there is no service 'order'; did you mean 'orders'?"),
    Typo("times of a trace", N_PLUS_ONE, "repeat 50 ^", "repeat fifty ^",
         "a repeated call is found by 'repeat <times> <regular expression>'"),
    Typo("commit", BAD_TIMEOUTS, r"_ms = 500\b", r"_ms = 5000\b",
         r"no line that release.patch adds matches 'provider_connect_timeout_ms = 5000\b'"),
    Typo("PromQL", BAD_TIMEOUTS, "find = 'rate(", "find = 'rat(",
         'this is no PromQL: 1:1: parse error: unknown function with name "rat"'),
    Typo("metric", BAD_TIMEOUTS, "rate(outbound_requests_total", "rate(outbound_request_total",
         "there is no metric 'outbound_request_total'; did you mean 'outbound_requests_total'?"),
    Typo("measure", BAD_TIMEOUTS, '"checkout_success_ratio"', '"checkout_sucess_ratio"',
         "there is no measure 'checkout_sucess_ratio'; did you mean 'checkout_success_ratio'?"),
    Typo("side of a bound", BAD_TIMEOUTS, "at_least = 0.98", "at_most = 0.98",
         "'checkout_success_ratio' is bounded by 'at_least'"),
    Typo("bound that bounds nothing", BAD_TIMEOUTS, "at_least = 0.98", "at_least = 0.9",
         "0.9 is looser than the 0.98 that every drill is held to"),
    Typo("key of a decoy", DECOY, "summary =", "sumary =",
         "unknown key 'sumary'; did you mean 'summary'?"),
    Typo("service of a decoy", DECOY, 'service = "a"', 'service = "order"',
         "there is no service 'order'; did you mean 'orders'?"),
    Typo("author of a decoy", DECOY, "Tomasz Wrona", "Thomas Wrona",
         "there is no engineer 'Thomas Wrona'; did you mean 'Tomasz Wrona'?"),
    Typo("key of a scenario", SCENARIO, "agenda =", "agendas =",
         "unknown key 'agendas'; did you mean 'agenda'?"),
    Typo("fault of a scenario", SCENARIO, "faults = []", 'faults = ["dedlock"]',
         "there is no fault 'dedlock'; did you mean 'deadlock'?"),
    Typo("decoy of a scenario", SCENARIO, '"b-carrier-tie"', '"b-carier-tie"',
         "there is no decoy 'b-carier-tie'; did you mean 'b-carrier-tie'?"),
    Typo("load profile", SCENARIO, '"steady"', '"stedy"',
         "there is no load profile 'stedy'; did you mean 'steady'?"),
    Typo("third-party profile", SCENARIO, '"normal"', '"norml"',
         "there is no third-party profile 'norml'; did you mean 'normal'?"),
    Typo("agenda", SCENARIO, '"solo"', '"sollo"',
         "there is no agenda 'sollo'; did you mean 'solo'?"),
    Typo("profile of a blip", SCENARIO, '"down"', '"dwn"',
         "there is no third-party profile 'dwn'; did you mean 'down'?"),
    Typo("key of a family", FAMILY, "one_of =", "one_off =",
         "unknown key 'one_off'; did you mean 'one_of'?"),
    Typo("scenario of a family", FAMILY, '"ai-latency"', '"ai-latencies"',
         "there is no scenario 'ai-latencies'; did you mean 'ai-latency'?"),
    Typo("agenda of a family", FAMILY, 'agenda = "outage-3am"', 'agenda = "outage-3pm"',
         "there is no agenda 'outage-3pm'; did you mean 'outage-3am'?"),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def promtool() -> Path:
    return ensure("promtool")


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of faults/ that `drill` reads instead, with the rest of the checkout beside it."""
    root = tmp_path / "checkout"
    shutil.copytree(REPO / "faults", root / "faults")
    for name in AROUND:
        (root / name).symlink_to(REPO / name)
    monkeypatch.setenv("DRILL_REPO", str(root))
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    return root / "faults"


def plant(faults: Path, typo: Typo) -> str:
    """Make the mistake; `file:line` of where it is."""
    path = faults / typo.file
    before, was, after = path.read_text().partition(typo.was)
    assert was, f"{typo.file} does not say {typo.was}"
    path.write_text(f"{before}{typo.now}{after}")
    return f"{path}:{before.count(chr(10)) + 1}"


def drill(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command line."""
    monkeypatch.setattr(sys, "argv", ["drill", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("typo", TYPOS, ids=lambda typo: typo.kind)
def test_a_typo_is_refused_with_its_place_and_the_nearest_word(
    faults: Path,
    typo: Typo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = plant(faults, typo)
    assert drill(monkeypatch, "scenarios", "--check") == 2
    assert capsys.readouterr().err.startswith(f"drill: {where}: {typo.says}")


def test_what_is_planted_nowhere_is_refused_nowhere(
    faults: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert faults.is_dir()
    assert drill(monkeypatch, "scenarios", "--check") == 0
    assert "every file under faults/ is sound" in capsys.readouterr().err


@pytest.mark.parametrize("file", [BAD_TIMEOUTS, DECOY, SCENARIO, FAMILY])
def test_no_drill_starts_while_any_file_has_a_typo(
    faults: Path,
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    started: list[object] = []
    monkeypatch.setattr(host, "_host", started.append)
    where = plant(faults, next(one for one in TYPOS if one.file == file))
    for command in ("run", "demo"):
        assert drill(monkeypatch, command, "deadlock") == 2
        assert capsys.readouterr().err.startswith(f"drill: {where}: ")
    assert started == []
    assert not (tmp_path / "home").exists()


def test_no_row_of_the_matrix_is_tried_while_any_file_has_a_typo(
    faults: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "REPO", faults.parent)
    monkeypatch.setattr(runner, "Checkout", lambda _: None)
    where = plant(faults, next(one for one in TYPOS if one.file == DECOY))
    assert drill(monkeypatch, "smoke", "deadlock") == 2
    assert capsys.readouterr().err.startswith(f"drill: {where}: ")


def test_a_drill_starts_where_no_file_has_a_typo(
    faults: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(host, "_host", lambda settings, *_, **__: started.append(settings))
    assert drill(monkeypatch, "run", "deadlock") == 0
    [settings] = started
    assert getattr(settings, "repo", None) == faults.parent


# kind, file, how it is misnamed, what is said of it
MISNAMED = (
    ("a fault's file", "deadlock/fault.toml", "fautl.toml",
     "deadlock/fautl.toml: nothing reads this file; did you mean 'fault.toml'?"),
    ("a decoy's patch", "decoys/a-log-message/release.patch", "relase.patch",
     "decoys/a-log-message/relase.patch: nothing reads this file; did you mean 'release.patch'?"),
    ("a decoy's file", "decoys/a-log-message/release.toml", "relese.toml",
     "decoys/a-log-message/relese.toml: nothing reads this file; did you mean 'release.toml'?"),
    ("a cheat", "deadlock/cheats/2-more-workers.patch", "2-more-workers.ptch",
     "deadlock/cheats/2-more-workers.ptch: nothing reads this file; known are: *.patch"),
    ("a scenario", "scenarios/deadlock.toml", "deadlock.tml",
     "scenarios/deadlock.tml: nothing reads this file"),
)  # fmt: skip


@pytest.mark.parametrize(("file", "now", "says"), [one[1:] for one in MISNAMED])
def test_a_misnamed_file_is_refused_and_not_overlooked(
    faults: Path,
    file: str,
    now: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (faults / file).rename((faults / file).with_name(now))
    assert drill(monkeypatch, "scenarios", "--check") == 2
    assert capsys.readouterr().err.startswith(f"drill: {faults}/{says}")
