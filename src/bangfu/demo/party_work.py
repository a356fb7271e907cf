"""What happens in branches and in training: party days, meetings, lectures, classes, seminars."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Draft, Value
from bangfu.core.periods import Period
from bangfu.demo import texts
from bangfu.demo.people import Person, Village
from bangfu.demo.year import Year

_PARTY_DAY = 10
_SEMINAR_MONTHS = (2, 3, 5, 7)
_QUARTER = 3


def party_days(year: Year, month: Period) -> None:
    """On the tenth, or later, or not; the township reminds its branches before."""
    on = month.start.replace(day=_PARTY_DAY)
    for town in year.county.towns:
        day = on - timedelta(days=year.random.randint(1, 4))
        if day <= year.era.as_of and year.random.random() < 0.96:
            values: dict[str, Value] = {
                "party_day_on": on.isoformat(),
                "words": texts.REMINDER.format(day=_PARTY_DAY),
            }
            officer = town.officer.uid
            draft = year.draft(
                "party_day_reminder", day, subject=town.uid, by=officer, values=values
            )
            year.office(draft, by=officer)
    for village in year.county.villages:
        held_on = _on_time(year, month, on, village, grace=3)
        if held_on is None:
            continue
        present = _present(year, village)
        values = {
            "topic": year.random.choice(texts.PARTY_DAYS),
            "present": present,
            "expected": village.party_members,
        }
        service = year.random.choice(texts.SERVICES)
        if service:
            values["service"] = service
        _in_branch(
            year,
            village,
            year.draft(
                "party_day",
                held_on,
                subject=village.branch,
                by=village.secretary.uid,
                values=values,
            ),
        )


def branch_meetings(year: Year, month: Period) -> None:
    """The committee each month, all members in the middle of each quarter."""
    for village in year.county.villages:
        kinds = ["committee"] + ["members"] * (month.start.month % _QUARTER == 2)
        for kind in kinds:
            planned = month.start + timedelta(days=year.random.randint(1, 26))
            day = _on_time(year, month, planned, village, grace=5)
            if day is not None:
                values: dict[str, Value] = {
                    "type": kind,
                    "present": 4 if kind == "committee" else _present(year, village),
                    "resolved": year.random.choice(texts.BRANCH_RESOLVED),
                }
                _in_branch(
                    year,
                    village,
                    year.draft(
                        "branch_meeting",
                        day,
                        subject=village.branch,
                        by=village.secretary.uid,
                        values=values,
                    ),
                )


def lectures(year: Year, month: Period) -> None:
    """One by the secretary each quarter, some by the township, a few by county leaders."""
    random = year.random
    for town in year.county.towns:
        for village in town.villages:
            if month.start.month % _QUARTER == 0:
                planned = month.start + timedelta(days=random.randint(1, 27))
                day = _on_time(year, month, planned, village, grace=9)
                if day is not None:
                    _lecture(year, village, day, by=(village.secretary, "village"))
        guests = [(town.secretary, "township"), (random.choice(year.county.leaders), "county")]
        for guest, level in guests[: random.choice((1, 1, 1, 2))]:
            day = month.start + timedelta(days=random.randrange(27))
            _lecture(year, random.choice(town.villages), day, by=(guest, level))


def classes(year: Year, month: Period) -> None:
    """The Party school's classes; by the end of the year nearly every cadre has sat in one."""
    working = year.working(month)
    trainees = year.county.trainees
    if not working:
        return
    # Half a year's classes reach everybody; who misses his own comes to none.
    groups = 6 * year.scale.classes_a_month
    for number in range(year.scale.classes_a_month):
        turn = (month.start.month - 1) % 6 * year.scale.classes_a_month + number
        attendees = [p for p in trainees[turn::groups] if year.random.random() < 0.97]
        day = year.random.choice(working)
        if not attendees:
            continue
        titles = texts.CLASSES_HELP if year.era.lifted else texts.CLASSES_RELIEF
        values: dict[str, Value] = {
            "title": f"{day.year}年{titles[turn % len(titles)]}第{turn + 1}期",
            "category": year.random.choice(("main", "special", "special")),
            "channel": year.random.choice(("school", "school", "led", "university", "distance")),
            "hours": year.random.choice(("4.0", "8.0", "16.0", "24.0", "40.0")),
        }
        draft = year.draft(
            "class_session",
            day,
            subject=year.county.school.uid,
            by=year.county.organisation.uid,
            values=values,
            participants=tuple(("attendee", person.uid) for person in attendees),
        )
        year.office(draft, by=year.county.organisation.uid, delays=(1, 2, 4))


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


def feedback(year: Year, month: Period) -> None:
    """Somebody says what the program should do better."""
    page, text = year.random.choice(texts.FEEDBACK)
    helpers = [helper for helper in year.county.helpers if helper.households]
    helper = year.random.choice(helpers)
    day = month.start + timedelta(days=year.random.randint(9, 25))
    holds = any(home.helper_on(day) is helper for home in helper.households)
    if day <= year.era.as_of and holds:
        values: dict[str, Value] = {"page": page, "text": text}
        draft = year.draft("feedback", day, subject=helper.uid, by=helper.uid, values=values)
        year.evening(draft, by=helper.uid, delays=(0,))


def _on_time(
    year: Year, month: Period, planned: date, village: Village, *, grace: int
) -> date | None:
    """The planned day, a day of grace after the month, or none; as the village's care goes."""
    chance = year.random.random()
    day = planned
    if chance > village.care:
        day = month.end + timedelta(days=year.random.randrange(grace))
    if chance > village.care + (1 - village.care) * 0.6 or day > year.era.as_of:
        return None
    return day


def _present(year: Year, village: Village) -> int:
    share = year.random.uniform(0.6, 0.98) * (0.5 + village.care / 2)
    return max(3, round(village.party_members * share))


def _in_branch(year: Year, village: Village, draft: Draft) -> None:
    """A fact of the branch, entered by its secretary or from paper by the township."""
    if year.random.random() < 0.7:
        year.evening(draft, by=village.secretary.uid)
    else:
        year.paper(draft, by=village.town.officer.uid)


def _lecture(year: Year, village: Village, day: date, *, by: tuple[Person, str]) -> None:
    """A lecture by somebody of a level: village, township or county."""
    who, level = by
    if day > year.era.as_of:
        return
    about_help = year.random.random() < 0.75
    main = texts.LECTURES_HELP if year.era.lifted else texts.LECTURES_RELIEF
    values: dict[str, Value] = {
        "topic": year.random.choice(main if about_help else texts.LECTURES_OTHER),
        "theme": "relief" if about_help else "other",
        "level": level,
        "present": _present(year, village),
    }
    draft = year.draft("lecture", day, subject=village.branch, by=who.uid, values=values)
    year.office(draft, by=village.town.officer.uid, delays=(0, 1, 2, 5))
