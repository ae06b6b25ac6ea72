"""The checks that action items can be bound to: each finds its kind of release, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalog.files import Source
from harness.catalog.reader import Catalog
from harness.errors import BadFile
from harness.exercise.guards import Guard, known_guards, objection
from harness.paths import REPO

FAULTS = REPO / "faults"
CAUGHT = {
    "bad-timeouts": {"timeout-change-needs-load-test"},
    "cache-stampede": {"cache-needs-load-test"},
    "cert-rotation": {"trust-an-authority-not-a-certificate"},
    "charged-twice": {"keys-hold-nothing-of-one-request"},
    "connection-leak": {"what-is-held-says-who-gives-it-back"},
    "contract-drift": {"new-outcome-names-its-consumers"},
    "db-deadlock": {"lock-needs-load-test"},
    "deadlock": {"new-peer-needs-load-test"},
    "flag-default": {"flags-are-off-until-switched"},
    "float-drift": {"money-is-decimal"},
    "foreign-cache": {"kept-by-the-whole-question"},
    "id-runs-out": {"new-number-says-how-large"},
    "limiter-one-bucket": {"new-refusal-says-whom-it-counts"},
    "lock-across-call": {"lock-needs-load-test"},
    "memory-leak": {"nothing-is-kept-by-request"},
    "n-plus-one": {"new-peer-needs-load-test", "no-waiting-in-a-loop"},
    "oversize-config": {"new-limit-says-what-it-counts"},
    "redos": {"patterns-are-linear"},
    "retry-storm": {"timeout-change-needs-load-test"},
    "unindexed-lookup": {"conditions-stand-on-columns"},
    "worker-shortage": {"timeout-change-needs-load-test"},
}
RULES = [one for one in known_guards().values() if one.kind != "alert"]


def objectors(patch: Path) -> set[str]:
    """The rules that object to a release as its author mailed it."""
    mail = patch.read_text()
    message, _, difference = mail.partition("\n---\n")
    return {one.id for one in RULES if objection(one, difference, message)}


@pytest.mark.parametrize("fault", sorted(CAUGHT))
def test_each_kind_of_bad_release_has_a_rule_that_objects(fault: str) -> None:
    assert objectors(FAULTS / fault / "release.patch") == CAUGHT[fault]


@pytest.mark.parametrize("fault", sorted(CAUGHT))
def test_the_guards_say_that_they_guard_against_what_they_catch(fault: str) -> None:
    mechanism = Catalog(REPO).fault(fault).mechanism
    assert all(mechanism in known_guards()[name].guards for name in CAUGHT[fault])


@pytest.mark.parametrize("cheat", ["1-any-certificate", "2-whatever-its-name"])
def test_a_peer_that_is_not_checked_any_more_has_a_rule_that_objects(cheat: str) -> None:
    patch = FAULTS / "cert-rotation" / "cheats" / f"{cheat}.patch"
    assert objectors(patch) == {"peers-are-checked"}


@pytest.mark.parametrize(
    "decoy", sorted((FAULTS / "decoys").glob("*/release.patch")), ids=lambda path: path.parent.name
)
def test_a_harmless_release_is_asked_for_a_load_test_at_most(decoy: Path) -> None:
    assert {known_guards()[name].kind for name in objectors(decoy)} <= {"deploy"}


def test_a_release_that_touches_nothing_of_the_kind_passes_all() -> None:
    assert objectors(FAULTS / "decoys" / "gateway-logging" / "release.patch") == set()


@pytest.mark.parametrize("fault", sorted(CAUGHT))
def test_a_code_fix_is_asked_for_a_load_test_at_most(fault: str) -> None:
    kinds = {known_guards()[name].kind for name in objectors(FAULTS / fault / "fix.patch")}
    assert kinds <= {"deploy"}


def test_a_load_test_in_the_message_is_what_a_deploy_rule_asks_for() -> None:
    rule = known_guards()["timeout-change-needs-load-test"]
    change = "+++ b/services/payments/timeouts.toml\n@@ -1 +1 @@\n+read_timeout_ms = 500\n"
    assert objection(rule, change, "Shorter timeouts") == (
        "services/payments/timeouts.toml: read_timeout_ms = 500"
    )
    assert not objection(rule, change, "Shorter timeouts\n\nLoad-test: 200/s at a slow provider")
    assert objection(rule, change, "Shorter timeouts\n\nLoad-test:")


def test_only_lines_that_were_added_count() -> None:
    rule = known_guards()["money-is-decimal"]
    head = "+++ b/services/billing/domain.py\n@@ -1 +1 @@\n"
    assert objection(rule, f"{head}+    net: float\n", "")
    assert not objection(rule, f"{head}-    net: float\n     tax: float\n", "")
    assert not objection(rule, f"{head.replace('billing', 'feed')}+    net: float\n", "")


def test_a_check_that_is_half_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "guards.toml"
    path.write_text(
        'id = "x"\nkind = "deploy"\ntitle = "x"\nguards = ["overload"]\n'
        'files = "x"\npattern = "y"\n'
    )
    with pytest.raises(BadFile, match="has unless"):
        Source(path).parse(Guard)
