"""What a `git format-patch` mail says: the subject and body of its commit."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

from harness.errors import BadFile


def message_of(patch: Path) -> str:
    """The commit message of the mail at `patch`. Raises BadFile where it has no subject."""
    mail = email.message_from_bytes(patch.read_bytes(), policy=email.policy.default)
    subject = re.sub(r"^\s*\[PATCH[^\]]*\]\s*", "", " ".join(str(mail["subject"] or "").split()))
    if not subject:
        raise BadFile(patch, None, "it has no Subject: line", "make it with git format-patch")
    text = mail.get_content() if mail.get_content_maintype() == "text" else ""
    body = re.split(r"(?m)^(?:---|diff --git .*)$", text, maxsplit=1)[0].strip()
    return f"{subject}\n\n{body}\n" if body else f"{subject}\n"
