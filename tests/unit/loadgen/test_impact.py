"""What failures mean to people."""

from __future__ import annotations

from loadgen.impact import TICKET_COOLDOWN_S, Impact


def fail(impact, who="user-1", journey="checkout", at_stake=0.0, now_s=0.0):
    return impact.failed(who, journey, at_stake, now_s)


def test_a_person_whose_requests_fail_often_is_affected_once():
    impact = Impact()
    for _ in range(5):
        fail(impact)
    fail(impact, who="user-2")
    assert impact.affected == 2


def test_what_was_at_stake_in_failed_checkouts_is_lost():
    impact = Impact()
    fail(impact, at_stake=40.0)
    fail(impact, at_stake=2.5)
    impact.answered("user-1", "checkout")
    assert impact.lost == 42.5


def test_the_third_failure_in_a_row_files_a_ticket():
    impact = Impact()
    assert [fail(impact).ticket for _ in range(3)] == [False, False, True]
    assert impact.tickets == 1


def test_a_success_in_between_consoles():
    impact = Impact()
    fail(impact)
    fail(impact)
    impact.answered("user-1", "checkout")
    assert not fail(impact).ticket


def test_the_success_of_another_journey_or_person_does_not_console():
    impact = Impact()
    fail(impact)
    fail(impact)
    impact.answered("user-1", "history")
    impact.answered("user-2", "checkout")
    assert fail(impact).ticket


def test_failures_of_different_journeys_do_not_add_up():
    impact = Impact()
    tickets = [fail(impact, journey=name).ticket for name in ("basket", "track", "history")]
    assert tickets == [False, False, False]


def test_a_person_files_no_second_ticket_until_the_cooldown_is_over():
    impact = Impact()
    for _ in range(9):
        fail(impact, now_s=10.0)
    assert impact.tickets == 1
    assert fail(impact, now_s=10.0 + TICKET_COOLDOWN_S).ticket
