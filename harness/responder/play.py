"""The responder at work: from the page to the proof, by the usual steps of an incident."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from harness.errors import DrillError
from harness.model import Mechanism
from harness.responder import messages
from harness.responder.acts import flag_to_switch_off
from harness.responder.hypotheses import Hypothesis, hypotheses
from harness.responder.investigate import look
from harness.responder.lessons import lessons
from harness.responder.observations import Observations, read
from harness.responder.participant_client import Api
from harness.responder.symptoms import Symptom, symptoms
from harness.waiting import WaitedTooLong, wait_until_sync

T = TypeVar("T")

HEALTHY_TIMEOUT_S = 120.0
QUIET_S = 60.0
"""Without a page for so long since the last release, nothing is wrong."""
PAGE_TIMEOUT_S = 1800.0
ENOUGH_PERCENT = 75
ACT_PERCENT = 50
SUSPECT_PERCENT = 20
"""Enough to undo a release by when waiting has not helped."""
THINK_S = 40.0
POLL_S = 1.0
RECOVERY_TIMEOUT_S = 75.0
PIPELINE_TIMEOUT_S = 45.0
ACTS_MAX = 2


class Responder:
    """Plays one drill through `api`; `say` is told what it does, for whoever watches."""

    def __init__(self, api: Api, say: Callable[[str], None], *, quiet_s: float = QUIET_S) -> None:
        self.api, self.say, self.quiet_s = api, say, quiet_s
        self.worst: list[Symptom] = []
        """What was wrong when most was: it is told also once it is over."""
        self.done: list[str] = []
        """What it did to the shop, as it tells others."""
        self.waited = False
        """Whether it has tried what costs nothing."""
        self._seen: Observations | None = None

    def play(self) -> bool:
        """True where the shop was proven sound in the end. Raises what `Api` raises."""
        self._wait_for("the shop to be healthy", self._is_healthy, HEALTHY_TIMEOUT_S)
        if not self._paged():
            return self._nothing_is_wrong()
        self._take_over()
        top = self._reason()
        for _ in range(ACTS_MAX):
            self._declare(top)
            self._act(top)
            if self._silent():
                break
            self.say("the alerts go on: looking again")
            top = self._reason()
        if top.mechanism is None:
            top = self._reason()
            self._declare(top)
        return self._prove(top)

    def _is_healthy(self) -> bool | None:
        return self.api.get("/v1/status")["phase"] != "starting" or None

    def _paged(self) -> bool:
        """Wait until there is a page, or for long enough without one."""
        self.say("on call; waiting for a page")
        began = time.time()

        def decided() -> str | None:
            if self.api.get("/v1/pages"):
                return "paged"
            log = self.api.get("/v1/deploys")
            last = max((datetime.fromisoformat(one["at"]).timestamp() for one in log), default=0)
            return "quiet" if time.time() - max(last, began) > self.quiet_s else None

        return self._wait_for("a page or silence", decided, PAGE_TIMEOUT_S) == "paged"

    def _nothing_is_wrong(self) -> bool:
        """No page: look once, change nothing, prove it."""
        ranked = self._look()[1]
        self.api.post("/v1/hypotheses", messages.revision(ranked))
        if ranked[0].mechanism is Mechanism.NO_FAULT:
            note = "nothing is wrong: nobody was paged, and nothing fails"
        else:
            note = f"not paged, and left alone: {messages.headline(self.worst)}"
        self.say(note)
        self.api.post("/v1/notes", {"text": note})
        return self._verified()

    def _take_over(self) -> None:
        self._acknowledge()
        seen = self._look()[0]
        self.api.post("/v1/incident", messages.incident(self.worst, seen))
        self.api.post("/v1/triage", messages.triage(self.worst))
        self._tell("investigating", None, "acknowledged the page and began to look")

    def _acknowledge(self) -> None:
        """Answer all pages that wait, if any do."""
        if any(page["acknowledged_by"] is None for page in self.api.get("/v1/pages")):
            for page in self.api.post("/v1/pages/ack"):
                self.say(f"acknowledged {page['alert']}: {page['summary']}")

    def _reason(self) -> Hypothesis:
        """Look until one hypothesis is likely enough, or it is time to decide."""
        latest: list[Hypothesis] = []

        def sure() -> bool | None:
            latest[:] = self._look()[1]
            return latest[0].mechanism is not None and latest[0].percent >= ENOUGH_PERCENT

        with suppress(WaitedTooLong):  # then the likeliest is as good as it gets
            self._wait_for("a likely hypothesis", sure, THINK_S)
        self.api.post("/v1/hypotheses", messages.revision(latest))
        for one in latest:
            self.say(f"{one.percent:3d} %  {one.id}: {one.says[0]}")
        return latest[0]

    def _declare(self, top: Hypothesis) -> None:
        if top.mechanism is None:
            return
        self.api.post("/v1/diagnoses", messages.diagnosis(top))
        self.say(f"diagnosed: {top.service}, {top.mechanism} ({top.percent} %)")

    def _act(self, top: Hypothesis) -> None:
        """Undo the suspected release, or give up a feature of what is overloaded; without either,
        or unsure, wait on purpose. Harm that waiting did not end outweighs a rollback for nothing,
        which is soon undone: from then on a suspicion is enough."""
        sure = top.percent >= (SUSPECT_PERCENT if self.waited else ACT_PERCENT)
        if sure and top.release is not None:
            self._tell("identified", top, f"about to roll {top.service} back")
            self.say(f"rolling {top.service} back from {top.release.version_to}")
            self._wait_for("the deploy pipeline", lambda: self._roll_back(top), PIPELINE_TIMEOUT_S)
            self.done.append(f"rolled {top.service} back")
        elif sure and (flag := self._feature_to_give_up(top)):
            self._tell("identified", top, f"about to switch {flag} of {top.service} off")
            self.say(f"switching {flag} of {top.service} off")
            self.api.post("/v1/flags", messages.switch_off(top, flag))
            self.done.append(f"switched {flag} of {top.service} off")
        else:
            self.say("no release to undo; waiting")
            self.api.post("/v1/expectations", messages.waiting(top))
            self.waited = True

    def _feature_to_give_up(self, top: Hypothesis) -> str | None:
        """A feature is not given up on suspicion: only of what is overloaded."""
        if top.mechanism is not Mechanism.OVERLOAD:
            return None
        traces = self._seen.traces if self._seen else ()
        return flag_to_switch_off(top.service, self.api.get("/v1/flags"), traces)

    def _roll_back(self, top: Hypothesis) -> bool | None:
        """None while a colleague's release is in the pipeline."""
        try:
            self.api.run_operation("/v1/rollbacks", messages.rollback(top), self.say)
        except DrillError as refused:
            if "another deploy" in refused.message:
                return None
            raise
        return True

    def _silent(self) -> bool:
        def silent() -> bool | None:
            self._acknowledge()
            return not self.api.get("/v1/status")["alerts"] or None

        try:
            return bool(self._wait_for("silence", silent, RECOVERY_TIMEOUT_S))
        except WaitedTooLong:
            return False

    def _prove(self, top: Hypothesis) -> bool:
        done = ", ".join(self.done) or "changed nothing"
        self._tell("recovering", top, done)
        passed = self._verified()
        self._tell("resolved" if passed else "investigating", top, f"{done}; verified under load")
        if self.done:
            for path, body in lessons(top, self.worst, self.done[-1]):
                self.api.post(path, body)
        self.api.post("/v1/postmortem")
        return passed

    def _verified(self) -> bool:
        result = self.api.run_operation("/v1/verifications", {}, self.say)
        for row in result["results"]:
            if not row["holds"]:
                is_known = row["value"] is not None
                value = row["value"] if is_known else "not known"
                self.say(f"{row['measure']} is {value}, must be {row['bound']}")
        return bool(result["passed"])

    def _tell(self, status: str, top: Hypothesis | None, did: str) -> None:
        self.api.post("/v1/updates", messages.update(status, self.worst, top, did=did))

    def _look(self) -> tuple[Observations, list[Hypothesis]]:
        self._seen = seen = read(look(self.api))
        found = symptoms(seen)
        self.worst = max(self.worst, found, key=len)
        return seen, hypotheses(seen, found)

    def _wait_for(self, what: str, check: Callable[[], T | None], timeout_s: float) -> T:
        return wait_until_sync(check, timeout_s=timeout_s, what=what, interval_s=POLL_S)
