"""The rules of the house hold in this tree, and each notices when it is broken.

Why: `docs/adr/0002-rules-of-the-house-are-tests.md` and
`docs/adr/0008-the-harness-reads-like-a-drill.md`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.record.events import EVENT_TYPES
from tests.tidy import rules

ROOT = Path(__file__).resolve().parents[2]
OXLINT = Path(sys.executable).with_name("oxlint")
needs_oxlint = pytest.mark.skipif(not OXLINT.exists(), reason="`make setup` installs oxlint")
SOURCES = [
    path
    for part in ("harness", "loadgen", "services", "grafana")
    for path in rules.python_files(ROOT / part)
    if "tests" not in path.relative_to(ROOT).parts
]


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_no_module_is_longer_than_the_bound() -> None:
    assert list(rules.long_modules(SOURCES)) == []


def test_a_module_over_the_bound_is_noticed(tmp_path: Path) -> None:
    long = _written(tmp_path / "long.py", "x = 1\n" * (rules.MODULE_LINES_MAX + 1))
    fits = _written(tmp_path / "fits.py", "x = 1\n" * rules.MODULE_LINES_MAX)
    assert list(rules.long_modules([long, fits])) == [f"{long}: 401 lines"]


def test_a_module_may_be_long_where_it_says_why_it_is_one_concept(
    tmp_path: Path,
) -> None:
    lines = "x = 1\n" * rules.MODULE_LINES_MAX
    told = _written(
        tmp_path / "told.py", f'"""Events.\n\nOne concept: what is written is read.\n"""\n{lines}'
    )
    why_is_missing = _written(tmp_path / "bare.py", f'"""Events.\n\nOne concept:\n"""\n{lines}')
    elsewhere = _written(tmp_path / "comment.py", f"# One concept: it is said here.\n{lines}")
    found = list(rules.long_modules([told, why_is_missing, elsewhere]))
    assert found == [f"{why_is_missing}: 404 lines", f"{elsewhere}: 401 lines"]


def test_the_rules_see_the_whole_tree_wherever_it_lies(tmp_path: Path) -> None:
    """A rule that is given no files holds always."""
    assert len(SOURCES) > 300
    path = _written(tmp_path / "var/tests/harness/x.py", "")
    _written(tmp_path / "var/tests/harness/var/y.py", "")
    assert rules.python_files(tmp_path / "var/tests") == [path]


@pytest.mark.parametrize("package", ["harness", "loadgen", "services"])
def test_no_module_is_a_sliver_of_the_only_one_that_imports_it(package: str) -> None:
    assert list(rules.slivers(ROOT, package)) == []


def test_a_sliver_is_noticed(tmp_path: Path) -> None:
    few, enough = "x = 1\n" * (rules.MODULE_LINES_MIN - 1), "x = 1\n" * rules.MODULE_LINES_MIN
    _written(tmp_path / "harness/user.py", "from harness import alone, both, whole\n")
    _written(tmp_path / "harness/other.py", "from harness.both import x\n")
    for name, text in (("alone", few), ("both", few), ("whole", enough), ("nobodys", few)):
        _written(tmp_path / f"harness/{name}.py", text)
    assert list(rules.slivers(tmp_path, "harness")) == [
        "harness.alone: 24 lines, for harness.user alone"
    ]


def test_siblings_and_what_a_package_gathers_are_no_slivers(tmp_path: Path) -> None:
    for service in ("a", "b"):
        _written(tmp_path / f"services/{service}/settings.py", "x = 1\n")
        _written(tmp_path / f"services/{service}/app.py", f"import services.{service}.settings\n")
    _written(tmp_path / "services/journeys/one.py", "x = 1\n")
    _written(tmp_path / "services/journeys/__init__.py", "from services.journeys import one\n")
    assert list(rules.slivers(tmp_path, "services")) == []


def test_unit_tests_mirror_the_packages() -> None:
    assert list(rules.misplaced_tests(ROOT)) == []


def test_a_test_elsewhere_than_its_module_is_noticed(tmp_path: Path) -> None:
    for path in ("harness/drill/clock", "harness/api/app", "loadgen/main", "harness/cli/main"):
        _written(tmp_path / f"{path}.py", "")
    for path in ("drill/test_clock", "drill/test_app", "gone/test_x", "loadgen/test_main"):
        _written(tmp_path / f"tests/unit/{path}.py", "")
    _written(tmp_path / "tests/unit/drill/test_a_behaviour.py", "")
    assert list(rules.misplaced_tests(tmp_path)) == [
        "tests/unit/drill/test_app.py: app.py is in api",
        "tests/unit/gone/test_x.py: there is no package gone",
    ]


def test_no_function_is_longer_than_the_bound() -> None:
    assert list(rules.long_functions(SOURCES)) == []


def test_a_function_over_the_bound_is_noticed(tmp_path: Path) -> None:
    body = "    x = 1\n" * rules.FUNCTION_LINES_MAX
    path = _written(tmp_path / "long.py", f"def long():\n{body}")
    assert list(rules.long_functions([path])) == [f"{path}:1: long is 61 lines"]


def test_no_line_of_the_storefront_is_wider_than_the_bound() -> None:
    scripts = sorted((ROOT / "services/gateway/static").glob("*.js"))
    assert scripts
    assert list(rules.wide_lines(scripts)) == []


def test_a_line_over_the_bound_is_noticed(tmp_path: Path) -> None:
    path = _written(tmp_path / "wide.js", f"{'é' * 100}\n{'é' * 101}\n")
    assert list(rules.wide_lines([path])) == [f"{path}:2: 101 columns"]


@needs_oxlint
def test_the_storefront_passes_its_linter() -> None:
    assert _linted(ROOT / "services/gateway/static").returncode == 0


@pytest.mark.parametrize(
    "mistake", ["conts = 1;", "let once = 1; export { once };", "if (1 == x) y();"]
)
def test_a_mistake_in_a_script_is_noticed(tmp_path: Path, mistake: str) -> None:
    _written(tmp_path / "page.js", f"{mistake}\n")
    assert _linted(tmp_path).returncode == 1


def _linted(folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [OXLINT, "--deny-warnings", "--config", ROOT / ".oxlintrc.json", folder],
        capture_output=True,
        check=False,
        timeout=30,
    )


def test_parts_of_the_harness_import_only_downwards() -> None:
    assert list(rules.upward_imports(ROOT)) == []


def test_an_import_upwards_or_sideways_is_noticed(tmp_path: Path) -> None:
    _written(tmp_path / "harness/record/store.py", "from harness.drill.session import Session\n")
    _written(tmp_path / "harness/runtime/rollout.py", "import harness.telemetry.alerts\n")
    _written(tmp_path / "harness/host/plan.py", "from harness.nowhere import thing\n")
    _written(tmp_path / "harness/odd.py", "")
    found = "\n".join(rules.upward_imports(tmp_path))
    assert "record imports harness.drill.session" in found
    assert "runtime imports harness.telemetry.alerts" in found
    assert "host imports harness.nowhere" in found
    assert "'odd' has no place" in found


def test_a_drill_that_knows_a_certain_runtime_is_noticed(tmp_path: Path) -> None:
    _written(tmp_path / "harness/drill/start.py", "from harness.runtime.base import Runtime\n")
    _written(tmp_path / "harness/drill/end.py", "from harness.runtime.local.stack import Stack\n")
    assert [line.rsplit(": ")[1] for line in rules.upward_imports(tmp_path)] == [
        "drill imports harness.runtime.local.stack, beyond its Protocols"
    ]


def test_runtimes_know_nothing_of_each_other() -> None:
    assert list(rules.imports_between_runtimes(ROOT)) == []


def test_a_runtime_that_knows_another_is_noticed(tmp_path: Path) -> None:
    for path in ("local/runtime", "local/process", "compose/runtime", "programs/cache"):
        _written(tmp_path / f"harness/runtime/{path}.py", "")
    _written(
        tmp_path / "harness/runtime/compose/stack.py",
        "from harness.runtime.local.process import Child\n"
        "from harness.runtime import local, programs\n",
    )
    _written(tmp_path / "harness/runtime/rollout.py", "import harness.runtime.compose.runtime\n")
    assert [line.split(": ")[1] for line in rules.imports_between_runtimes(tmp_path)] == [
        "imports harness.runtime.local",
        "imports harness.runtime.local.process",
        "imports harness.runtime.compose.runtime",
    ]


@pytest.mark.parametrize("package", ["harness", "loadgen", "services"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    assert list(rules.import_circles(ROOT, package)) == []


def test_a_circle_around_corners_is_noticed(tmp_path: Path) -> None:
    _written(tmp_path / "harness/__init__.py", "")
    _written(tmp_path / "harness/a/__init__.py", "")
    _written(tmp_path / "harness/a/one.py", "from harness.a import two\n")
    _written(tmp_path / "harness/a/two.py", "from . import three\n")
    _written(tmp_path / "harness/a/three.py", "from .one import thing\n")
    (circle,) = rules.import_circles(tmp_path, "harness")
    assert {"harness.a.one", "harness.a.two", "harness.a.three"} <= set(circle.split(" -> "))


def test_modules_tell_themselves_apart_by_their_names() -> None:
    assert list(rules.repeated_names(ROOT)) == []


def test_a_name_that_stands_twice_is_noticed_unless_its_places_are_siblings(tmp_path: Path) -> None:
    for path in ("runtime/local/stack", "runtime/compose/stack", "api/client", "cli/x/client"):
        _written(tmp_path / f"harness/{path}.py", "")
    assert list(rules.repeated_names(tmp_path)) == [
        "client: harness/api/client.py, harness/cli/x/client.py"
    ]


def test_shop_load_and_harness_know_each_other_only_by_the_network() -> None:
    assert list(rules.foreign_imports(ROOT)) == []


def test_a_foreign_import_is_noticed(tmp_path: Path) -> None:
    _written(tmp_path / "harness/x.py", "from services.orders import app\n")
    _written(tmp_path / "loadgen/x.py", "import harness.model\n")
    _written(tmp_path / "services/orders/x.py", "from services.users.store import find\n")
    _written(tmp_path / "services/users/x.py", "from services.chassis.app import create_service\n")
    assert len(list(rules.foreign_imports(tmp_path))) == 3


def test_the_shop_says_nothing_of_what_it_is_used_for() -> None:
    assert list(rules.telling_words(ROOT / "services")) == []


def test_a_telling_word_is_noticed_in_text_and_in_names(tmp_path: Path) -> None:
    _written(tmp_path / "orders/store.py", "# the Drill breaks this\n")
    _written(tmp_path / "orders/fault_flags.toml", "")
    _written(tmp_path / "orders/fine.py", "default = 1  # whole words only\n")
    assert len(list(rules.telling_words(tmp_path))) == 2


def test_only_the_record_knows_what_events_are_called_in_it() -> None:
    assert list(rules.untyped_readings(ROOT, EVENT_TYPES)) == []


def test_a_reading_by_the_name_of_a_type_is_noticed(tmp_path: Path) -> None:
    text = 'for one in found:\n    if one.type == "page.sent":\n        print(one.payload)\n'
    _written(tmp_path / "harness/scoring/kpi.py", text)
    _written(tmp_path / "harness/record/schema.py", text)
    assert list(rules.untyped_readings(tmp_path, EVENT_TYPES)) == [
        "harness/scoring/kpi.py:2: page.sent",
        "harness/scoring/kpi.py:3: .payload",
    ]


def test_no_child_process_inherits_the_shells_settings() -> None:
    assert list(rules.inheriting_children(rules.python_files(ROOT / "harness"))) == []


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("subprocess.run(['x'])", "run without env"),
        ("subprocess.Popen(['x'], env={**os.environ})", "Popen with all of os.environ"),
        ("asyncio.create_subprocess_exec('x')", "create_subprocess_exec without env"),
        ("os.execv('x', ['x'])", "os.execv"),
    ],
)
def test_a_child_that_inherits_everything_is_noticed(
    call: str, complaint: str, tmp_path: Path
) -> None:
    path = _written(tmp_path / "starts.py", f"asyncio.run(main())\n{call}\n")
    assert list(rules.inheriting_children([path])) == [f"{path}:2: {complaint}"]


def test_no_http_client_goes_by_the_shells_settings() -> None:
    assert list(rules.clients_with_the_shells_say(rules.python_files(ROOT / "harness"))) == []


def test_a_client_that_goes_by_them_is_noticed(tmp_path: Path) -> None:
    text = "httpx.Client(trust_env=False)\nhttpx.get(url)\nhttpx.Client(trust_env=True)\n"
    path = _written(tmp_path / "asks.py", text)
    assert list(rules.clients_with_the_shells_say([path])) == [
        f"{path}:2: httpx.get without trust_env=False",
        f"{path}:3: httpx.Client without trust_env=False",
    ]


def test_no_text_depends_on_the_locale() -> None:
    assert list(rules.texts_without_encoding(rules.python_files(ROOT / "harness"))) == []


def test_a_text_without_an_encoding_is_noticed(tmp_path: Path) -> None:
    named = "p.read_text(encoding='utf-8')\n"
    path = _written(
        tmp_path / "reads.py", f"{named}p.read_text()\np.write_text('x')\nf(text=True)\nf(text=x)\n"
    )
    assert list(rules.texts_without_encoding([path])) == [
        f"{path}:2: p.read_text without an encoding",
        f"{path}:3: p.write_text without an encoding",
        f"{path}:4: f without an encoding",
    ]
