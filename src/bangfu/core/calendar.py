"""Working days from a dated table; a year the table does not know fails loudly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.core.text import Refused

SATURDAY = 5  # as `date.weekday` counts


class UnknownYear(Refused):
    """A working day was asked for in a year whose holidays nobody has entered yet."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "unknown_year",
            f"{year} 年的节假日安排尚未录入，不能推算工作日；请在 county 的工作日历中补上该年。",
            f"The holidays of {year} are not entered, so working days cannot be counted; "
            "add that year to the county's working calendar.",
            place=str(year),
        )


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked (工作日历): weekdays less `holidays`, plus `make_up` days.

    Source of the days: the State Council's yearly notice on holidays.
    """

    years: frozenset[int]
    holidays: frozenset[date]
    make_up: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked; raises `UnknownYear` outside the table."""
        if day.year not in self.years:
            raise UnknownYear(day.year)
        if day in self.make_up:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def add(self, day: date, working_days: int) -> date:
        """The day that lies `working_days` (0 or more) working days after `day`."""
        while working_days > 0:
            day += timedelta(days=1)
            if self.is_working(day):
                working_days -= 1
        return day
