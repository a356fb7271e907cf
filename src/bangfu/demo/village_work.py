"""What happens in villages: stays and leave of first secretaries, meetings, venues, feedback."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.lines import moment
from bangfu.demo.people import Venue, Village
from bangfu.demo.texts import FEEDBACK, RESOLVED
from bangfu.demo.year import Year

_SHEET_DAY = 16
_SHEET_HOUR = 8 * 60 + 30
_MODES = ("in_village", "official_trip", "training")
# Months after the start and before the end: when work on a venue begins, is planned to end.
_VENUE_MONTHS = (1, 4)
# Days after the planned end on which each venue is finished; None: still not.
_VENUE_ENDS = (-12, 20, None, 3)


def stays(year: Year, month: Period) -> None:
    """First secretaries' leave and days in the village, from the township's half-monthly sheet."""
    for village in year.county.villages:
        secretary = village.first_secretary
        if secretary is not None:
            away = _leave(year, month, village, secretary=secretary.uid)
            _days(year, month, village, secretary=secretary.uid, away=away)


def group_meetings(year: Year, month: Period) -> None:
    """The responsibility group of each village with poor households meets, mostly."""
    for village in year.county.villages:
        head = village.group_head
        day = month.start + timedelta(days=year.random.randint(4, 24))
        chance = year.random.random()
        if chance > village.care:
            day = month.end + timedelta(days=year.random.randrange(5))
        if head is None or day > year.era.as_of or chance > (1 + village.care) / 2:
            continue
        values: dict[str, Value] = {
            "present": year.random.randint(4, 9),
            "resolved": year.random.choice(RESOLVED),
        }
        draft = year.draft("group_meeting", day, subject=village.uid, by=head.uid, values=values)
        year.evening(draft, by=head.uid)


def venues(year: Year, month: Period) -> None:
    """Work on village venues: one finished early, one late, one not at all."""
    after, before = _VENUE_MONTHS
    begin = _month_after(year.era.start, after)
    planned = _month_after(year.era.as_of, 1 - before)
    for number, venue in enumerate(year.county.venues):
        end = planned + timedelta(days=7 * (number % 5))
        if month.holds(begin):
            values: dict[str, Value] = {
                "planned_finish": end.isoformat(),
                "area": year.random.randrange(120, 420, 20),
            }
            day = begin + timedelta(days=number % 9)
            _venue_fact(year, venue, "venue_started", on=day, values=values)
        late = _VENUE_ENDS[number % len(_VENUE_ENDS)]
        if late is not None and month.holds(end + timedelta(days=late)):
            accepted: dict[str, Value] = {"accepted_by": venue.village.town.name}
            day = end + timedelta(days=late)
            _venue_fact(year, venue, "venue_finished", on=day, values=accepted)


def feedback(year: Year, month: Period) -> None:
    """Somebody says what the program should do better."""
    page, text = year.random.choice(FEEDBACK)
    helpers = [helper for helper in year.county.helpers if helper.households]
    helper = year.random.choice(helpers)
    day = month.start + timedelta(days=year.random.randint(9, 25))
    holds = any(home.helper_on(day) is helper for home in helper.households)
    if day <= year.era.as_of and holds:
        values: dict[str, Value] = {"page": page, "text": text}
        draft = year.draft("feedback", day, subject=helper.uid, by=helper.uid, values=values)
        year.evening(draft, by=helper.uid, delays=(0,))


def _leave(year: Year, month: Period, village: Village, *, secretary: str) -> set[date]:
    """This month's leave, recorded by the township; one careless secretary takes too much."""
    careless = village.care < 0.6
    if month.start.month in (2, 8) or year.random.random() > (0.6 if careless else 0.2):
        return set()
    length = year.random.randint(6, 11) if careless else year.random.randint(2, 5)
    first = month.start + timedelta(days=year.random.randint(0, 15))
    if first > year.era.as_of:
        return set()
    days = [first + timedelta(days=n) for n in range(length)]
    values: dict[str, Value] = {
        "type": year.random.choice(("annual", "sick", "family")),
        "from": first.isoformat(),
        "to": days[-1].isoformat(),
        "days": length,
        "approver": "township" if length <= 3 else "county",
    }
    draft = year.draft("leave", first, subject=village.uid, by=secretary, values=values)
    year.queue.push(draft, by=village.town.officer.uid, at=moment(first, 9 * 60))
    return set(days)


def _days(year: Year, month: Period, village: Village, *, secretary: str, away: set[date]) -> None:
    """The days of the month in the village, entered on the 16th and on the last day."""
    random = year.random
    present = [day for day in year.working(month) if day not in away]
    if village.care < 0.6:
        present = [day for day in present if random.random() < 0.78]
    free = [
        day for day in year.days(month) if day not in away and not year.calendar.is_working(day)
    ]
    wanted = 23 if village.care >= 1 else 15 if village.care < 0.6 else random.randint(20, 22)
    wanted = max(0, wanted - len(present) - len(away))
    present += random.sample(free, min(wanted, len(free)))
    for day in sorted(present):
        mode = random.choices(_MODES, (0.88, 0.08, 0.04))[0]
        draft = year.draft(
            "day_in_village",
            day,
            subject=village.uid,
            by=secretary,
            values={"mode": mode},
        )
        sheet = month.start.replace(day=_SHEET_DAY)
        if day >= sheet:
            sheet = month.last_day if day < month.last_day else month.end
        year.queue.push(draft, by=village.town.officer.uid, at=moment(sheet, _SHEET_HOUR))


def _venue_fact(year: Year, venue: Venue, kind: str, *, on: date, values: dict[str, Value]) -> None:
    """A fact about a venue, entered by the township."""
    if on <= year.era.as_of:
        draft = year.draft(kind, on, subject=venue.uid, by=venue.lead.uid, values=values)
        year.office(draft, by=venue.village.town.officer.uid, delays=(0, 1, 2))


def _month_after(day: date, months: int) -> date:
    """The first of the month that lies `months` after `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
