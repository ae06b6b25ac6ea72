"""What a team writes has fields of its own, and whoever misses one is told which there are."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.errors import UsageError
from harness.exercise.entries import Hypotheses, Update
from harness.exercise.fields import TEXT_MAX

PARTS = {"status": "s", "what_happened": "h", "what_we_did": "d", "current_state": "c"}


def test_an_unknown_field_is_told_with_the_nearest_right_word() -> None:
    with pytest.raises(UsageError, match="no field 'what_hapened'") as caught:
        Update.model_validate({**PARTS, "confidence": 1, "what_hapened": "x"})
    assert "what_happened" in caught.value.hint


def test_an_unknown_field_of_a_part_is_told_as_well() -> None:
    one = {"id": "h1", "text": "a deploy", "probability": 100}
    Hypotheses.model_validate({"hypotheses": [{**one, "for": [], "against": []}]})
    with pytest.raises(UsageError, match="no field 'agains'") as caught:
        Hypotheses.model_validate({"hypotheses": [{**one, "agains": []}]})
    assert "against" in caught.value.hint


def test_a_missing_field_is_named_with_all_that_there_are() -> None:
    with pytest.raises(UsageError, match="'confidence' is missing") as caught:
        Update.model_validate(PARTS)
    assert "eta_latest_minutes" in caught.value.hint


def test_a_text_has_a_bound() -> None:
    whole = {**PARTS, "confidence": 1, "current_state": "x" * TEXT_MAX}
    Update.model_validate(whole)
    with pytest.raises(ValidationError, match=f"at most {TEXT_MAX} characters"):
        Update.model_validate({**whole, "current_state": "x" * (TEXT_MAX + 1)})
