"""A long operation as it goes on: JSON lines, the last of which is a result or an error."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict

from harness.api.answers.shapes import Answer
from harness.api.answers.shop_answers import Deploy
from harness.record.events import VerifyFinished


class Problem(Answer):
    """What went wrong, as RFC 9457 has it, with the exit code for the command line; some say with
    `hint` what to do about it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_serialization_defaults_required=False
    )

    title: str
    status: int
    detail: str
    hint: str = ""
    exit_code: int


class Progress(Answer):
    """What is being done."""

    progress: str


class Failed(Answer):
    """It did not come to a result."""

    error: Problem


class Deployed(Answer):
    """The deploy, which is now in the log."""

    result: Deploy


class Profile(Answer):
    """What py-spy says: an SVG, speedscope's JSON, or the stacks as text."""

    service: str
    pid: int
    form: Literal["flamegraph", "speedscope", "stacks"]
    seconds: int
    content: str


class Profiled(Answer):
    """The profile that was taken."""

    result: Profile


class Verified(Answer):
    """The verification, whatever it found."""

    result: VerifyFinished


DeployLine = Progress | Deployed | Failed
ProfileLine = Progress | Profiled | Failed
VerifyLine = Progress | Verified | Failed
