"""Which profile is in force, and who may change it."""

from __future__ import annotations

import pytest

from harness.host.load_process import LoadControl, load_spec
from harness.waiting import wait_until
from loadgen.course import Course
from loadgen.errors import BadLoad
from loadgen.settings import PROFILES

from .conftest import PROFILE

pytestmark = pytest.mark.live

JOURNEYS = ["checkout", "feed"]
CALM = "[rates_per_s]\ncheckout = 1\nfeed = 2\n[[stage]]\nmultiplier = 1\n"
BUSY = (
    "[rates_per_s]\ncheckout = 1\nfeed = 20\n"
    "[[stage]]\nduration_s = 5\nmultiplier = 1\n[[stage]]\nmultiplier = 2\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calm.toml").write_text(CALM)
    (tmp_path / "busy.toml").write_text(BUSY)
    (tmp_path / "else.toml").write_text("[rates_per_s]\nfeed = 900\n[[stage]]\nmultiplier = 1\n")
    return tmp_path


@pytest.fixture
def course(folder):
    return Course(folder / "calm.toml", JOURNEYS, folder / "asked")


def test_without_a_word_the_first_profile_goes_on(course):
    assert [course.rates_at(at)["feed"] for at in (0, 60, 6000)] == [2, 2, 2]


def test_a_profile_that_is_asked_for_begins_with_its_first_stage(course, folder):
    course.rates_at(99)
    (folder / "asked").write_text("busy\n")
    assert [course.rates_at(at)["feed"] for at in (100, 104, 105, 500)] == [20, 20, 40, 40]
    assert course.rates_at(501)["checkout"] == 2


def test_asking_for_the_first_one_again_ends_it(course, folder):
    (folder / "asked").write_text("busy")
    course.rates_at(10)
    (folder / "asked").write_text("calm")
    assert course.rates_at(11) == {"checkout": 1, "feed": 2}


@pytest.mark.parametrize("name", ["bsy", "else"])
def test_a_profile_that_cannot_be_had_is_said_once_and_changes_nothing(
    course, folder, name, capsys
):
    (folder / "asked").write_text(name)
    assert [course.rates_at(at)["feed"] for at in (1, 2)] == [2, 2]
    assert capsys.readouterr().err == (
        f"load: there is no profile '{name}' to change to; known: busy, calm\n"
    )


def test_there_is_room_for_the_busiest_profile_that_may_come(course, folder):
    assert course.highest_rate_per_s == 42
    assert Course(folder / "calm.toml", JOURNEYS, None).highest_rate_per_s == 3


def test_what_may_come_is_checked_before_it_comes(folder):
    (folder / "busy.toml").write_text(BUSY.replace("feed = 20", "feed = -1"))
    with pytest.raises(BadLoad, match=r"busy\.toml: rates_per_s\.feed"):
        Course(folder / "calm.toml", JOURNEYS, folder / "asked")


def test_the_harness_asks_where_the_load_looks(tmp_path):
    spec = load_spec(tmp_path, port_offset=0, profile="steady", scale=1, seed=0)
    LoadControl(tmp_path).set_profile("news")
    asked = tmp_path / "secrets" / "load" / "profile"
    assert spec.env["CONTROL_FILE"] == str(asked)
    assert asked.read_text() == "news"


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_load_that_runs_changes_its_rates(gateway, start_load, tmp_path, workers):
    asked = tmp_path / "asked"
    busier = PROFILE.replace("account = 5", "account = 60")
    (tmp_path / "busier.toml").write_text(busier)
    load = await start_load(CONTROL_FILE=str(asked), LOAD_WORKERS=workers)
    await load.wait_for("load", lambda state: state["journeys"]["account"]["ok"] > 5)
    asked.write_text("busier")

    def accounts() -> int:
        return sum("account" in arrival.path for arrival in gateway.arrivals)

    before = accounts()

    async def surged() -> bool:
        return accounts() > before + 120

    await wait_until(surged, timeout_s=10, what="more accounts than the first profile has in 10 s")


def test_in_the_news_nothing_changes_but_who_opens_the_home_page():
    names = ["checkout", "basket", "track", "history", "support_desk", "account", "feed", "summary"]
    calm = Course(PROFILES / "steady.toml", names, None).rates_at(60)
    news = Course(PROFILES / "news.toml", names, None).rates_at(60)
    assert {name for name in calm if calm[name] != news[name]} <= {"feed"}
