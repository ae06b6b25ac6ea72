"""Landlock: the kernel itself refuses this process files, whatever code asks for them.

Linux 5.13 and later have it, unless it is compiled out; it needs no privilege, holds for threads
and children, and cannot be taken away. Its rules only ever allow, by folder.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_HANDLED = _EXECUTE | _READ_FILE | _READ_DIR
"""What is refused unless allowed. Nothing is executed from now on."""


def read_only_below(paths: Iterable[Path]) -> bool:
    """From now on this process reads nothing but these folders and files, and executes nothing.

    False, and nothing has changed, where the kernel has no Landlock. Paths that are not there
    are left out. Raises OSError where the kernel has it and refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    attribute = struct.pack("=Q", _HANDLED)
    ruleset = int(libc.syscall(_CREATE_RULESET, attribute, len(attribute), 0))
    if ruleset < 0:
        return False
    try:
        for path in paths:
            _allow(libc, ruleset, path)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        rule = struct.pack("=Qi", allowed, target)
        _checked(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(target)


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
