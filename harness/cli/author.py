"""`drill author …`: writing a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.terminal import AsJson, data, line, say, show_table

if TYPE_CHECKING:
    from harness.authoring.branches import AuthorsClone

app = typer.Typer(
    help="Draft a fault: its clone, its patches, and their checks.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

FaultId = Annotated[str, typer.Argument(help="The fault's folder below faults/.")]


@app.command()
def new(
    fault: FaultId,
    service: Annotated[str, typer.Option(help="The service that is released.")],
    mechanism: Annotated[str, typer.Option(help="How it fails; `docs/participant.md` has them.")],
) -> None:
    """Begin a fault: a clone to write its release in, and a draft of its files.

    Example: drill author new half-a-page --service orders --mechanism n-plus-one
    """
    from harness.authoring.branches import MAIN, RELEASE
    from harness.authoring.draft import Draft
    from harness.catalog.known_names import KnownNames
    from harness.catalog.reader import Catalog
    from harness.paths import REPO

    catalog, names = Catalog(REPO), KnownNames(REPO)
    draft, clone = Draft.of(catalog, fault, service, mechanism), _clone(fault)
    clone.create(REPO, draft.author)
    clone.begin(RELEASE, MAIN)
    clone.fault_folder.mkdir(parents=True)
    files = {
        clone.fault_folder / "fault.toml": draft.fault_toml(names),
        clone.fault_folder / "notes.md": draft.notes_md(),
        clone.scenario: draft.scenario_toml(catalog, names),
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        line(str(path))
    say(f"{draft.author.name} writes the release on the branch '{RELEASE}' of {clone.root}:")
    say(f"  cd {clone.root}; edit services/{service}/ with its tests; git commit -a")
    say("  git checkout -b fix release; git checkout -b cheat-1-NAME release; one commit each")
    say(f"  drill author export {fault}; drill author check {fault}")


@app.command()
def export(
    fault: FaultId,
    publish: Annotated[
        bool, typer.Option("--publish", help="Then copy the fault into this checkout.")
    ] = False,
) -> None:
    """Write the clone's branches as patches; with --publish into the checkout's faults/, too.

    Example: drill author export half-a-page --publish
    """
    from harness.authoring import branches
    from harness.paths import REPO

    clone = _clone_that_exists(fault)
    for path in clone.export():
        line(str(path))
    if publish:
        written = branches.publish(clone, REPO)
        for path in written:
            line(str(path))
        say(f"git add faults/{fault} faults/scenarios, and commit")


@app.command()
def renew(fault: FaultId) -> None:
    """Carry a fault's patches over to today's sources, which have moved under them.

    Where a patch does not fit by itself, mend it in the clone and say the same again.

    Example: drill author renew deadlock
    """
    from harness.catalog.reader import Catalog
    from harness.errors import UnknownName
    from harness.paths import REPO
    from harness.people import PEOPLE

    catalog = Catalog(REPO)
    if fault not in catalog.fault_ids():
        raise UnknownName("fault", fault, catalog.fault_ids())
    clone = _clone(fault)
    if not clone.exists:
        clone.create(REPO, PEOPLE[0])
        clone.adopt()
    clone.carry_over()
    say(f"all of {fault}'s patches fit; now: drill author export {fault} --publish")


@app.command()
def check(fault: FaultId, as_json: AsJson = False) -> None:
    """Check a fault's files and patches without a stack: names, wording, style, types and tests.

    Looks into the clone of `drill author new` where there is one, else into this checkout.

    Example: drill author check deadlock
    """
    from harness.authoring.checks import FaultChecks

    found = []
    with _sources_of(fault) as root:
        for one in FaultChecks(root, fault).run():
            found.append(one)
            if not as_json:
                line(f"{'FAILS' if one.problem else 'ok   '}  {one.what}")
            if one.problem and not as_json:
                line(f"       {one.problem.removeprefix(f'{root}/')}")
    if as_json:
        data([{"check": one.what, "holds": one.holds, "problem": one.problem} for one in found])
    if not all(one.holds for one in found):
        raise typer.Exit(1)


@app.command("try")
def try_(fault: FaultId, as_json: AsJson = False) -> None:
    """Run a fault on one stack: no clue while it is healthy, then page, clues, fix and cheats.

    Each cheat is told with its margin to every objective: below zero it is rejected by that one.
    Takes some minutes; what would make them worthless is refused before.

    Example: drill author try deadlock
    """
    from harness.authoring.live_trial import try_fault
    from harness.matrix.worker import row_of

    with _sources_of(fault) as root:
        tried = try_fault(root, fault, say)
    row = {} if tried.outcome is None else row_of(tried.run, tried.outcome)
    shortfalls = [] if tried.refusals else row.get("shortfalls", [])
    rows = {name: [asdict(one) for one in some] for name, some in tried.run.margins.items()}
    if as_json:
        data({"refused": tried.refusals, "shortfalls": shortfalls, "margins": rows})
    else:
        for name, some in rows.items():
            line(f"\n{name}", "strong")
            show_table(some, ["objective", "value", "bound", "margin", "holds"], "  ")
    for text in tried.refusals:
        say(f"refused: {text}")
    for text in shortfalls:
        say(f"not achieved: {text}")
    if tried.refusals or shortfalls:
        raise typer.Exit(1)
    say(f"{fault} shows what it promises: its fix heals, and each cheat is rejected")


@app.command()
def load(
    service: Annotated[str, typer.Argument(help="The service that a release is meant for.")],
    as_json: AsJson = False,
) -> None:
    """Measure what a healthy shop asks of a service, beside what the service has: the sum before a
    fault is written. Brings a shop up for about 45 s.

    Example: drill author load billing
    """
    from harness.authoring.service_load import measure_load
    from harness.catalog.reader import Catalog
    from harness.errors import UnknownName
    from harness.paths import REPO

    known = [entry.name for entry in Catalog(REPO).topology()]
    if service not in known:
        raise UnknownName("service", service, known)
    measured = measure_load(service, say)
    if as_json:
        data(measured.as_data())
        return
    for title, rows in (
        ("customers come", measured.journeys),
        (f"{service} is asked", measured.asked),
        (f"{service} asks", measured.asks),
        (f"{service} has", measured.bounds),
    ):
        if rows:
            line(f"\n{title}" if title != "customers come" else title)
            shown = [asdict(row) for row in rows]
            show_table(shown, list(shown[0]), "  ")


@app.command()
@paged
def reference() -> None:
    """Print what a fault can name, as tables: journeys, measures, profiles, alerts, engineers.

    Example: drill author reference > docs/authoring-reference.md
    """
    from harness.authoring.reference import reference_page
    from harness.paths import REPO

    line(reference_page(REPO).rstrip("\n"))


@contextmanager
def _sources_of(fault: str) -> Iterator[Path]:
    """The checkout, or what the author's clone would make of it."""
    from tempfile import TemporaryDirectory

    from harness.paths import REPO

    clone = _clone(fault)
    if not clone.exists:
        yield REPO
        return
    with TemporaryDirectory() as folder:
        clone.write_clean_tree(Path(folder))
        yield Path(folder)


def _clone(fault: str) -> AuthorsClone:
    from harness.authoring.branches import AuthorsClone
    from harness.paths import home_dir

    return AuthorsClone.of(home_dir(), fault)


def _clone_that_exists(fault: str) -> AuthorsClone:
    from harness.errors import UsageError

    clone = _clone(fault)
    if not clone.exists:
        raise UsageError(f"there is no clone at {clone.root}", "drill author new, or renew")
    return clone


COMMANDS: Commands = {"Machine": (("author", app),)}
