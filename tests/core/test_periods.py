"""Periods tile the calendar: no day is lost, none belongs to two."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.periods import (
    CADENCES,
    Cadence,
    Period,
    day_number,
    day_of,
    period_of,
    periods,
)

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
EVERY = st.sampled_from(CADENCES)


@given(DAYS, EVERY)
def test_a_day_lies_in_its_period(day: date, every: Cadence) -> None:
    assert period_of(day, every).holds(day)


@given(DAYS, EVERY)
def test_every_day_of_a_period_has_that_period(day: date, every: Cadence) -> None:
    period = period_of(day, every)
    assert period_of(period.start, every) == period
    assert period_of(period.last_day, every) == period


@given(DAYS, EVERY)
def test_one_period_ends_where_the_next_begins(day: date, every: Cadence) -> None:
    period = period_of(day, every)
    assert period_of(period.end, every).start == period.end
    assert period_of(period.start - timedelta(days=1), every).end == period.start


@given(DAYS, st.integers(0, 800), EVERY)
def test_periods_tile_what_they_touch_and_touch_all_they_give(
    start: date, days: int, every: Cadence
) -> None:
    within = Period(start, start + timedelta(days=days))
    found = list(periods(every, within))
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(period.start < within.end and period.end > within.start for period in found)
    if found:
        assert found[0].holds(within.start)
        assert found[-1].holds(within.last_day)
    else:
        assert days == 0


@given(DAYS)
def test_a_day_and_its_number_go_both_ways(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert day_number(day + timedelta(days=1)) == day_number(day) + 1


@pytest.mark.parametrize(
    ("every", "start", "end"),
    [
        ("day", date(2017, 7, 31), date(2017, 8, 1)),
        ("week", date(2017, 7, 31), date(2017, 8, 7)),
        ("month", date(2017, 7, 1), date(2017, 8, 1)),
        ("quarter", date(2017, 7, 1), date(2017, 10, 1)),
        ("half_year", date(2017, 7, 1), date(2018, 1, 1)),
        ("year", date(2017, 1, 1), date(2018, 1, 1)),
        ("five_years", date(2016, 1, 1), date(2021, 1, 1)),
    ],
)
def test_the_periods_of_the_31st_of_july_2017_a_monday(
    every: Cadence, start: date, end: date
) -> None:
    assert period_of(date(2017, 7, 31), every) == Period(start, end)


def test_weeks_cross_years_and_start_on_monday() -> None:
    assert period_of(date(2021, 1, 1), "week") == Period(date(2020, 12, 28), date(2021, 1, 4))


def test_five_years_run_as_national_plans_do() -> None:
    plans = [period_of(date(year, 6, 1), "five_years").start.year for year in (2020, 2021, 2025)]
    assert plans == [2016, 2021, 2021]


def test_a_february_has_its_own_length() -> None:
    assert period_of(date(2016, 2, 10), "month").days == 29
    assert period_of(date(2017, 2, 10), "month").days == 28
