"""The tables of docs/authoring-reference.md: what an author may name, made of code and data.

`tests/tidy/test_authoring_reference.py` compares the page with it.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.authoring.service_load import journeys_of
from harness.catalog.known_names import KnownNames
from harness.measures import DEFAULT_OBJECTIVES
from harness.people import PEOPLE
from harness.thirdparty.llm_profiles import MODEL_PROFILES
from harness.thirdparty.profiles import PROFILES, Span
from harness.verification.stress_plan import StressPlan

PAGE = Path("docs/authoring-reference.md")
TITLE = """# What a fault can name

Made of the code by `drill author reference`; do not edit it by hand. What the words are for stands
in [authoring.md](authoring.md), mechanisms in [participant.md](participant.md). For one service's
routes, calls, sizes and time-outs as a healthy shop has them: `drill author load SERVICE`.
"""
ALERT = re.compile(r"^      - alert: (\w+)\n(.*?)(?=^      - |\Z)", re.MULTILINE | re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}")


def reference_page(root: Path) -> str:
    """The whole page, for the checkout at `root`."""
    plan = StressPlan.stress(1)
    stress = (
        f"It lasts {plan.duration_s:g} s and goes on top of the steady load; "
        f"{plan.reference_baskets} remembered baskets are priced again."
    )
    sections = (
        ("Journeys", _JOURNEYS, _table(_JOURNEY_COLUMNS, _journeys(root))),
        ("The stress of a verification", stress, ""),
        ("Measures", _MEASURES, _table(("measure", "bound"), _measures())),
        ("Third parties", _PARTIES, _table(("profile", *_SPANS, *_PARTY_FACTS), _third_parties())),
        ("The model provider", _MODELS, _table(("profile", *_MODEL_FACTS), _models())),
        ("Customers", _CUSTOMERS, _table(("profile", "journeys a second"), _profiles(root))),
        ("Alerts", _ALERTS, _table(("alert", "severity", "what it says"), _alerts(root))),
        ("Engineers", _ENGINEERS, _table(("name", "address"), _engineers())),
    )
    body = "\n".join(f"## {title}\n\n{text}\n\n{rows}" for title, text, rows in sections)
    return f"{TITLE}\n{body}\n---\n[All pages](README.md)\n".replace("\n\n\n", "\n\n")


_JOURNEYS = "At SCALE=1, by the profile `steady`; the scale multiplies them."
_JOURNEY_COLUMNS = ("journey", "a second", "verify adds", "what it does")
_MEASURES = "Every verification takes all of them, in every drill."
_PARTIES = "`third_party_profile`, and `profile` of a `[[blip]]`. Waits in milliseconds."
_SPANS = ("handshake", "response", "look_up")
_PARTY_FACTS = ("accepts", "status page")
_MODELS = "`model-slow` switches to `slow`. Waits in milliseconds."
_MODEL_FACTS = ("response", "available", "sensible", "status page")
_CUSTOMERS = "`load_profile`, and that of a `traffic` trigger."
_ALERTS = "`[[detect]] alert`; each has a page in `docs/runbooks/`."
_ENGINEERS = "`author_name`, with the address `author_email`."


def _journeys(root: Path) -> Iterable[Sequence[str]]:
    said = journey_texts(root)
    for one in journeys_of(root):
        yield f"`{one.journey}`", f"{one.per_s:g}", f"{one.verify_adds_per_s:g}", said[one.journey]


def journey_texts(root: Path) -> dict[str, str]:
    """What each journey does, by its name: the docstrings below loadgen/journeys."""
    texts: dict[str, str] = {}
    for file in sorted((root / "loadgen" / "journeys").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and (name := _name_of(node)):
                texts[name] = " ".join((ast.get_docstring(node) or "").split())
    return texts


def _name_of(node: ast.ClassDef) -> str:
    """The value of `name = "…"` in the class; empty where it has none."""
    for line in node.body:
        if (
            isinstance(line, ast.Assign)
            and [ast.unparse(target) for target in line.targets] == ["name"]
            and isinstance(line.value, ast.Constant)
        ):
            return str(line.value.value)
    return ""


def _measures() -> Iterable[Sequence[str]]:
    for one in DEFAULT_OBJECTIVES:
        side = f"≥ {one.at_least:g}" if one.at_least is not None else f"≤ {one.at_most:g}"
        yield f"`{one.measure}`", side


def _third_parties() -> Iterable[Sequence[str]]:
    for one in PROFILES.values():
        spans = (_span(getattr(one, name)) for name in _SPANS)
        yield f"`{one.name}`", *spans, _yes(one.accepts), one.status


def _models() -> Iterable[Sequence[str]]:
    for name, one in MODEL_PROFILES.items():
        facts = _yes(one.is_available), _yes(one.is_sensible), one.status
        yield f"`{name}`", _span(one.response), *facts


def _span(span: Span) -> str:
    return f"{span.low_ms:g} to {span.high_ms:g}"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _profiles(root: Path) -> Iterable[Sequence[str]]:
    for name in KnownNames(root).load_profiles:
        rates = ", ".join(f"{one.journey} {one.per_s:g}" for one in journeys_of(root, name))
        yield f"`{name}`", rates + _bought(root, name)


def _bought(root: Path, name: str) -> str:
    file = root / "loadgen" / "profiles" / f"{name}.toml"
    baskets = tomllib.loads(file.read_text(encoding="utf-8")).get("baskets", {})
    if not baskets:
        return ""
    lines, products = baskets["lines"], baskets["products"]
    return f"; baskets of {min(lines)} to {max(lines)} out of {len(products)} products"


def _alerts(root: Path) -> Iterable[Sequence[str]]:
    rules = sorted((root / "compose" / "prometheus" / "rules").glob("*.yml"))
    found = [pair for file in rules for pair in ALERT.findall(file.read_text(encoding="utf-8"))]
    for name, rule in sorted(found):
        yield f"`{name}`", _field(rule, "severity"), VALUE.sub("…", _field(rule, "description"))


def _field(rule: str, key: str) -> str:
    """A field of a rule's YAML, folded lines joined, with no bar that would end a cell."""
    found = re.search(rf"^( +){key}: (?:>-\n((?:\1 +.*\n)+)|(.+)$)", rule, re.MULTILINE)
    value = " ".join((found[2] or found[3]).split()) if found else ""
    return value.strip("\"'").replace("|", "/")


def _engineers() -> Iterable[Sequence[str]]:
    return ((one.name, one.email) for one in PEOPLE)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
