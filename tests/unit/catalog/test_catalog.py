"""The catalog: folders become models, and every mistake names its file and line."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.causes import Blip, Mitigation, Trigger, TriggerKind
from harness.errors import BadFile, UnknownName
from harness.model import DetectRule, LatentForm, Mechanism, Objective

FAULT = "faults/slow-boat/fault.toml"
DECOY = "faults/decoys/rebuild/release.toml"
SCENARIO = "faults/scenarios/slow-boat.toml"
FAMILY = "faults/families/boats.toml"
TOPOLOGY = "services/topology.toml"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def read_all(root: Path) -> None:
    catalog = Catalog(root)
    catalog.topology()
    catalog.faults()
    catalog.decoys()
    catalog.scenarios()
    catalog.families()


def test_a_folder_becomes_a_fault(root: Path) -> None:
    [fault] = Catalog(root).faults()
    assert fault.id == "slow-boat"
    assert fault.mechanism is Mechanism.TIMEOUT_MISCONFIGURED
    assert fault.release.version_to == "2.4.2"
    assert fault.release.patch == root / "faults/slow-boat/release.patch"
    assert fault.detect == (DetectRule("PaymentsFailing", 10), DetectRule("HighErrorRate", 20.5))
    assert fault.verify == (Objective("checkout_p95_ms", at_most=2000),)
    assert [path.name for path in fault.cheat_patches] == ["one.patch", "two.patch"]


def test_a_decoy_may_have_no_patch(root: Path) -> None:
    assert Catalog(root).decoy("rebuild").release.patch is None
    (root / "faults/decoys/rebuild/release.patch").touch()
    assert Catalog(root).decoy("rebuild").release.patch is not None


def test_a_scenario_names_its_parts(root: Path) -> None:
    scenario = Catalog(root).scenario("slow-boat")
    assert (scenario.faults, scenario.decoys) == (("slow-boat",), ("rebuild",))
    assert scenario.third_party_profile == "busy"


def test_a_fault_is_set_off_by_its_release_unless_it_says_otherwise(root: Path) -> None:
    assert Catalog(root).fault("slow-boat").trigger == Trigger(TriggerKind.DEPLOY)
    table = '[trigger]\nkind = "database-failover"\nafter_s = 8.0\n\n[accepts]'
    edit(root / FAULT, "[accepts]", table)
    assert Catalog(root).fault("slow-boat").trigger == Trigger(TriggerKind.DATABASE_FAILOVER, 8.0)


HICCUP = '[trigger]\nkind = "brief-outage"\nprofile = "hiccup"\nfor_s = 1.5\n\n[accepts]'


def test_third_parties_may_be_away_for_a_moment(root: Path) -> None:
    edit(root / FAULT, "[accepts]", HICCUP)
    expected = Trigger(TriggerKind.BRIEF_OUTAGE, profile="hiccup", for_s=1.5)
    assert Catalog(root).fault("slow-boat").trigger == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"hiccup"', '"hicup"', "there is no third-party profile 'hicup'; did you mean 'hiccup'?"),
        ("for_s = 1.5", "", "'brief-outage' needs a 'profile' and 'for_s'"),
        ('"brief-outage"', '"model-slow"', "only 'brief-outage' has a 'profile' and 'for_s'"),
    ],
)
def test_a_brief_outage_says_how_and_for_how_long(
    root: Path, old: str, new: str, message: str
) -> None:
    edit(root / FAULT, "[accepts]", HICCUP.replace(old, new))
    with pytest.raises(BadFile) as caught:
        Catalog(root).fault("slow-boat")
    assert message in str(caught.value)


LATENT = """\
[latent]
hours_ago = [2, 5]
load_profile = "news"
third_party_profile = "normal"

[latent.trigger]
kind = "third-parties"
profile = "busy"
after_s = 3.0

[[latent.detect]]
alert = "PaymentsFailing"
within_s = 20

[accepts]"""


def test_a_release_may_have_been_out_for_hours_until_something_sets_it_off(root: Path) -> None:
    assert Catalog(root).fault("slow-boat").latent is None
    edit(root / FAULT, "[accepts]", LATENT)
    assert Catalog(root).fault("slow-boat").latent == LatentForm(
        Trigger(TriggerKind.THIRD_PARTIES, 3.0, profile="busy"),
        (2.0, 5.0),
        "news",
        "normal",
        (DetectRule("PaymentsFailing", 20.0),),
    )


def test_what_lies_in_wait_is_set_off_as_usual_unless_it_says_otherwise(root: Path) -> None:
    edit(root / FAULT, "[accepts]", HICCUP.replace("[accepts]", "[latent]\nhours_ago = [2, 9]\n"))
    with (root / FAULT).open("a") as file:
        file.write('[accepts]\nservices = ["payments"]\nmechanisms = ["timeout-misconfigured"]\n')
    text = (root / FAULT).read_text()
    first = text.index("\nservices = ", text.index("[latent]"))
    (root / FAULT).write_text(text[:first] + text[text.index("\n[accepts]", first) :])
    fault = Catalog(root).fault("slow-boat")
    assert fault.latent == LatentForm(fault.trigger, (2.0, 9.0))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[2, 5]", "[1, 5]", "'hours_ago' is from when to when, of 2 to 120"),
        ("[2, 5]", "[9, 5]", "'hours_ago' is from when to when"),
        ("[2, 5]", "[2]", "latent.hours_ago"),
        ('"news"', '"nws"', "there is no load profile 'nws'; did you mean 'news'?"),
        ('"normal"', '"nrmal"', "no third-party profile 'nrmal'; did you mean 'normal'?"),
        ('"busy"', '"bsy"', "there is no third-party profile 'bsy'; did you mean 'busy'?"),
        ('profile = "busy"', "for_s = 2.0", "'third-parties' needs a 'profile'"),
        ("after_s = 3.0", "for_s = 2.0", "'third-parties' needs a 'profile', and has no 'for_s'"),
        ('"PaymentsFailing"', '"PaymentFailing"', "there is no alert 'PaymentFailing'"),
        (
            'kind = "third-parties"\nprofile = "busy"',
            'kind = "deploy"',
            "[latent] needs a [latent.trigger]: no deploy sets it off",
        ),
    ],
)
def test_a_mistake_in_the_form_that_lies_in_wait_is_named(
    root: Path, old: str, new: str, message: str
) -> None:
    table = LATENT.replace(old, new)
    assert table != LATENT
    edit(root / FAULT, "[accepts]", table)
    with pytest.raises(BadFile) as caught:
        Catalog(root).fault("slow-boat")
    assert message in str(caught.value)


def test_nothing_can_lie_in_wait_that_was_not_released(crowded: Path) -> None:
    edit(crowded / FAULT, "[accepts]", LATENT)
    with pytest.raises(BadFile, match=r"is of a .release. that was out before"):
        Catalog(crowded).fault("slow-boat")


NEWS = '[trigger]\nkind = "traffic"\nload_profile = "news"\n\n[mitigation]\nflag = "sorting"\n'


@pytest.fixture
def crowded(root: Path) -> Path:
    """The fault is no release any more: customers do it, and a flag helps."""
    edit(root / TOPOLOGY, "calls = []", 'calls = []\nflags = ["sorting"]')
    text = (root / FAULT).read_text()
    begin, end = text.index("[release]"), text.index("[[detect]]")
    text = text[:begin] + NEWS + "\n" + text[end:]
    begin, end = text.index("[[evidence]]"), text.index('[[evidence]]\nkind = "metric"')
    (root / FAULT).write_text(text[:begin] + text[end:])
    (root / "faults/slow-boat/release.patch").unlink()
    return root


def test_customers_alone_may_be_too_much_and_a_flag_may_help(crowded: Path) -> None:
    fault = Catalog(crowded).fault("slow-boat")
    assert fault.release is None
    assert fault.trigger == Trigger(TriggerKind.TRAFFIC, load_profile="news")
    assert fault.mitigation == Mitigation("sorting")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"news"', '"nws"', "14: there is no load profile 'nws'; did you mean 'news'?"),
        ('"sorting"', '"sort"', "17: there is no feature flag of payments 'sort'; did you mean"),
        ('load_profile = "news"', "", "12: 'trigger': 'traffic' needs a 'load_profile'"),
        ('kind = "traffic"', 'kind = "deploy"', "12: 'trigger': only 'traffic' has a"),
        ('[mitigation]\nflag = "sorting"', "", ": without a [release] there is nothing to roll"),
        (
            'kind = "traffic"\nload_profile = "news"',
            'kind = "database-failover"',
            ": without a [release] nothing but 'traffic' can set it off",
        ),
    ],
)
def test_what_sets_it_off_and_what_helps_must_be_there(
    crowded: Path, old: str, new: str, message: str
) -> None:
    edit(crowded / FAULT, old, new)
    with pytest.raises(BadFile) as caught:
        Catalog(crowded).fault("slow-boat")
    said = str(caught.value).removeprefix(str(crowded / FAULT)).removeprefix(":").removeprefix(" ")
    assert said.startswith(message.removeprefix(": "))


def test_an_unknown_trigger_comes_with_the_nearest(root: Path) -> None:
    edit(root / FAULT, "[accepts]", '[trigger]\nkind = "deploys"\n\n[accepts]')
    with pytest.raises(BadFile, match="unknown value 'deploys'; did you mean 'deploy'"):
        Catalog(root).fault("slow-boat")


def test_a_scenario_may_have_blips(root: Path) -> None:
    name = "slow-boat"
    assert Catalog(root).scenario(name).blips == ()
    path = root / SCENARIO
    path.write_text(path.read_text() + '\n[[blip]]\nprofile = "down"\nafter_s = 2.0\nfor_s = 8.0\n')
    assert Catalog(root).scenario(name).blips == (Blip("down", 2.0, 8.0),)


def test_two_faults_of_one_scenario_are_in_two_services(root: Path) -> None:
    twin = root / "faults" / "sunk-boat"
    shutil.copytree(root / "faults" / "slow-boat", twin)
    edit(root / SCENARIO, '["slow-boat"]', '["slow-boat", "sunk-boat"]')
    with pytest.raises(BadFile, match=":2: 'sunk-boat' and 'slow-boat' are both in payments"):
        Catalog(root).scenario("slow-boat")


def test_a_family_names_its_scenarios_and_is_asked_for_like_one(root: Path) -> None:
    catalog = Catalog(root)
    [family] = catalog.families()
    assert (family.id, family.one_of) == ("boats", ("slow-boat", "fast-boat"))
    assert catalog.drill_names() == ["fast-boat", "slow-boat", "boats"]
    assert "boats" not in catalog.scenario_ids()


def test_a_family_is_not_called_as_a_scenario_is(root: Path) -> None:
    (root / FAMILY).rename(root / "faults/families/slow-boat.toml")
    with pytest.raises(BadFile, match="there is a scenario 'slow-boat', too"):
        Catalog(root).families()


def test_the_topology_keeps_its_order_and_optional_databases(root: Path) -> None:
    first, second = Catalog(root).topology()
    assert (first.name, first.database) == ("payments", "payments")
    assert (second.name, second.database) == ("users", None)


@pytest.mark.parametrize("kind", ["fault", "decoy", "scenario", "family"])
def test_an_unknown_name_comes_with_the_nearest(root: Path, kind: str) -> None:
    with pytest.raises(UnknownName) as caught:
        getattr(Catalog(root), kind)({"decoy": "rebild", "family": "boast"}.get(kind, "slow-baot"))
    assert caught.value.near


# file, what is replaced, by what, and the whole error after the path
MISTAKES = [
    (FAULT, "locus =", "locos =", "5: unknown key 'locos'; did you mean 'locus'?"),
    (FAULT, "within_s = 10", "within = 10", "21: unknown key 'within'; did you mean 'within_s'?"),
    (FAULT, 'find = "path', 'fond = "path', "44: unknown key 'fond'; did you mean 'find'?"),
    (FAULT, "summary =", "sumary =", "15: unknown key 'sumary'; did you mean 'summary'?"),
    (FAULT, "locus", "#", "the key 'locus' is missing"),
    (FAULT, "summary", "#", "12: the key 'summary' is missing in [release]"),
    (FAULT, "within_s = 20.5", "", "23: the key 'within_s' is missing in [detect.1]"),
    (FAULT, "within_s = 20.5", "within_s = true", "25: 'detect.1.within_s': Input should be a"),
    (FAULT, "within_s = 20.5", 'within_s = "9"', "25: 'detect.1.within_s': Input should be a"),
    (FAULT, "within_s = 20.5", "within_s = nan", "25: 'detect.1.within_s': Input should be"),
    (FAULT, '"compare the versions"', "7", "8: 'hints.1': Input should be a valid string"),
    (FAULT, "at_most", "#", "47: 'verify.0': an objective needs 'at_least' or 'at_most'"),
    (FAULT, "at_most", "at_least = 3000\nat_most", "47: 'verify.0': 'at_least' is greater"),
    (FAULT, '= "timeout-m', '= "timeout_m', "4: unknown value 'timeout_misconfigured'; did you"),
    (FAULT, 'service = "pay', 'service = "pai', "3: there is no service 'paiments'; did you mean"),
    (FAULT, '["payments"]', '["users"]', "51: the fault's own service 'payments' is missing"),
    (FAULT, '["payments"]', '["nobody"]', "52: there is no service 'nobody'"),
    (FAULT, '"2.4.1"', '"2.4.0"', "13: the clean tree has payments 2.4.1, not 2.4.0"),
    (FAULT, '"2.4.2"', '"2.4.1"', "14: 2.4.1 is not after 2.4.1"),
    (FAULT, '"2.4.2"', '"2.4"', "14: 'release.version_to': String should match"),
    (FAULT, "title =", "service =", "3: Cannot overwrite a value"),
    (FAULT, "title =", "title", "2: Expected '=' after a key"),
    (FAULT, 'mechanisms = ["', 'mechanisms = [["', "54: Unclosed array"),
    (DECOY, "service =", "servise =", "1: unknown key 'servise'; did you mean 'service'?"),
    (DECOY, "body", "notes", "7: unknown key 'notes'; known are: "),
    (SCENARIO, "agenda", "ageda", "6: unknown key 'ageda'; did you mean 'agenda'?"),
    (SCENARIO, '["slow-boat"]', '["slow-bot"]', "2: there is no fault 'slow-bot'; did you mean"),
    (SCENARIO, '["rebuild"]', '["rebuild", "rebuild"]', "3: 'rebuild' is named twice"),
    (SCENARIO, '["rebuild"]', '"rebuild"', "3: 'decoys': Input should be a valid list"),
    (FAMILY, '"fast-boat"', '"fats-boat"', "2: there is no scenario 'fats-boat'; did you mean"),
    (FAMILY, '"fast-boat"', '"slow-boat"', "2: 'slow-boat' is named twice"),
    (FAMILY, ', "fast-boat"', '', "2: 'one_of': List should have at least 2 items"),
    (FAMILY, "agenda", "agendas", "3: unknown key 'agendas'; did you mean 'agenda'?"),
    (TOPOLOGY, "calls = []", 'call = []', "6: unknown key 'call'; did you mean 'calls'?"),
    (TOPOLOGY, '["payments"]', '["payment"]', "13: there is no service 'payment'; did you mean"),
    (TOPOLOGY, "8004", "8002", "11: port 8002 is given twice"),
    (TOPOLOGY, '"users"', '"payments"', "10: there are two services 'payments'"),
    (TOPOLOGY, "8004", "80040", "11: 'service.1.port': Input should be less than"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), MISTAKES)
def test_a_mistake_is_named_with_file_and_line(
    root: Path, file: str, old: str, new: str, message: str
) -> None:
    read_all(root)
    edit(root / file, old, new)
    started = time.process_time()
    with pytest.raises(BadFile) as caught:
        read_all(root)
    assert time.process_time() - started < 3
    assert caught.value.path == root / file
    assert str(caught.value).startswith((f"{root / file}:{message}", f"{root / file}: {message}"))


def with_cheat_removed(root: Path) -> Path:
    (root / "faults/slow-boat/cheats/one.patch").unlink()
    return root / "faults/slow-boat/cheats"


def with_missing(name: str) -> Callable[[Path], Path]:
    def spoil(root: Path) -> Path:
        path = root / "faults/slow-boat" / name
        path.unlink()
        return path

    return spoil


def with_content(content: bytes) -> Callable[[Path], Path]:
    def spoil(root: Path) -> Path:
        (root / FAULT).write_bytes(content)
        return root / FAULT

    return spoil


def with_a_pipe(root: Path) -> Path:
    (root / TOPOLOGY).unlink()
    os.mkfifo(root / TOPOLOGY)
    return root / TOPOLOGY


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(with_cheat_removed, id="one cheat only"),
        pytest.param(with_missing("release.patch"), id="no release.patch"),
        pytest.param(with_missing("fix.patch"), id="no fix.patch"),
        pytest.param(with_missing("notes.md"), id="no notes.md"),
        pytest.param(with_content(b'title = "\xff"\n'), id="not UTF-8"),
        pytest.param(with_content(b"a = 1\n" * 2_000_000), id="12 MB"),
        pytest.param(with_content(b"a = " + b"[" * 100_000), id="deeply nested"),
        pytest.param(with_content(b"[a]\n" * 50_000), id="the same table again and again"),
        pytest.param(with_content(b"a = [\n" + b"1,\n" * 60_000 + b"]\n"), id="an endless list"),
        pytest.param(with_content(b""), id="empty"),
        pytest.param(with_content(b"\x00" * 100), id="NUL bytes"),
        pytest.param(with_a_pipe, id="a pipe"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once(root: Path, spoil: Callable[[Path], Path]) -> None:
    path = spoil(root)
    started = time.process_time()
    with pytest.raises(BadFile) as caught:
        read_all(root)
    assert time.process_time() - started < 3
    assert caught.value.path == path


def refused(root: Path) -> str:
    """What the catalog says of the fault, after its file's name."""
    with pytest.raises(BadFile) as caught:
        Catalog(root).fault("slow-boat")
    return str(caught.value).removeprefix(f"{root / FAULT}:")


def test_an_alert_that_pages_has_a_runbook(root: Path) -> None:
    (root / "docs/runbooks/PaymentsFailing.md").unlink()
    assert refused(root).startswith("20: there is no runbook of the alert 'PaymentsFailing'")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (', "read the timeouts"', "", "6: 'hints': List should have at least 3 items"),
        (', "alert on them"', "", "10: 'action_items': List should have at least 4 items"),
        ('kind = "metric"\nfind = "rate', 'kind = "trace"\nfind = "repeat 2 ', "27: there is no"),
        ('kind = "commit"\nfind = \'', 'kind = "log"\nfind = \'users: ', "27: there is no"),
    ],
)
def test_a_fault_has_as_much_of_each_as_its_authors_promise(
    root: Path, old: str, new: str, message: str
) -> None:
    assert Catalog(root).fault("slow-boat")
    edit(root / FAULT, old, new)
    assert refused(root).startswith(message)


def test_a_cause_is_found_by_logs_or_by_traces(root: Path) -> None:
    text = (root / FAULT).read_text()
    begin, end = text.index('[[evidence]]\nkind = "log"'), text.index("[[verify]]")
    metric = '[[evidence]]\nkind = "metric"\nfind = "up"\nshows = "x"\n\n'
    (root / FAULT).write_text(text[:begin] + metric + text[end:])
    assert refused(root) == "27: there is no evidence of kind 'log' or 'trace'"
    (root / FAULT).write_text(text[:begin] + text[end:])
    assert refused(root).startswith("27: 'evidence': List should have at least 3 items")
    more = metric * 3
    (root / FAULT).write_text(text[:begin] + more + text[begin:])
    assert refused(root).startswith("27: 'evidence': List should have at most 5 items")


def test_the_harm_may_be_where_the_release_puts_it(root: Path) -> None:
    edit(root / FAULT, "timeouts.toml", "retries.py:Retries.next")
    assert refused(root).startswith("5: there is no file of payments 'services/pay")
    added = "+++ b/services/payments/retries.py\n+class Retries:\n+    def next(self) -> int:\n"
    patch = root / "faults/slow-boat/release.patch"
    patch.write_text(patch.read_text() + added)
    assert Catalog(root).fault("slow-boat")
    edit(root / FAULT, "Retries.next", "Retries.nxt")
    assert refused(root).startswith("5: there is no symbol of services/payments/retries.py 'nxt'")


def test_customers_do_the_same_in_a_surge_as_before_it(crowded: Path) -> None:
    profiles = crowded / "loadgen/profiles"
    (profiles / "steady.toml").write_text("[rates_per_s]\ncheckout = 5\nfeed = 3\n")
    (profiles / "news.toml").write_text("[rates_per_s]\ncheckout = 5\nfeed = 45\n")
    assert Catalog(crowded).scenario("slow-boat")
    edit(profiles / "news.toml", "checkout", "chekout")
    with pytest.raises(BadFile, match=r"slow-boat\.toml:4: .* differ in: checkout, chekout$"):
        Catalog(crowded).scenario("slow-boat")


def test_a_release_may_bring_its_metric(root: Path) -> None:
    edit(root / FAULT, "outbound_requests_total", "outbound_giving_up_total")
    assert refused(root).startswith("34: there is no metric 'outbound_giving_up_total'; did you")
    patch = root / "faults/slow-boat/release.patch"
    patch.write_text(f'{patch.read_text()}+GIVEN_UP = Counter("outbound_giving_up_total", "x")\n')
    assert Catalog(root).fault("slow-boat")


def test_a_patch_without_a_release_is_refused(crowded: Path) -> None:
    (crowded / "faults/slow-boat/release.patch").write_text("")
    assert "there is a release.patch, and no [release]" in refused(crowded)


def test_a_fault_is_read_once(root: Path) -> None:
    catalog = Catalog(root)
    assert catalog.fault("slow-boat") is catalog.fault("slow-boat")


def test_expressions_are_parsed_together_by_who_can(root: Path) -> None:
    asked: list[list[str]] = []

    def errors(expressions: Sequence[str]) -> dict[str, str]:
        asked.append(list(expressions))
        return {expressions[0]: "no such function"}

    Catalog(root).check()
    with pytest.raises(BadFile, match=r"fault\.toml:34: this is no PromQL: no such function"):
        Catalog(root).check(errors)
    assert asked == [["rate(outbound_requests_total[15s]) > 0"]]


def test_a_folder_without_its_main_file_is_no_fault(root: Path) -> None:
    (root / "faults/fast-boat").mkdir()
    with pytest.raises(BadFile, match=r"fast-boat: there is no 'fault\.toml' in this folder"):
        Catalog(root).check()


def test_what_editors_leave_is_overlooked(root: Path) -> None:
    (root / "faults/slow-boat/.fault.toml.swp").touch()
    Catalog(root).check()
