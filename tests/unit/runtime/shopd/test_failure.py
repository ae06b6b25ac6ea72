"""A failed start is told in terms of the release's own code."""

from __future__ import annotations

from pathlib import Path

from harness.runtime.shopd.failure import describe, inside

TEXT = """Traceback (most recent call last):
  File "/opt/python/importlib/__init__.py", line 126, in import_module
    return _bootstrap._gcd_import(name)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/run/releases/abc/services/x/app.py", line 3, in <module>
    import nothing
    ^^^^^^^^^^^^^^
ModuleNotFoundError: No module named 'nothing'

During handling of the above exception, another exception occurred:

  File "/opt/python/other.py", line 1, in f
    f()
ValueError: second
"""


def test_only_frames_of_the_checkout_are_kept_with_short_paths() -> None:
    assert inside(TEXT, "/run/releases/abc") == (
        "Traceback (most recent call last):\n"
        '  File "services/x/app.py", line 3, in <module>\n'
        "    import nothing\n"
        "    ^^^^^^^^^^^^^^\n"
        "ModuleNotFoundError: No module named 'nothing'\n"
        "During handling of the above exception, another exception occurred:\n"
        "ValueError: second"
    )


def test_a_checkout_of_a_similar_name_is_not_ours() -> None:
    assert "app.py" not in inside(TEXT, "/run/releases/ab")


def test_an_error_without_a_frame_of_ours_still_says_what_it_is(tmp_path: Path) -> None:
    assert describe(ValueError("why"), str(tmp_path)) == "ValueError: why"
