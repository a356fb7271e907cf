"""What deadlines mean, by example: after an alarm, a check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.calendar import UnknownYear
from bangfu.core.periods import Period
from bangfu.core.results import State
from tests.engine.cast import GU, SHE, TIAN, YUN, deadline, helps, june, what_is_owed, world
from tests.world import Done


def alarm(on: date, *, number: int = 5, minute: int | None = None) -> Done:
    return Done(number, "alarm", on, (GU,), SHE, minute=minute)


def check(on: date, *, number: int = 9, minute: int | None = None) -> Done:
    return Done(number, "check", on, (GU,), SHE, minute=minute)


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def test_three_days_after_the_alarm_the_check_is_still_in_time() -> None:
    known = world(helps(YUN, GU), alarm(june(12)), check(june(15)))
    (only,) = what_is_owed(deadline(3), known, on=june(20))
    assert (only.person, only.due, only.state, only.because) == (YUN, june(15), State.DONE, (9,))


def test_without_a_check_it_is_due_then_in_grace_then_overdue() -> None:
    known = world(helps(YUN, GU), alarm(june(12)))
    rule = deadline(3, grace=2)
    states = [what_is_owed(rule, known, on=june(day))[0].state for day in (15, 17, 18)]
    assert states == [State.DUE, State.DUE, State.OVERDUE]


def test_a_check_after_the_day_is_late_however_late() -> None:
    known = world(helps(YUN, GU), alarm(june(12)), check(june(29)))
    assert what_is_owed(deadline(3), known, on=june(30))[0].state == State.LATE


def test_a_check_before_the_alarm_does_not_answer_it() -> None:
    known = world(helps(YUN, GU), check(june(11)), alarm(june(12)))
    assert what_is_owed(deadline(3), known, on=june(30))[0].state == State.OVERDUE


def test_a_fact_does_not_answer_itself() -> None:
    known = world(helps(YUN, GU), alarm(june(12)))
    rule = deadline(3, fact="alarm")
    assert what_is_owed(rule, known, on=june(13))[0].state == State.DUE


def test_working_days_leave_out_weekends_and_the_spring_festival() -> None:
    known = world(helps(YUN, GU), alarm(date(2017, 1, 26)))
    (only,) = what_is_owed(
        deadline(2, unit="working_days"), known, on=date(2017, 2, 1),
        within=_year(2017),
    )  # fmt: skip
    assert only.due == date(2017, 2, 2)  # 27 to 31 January are free, 1 and 2 February worked


def test_a_year_without_holidays_entered_fails_loudly() -> None:
    known = world(helps(YUN, GU), alarm(date(2020, 1, 2)))
    with pytest.raises(UnknownYear):
        what_is_owed(
            deadline(2, unit="working_days"), known, on=date(2020, 1, 3), within=_year(2020)
        )


def test_hours_count_to_the_minute_where_both_facts_have_one() -> None:
    rule = deadline(2, unit="hours")
    called = alarm(june(12), minute=23 * 60)  # 23:00, so until 01:00 on the 13th
    in_time = world(helps(YUN, GU), called, check(june(13), minute=60))
    late = world(helps(YUN, GU), called, check(june(13), minute=61))
    assert [what_is_owed(rule, one, on=june(14))[0].state for one in (in_time, late)] == [
        State.DONE,
        State.LATE,
    ]


def test_hours_round_up_to_days_where_a_minute_is_missing() -> None:
    rule = deadline(25, unit="hours")
    known = world(helps(YUN, GU), alarm(june(12)), check(june(14), minute=1400))
    (only,) = what_is_owed(rule, known, on=june(14))
    assert (only.due, only.state) == (june(14), State.DONE)


def test_a_check_earlier_on_the_alarms_day_does_not_answer_it_where_hours_count() -> None:
    rule = deadline(24, unit="hours")
    known = world(helps(YUN, GU), check(june(12), minute=500), alarm(june(12), minute=600))
    assert what_is_owed(rule, known, on=june(12))[0].state == State.DUE


def test_a_standstill_pushes_the_day_back_even_one_that_the_push_itself_reaches() -> None:
    stops = [
        Done(20, "standstill", june(12), (GU,), SHE, {"from": june(13), "to": june(14)}),
        Done(21, "standstill", june(12), (GU,), SHE, {"from": june(16), "to": june(16)}),
    ]
    known = world(helps(YUN, GU), alarm(june(12)), *stops)
    rule = deadline(3, pause=("standstill",))
    assert what_is_owed(rule, known, on=june(20))[0].due == june(18)


def test_nothing_is_owed_where_nobody_ever_held_the_post() -> None:
    assert what_is_owed(deadline(3), world(helps(YUN, TIAN), alarm(june(12))), on=june(20)) == []


def test_the_holder_on_the_due_day_answers_else_the_last_one_else_the_next() -> None:
    rule = deadline(3)

    def answers(*posts: object) -> int:
        return what_is_owed(rule, world(*posts, alarm(june(12))), on=june(30))[0].person  # type: ignore[arg-type]

    assert answers(helps(YUN, GU, end=june(15)), helps(SHE, GU, june(15))) == SHE
    assert answers(helps(YUN, GU, end=june(13)), helps(SHE, GU, june(20))) == YUN
    assert answers(helps(SHE, GU, june(20))) == SHE
    longer = helps(YUN, GU, end=june(14))  # began earlier than She, and left later
    assert answers(longer, helps(SHE, GU, june(2), june(13))) == YUN


def test_a_deadline_may_count_from_a_day_that_a_fact_names() -> None:
    promise = Done(5, "visit", june(1), (GU,), YUN, {"promised": june(10)})
    rule = replace(deadline(0, after="visit"), after_field="promised")
    known = world(helps(YUN, GU), promise)
    assert what_is_owed(rule, known, on=june(9)) == []
    assert what_is_owed(rule, known, on=june(11))[0].state == State.OVERDUE
