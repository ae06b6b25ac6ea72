"""The API's document, and real answers held against it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from harness.api.answers.shapes import JSON_LINES
from harness.api.openapi import DOCUMENT

Document = Mapping[str, Any]


@cache
def committed() -> Document:
    """The document as it lies in the repository; that it is the code's is tested apart."""
    document: Document = json.loads(DOCUMENT.read_text())
    return document


def operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path template and operation."""
    for path, of_path in document["paths"].items():
        for method, operation in of_path.items():
            yield method.upper(), path, operation


def operation_of(request: httpx.Request) -> tuple[str, str, Mapping[str, Any]] | None:
    """What the document says of a request; a path without holes comes before one with them."""
    found = [
        one
        for one in operations(committed())
        if one[0] == request.method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one[1]), request.url.path)
    ]
    return min(found, key=lambda one: one[1].count("{"), default=None)


def mismatches(answer: httpx.Response) -> list[str]:
    """How an answer differs from what the document promises; empty where it does not."""
    operation = operation_of(answer.request)
    if operation is None:
        return [f"{answer.request.method} {answer.request.url.path} is not in the document"]
    responses = operation[2]["responses"]
    response = responses.get(str(answer.status_code), responses["default"])
    ((media_type, content),) = response["content"].items()
    got = answer.headers["content-type"].partition(";")[0]
    if got != media_type:
        return [f"{media_type} was promised, and {got} came"]
    texts = answer.text.splitlines() if media_type == JSON_LINES else [answer.text]
    return [one for text in texts for one in differences(json.loads(text), content["schema"])]


def differences(value: Any, schema: Any) -> list[str]:
    """How a value differs from a schema of the document."""
    return [
        f"{'/'.join(map(str, one.instance_path))}: {one.message[:300]}"
        for one in _validator(json.dumps(schema)).iter_errors(value)
    ]


@cache
def _validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": committed()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
