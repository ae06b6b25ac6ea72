"""The API's document, OpenAPI 3.1, from which the console's types are made:
`python -m harness.api.openapi` writes it.

It is made of the routes and their answers, and of no drill: it is the same for all of them. The
host itself serves it to nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic.json_schema import models_json_schema

from harness.api.access import policy_of
from harness.api.answers.progress_answers import Problem
from harness.api.app import ROUTERS
from harness.api.problems import PROBLEM
from harness.paths import REPO

DOCUMENT = REPO / "harness" / "console" / "web" / "openapi.json"
SCHEMA = "#/components/schemas/{model}"
TOKEN = "token"  # noqa: S105  what the scheme is called in the document
MEANING = (
    "A drill as its people and programs see it. Every request but those that everybody may make "
    "carries a token; `x-callers` says whose. Whatever goes wrong is a problem (RFC 9457)."
)


def document(
    routers: Collection[APIRouter] = ROUTERS, title: str = "3AM", meaning: str = MEANING
) -> dict[str, Any]:
    """The document of an application's routers as data."""
    app = FastAPI(title=title, version="1", description=meaning)
    for router in routers:
        app.include_router(router)
    made: dict[str, Any] = app.openapi()
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which we do not answer
        schemas.pop(name, None)
    policy = policy_of(routers)
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            callers = sorted(map(str, policy.rules.get((method.upper(), path), ())))
            _finish(operation, method, path, callers)
    schemas |= _problem()
    made["components"]["securitySchemes"] = {TOKEN: {"type": "http", "scheme": "bearer"}}
    _simplify(made["paths"])
    sent = _sent(made["paths"], schemas)
    for name, schema in schemas.items():
        _simplify(schema)
        if name not in sent:
            for field in schema.get("properties", {}).values():
                field.pop("default", None)  # an answer has the field, or it has not
    return _renamed(made)


def text(made: Mapping[str, Any] | None = None) -> str:
    """A document as it is committed: that of a drill, unless one is given."""
    return json.dumps(made or document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _finish(operation: dict[str, Any], method: str, path: str, callers: list[str]) -> None:
    """Say of an operation what FastAPI does not know."""
    operation["operationId"] = operation_id(method, path)
    operation["x-callers"] = callers or ["everybody"]
    operation["security"] = [{TOKEN: []}] if callers else []
    responses = operation["responses"]
    responses.pop("422", None)
    content = responses["200"]["content"]
    schema = content.pop("application/json")["schema"]
    if "$ref" in schema:  # beside it stands what FastAPI read off the route's own annotation
        schema = {"$ref": schema["$ref"]}
    # Where it is no JSON, the schema is that of a line, or of a frame.
    responses["200"]["content"] = {next(iter(content), "application/json"): {"schema": schema}}
    problem = {"schema": {"$ref": SCHEMA.format(model="Problem")}}
    responses["default"] = {"description": "A problem", "content": {PROBLEM: problem}}


def operation_id(method: str, path: str) -> str:
    """`get_traces_trace_id` for `GET /v1/traces/{trace_id}`: it stays the same as long as the path
    does."""
    words = re.findall(r"\w+", path.removeprefix("/v1"))
    return "_".join((method, *words)).replace("-", "_")


def _problem() -> dict[str, Any]:
    _, made = models_json_schema([(Problem, "serialization")], ref_template=SCHEMA)
    found: dict[str, Any] = made["$defs"]
    return found


def _sent(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas of what is sent, and of what is in it."""
    bodies = [one.get("requestBody") for path in paths.values() for one in path.values()]
    found: set[str] = set()
    new = set(_names_in(bodies))
    while new:
        found |= new
        new = {inner for name in new for inner in _names_in(schemas[name])} - found
    return found


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference.rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _names_in(one)


def _simplify(schema: Any) -> None:
    """Leave out titles, which only repeat names."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for key, value in schema.items():
            if key in ("properties", "schemas"):
                for one in value.values():
                    _simplify(one)
            elif key not in ("enum", "const", "default", "examples", "required"):
                _simplify(value)
    elif isinstance(schema, list):
        for one in schema:
            _simplify(one)


def _renamed(made: dict[str, Any]) -> dict[str, Any]:
    """Where what is sent and what is answered have one name, what is sent ends with `Body`."""
    names = {}
    for name in made["components"]["schemas"]:
        base, _, kind = name.partition("-")
        names[name] = base + ("Body" if kind == "Input" else "")
    renamed: dict[str, Any] = _with_names(
        made, {SCHEMA.format(model=old): new for old, new in names.items()}
    )
    schemas = {names[old]: schema for old, schema in renamed["components"]["schemas"].items()}
    renamed["components"]["schemas"] = schemas
    return renamed


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with_names(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_names(one, names) for one in value]
    if isinstance(value, str) and value in names:
        return SCHEMA.format(model=names[value])
    return value


def main(target: Path = DOCUMENT) -> None:
    """Write the document."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
