"""What `docs/architecture.md` states, and what the code says of the same things.

Both are sets of short claims by topic, such as `db_pool_in_use gauge` or `orders POST /orders`,
so that one comparison serves all of them.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from harness import ports
from harness.api.access import policy_of
from harness.api.app import ROUTERS
from harness.catalog.reader import Catalog
from harness.model import StackPlan
from harness.runtime.environment import service_environment
from harness.telemetry.log_store import LogStore
from harness.telemetry.recorder_metrics import exposition
from harness.telemetry.trace_store import TraceStore
from harness.thirdparty.spec import plan_third_parties
from harness.tokens import Caller
from loadgen.metrics import LoadMetrics
from tests.tidy.pages import section, spans, table
from tests.tidy.rules import LAYERS
from tests.tidy.shop_facts import metric_claims

ROOT = Path(__file__).resolve().parents[2]
Claims = Mapping[str, set[str]]
"""By topic."""

AUDIENCES = {
    frozenset({Caller.PARTICIPANT}): "participant",
    frozenset({Caller.PARTICIPANT, Caller.INSTRUCTOR}): "team",
    frozenset({Caller.INSTRUCTOR}): "instructor",
    frozenset({Caller.TELEMETRY}): "telemetry",
}
SIGNATURES = {
    "Runtime": "harness/runtime/base.py",
    "Record": "harness/record/store.py",
    "ProcessSpec": "harness/model.py",
}
ROUTE = re.compile(r"[A-Z]+ /")
INHERITED = {"PATH", "LANG"}
"""What a service has from the runtime, not from us."""


def picture() -> str:
    """The layers of the harness as a Mermaid diagram, each on top of what it may import."""
    names = [", ".join(sorted(layer)) for layer in LAYERS]
    boxes = [f'    L{level}["{name}"]' for level, name in reversed(list(enumerate(names)))]
    arrows = " --> ".join(f"L{level}" for level in reversed(range(len(names))))
    return "\n".join(["flowchart TD", *boxes, f"    {arrows}"])


def stated(page: str) -> Claims:
    """Everything on the page of the architecture that can be compared."""
    shop, environment = section(page, "HTTP of the shop"), section(page, "Environment of a service")
    metrics = section(page, "Metrics")
    parts = section(page, "Parts, and who may import whom")
    return {
        "layers": set(re.findall(r"^    L\d+.*$", parts, re.MULTILINE)),
        "parts": {name for row in table(parts, "part") for name in spans(row[0])},
        "ports": {f"{spans(row[0])[0]} {row[1]}" for row in table(section(page, "Ports"), "name")},
        "environment": {v for row in table(environment, "variables") for v in spans(row[0])},
        "settings": {
            f"{row[0]} {name}"
            for row in table(environment, "service")
            for name in spans(row[1].split(";")[0])
        },
        "metrics": {
            " ".join([spans(row[0])[0], row[1], *sorted(spans(row[2]))])
            for row in table(metrics, "metric")
        },
        "routes of the shop": {f"{row[0]} {spans(row[1])[0]}" for row in table(shop, "service")},
        "routes of a drill": drill_routes_on(page),
        "signatures": signatures_in("\n".join(python_blocks(section(page, "Signatures")))),
    }


def missing_modules(page: str) -> list[str]:
    """Modules of the harness in the page's diagrams that do not exist."""
    drawn = set(re.findall(r'\["([\w/]+\.py)"\]', page))
    return sorted(one for one in drawn if not (ROOT / "harness" / one).exists())


def drill_routes_on(page: str) -> set[str]:
    """`audience METHOD /path` of each route of a drill's API that the page lists."""
    rows = table(section(page, "HTTP of a drill"), "area")
    return {f"{row[1]} {one}" for row in rows for one in spans(row[2]) if ROUTE.match(one)}


def python_blocks(text: str) -> list[str]:
    """The fenced blocks of Python in a text."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def signatures_in(source: str) -> set[str]:
    """`Class.method(…) -> …` and `Class.field: …` of what is public in each class of a source."""
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {f"{one.name}: {line}" for one in classes for line in outline(one)}


def outline(one: ast.ClassDef) -> Iterator[str]:
    """The public methods and fields of a class, each as one line without body or docstring."""
    for node in one.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name == "__init__" or not node.name.startswith("_"):
                word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
                marks = "".join(f"@{ast.unparse(mark)} " for mark in node.decorator_list)
                returns = ast.unparse(node.returns) if node.returns else "?"
                yield f"{marks}{word} {node.name}({ast.unparse(node.args)}) -> {returns}"
        elif isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            yield ast.unparse(node)


def shop_facts() -> Mapping[str, set[str]]:
    """See `shop_facts.py`, which runs in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.tidy.shop_facts"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=100,
    )
    facts = json.loads(done.stdout.splitlines()[-1])
    return {topic: set(claims) for topic, claims in facts.items()}


def in_the_code() -> Claims:
    """The same topics as `stated`, from the code."""
    shop = shop_facts()
    return {
        "layers": set(picture().splitlines()[1:]),
        "parts": {part for layer in LAYERS for part in layer},
        "ports": set(_ports()),
        "environment": (shop["common_settings"] | given() | {"OPERATIONS_TOKEN"}) - INHERITED,
        "settings": shop["settings"],
        "metrics": shop["metrics"] | set(_load_metrics()) | set(_recorder_metrics()),
        "routes of the shop": shop["routes"],
        "routes of a drill": set(_drill_routes()),
        "signatures": {
            line
            for name, path in SIGNATURES.items()
            for line in signatures_in((ROOT / path).read_text())
            if line.startswith(f"{name}: ")
        },
    }


def given() -> set[str]:
    """The variables that a service is given about itself, its peers and the third parties."""
    topology = Catalog(ROOT).topology()
    parties = plan_third_parties(ROOT, port_offset=0, profile="normal", seed=1)
    plan = StackPlan("d-0000", ROOT, 0, 1, topology, {}, parties.service_env)
    return {name for entry in topology for name in service_environment(plan, entry, None)}


def _ports() -> Iterator[str]:
    yield from (f"{entry.name} {entry.port}" for entry in Catalog(ROOT).topology())
    for name, value in vars(ports).items():
        if isinstance(value, int):
            yield f"{name.lower()} {value}"


def _drill_routes() -> Iterator[str]:
    """Each route with who may use it; the console's files are one folder to the page."""
    policy = policy_of(ROUTERS)
    for (method, path), callers in policy.rules.items():
        yield f"{AUDIENCES[frozenset(callers)]} {method} {path}"
    for method, path in policy.public:
        if not path.startswith("/static/"):
            yield f"everybody {method} {path}"


def _load_metrics() -> Iterator[str]:
    metrics = vars(LoadMetrics(["checkout"])).values()
    return metric_claims(one for one in metrics if isinstance(one, MetricWrapperBase))


def _recorder_metrics() -> Iterator[str]:
    text, _ = exposition(TraceStore(), LogStore())
    for family in text_string_to_metric_families(text.decode()):
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = {label for sample in family.samples for label in sample.labels}
        yield " ".join([name, family.type, *sorted(labels)])


def differences(page: Claims, code: Claims) -> list[str]:
    """What one side says and the other does not, sorted."""
    return sorted(
        [
            *(
                f"{topic}: not on the page: {one}"
                for topic in code
                for one in code[topic] - page[topic]
            ),
            *(
                f"{topic}: not in the code: {one}"
                for topic in code
                for one in page[topic] - code[topic]
            ),
        ]
    )
