"""What all answers have in common, and how a route says which one it gives."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

JSON_LINES = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"

Responses = dict[int | str, dict[str, Any]]


class Answer(BaseModel):
    """An object that is answered: these fields, all of them, and no others.

    What holds for an answer holds for the dataclasses in it, too.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        # The models are for the document: whoever runs a drill does not wait for their validators.
        defer_build=True,
    )


class OpenAnswer(Answer):
    """An object in somebody else's form: it may have further fields, which nobody here relies on,
    and those with a default here may be missing."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow", json_schema_serialization_defaults_required=False
    )


def answers(model: Any, *, media_type: str = "application/json") -> Responses:
    """For `responses=` of a route: what it answers with when all is well."""
    return {200: {"model": model, "content": {media_type: {}}, "description": "As asked"}}
