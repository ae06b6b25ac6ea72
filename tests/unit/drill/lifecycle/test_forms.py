"""A fault that lies in wait: which seeds draw it, and what the shop then is when a drill begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.causes import Trigger, TriggerKind
from harness.drill.lifecycle.draw import draw
from harness.drill.lifecycle.forms import EVERY, in_drawn_form
from harness.model import DetectRule, Fault, LatentForm, Scenario
from harness.paths import REPO
from harness.settings import HostSettings
from harness.workspace.workspace import Workspace

CATALOG = Catalog(REPO)
NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
FORM = LatentForm(
    Trigger(TriggerKind.THIRD_PARTIES, 3.0, profile="busy"),
    (3.0, 30.0),
    "night",
    "normal",
    (DetectRule("PaymentsFailing", 20.0),),
)
SCENARIO = CATALOG.scenario("bad-timeouts")
FAULT = replace(CATALOG.fault("bad-timeouts"), latent=FORM)


def drawn(seed: int, fault: Fault = FAULT) -> tuple[Scenario, Fault]:
    scenario, [found] = in_drawn_form(SCENARIO, (fault,), seed)
    return scenario, found


def test_half_of_the_seeds_draw_the_form_that_lies_in_wait() -> None:
    forms = [not drawn(seed)[1].is_shipped_live for seed in range(1, 1 + 2 * EVERY)]
    assert forms == [False, True] * EVERY
    assert drawn(1) == (SCENARIO, FAULT)


def test_it_has_a_trigger_alerts_and_a_healthy_shop_of_its_own() -> None:
    scenario, fault = drawn(2)
    assert (fault.trigger, fault.detect) == (FORM.trigger, FORM.detect)
    assert (scenario.load_profile, scenario.third_party_profile) == ("night", "normal")
    assert replace(fault, trigger=FAULT.trigger, detect=FAULT.detect, release=None) == replace(
        FAULT, release=None
    ), "the answer, and what proves it, are those of the other form"


def test_what_it_does_not_say_is_as_usual() -> None:
    bare = replace(FAULT, latent=LatentForm(FORM.trigger, FORM.hours_ago))
    scenario, fault = drawn(2, bare)
    assert fault.detect == FAULT.detect
    assert scenario == SCENARIO


def test_a_fault_without_that_form_is_drawn_as_it_is_by_every_seed() -> None:
    plain = replace(FAULT, latent=None)
    for seed in range(4):
        assert drawn(seed, plain) == (SCENARIO, plain)


def test_of_several_faults_none_lies_in_wait() -> None:
    faults = (FAULT, CATALOG.fault("float-drift"))
    assert in_drawn_form(SCENARIO, faults, 2) == (SCENARIO, faults)
    assert in_drawn_form(SCENARIO, (), 2) == (SCENARIO, ())


@pytest.mark.parametrize("name", [fault.id for fault in CATALOG.faults() if fault.latent])
def test_what_a_fault_waits_for_is_not_there_when_the_drill_begins(
    name: str, tmp_path: Path
) -> None:
    spec = draw(CATALOG, HostSettings(home=tmp_path, scenario=name, seed=2))
    [fault] = spec.faults
    assert not fault.is_shipped_live
    assert fault.trigger.kind is not TriggerKind.DEPLOY
    assert fault.trigger.load_profile != spec.scenario.load_profile
    assert fault.trigger.profile != spec.scenario.third_party_profile


def test_the_shop_begins_with_the_release_that_lies_in_wait(tmp_path: Path) -> None:
    [_, fault] = drawn(2)
    release = fault.release
    assert release is not None
    decoys = [CATALOG.decoy(name) for name in SCENARIO.decoys]
    workspace = Workspace.build(
        tmp_path / "run", REPO, CATALOG.topology(), [release], decoys, seed=2, now=NOW
    )
    shop = workspace.shop
    assert shop.initial[fault.service].version == release.version_to
    assert fault.service not in [one.release.service for one in shop.live]
    own = [one for one in shop.log if one.service == fault.service]
    assert [one.version_to for one in own] == [release.version_from, release.version_to]
    low, high = FORM.hours_ago
    assert timedelta(hours=low) <= NOW - own[-1].at <= timedelta(hours=high)
    assert [one for one in shop.log if one.at > own[-1].at], "colleagues have shipped since"
    # What it can be rolled back to is there, and so is what it changed.
    assert workspace.release(fault.service, release.version_from).path.is_dir()
    assert workspace.diff(fault.service, release.version_from, release.version_to)
