"""The first version of a fault's files: every key, with what it may be as a comment beside it."""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass

from harness.catalog.faults import ACTION_ITEMS_MIN, HINTS_MIN
from harness.catalog.known_names import KnownNames
from harness.catalog.reader import Catalog
from harness.causes import Mechanism, TriggerKind
from harness.errors import UnknownName, UsageError
from harness.measures import DEFAULT_OBJECTIVES
from harness.model import THIRD_PARTY_PROFILES, ServiceEntry
from harness.people import PEOPLE, Person

WIDTH = 98


@dataclass(frozen=True)
class Draft:
    """What is known of a fault before its release is written."""

    id: str
    service: ServiceEntry
    mechanism: Mechanism
    author: Person

    @classmethod
    def of(cls, catalog: Catalog, fault_id: str, service: str, mechanism: str) -> Draft:
        """Raises UnknownName for a service or mechanism that there is not, UsageError for an id
        that is taken or no name of a folder."""
        if not fault_id.replace("-", "").isalnum() or fault_id != fault_id.lower():
            raise UsageError(f"'{fault_id}' is no id", "small letters, digits and hyphens")
        if fault_id in (*catalog.fault_ids(), *catalog.drill_names()):
            raise UsageError(f"there is a '{fault_id}' already", "drill scenarios lists them")
        services = {entry.name: entry for entry in catalog.topology()}
        if service not in services:
            raise UnknownName("service", service, services)
        mechanisms = {one.value: one for one in Mechanism}
        if mechanism not in mechanisms:
            raise UnknownName("mechanism", mechanism, mechanisms)
        author = random.Random(fault_id).choice(PEOPLE)  # noqa: S311  no secret
        return cls(fault_id, services[service], mechanisms[mechanism], author)

    def fault_toml(self, names: KnownNames) -> str:
        """fault.toml; it is refused, line by line, until each empty value is filled in."""
        service, before = self.service.name, self.service.version
        bounds = [
            f"{one.measure} {'≥' if one.at_most is None else '≤'} "
            f"{one.at_least if one.at_most is None else one.at_most:g}"
            for one in DEFAULT_OBJECTIVES
        ]
        parts = [
            'title = ""  # for the instructor',
            f'service = "{service}"',
            f'mechanism = "{self.mechanism.value}"',
            f'locus = "services/{service}/"  # the file, and after a colon what is defined in it',
            _list("hints", HINTS_MIN, "from where to look to what it is"),
            _list("action_items", ACTION_ITEMS_MIN, "what a good postmortem holds"),
            "",
            "[release]",
            f'version_from = "{before}"',
            f'version_to = "{next_patch(before)}"',
            f'summary = ""  # the commit\'s subject, without "{service}: "',
            f'author_name = "{self.author.name}"',
            f'author_email = "{self.author.email}"',
            "",
            _comment(
                "[trigger] kind = … after_s = … only where something else than the deploy sets it "
                "off: " + ", ".join(one.value for one in TriggerKind)
            ),
            _comment(
                "[latent] hours_ago = [2, 5] … only where the shop is healthy with the release "
                "until something else than a deploy comes"
            ),
            _comment(
                "[mitigation] flag = … only where a rollback is no answer; flags of "
                f"{service}: {', '.join(self.service.flags) or 'none'}"
            ),
            "",
            "[[detect]]",
            _comment("one of " + ", ".join(names.alerts)),
            'alert = ""',
            "within_s = 10  # half as long again as it takes",
            "",
            *_evidence("metric", "PromQL that gives a value above 0, and none in a healthy shop"),
            *_evidence("trace", f'"path gateway > {service}", or "repeat 50 ^GET c$"'),
            *_evidence("commit", "a regular expression for a line that the release adds"),
            "[[verify]]",
            _comment("one of, with its bound as it is or tighter: " + ", ".join(bounds)),
            'measure = ""',
            "at_least = 0.98",
            "",
            "[accepts]",
            f'services = ["{service}"]',
            _comment("of " + ", ".join(one.value for one in Mechanism)),
            f'mechanisms = ["{self.mechanism.value}"]',
        ]
        return "\n".join(parts) + "\n"

    def scenario_toml(self, catalog: Catalog, names: KnownNames) -> str:
        """The scenario of this fault alone, with every decoy."""
        decoys = "".join(f'    "{name}",\n' for name in catalog.decoy_ids())
        return (
            'title = ""\n'
            f'faults = ["{self.id}"]\n'
            f"decoys = [\n{decoys}]\n"
            f'load_profile = "steady"  # {", ".join(names.load_profiles)}\n'
            f'third_party_profile = "normal"  # {", ".join(THIRD_PARTY_PROFILES)}\n'
            f'agenda = "solo"  # {", ".join(names.agendas)}\n'
        )

    def notes_md(self) -> str:
        """notes.md, to be filled in."""
        version = next_patch(self.service.version)
        return (
            f"# {self.service.name} {version}: deployment notes\n\n"
            f"**Author:** {self.author.name}\n\n"
            "**Reviewed by:**\n\n"
            "**Reason for change**\n\n> \n\n"
            "**Tested**\n\n"
            "**What nobody knew**\n"
        )


def next_patch(version: str) -> str:
    """One step on: 1.3.1 becomes 1.3.2."""
    major, minor, patch = version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"


def _list(key: str, count: int, what: str) -> str:
    return f"{key} = [  # {what}\n" + '    "",\n' * count + "]"


def _evidence(kind: str, find: str) -> list[str]:
    return ["[[evidence]]", f'kind = "{kind}"', f'find = ""  # {find}', 'shows = ""', ""]


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="#   ")
