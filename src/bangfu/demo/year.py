"""Lives through the year month by month and yields its lines in the order of their recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bangfu.core.calendar import WorkCalendar
from bangfu.core.facts import Draft, Value
from bangfu.core.periods import Period, period_of
from bangfu.demo.lines import Ids, Line, Queue, moment
from bangfu.demo.people import County, Person, Venue, Village
from bangfu.demo.scale import Era, Scale

# A fact is entered the same evening, some days later, or from a pile of paper by the township.
SELF_DELAYS = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3)
_PAPER_DELAYS = (2, 3, 4, 5, 6, 8, 11)
# The article counts on the last day of July.
_MONTHS = 7


@dataclass(slots=True)
class Year:
    """What every plan needs: the cast, the days, its own chance and uids, and the queue.

    A plan is called once a month and may only write facts of days from that month on;
    `waiting` is whom it has put off to a later month, `picked` where it has chosen to act,
    `works` what it has under way, `done` whom it has seen to.
    """

    county: County
    scale: Scale
    era: Era
    calendar: WorkCalendar
    queue: Queue
    random: Random
    ids: Ids
    waiting: list[Person] = field(default_factory=list)
    picked: list[Village] = field(default_factory=list)
    works: list[Venue] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def days(self, month: Period) -> list[date]:
        """The days of the month that have come by the as-of day."""
        last = min(month.last_day, self.era.as_of)
        return [month.start + timedelta(days=n) for n in range((last - month.start).days + 1)]

    def working(self, month: Period) -> list[date]:
        """Of these the working days."""
        return [day for day in self.days(month) if self.calendar.is_working(day)]

    def settled(self, month: Period, *, entered_within: int) -> list[date]:
        """The working days whose facts are surely in the ledger by the as-of day."""
        last = self.era.as_of - timedelta(days=entered_within + 1)
        return [day for day in self.working(month) if day <= last]

    def draft(
        self,
        kind: str,
        on: date,
        *,
        subject: str,
        by: str,
        values: dict[str, Value],
        participants: tuple[tuple[str, str], ...] = (),
        more: tuple[str, ...] = (),
    ) -> Draft:
        """A new draft of this year, performed `by` somebody."""
        return Draft(
            uid=self.ids.new(),
            kind=kind,
            occurred_on=on,
            subject=subject,
            performed_by=by,
            values=values,
            participants=participants,
            more_subjects=more,
        )

    def evening(self, draft: Draft, *, by: str, delays: tuple[int, ...] = SELF_DELAYS) -> date:
        """Enter a draft as its own performer does, mostly the same evening; the day it was."""
        day = draft.occurred_on + timedelta(days=self.random.choice(delays))
        self.queue.push(draft, by=by, at=moment(day, self.random.randint(18 * 60, 21 * 60)))
        return day

    def office(self, draft: Draft, *, by: str, delays: tuple[int, ...] = (0,)) -> date:
        """Enter a draft in office hours; the day it was entered."""
        day = draft.occurred_on + timedelta(days=self.random.choice(delays))
        self.queue.push(draft, by=by, at=moment(day, self.random.randint(14 * 60, 18 * 60)))
        return day

    def paper(self, draft: Draft, *, by: str) -> date:
        """Enter a draft days later from paper; the day it was entered."""
        return self.office(draft, by=by, delays=_PAPER_DELAYS)


def paced(total: int, month: Period) -> int:
    """How many of `total` in seven months fall into this month of the year."""
    number = month.start.month
    return total * number // _MONTHS - total * (number - 1) // _MONTHS


Plan = Callable[[Year, Period], None]


def live(
    county: County,
    *,
    scale: Scale,
    era: Era,
    calendar: WorkCalendar,
    queue: Queue,
    seed: int,
    plans: tuple[Plan, ...],
) -> Iterator[Line]:
    """The year's lines in order; each plan has its own chance, so that none disturbs another."""
    years = [
        Year(
            county=county,
            scale=scale,
            era=era,
            calendar=calendar,
            queue=queue,
            random=Random(f"{seed}:{plan.__name__}"),
            ids=Ids(Random(f"{seed}:{plan.__name__} ids")),
        )
        for plan in plans
    ]
    month = period_of(era.start, "month")
    while month.start <= era.as_of:
        for plan, year in zip(plans, years, strict=True):
            plan(year, month)
        month = period_of(month.end, "month")
        yield from queue.pop_before(moment(month.start, 0))
