"""What helpers and first secretaries do at households: visits, contacts, mistakes in entering."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.periods import Period, period_of
from bangfu.demo.lines import moment
from bangfu.demo.people import Household, Person
from bangfu.demo.shares import shared
from bangfu.demo.texts import CORRECTIONS, FOLLOW_UPS, NEEDS, VOIDS
from bangfu.demo.year import SELF_DELAYS, Year, paced

# The duty of weekly contact begins with this day, that of monthly contact with the other.
WEEKLY_FROM = date(2017, 1, 1)
MONTHLY_FROM = date(2021, 1, 1)
GRACE = 5
RAIN = (6, 12)
# A mistake is seen within so many days; who has left by then cannot withdraw it.
_MEND = 6


def visits(year: Year, month: Period) -> None:
    """Helpers call on their households on two or three days of the month, or late, or not."""
    working = year.working(month)
    if not working:
        return
    quarterly = month.start.month % 3
    for helper in year.county.helpers:
        days = sorted(year.random.sample(working, min(3, len(working))))
        for number, home in enumerate(helper.households):
            if _rain_check(year, month, home, helper) and year.random.random() < 0.7:
                continue
            if home.watched or number % 3 == quarterly:
                day = _day_of_visit(year, month, helper, days)
                if day and home.helper_on(day) is helper:
                    _visit(year, home, helper, day)
            if year.random.random() < 0.05 and home.helper_on(days[0]) is helper:
                _visit(year, home, helper, days[0], purpose="need")


def secretaries_visits(year: Year, month: Period) -> None:
    """A first secretary calls on some households of the village each week, a careful one on
    more; all of them together keep the county's pace.
    """
    working = year.settled(month, entered_within=0)
    posts = [
        (village, village.first_secretary)
        for village in year.county.villages
        if village.first_secretary and village.households
    ]
    if not working or not posts:
        return
    counts = shared(
        paced(year.scale.pace.secretaries_visits, month), [village.care for village, _ in posts]
    )
    for (village, secretary), count in zip(posts, counts, strict=True):
        for _ in range(count):
            home = year.random.choice(village.households)
            _visit(year, home, secretary, year.random.choice(working), mode="door", delays=(0,))


def contacts(year: Year, month: Period) -> None:
    """Each helper's round of contacts: weekly from 2017 to 2020, monthly since."""
    if month.start < WEEKLY_FROM:
        return
    every = 7 if month.start < MONTHLY_FROM else 28
    monday = period_of(month.start, "week").start
    monday += timedelta(days=7) if monday < month.start else timedelta()
    while monday < month.end and monday <= year.era.as_of:
        for helper in year.county.helpers:
            _round(year, helper, monday + timedelta(days=year.random.randrange(6)))
        monday += timedelta(days=every)


def _day_of_visit(year: Year, month: Period, helper: Person, days: list[date]) -> date | None:
    """A day in time, a day of grace in the next month, or none."""
    chance = year.random.random()
    if chance < helper.care:
        return year.random.choice(days)
    if chance < helper.care + (1 - helper.care) * 0.5:
        return month.end + timedelta(days=year.random.randrange(GRACE))
    return None


def _visit(
    year: Year,
    home: Household,
    who: Person,
    day: date,
    *,
    purpose: str = "regular",
    mode: str = "",
    delays: tuple[int, ...] = (),
) -> None:
    """One visit, entered by the visitor or from paper, sometimes wrongly."""
    if day > year.era.as_of:
        return
    random = year.random
    values: dict[str, Value] = {
        "mode": mode or random.choices(("door", "phone"), (0.95, 0.05))[0],
        "purpose": purpose,
        "minutes": random.randrange(15, 95, 5),
        "income_change": random.choices(("up", "same", "down"), (0.35, 0.57, 0.08))[0],
    }
    for trouble in ("housing", "school", "water", "insurance"):
        if random.random() < 0.006:
            values[f"{trouble}_trouble"] = True
    if random.random() < 0.4:
        values["need"] = random.choice(NEEDS)
    if random.random() < 0.25:
        values["follow_up"] = random.choice(FOLLOW_UPS)
    draft = year.draft("household_visit", day, subject=home.uid, by=who.uid, values=values)
    if delays or random.random() < 0.8:
        recorder = who.uid
        entered = year.evening(draft, by=recorder, delays=delays or SELF_DELAYS)
    else:
        recorder = home.village.town.officer.uid
        entered = year.paper(draft, by=recorder)
    left = home.helper_on(entered + timedelta(days=_MEND)) is not who
    if recorder != who.uid or who is home.village.first_secretary or not left:
        _mistake(year, draft, recorder, entered)


def _mistake(year: Year, draft: Draft, recorder: str, entered: date) -> None:
    """Now and then what was entered is corrected or withdrawn some days later."""
    chance = year.random.random()
    if chance > 0.016:
        return
    day = entered + timedelta(days=year.random.randint(1, _MEND))
    at = moment(day, year.random.randint(18 * 60, 21 * 60))
    uid = year.ids.new()
    if chance < 0.004:
        void = Draft(
            uid=uid,
            kind=VOID,
            occurred_on=day,
            subject=draft.subject,
            performed_by=recorder,
            amends=draft.uid,
            reason=year.random.choice(VOIDS),
        )
        year.queue.push(void, by=recorder, at=at)
        return
    values = dict(draft.values) | {"minutes": year.random.randrange(20, 100, 10)}
    corrected = replace(
        draft, uid=uid, values=values, amends=draft.uid, reason=year.random.choice(CORRECTIONS)
    )
    year.queue.push(corrected, by=recorder, at=at)


def _rain_check(year: Year, month: Period, home: Household, helper: Person) -> bool:
    """The early July rain: households are checked one by one; whether this one was."""
    if month.start.month != 7 or year.random.random() > helper.care * 0.7:
        return False
    day = month.start.replace(day=year.random.randint(*RAIN))
    if home.helper_on(day) is not helper or day > year.era.as_of:
        return False
    _visit(year, home, helper, day, purpose="check")
    return True


def _round(year: Year, helper: Person, day: date) -> None:
    """One sheet with the households that the helper was in touch with that day."""
    if day > year.era.as_of:
        return
    homes = [home for home in helper.households if home.helper_on(day) is helper]
    chance = year.random.random()
    if chance > helper.care:
        if chance > helper.care + (1 - helper.care) * 0.5:
            return
        homes = [home for home in homes if year.random.random() < 0.7]
    if not homes:
        return
    helped = [h for h in ("policy", "living", "surroundings") if year.random.random() < 0.45]
    values: dict[str, Value] = {"channel": year.random.choice(("met", "phone", "phone", "message"))}
    if helped:
        values["helped_with"] = helped
    draft = year.draft(
        "household_contact",
        day,
        subject=homes[0].uid,
        by=helper.uid,
        values=values,
        more=tuple(home.uid for home in homes[1:]),
    )
    year.evening(draft, by=helper.uid)
