"""The shapes of the catalog's files, and their strict reading with `path:line` errors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError
from pydantic_core import ErrorDetails

from harness.catalog.toml_lines import KeyPath, key_lines, line_of, read_toml
from harness.causes import Mechanism
from harness.errors import BadFile

Text = Annotated[str, Field(min_length=1)]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
LooseMechanism = Annotated[Mechanism, Strict(False)]

NAMED_MAX = 25
"""So many names fit into an error where none of them is near."""


class StrictFile(BaseModel):
    """Base of all shapes: nothing is coerced, nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ReleaseTable(StrictFile):
    """`[release]` of a fault."""

    version_from: Version
    version_to: Version
    summary: Text
    author_name: Text
    author_email: Text


class BlipTable(StrictFile):
    """One `[[blip]]` of a scenario."""

    profile: Text
    after_s: Annotated[float, Field(ge=0, le=600)]
    for_s: Annotated[float, Field(gt=0, le=600)]


class DecoyFile(ReleaseTable):
    """release.toml."""

    service: Text
    body: str = ""


class ScenarioFile(StrictFile):
    """scenarios/<id>.toml."""

    title: Text
    faults: list[Text]
    decoys: list[Text]
    load_profile: Text
    third_party_profile: Text
    agenda: Text
    blip: list[BlipTable] = []


class FamilyFile(StrictFile):
    """families/<id>.toml."""

    title: Text
    one_of: Annotated[list[Text], Field(min_length=2)]
    agenda: Text


class PathFile(StrictFile):
    """paths/<id>.toml."""

    title: Text
    scenarios: Annotated[list[Text], Field(min_length=2)]


class ServiceTable(StrictFile):
    """One `[[service]]` of topology.toml."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    port: Annotated[int, Field(ge=1, le=65535)]
    version: Version
    database: Text | None = None
    calls: list[Text]
    summary: str = ""
    flags: list[Text] = []


class TopologyFile(StrictFile):
    """services/topology.toml."""

    service: Annotated[list[ServiceTable], Field(min_length=1)]


F = TypeVar("F", bound=StrictFile)


class Source:
    """A file that was read, kept so that later checks can name its lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content, self._text = read_toml(path)

    def parse(self, shape: type[F]) -> F:
        """The content as `shape`; raises BadFile for the first thing that is wrong."""
        try:
            return shape.model_validate(self._content)
        except ValidationError as error:
            # A misspelt key is also a missing one; the misspelling is what helps.
            errors = error.errors(include_url=False)
            misspelt = [one for one in errors if one["type"] == "extra_forbidden"]
            raise self._bad(shape, (misspelt or errors)[0]) from error

    def bad(self, where: KeyPath, message: str, hint: str = "") -> BadFile:
        """An error about the key `where`."""
        return BadFile(self.path, line_of(key_lines(self._text), where), message, hint)

    def bad_name(self, where: KeyPath, kind: str, name: str, known: Iterable[str]) -> BadFile:
        """An error about a name at `where` that nothing answers to, with the nearest of `known`."""
        return self.bad(where, f"there is no {kind} '{name}'{nearest(name, known)}")

    def check_name(self, where: KeyPath, kind: str, name: str, known: Iterable[str]) -> None:
        """Raises BadFile for a name at `where` that is none of `known`."""
        if name not in (among := list(known)):
            raise self.bad_name(where, kind, name, among)

    def check_names(self, key: str, kind: str, names: list[str], known: list[str]) -> None:
        """Raises BadFile for a name in the list `key` that is unknown, or there twice."""
        for index, name in enumerate(names):
            self.check_name((key, index), kind, name, known)
            if name in names[:index]:
                raise self.bad((key, index), f"'{name}' is named twice")

    def _bad(self, shape: type[StrictFile], error: ErrorDetails) -> BadFile:
        where: KeyPath = tuple(error["loc"])
        key = where[-1] if where else ""
        if error["type"] == "extra_forbidden":
            known = list(_fields_at(shape, where[:-1]))
            return self.bad(where, f"unknown key '{key}'{nearest(str(key), known)}")
        if error["type"] == "missing":
            inside = f" in [{'.'.join(map(str, where[:-1]))}]" if where[:-1] else ""
            return self.bad(where[:-1], f"the key '{key}' is missing{inside}")
        if error["type"] == "enum":
            known = re.findall(r"'([^']+)'", error.get("ctx", {}).get("expected", ""))
            return self.bad(
                where, f"unknown value {error['input']!r}{nearest(error['input'], known)}"
            )
        name = ".".join(map(str, where))
        message = error["msg"].removeprefix("Value error, ")
        return self.bad(where, f"'{name}': {message}" if name else message)


def nearest(name: object, known: Iterable[str]) -> str:
    """How an error about `name` ends: the nearest of `known`, or all where they are few."""
    among = sorted(known)
    if near := difflib.get_close_matches(str(name), among, n=1, cutoff=0.5):
        return f"; did you mean '{near[0]}'?"
    return f"; known are: {', '.join(among) or 'none'}" if len(among) <= NAMED_MAX else ""


def _fields_at(shape: type[BaseModel], where: KeyPath) -> dict[str, Any]:
    """The fields of the table at `where`."""
    fields: dict[str, Any] = dict(shape.model_fields)
    for step in where:
        if isinstance(step, int):
            continue
        annotation = fields[step].annotation
        [inner] = [one for one in get_args(annotation) if one is not NoneType] or (annotation,)
        fields = dict(inner.model_fields)
    return fields
