"""Half-open periods of days and the cadences that generate them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

Cadence = Literal["day", "week", "month", "quarter", "half_year", "year", "five_years"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)

EPOCH = date(1970, 1, 1)
_MONTHS: dict[str, int] = {
    "month": 1,
    "quarter": 3,
    "half_year": 6,
    "year": 12,
    "five_years": 60,
}


class Period(NamedTuple):
    """The days from `start` up to but not including `end` (周期)."""

    start: date
    end: date

    @property
    def last_day(self) -> date:
        """The last day inside the period."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days

    def holds(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return self.start <= day < self.end


def day_number(day: date) -> int:
    """Days since 1970-01-01, the unit of every day column in the engine."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day that `day_number` numbered."""
    return EPOCH + timedelta(days=int(number))


def period_of(day: date, every: Cadence) -> Period:
    """The period of that cadence which contains `day`.

    Weeks start on Monday. Quarters, half-years and years are calendar ones; five years
    run 2021-2025, 2026-2030 and so on, as national training plans do.
    """
    if every == "day":
        return Period(day, day + timedelta(days=1))
    if every == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + timedelta(days=7))
    span = _MONTHS[every]
    index = (day.year - 1) * 12 + day.month - 1
    first = index - index % span
    return Period(_month(first), _month(first + span))


def periods(every: Cadence, within: Period) -> Iterator[Period]:
    """All periods of that cadence that touch `within`, in order, none of them cut."""
    day = within.start
    while day < within.end:
        period = period_of(day, every)
        yield period
        day = period.end


def _month(index: int) -> date:
    """First day of the month `index`, counted from January of year 1."""
    return date(index // 12 + 1, index % 12 + 1, 1)
