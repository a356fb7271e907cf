"""Working days come from a table; a year that nobody entered is an error, not a guess."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.calendar import UnknownYear, WorkCalendar

# 国庆 2017: 1 to 8 October off, Saturday 30 September worked.
CALENDAR = WorkCalendar(
    years=frozenset({2017, 2018}),
    holidays=frozenset(date(2017, 10, day) for day in range(1, 9)),
    make_up=frozenset({date(2017, 9, 30)}),
)
DAYS_2017 = st.dates(date(2017, 1, 1), date(2017, 12, 31))


def test_a_weekday_is_worked_and_a_weekend_is_not() -> None:
    assert CALENDAR.is_working(date(2017, 7, 31))
    assert not CALENDAR.is_working(date(2017, 7, 29))


def test_a_holiday_is_not_worked_and_a_make_up_day_is() -> None:
    assert not CALENDAR.is_working(date(2017, 10, 2))
    assert CALENDAR.is_working(date(2017, 9, 30))


def test_five_working_days_over_the_national_day() -> None:
    assert CALENDAR.add(date(2017, 9, 28), 5) == date(2017, 10, 11)


def test_no_working_days_later_is_the_same_day() -> None:
    assert CALENDAR.add(date(2017, 10, 1), 0) == date(2017, 10, 1)


@given(DAYS_2017, st.integers(1, 60))
def test_counting_on_passes_exactly_that_many_working_days(day: date, count: int) -> None:
    last = CALENDAR.add(day, count)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(CALENDAR.is_working(one) for one in between) == count
    assert CALENDAR.is_working(last)


@given(DAYS_2017, st.integers(0, 20), st.integers(0, 20))
def test_counting_in_two_steps_is_counting_at_once(day: date, one: int, two: int) -> None:
    assert CALENDAR.add(CALENDAR.add(day, one), two) == CALENDAR.add(day, one + two)


def test_an_unknown_year_fails_in_both_languages_with_its_cure() -> None:
    with pytest.raises(UnknownYear) as caught:
        CALENDAR.add(date(2018, 12, 28), 5)
    assert caught.value.place == "2019"
    assert "2019" in caught.value.say("zh")
    assert "add that year" in caught.value.say("en")
