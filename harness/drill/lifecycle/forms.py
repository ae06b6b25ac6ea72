"""In which form a fault is played: shipped while people watch, or long out and lying in wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.model import Fault, LatentForm, Scenario

EVERY = 2
"""One seed of so many draws the latent form."""


def in_drawn_form(
    scenario: Scenario, faults: Sequence[Fault], seed: int
) -> tuple[Scenario, tuple[Fault, ...]]:
    """The scenario and its faults, in the form that the seed draws.

    Every other seed draws the latent one where there is one, so that seeds in a row prove both. Of
    several faults none lies in wait: each may need customers of its own to be healthy until then.
    """
    form = faults[0].latent if len(faults) == 1 else None
    if form is None or seed % EVERY:
        return scenario, tuple(faults)
    return _healthy_until(scenario, form), (_latent(faults[0], form),)


def _latent(fault: Fault, form: LatentForm) -> Fault:
    """The fault, with its release out for hours."""
    if fault.release is None:
        raise ValueError(f"{fault.id} has no release that could be out before")
    return replace(
        fault,
        trigger=form.trigger,
        detect=form.detect or fault.detect,
        release=replace(fault.release, hours_ago=form.hours_ago),
    )


def _healthy_until(scenario: Scenario, form: LatentForm) -> Scenario:
    """The scenario as it is until the trigger comes."""
    return replace(
        scenario,
        load_profile=form.load_profile or scenario.load_profile,
        third_party_profile=form.third_party_profile or scenario.third_party_profile,
    )
