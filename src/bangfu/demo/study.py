"""The five ways of study: classes, seminars, channels, one's own lessons, must-know notices."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo import texts
from bangfu.demo.people import Person
from bangfu.demo.year import Year, paced

_SEMINAR_MONTHS = (2, 3, 5, 7)
_CLASS_DELAYS = (1, 2, 4)
# The classes of six months reach everybody; who comes to others besides is chance.
_ROUND = 6
_BESIDES = 30
_MISSED = 0.03
# Days after the as-of day, the levels that a class is for, and whether for one township only.
_PLANS = (
    (-2, ("section",), False),
    (8, ("grassroots",), True),
    (15, ("section", "grassroots"), False),
    (29, ("county", "section"), False),
)
# Days before the first day of the ledger on which a channel was opened.
_OPENED = 200


def channels(year: Year, month: Period) -> None:
    """Public accounts and groups for study, opened before the year; one closed again since."""
    if month.start != year.era.start:
        return
    organisation = year.county.organisation.uid
    for number, (kind, name) in enumerate((*texts.CHANNELS, texts.CHANNEL_CLOSED)):
        values: dict[str, Value] = {"type": kind, "name": name}
        day = year.era.start - timedelta(days=_OPENED - 10 * number)
        opened = year.draft(
            "study_channel_opened", day, subject=year.county.uid, by=organisation, values=values
        )
        year.office(opened, by=organisation, delays=(_OPENED + 1,))
        if name == texts.CHANNEL_CLOSED[1]:
            closed = year.draft(
                "study_channel_closed",
                month.start + timedelta(days=20),
                subject=year.county.uid,
                by=organisation,
                values={"name": name, "why": "与“党组书记群”合并。"},
            )
            year.office(closed, by=organisation)


def classes(year: Year, month: Period) -> None:
    """The Party school's classes; by the end of six months every cadre had his turn.

    Who misses it comes to the next class, or, in a county that does not see to it, to none.
    """
    county, days = year.county, year.settled(month, entered_within=max(_CLASS_DELAYS))
    if not days:
        return
    total = year.scale.pace.classes
    of_month = paced(total, month)
    before = sum(paced(total, Period(date(month.start.year, m, 1), month.start))
                 for m in range(1, month.start.month))  # fmt: skip
    in_round = sum(paced(total, Period(date(month.start.year, m, 1), month.start))
                   for m in range(1, _ROUND + 1))  # fmt: skip
    for number in range(of_month):
        turn = before + number
        expected = year.waiting + county.trainees[turn % in_round :: in_round]
        year.waiting = [p for p in expected if year.random.random() < _MISSED]
        away = set(year.waiting)
        attendees = {person.uid: person for person in expected if person not in away}
        if year.scale.make_up:
            besides = year.random.sample(county.trainees, _BESIDES)
            attendees |= {person.uid: person for person in besides if person not in away}
        else:
            year.waiting = []
        if attendees:
            _class(year, year.random.choice(days), turn, list(attendees.values()))


def plans(year: Year, month: Period) -> None:
    """The classes of the weeks ahead, announced in the last days before the as-of day; one was
    announced for a day that has passed, and one for a single township.
    """
    as_of = year.era.as_of
    if not month.holds(as_of):
        return
    told = as_of - timedelta(days=4)
    if told < month.start:
        told = as_of
    towns = year.county.towns
    for number, (ahead, levels, town) in enumerate(_PLANS):
        on = as_of + timedelta(days=ahead)
        titles = texts.CLASSES_HELP if year.era.lifted else texts.CLASSES_RELIEF
        values: dict[str, Value] = {
            "title": f"{on.year}年{titles[number % len(titles)]}（{on.month}月）",
            "class_on": on.isoformat(),
            "place": f"{towns[-1].name}会议室" if town else texts.ROOMS[number % len(texts.ROOMS)],
            "levels": list(levels),
            "channel": "led" if town else "school",
            "hours": "8.0" if town else "24.0",
            "words": texts.PLAN_WORDS,
        }
        draft = year.draft(
            "class_plan",
            told,
            subject=year.county.school.uid,
            by=year.county.organisation.uid,
            values=values,
            participants=(("township", towns[-1].uid),) if town else (),
        )
        year.office(draft, by=year.county.organisation.uid)


def seminars(year: Year, month: Period) -> None:
    """Four seminars of the county's leaders a year."""
    if month.start.month not in _SEMINAR_MONTHS:
        return
    day = month.start + timedelta(days=year.random.randint(7, 20))
    if day > year.era.as_of:
        return
    leaders = year.county.leaders
    topic = texts.SEMINARS[_SEMINAR_MONTHS.index(month.start.month)]
    draft = year.draft(
        "study_seminar",
        day,
        subject=year.county.uid,
        by=leaders[0].uid,
        values={"topic": topic, "theme": "relief"},
        participants=tuple(("attendee", leader.uid) for leader in leaders),
    )
    year.office(draft, by=year.county.organisation.uid, delays=(1, 2))


def lessons(year: Year, month: Period) -> None:
    """Some helpers note for themselves what they learned online; it counts for nothing."""
    working = year.working(month)
    for helper in year.county.helpers:
        if not working or year.random.random() > 0.1:
            continue
        day = year.random.choice(working)
        if not any(home.helper_on(day) is helper for home in helper.households):
            continue
        minutes = year.random.choice((10, 12, 15, 20, 35))
        values: dict[str, Value] = {
            "title": year.random.choice(texts.LESSONS),
            "minutes": minutes,
            "hours": "0.25" if minutes <= 15 else "0.50" if minutes < 30 else "1.00",
        }
        draft = year.draft("micro_lesson", day, subject=helper.uid, by=helper.uid, values=values)
        year.evening(draft, by=helper.uid, delays=(0,))


def notices(year: Year, month: Period) -> None:
    """What everybody must know is pushed in the first days of the month; each village reads it
    out and notes who was told.
    """
    organisation = year.county.organisation.uid
    day = month.start + timedelta(days=year.random.randint(0, 4))
    if day > year.era.as_of:
        return
    titles = texts.NOTICES_HELP if year.era.lifted else texts.NOTICES_RELIEF
    notice = year.draft(
        "must_know_notice",
        day,
        subject=year.county.uid,
        by=organisation,
        values={
            "title": titles[month.start.month % len(titles)],
            "text": texts.NOTICE,
            "pushed_by": ["account", "group"],
        },
    )
    year.office(notice, by=organisation)
    for village in year.county.villages:
        told_on = day + timedelta(days=year.random.randint(1, 20))
        if not village.helped or year.random.random() > village.care:
            continue
        if told_on > year.era.as_of:
            continue
        told = year.random.sample(village.branch.members, min(3, len(village.branch.members)))
        values: dict[str, Value] = {
            "notice": notice.uid,
            "how": year.random.choice(("meeting", "meeting", "visit", "loudspeaker")),
            "households": max(1, round(len(village.households) * year.random.uniform(0.7, 1.0))),
        }
        teller = village.secretary.uid
        draft = year.draft(
            "notice_read_out",
            told_on,
            subject=village.uid,
            by=teller,
            values=values,
            participants=tuple(("told", person.uid) for person in told),
        )
        year.evening(draft, by=teller)


def _class(year: Year, day: date, turn: int, attendees: list[Person]) -> None:
    county = year.county
    titles = texts.CLASSES_HELP if year.era.lifted else texts.CLASSES_RELIEF
    values: dict[str, Value] = {
        "title": f"{day.year}年{titles[turn % len(titles)]}第{turn + 1}期",
        "category": year.random.choice(("main", "special", "special")),
        "channel": year.random.choice(("school", "school", "led", "university", "distance")),
        "hours": year.random.choice(("8.0", "16.0", "24.0", "32.0", "40.0", "48.0")),
    }
    draft = year.draft(
        "class_session",
        day,
        subject=county.school.uid,
        by=county.organisation.uid,
        values=values,
        participants=tuple(("attendee", person.uid) for person in attendees),
    )
    year.office(draft, by=county.organisation.uid, delays=_CLASS_DELAYS)
