"""What duties mean, by example: Yun Shulan and the household that she helps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bangfu.core.periods import Period
from bangfu.core.results import State
from tests.engine.cast import (
    GU,
    SHE,
    TIAN,
    YUN,
    duty,
    helps,
    is_,
    june,
    on_leave,
    term,
    visits,
    what_is_owed,
    world,
)

WEEK = Period(june(12), june(19))  # Monday to Sunday
WEEKLY = duty(term())
MONTHLY = duty(term(every="month"))


def states(rule: object, known: object, *, on: date, within: Period = WEEK) -> list[State]:
    return [one.state for one in what_is_owed(rule, known, on=on, within=within)]  # type: ignore[arg-type]


def test_a_visit_in_the_week_is_done_and_names_its_fact() -> None:
    known = world(helps(YUN, GU), visits(YUN, GU, on=june(14), number=7))
    (only,) = what_is_owed(WEEKLY, known, on=june(14), within=WEEK)
    assert (only.person, only.subject, only.state, only.because) == (YUN, GU, State.DONE, (7,))
    assert (only.due, only.closes, only.need, only.got) == (june(18), june(18), 1, 1)


def test_without_a_visit_it_is_due_until_sunday_and_overdue_on_monday() -> None:
    known = world(helps(YUN, GU))
    assert states(WEEKLY, known, on=june(18)) == [State.DUE]
    assert states(WEEKLY, known, on=june(19)) == [State.OVERDUE]


def test_a_week_that_has_not_begun_is_not_owed_yet() -> None:
    assert states(WEEKLY, world(helps(YUN, GU)), on=june(11)) == []


def test_a_visit_in_the_days_of_grace_is_late_for_that_week_and_in_time_for_the_next() -> None:
    rule = duty(term(grace=3))
    known = world(helps(YUN, GU), visits(YUN, GU, on=june(21), number=7))
    assert states(rule, known, on=june(20)) == [State.DUE]
    both = Period(june(12), june(26))
    assert states(rule, known, on=june(21), within=both) == [State.LATE, State.DONE]
    too_late = world(helps(YUN, GU), visits(YUN, GU, on=june(22), number=7))
    assert states(rule, too_late, on=june(22), within=both) == [State.OVERDUE, State.DONE]


def test_one_visit_in_time_and_one_in_grace_make_two_late_and_both_are_named() -> None:
    rule = duty(term(at_least=2, grace=3))
    known = world(
        helps(YUN, GU),
        visits(YUN, GU, on=june(14), number=8),
        visits(YUN, GU, on=june(19), number=7),
    )
    (only,) = what_is_owed(rule, known, on=june(19), within=WEEK)
    assert (only.state, only.got, only.because) == (State.LATE, 2, (7, 8))


def test_what_comes_in_the_days_of_grace_is_not_named_where_it_was_not_needed() -> None:
    known = world(
        helps(YUN, GU),
        visits(YUN, GU, on=june(14), number=7),
        visits(YUN, GU, on=june(19), number=8),
    )
    (only,) = what_is_owed(duty(term(grace=3)), known, on=june(19), within=WEEK)
    assert (only.state, only.got, only.because) == (State.DONE, 1, (7,))


def test_one_round_counts_once_for_each_household_on_its_sheet() -> None:
    known = world(helps(YUN, GU), helps(YUN, TIAN), visits(YUN, GU, TIAN, on=june(14), number=7))
    assert states(WEEKLY, known, on=june(14)) == [State.DONE, State.DONE]


def test_an_outsiders_visit_does_not_count_unless_anyones_does() -> None:
    known = world(helps(YUN, GU), visits(SHE, GU, on=june(14), number=7))
    assert states(WEEKLY, known, on=june(14)) == [State.DUE]
    assert states(duty(term(), by="anyone"), known, on=june(14)) == [State.DONE]


def test_what_the_predecessor_did_counts_and_the_successor_answers() -> None:
    known = world(
        helps(YUN, GU, end=june(15)),
        helps(SHE, GU, june(15)),
        visits(YUN, GU, on=june(13), number=7),
    )
    (only,) = what_is_owed(WEEKLY, known, on=june(20), within=WEEK)
    assert (only.person, only.state, only.because) == (SHE, State.DONE, (7,))


def test_where_both_left_the_last_to_leave_answers_though_he_began_first() -> None:
    known = world(helps(YUN, GU, end=june(18)), helps(SHE, GU, june(2), june(17)))
    (only,) = what_is_owed(WEEKLY, known, on=june(20), within=WEEK)
    assert only.person == YUN


def test_of_several_holders_the_one_who_came_last_answers() -> None:
    known = world(helps(YUN, GU), helps(SHE, GU, june(2)))
    (only,) = what_is_owed(WEEKLY, known, on=june(20), within=WEEK)
    assert only.person == SHE


def test_a_visit_on_the_day_of_handing_over_is_the_successors() -> None:
    known = world(
        helps(YUN, GU, end=june(15)),
        helps(SHE, GU, june(15)),
        visits(YUN, GU, on=june(15), number=7),
    )
    assert states(WEEKLY, known, on=june(20)) == [State.OVERDUE]


def test_per_holder_each_owes_a_share_of_his_own_days() -> None:
    """Four visits a month, handed over on the 21st: 20 of 30 days make 3 of 4, 10 days make 1."""
    rule = duty(term(every="month", at_least=4), per="holder")
    known = world(
        helps(YUN, GU, end=june(21)),
        helps(SHE, GU, june(21)),
        visits(YUN, GU, on=june(5), number=7),
        visits(SHE, GU, on=june(25), number=8),
    )
    yun, she = what_is_owed(rule, known, on=date(2017, 7, 1))
    assert (yun.person, yun.need, yun.got, yun.state) == (YUN, 3, 1, State.OVERDUE)
    assert (she.person, she.need, she.got, she.state) == (SHE, 1, 1, State.DONE)


def test_a_post_taken_up_on_the_16th_owes_the_month_and_on_the_17th_does_not() -> None:
    assert len(what_is_owed(MONTHLY, world(helps(YUN, GU, june(16))), on=june(30))) == 1
    assert len(what_is_owed(MONTHLY, world(helps(YUN, GU, june(17))), on=june(30))) == 0


def test_a_post_that_ends_today_is_known_and_one_that_ends_tomorrow_still_runs() -> None:
    ends = world(helps(YUN, GU, end=june(14)))
    assert states(WEEKLY, ends, on=june(13)) == [State.DUE]
    assert states(WEEKLY, ends, on=june(14)) == []  # two days of seven round to none


def test_a_duty_on_poor_households_ends_with_the_poverty() -> None:
    rule = duty(term(where="category = 'poor'"))
    known = world(
        helps(YUN, GU),
        is_(GU, "category", "poor", number=3),
        is_(GU, "category", "lifted", june(19), number=4),
    )
    both = Period(june(12), june(26))
    assert states(rule, known, on=june(18), within=both) == [State.DUE]
    assert states(rule, known, on=june(26), within=both) == [State.OVERDUE]


def test_a_week_on_leave_is_excused_and_half_a_month_halves_the_need() -> None:
    known = world(helps(YUN, GU), on_leave(YUN, june(12), june(18), number=7))
    assert states(duty(term(excused_by=("leave",))), known, on=june(20)) == [State.EXCUSED]
    month = duty(term(every="month", at_least=4, excused_by=("leave",)))
    half = world(helps(YUN, GU), on_leave(YUN, june(1), june(15), number=7))
    assert what_is_owed(month, half, on=june(20))[0].need == 2


def test_leave_that_was_asked_for_later_is_not_known_today() -> None:
    asked = on_leave(YUN, june(12), june(18), number=7, known=june(16))
    rule = duty(term(excused_by=("leave",)))
    assert states(rule, world(helps(YUN, GU), asked), on=june(15)) == [State.DUE]
    assert states(rule, world(helps(YUN, GU), asked), on=june(16)) == [State.EXCUSED]


def test_days_count_once_however_often_she_came() -> None:
    rule = duty(term(measure="days", at_least=2))
    twice = [visits(YUN, GU, on=june(14), number=number) for number in (7, 8)]
    assert states(rule, world(helps(YUN, GU), *twice), on=june(19)) == [State.OVERDUE]
    more = visits(YUN, GU, on=june(15), number=9)
    assert states(rule, world(helps(YUN, GU), *twice, more), on=june(19)) == [State.DONE]


def test_a_sum_is_kept_to_the_last_fen() -> None:
    rule = duty(term(every="month", measure="sum", field="money", at_least=100))
    short = visits(YUN, GU, on=june(2), number=7, money=Decimal("99.99"))
    (only,) = what_is_owed(rule, world(helps(YUN, GU), short), on=june(3))
    assert (only.need, only.got, only.state) == (10000, 9999, State.DUE)
    rest = visits(YUN, GU, on=june(3), number=8, money=Decimal("0.01"))
    (only,) = what_is_owed(rule, world(helps(YUN, GU), short, rest), on=june(3))
    assert (only.got, only.state, only.because) == (10000, State.DONE, (7, 8))


def test_over_the_limit_is_over_at_once_and_under_it_is_done_when_the_period_ends() -> None:
    rule = duty(term(at_least=None, at_most=1))
    twice = [visits(YUN, GU, on=june(13), number=number) for number in (7, 8)]
    assert states(rule, world(helps(YUN, GU), *twice), on=june(13)) == [State.OVER]
    once = world(helps(YUN, GU), twice[0])
    assert states(rule, once, on=june(18)) == [State.DUE]
    assert states(rule, once, on=june(19)) == [State.DONE]


def test_only_visits_that_pass_the_filter_count() -> None:
    rule = duty(term(), filters="topic = 'health' AND minutes >= 30")
    short = visits(YUN, GU, on=june(13), number=7, topic="health", minutes=20)
    assert states(rule, world(helps(YUN, GU), short), on=june(14)) == [State.DUE]
    long = visits(YUN, GU, on=june(14), number=8, topic="health", minutes=30)
    (only,) = what_is_owed(rule, world(helps(YUN, GU), short, long), on=june(14), within=WEEK)
    assert (only.state, only.because) == (State.DONE, (8,))


def test_from_weekly_to_monthly_each_period_keeps_the_term_it_began_under() -> None:
    weekly, monthly = term(end=june(15)), term(june(15), every="month")
    rule = duty(weekly, terms=(weekly, monthly))
    known = world(helps(YUN, GU))
    found = what_is_owed(
        rule, known, on=date(2017, 7, 20), within=Period(june(5), date(2017, 8, 1))
    )
    starts = [one.period for one in found]
    assert starts == [
        Period(june(5), june(12)),
        Period(june(12), june(19)),
        Period(date(2017, 7, 1), date(2017, 8, 1)),
    ]
