"""What the shop really serves, exports and reads, as JSON on stdout.

    python -m tests.tidy.shop_facts

A process of its own: a service that is built configures logging and metrics of its whole process.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from harness.catalog.reader import Catalog

ROOT = Path(__file__).resolve().parents[2]
THIRD_PARTIES = ("warehouse", "carrier", "partners")
SHARED_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
FRAMEWORK_ROUTES = frozenset(
    {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/static-offline-docs"}
)


def routes_of(routes: Iterable[object]) -> Iterator[str]:
    """`METHOD /path` of each route, those of included routers among them."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes_of(included.routes)
        elif (path := getattr(route, "path", "")) not in FRAMEWORK_ROUTES:
            methods = set(getattr(route, "methods", ())) - {"HEAD"}
            yield from (f"{method} {path}" for method in methods)


def metric_claims(metrics: Iterable[MetricWrapperBase]) -> Iterator[str]:
    """`name kind label label` of each metric, labels in order of the alphabet."""
    for metric in metrics:
        name = metric._name + ("_total" if metric._type == "counter" else "")
        yield " ".join([name, metric._type, *sorted(metric._labelnames)])


def exported_metrics() -> list[MetricWrapperBase]:
    """Every metric that a module of the shop defines."""
    modules = [module for name, module in sys.modules.items() if name.startswith("services.")]
    found = {id(one): one for module in modules for one in vars(module).values()}
    return [one for one in found.values() if isinstance(one, MetricWrapperBase)]


def main() -> None:
    """Build every service as its environment would, and say what came of it."""
    names = [entry.name for entry in Catalog(ROOT).topology()]
    for name in (*names, *THIRD_PARTIES):
        os.environ[f"{name.upper()}_URL"] = "http://127.0.0.1:1"
    os.environ["DATABASE_URL"] = "postgresql://user:password@127.0.0.1:1/none"
    routes: set[str] = set()
    settings: set[str] = set()
    for name in names:
        app = importlib.import_module(f"services.{name}.app").create_app()
        served = set(routes_of(app.routes))
        routes |= {f"{name} {route}" for route in served if route.split()[1] not in SHARED_ROUTES}
        own = type(app.state.settings)
        fields = set(own.model_fields) - set(own.__base__.model_fields)
        settings |= {f"{name} {field.upper()}" for field in fields}
        common = {field.upper() for field in own.__base__.model_fields}
    facts = {
        "routes": routes,
        "shared_routes": {route for route in served if route.split()[1] in SHARED_ROUTES},
        "settings": settings,
        "common_settings": common,
        "metrics": set(metric_claims(exported_metrics())),
    }
    print(json.dumps({key: sorted(values) for key, values in facts.items()}))  # noqa: T201


if __name__ == "__main__":
    main()
