"""Who can be benchmarked, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.players.responder_player import Unattended
from harness.players.trivial_players import POLICIES, Trivial

if TYPE_CHECKING:
    from harness.players.exec_play import Program

Say = Callable[[str], None]
MODEL = "model:"
"""Before the name of a model that plays, as its provider calls it."""
EXEC = "exec:"
"""Before the name of a program that plays, as results are to call it."""
PROVIDERS = ("OPENAI_*", "ANTHROPIC_*")
"""Settings by which a model is reached; of the tries, only those that it plays have them."""


@dataclass(frozen=True)
class Command:
    """A program that plays behind its fence, as it was asked for."""

    argv: tuple[str, ...]
    time_s: float = 900.0
    shown: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def program(self) -> Program:
        """What is started. Raises UsageError."""
        from harness.players.exec_play import Program, model_places

        return Program(
            self.argv,
            self.time_s,
            shown=tuple(map(Path, self.shown)),
            reached=model_places(self.reach),
            passed=self.passed,
            hidden=tuple(map(Path, self.hidden)),
        )

    def to_json(self) -> str:
        """For the process that plays."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Command:
        """What `to_json` wrote."""
        found = json.loads(text)
        time_s = found.pop("time_s")
        return cls(time_s=time_s, **{name: tuple(given) for name, given in found.items()})


class Entrant(Protocol):
    """Plays one whole drill, and never learns the answer."""

    shortfalls: list[str]
    complete: bool

    async def play(self, session: Session) -> None: ...


def _trivial(policy: str) -> Callable[[Say], Entrant]:
    return lambda say: Trivial(policy, say)


ENTRANTS: Mapping[str, Callable[[Say], Entrant]] = {
    "responder": Unattended,
    **{policy: _trivial(policy) for policy in POLICIES},
}
"""Those that need nothing."""


def require_entrant(name: str, command: Command | None = None) -> None:
    """Raises UnknownName where there is no such player, UsageError for a program that is none."""
    if name in ENTRANTS:
        return
    kind = next((one for one in (MODEL, EXEC) if name.startswith(one) and name != one), None)
    if kind is None:
        raise UnknownName("player", name, [*ENTRANTS, f"{MODEL}NAME", f"{EXEC}NAME"])
    if kind == EXEC:
        if command is None:
            raise UsageError(f"which program is {name}?", "--command 'my-agent --flag'")
        command.program()


def entrant(
    name: str, say: Say, price: str | None = None, command: Command | None = None
) -> Entrant:
    """The player of that name; `price` is a model's, `3,15` dollars for a million tokens read and
    written, `command` a program's. Raises UnknownName, UsageError, and EnvironmentMissing where no
    model can be reached."""
    require_entrant(name, command)
    if name in ENTRANTS:
        return ENTRANTS[name](say)
    if command is not None and name.startswith(EXEC):
        from harness.players.exec_play import ExecPlay

        return ExecPlay(command.program(), say)
    # What asks a model takes a while to import, which the others need not pay.
    from harness.agents.budgets import Budget, Price
    from harness.agents.model_endpoint import endpoint
    from harness.players.agent_play import ModelPlay

    asked = endpoint(name.removeprefix(MODEL), None, is_streamed=True)
    return ModelPlay(asked, Budget(), Price.read(price) if price else None, say)


def settings_of(name: str, command: Command | None = None) -> tuple[str, ...]:
    """What the process of a player is told of this one's environment."""
    if name.startswith(EXEC):
        return (*PROVIDERS, *(command.passed if command else ()))
    return PROVIDERS if name.startswith(MODEL) else ()


def may_take_s(name: str, command: Command | None = None) -> float:
    """How long it may play; 0 of those that take no time to think."""
    if name in ENTRANTS:
        return 0.0
    if command is not None and name.startswith(EXEC):
        return command.time_s
    from harness.agents.budgets import Budget

    return Budget.time_s
