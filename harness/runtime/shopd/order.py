"""What the host orders of a fork: the release that it becomes, and its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """What the host wants run."""

    title: str
    """How the process shows in `ps`."""
    checkout: str
    """Root of the release: holds `services/`."""
    env: dict[str, str]
    """All of the environment."""
    log: str
    target: str
    """`module:function`; it is called with `args`."""
    args: list[str]
    serve: bool
    """The function makes an ASGI application, which is then served."""
    limits: dict[str, float]
    """open_files, address_space_bytes, graceful_s."""
    view: dict[str, Any] | None = None
    """What it sees of the machine (`view.enter`); None: whatever its user may see."""
