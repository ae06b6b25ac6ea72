"""Par as a table beside a drill's own figures."""

from __future__ import annotations

from harness.scoring.baseline_table import Par, Round, par_lines

PAR = Par(
    "deadlock",
    7,
    60.0,
    (Round("responder", 21_300, 12, 800.5), Round("do nothing", None, 1240, None)),
)


def test_a_team_stands_above_par_and_all_columns_line_up() -> None:
    assert par_lines(PAR, Round("this drill", 125_000, 60, 4311.38)) == [
        "par for deadlock, seed 7, watched for 60 s",
        f"{'':14}TTM, from the page  users affected, from the fault  revenue lost, from the fault",
        "  this drill  2 m 05 s            60                              € 4,311.38",
        "  responder   21.3 s              12                              € 800.50",
        "  do nothing  never               1,240                           no data",
    ]


def test_par_stands_by_itself_where_nobody_else_played() -> None:
    assert not any("this drill" in text for text in par_lines(PAR))
