"""What a fault's folder must hold before a stack is worth starting: seconds to a few minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.authoring.patched_services import ChecksFailed, PatchedServices, released, telling_line
from harness.authoring.wording import mistakes_in_culprits_message, sealed_words
from harness.catalog.reader import Catalog
from harness.errors import BadFile, DrillError, UnknownName
from harness.model import Fault
from harness.runtime.programs.promql import syntax_errors
from harness.workspace.mail import message_of

TOUCHED = re.compile(r"^(?:\+\+\+ b|--- a)/(.+)$", re.MULTILINE)
BROUGHT = re.compile(r"^\+\+\+ b/services/\w+/tests/(test_\w+\.py)$", re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """One check; `problem` says why it does not hold, and is empty where it does."""

    what: str
    problem: str = ""

    @property
    def holds(self) -> bool:
        return not self.problem


Problems = Callable[[], Iterator[str]]


class FaultChecks:
    """The checks of one fault of the checkout at `root`."""

    def __init__(self, root: Path, fault_id: str) -> None:
        """Raises UnknownName for a fault that there is not; what else is wrong is a check's."""
        self._catalog, self._root, self._id = Catalog(root), root, fault_id
        if fault_id not in (known := self._catalog.fault_ids()):
            raise UnknownName("fault", fault_id, known)

    def run(self) -> Iterator[Checked]:
        """Each check as it is done, the quick ones first; after files that cannot be read, none."""
        files = self._checked("every name in its files leads somewhere", self._files)
        yield files
        if files.problem:
            return
        fault = self._catalog.fault(self._id)
        for what, problems in self._of(fault):
            yield self._checked(what, problems)

    def before_a_stack(self) -> Iterator[Checked]:
        """Those without which a stack would prove nothing: names, the fix, the cheats."""
        files = self._checked("every name in its files leads somewhere", self._files)
        yield files
        if files.problem:
            return
        for what, problems in self._without_which_nothing(self._catalog.fault(self._id)):
            yield self._checked(what, problems)

    def _of(self, fault: Fault) -> Iterator[tuple[str, Problems]]:
        yield "patches hold no word of ours", partial(self._wording, fault)
        yield "each patch stays within its service", partial(_within_service, fault)
        yield from self._without_which_nothing(fault)
        if fault.release is not None:
            yield "the release passes its service's checks", partial(self._passes, fault)
        on_top = partial(self._passes, fault, fault.fix_patch)
        yield "the fix passes them, too", on_top
        yield "the fix brings a test that fails without it", partial(self._catches, fault)

    def _without_which_nothing(self, fault: Fault) -> Iterator[tuple[str, Problems]]:
        yield "the fix is more than the revert", partial(self._is_revert, fault)
        for cheat in fault.cheat_patches:
            yield f"cheat {cheat.stem} applies and can run", partial(self._runs, fault, cheat)

    def _checked(self, what: str, problems: Problems) -> Checked:
        try:
            return Checked(what, next(problems(), ""))
        except ChecksFailed as failed:
            return Checked(what, telling_line(failed.output))
        except DrillError as error:
            return Checked(what, str(error))

    def _files(self) -> Iterator[str]:
        self._catalog.fault(self._id)
        try:
            self._catalog.check(syntax_errors)
        except BadFile as bad:
            yield str(bad)

    def _wording(self, fault: Fault) -> Iterator[str]:
        ids = [*self._catalog.fault_ids(), *self._catalog.decoy_ids()]
        for patch in (*released(fault), fault.fix_patch, *fault.cheat_patches):
            if found := sealed_words(patch.read_text(encoding="utf-8"), ids):
                yield f"{patch.name}: {', '.join(found)}"
        if fault.release is not None and fault.release.patch is not None:
            message = message_of(fault.release.patch)
            yield from mistakes_in_culprits_message(message, fault.release)

    def _passes(self, fault: Fault, *on_top: Path) -> Iterator[str]:
        with TemporaryDirectory() as folder:
            services = self._patched(folder, fault, *on_top)
            services.lint(fault.service)
            services.test(fault.service)
        yield from ()

    def _is_revert(self, fault: Fault) -> Iterator[str]:
        if fault.release is None:
            return
        with TemporaryDirectory() as clean, TemporaryDirectory() as fixed:
            before = PatchedServices(Path(clean), self._root)
            after = self._patched(fixed, fault, fault.fix_patch)
            if _sources(before.root) == _sources(after.root):
                yield "it takes the release back and changes nothing else"

    def _catches(self, fault: Fault) -> Iterator[str]:
        brought = files_with_tests_in(fault.fix_patch)
        with TemporaryDirectory() as folder:
            services = self._patched(folder, fault)
            services.apply(fault.fix_patch, only="services/*/tests/*")
            if not any(fails(services, fault.service, name) for name in brought):
                names = ", ".join(brought) or "there is none"
                yield f"of its tests none fails on the release: {names}"

    def _runs(self, fault: Fault, cheat: Path) -> Iterator[str]:
        with TemporaryDirectory() as folder:
            self._patched(folder, fault, cheat).find_mistakes(fault.service)
        yield from ()

    def _patched(self, folder: str, fault: Fault, *on_top: Path) -> PatchedServices:
        services = PatchedServices(Path(folder), self._root)
        for patch in (*released(fault), *on_top):
            services.apply(patch)
        return services


def files_with_tests_in(patch: Path) -> list[str]:
    """The names of the files with tests that a patch changes."""
    return BROUGHT.findall(patch.read_text(encoding="utf-8"))


def fails(services: PatchedServices, service: str, name: str) -> bool:
    """Whether a test in that file fails, and not the file itself."""
    try:
        services.test(service, name)
    except ChecksFailed as failed:
        return " failed" in failed.output
    return False


def _within_service(fault: Fault) -> Iterator[str]:
    for patch in (*released(fault), fault.fix_patch, *fault.cheat_patches):
        for path in TOUCHED.findall(patch.read_text(encoding="utf-8")):
            if not path.startswith(f"services/{fault.service}/"):
                yield f"{patch.name} touches {path}"


def _sources(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in (root / "services").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
