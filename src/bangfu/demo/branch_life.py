"""What happens in branches: party days, meetings with their minutes, birthdays, lectures."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Draft, Value
from bangfu.core.periods import Period
from bangfu.demo import texts
from bangfu.demo.people import Branch, Person
from bangfu.demo.year import Year, paced

_PARTY_DAY = 10
_QUARTER = 3
# Share of the careful branches that also write their notice down.
_TELLS = 0.7
# Months in which a branch may hold its organisation-life meeting and review its members.
_YEARLY = (1, 2, 12)
# A lecture is entered within so many days.
_LECTURE_DELAYS = (0, 1, 2, 5)


def party_days(year: Year, month: Period) -> None:
    """On the tenth, or later, or not; the township reminds its branches before."""
    on = month.start.replace(day=_PARTY_DAY)
    for town in year.county.towns:
        day = on - timedelta(days=year.random.randint(1, 4))
        if day <= year.era.as_of and year.random.random() < 0.96:
            values: dict[str, Value] = {
                "party_day_on": on.isoformat(),
                "words": texts.REMINDER.format(month=on.month, day=on.day),
            }
            officer = town.officer.uid
            draft = year.draft(
                "party_day_reminder", day, subject=town.uid, by=officer, values=values
            )
            year.office(draft, by=officer)
    for branch in year.county.branches:
        held_on = _on_time(year, month, on, branch, grace=3)
        if held_on is None:
            continue
        values = {
            "topic": year.random.choice(texts.PARTY_DAYS),
            "present": _present(year, branch),
            "expected": branch.total,
        }
        service = year.random.choice(texts.SERVICES)
        if service:
            values["service"] = service
        _minutes(year, branch, "party_day", held_on, values=values)


def party_day_notices(year: Year, month: Period) -> None:
    """Careful branches tell their members of the day some days before, with hour and place."""
    on = month.start.replace(day=_PARTY_DAY)
    for branch in year.county.branches:
        day = on - timedelta(days=year.random.randint(2, 6))
        if day > year.era.as_of or year.random.random() > branch.care * _TELLS:
            continue
        values: dict[str, Value] = {
            "party_day_on": on.isoformat(),
            "hour": year.random.choice(texts.HOURS),
            "place": year.random.choice(texts.ROOMS),
            "topic": year.random.choice(texts.PARTY_DAYS),
        }
        secretary = branch.secretary.uid
        draft = year.draft("party_day_plan", day, subject=branch.uid, by=secretary, values=values)
        year.evening(draft, by=secretary, delays=(0,))


def committees(year: Year, month: Period) -> None:
    """The committee meets each month."""
    for branch in year.county.branches:
        _meeting(year, month, branch, "committee")


def groups(year: Year, month: Period) -> None:
    """The Party group meets each month."""
    for branch in year.county.branches:
        _meeting(year, month, branch, "group")


def assemblies(year: Year, month: Period) -> None:
    """All members in the middle of each quarter."""
    if month.start.month % _QUARTER == 2:
        for branch in year.county.branches:
            _meeting(year, month, branch, "members")


def yearly(year: Year, month: Period) -> None:
    """The organisation-life meeting about the year, and with it the review of the members."""
    if month.start.month not in _YEARLY:
        return
    for number, branch in enumerate(year.county.branches):
        if _YEARLY[number % 2] != month.start.month:
            continue
        for kind in ("organisation_life", "review"):
            _meeting(year, month, branch, kind)


def birthdays(year: Year, month: Period) -> None:
    """Each branch keeps political birthdays together, in spring and in autumn."""
    for number, branch in enumerate(year.county.branches):
        turn = number % _QUARTER + 3
        if month.start.month not in (turn, turn + 6):
            continue
        planned = month.start + timedelta(days=year.random.randint(1, 24))
        day = _on_time(year, month, planned, branch, grace=5)
        if day is None:
            continue
        honoured = year.random.sample(branch.members, min(2, len(branch.members)))
        done = ["talk", "oath"]
        if year.random.random() < 0.6:
            done.append("deed")
        values: dict[str, Value] = {"done": sorted(done), "present": _present(year, branch)}
        draft = year.draft(
            "political_birthday",
            day,
            subject=branch.uid,
            by=branch.secretary.uid,
            values=values,
            participants=tuple(("member", person.uid) for person in honoured),
        )
        _enter(year, branch, draft)


def inspections(year: Year, month: Period) -> None:
    """Each quarter a township reads the minutes of some of its branches."""
    if month.start.month % _QUARTER:
        return
    for town in year.county.towns:
        day = month.start + timedelta(days=year.random.randint(9, 24))
        if day > year.era.as_of or year.random.random() > 0.95:
            continue
        read = year.random.sample(town.villages, max(1, len(town.villages) // 3))
        values: dict[str, Value] = {
            "found": year.random.choice(texts.INSPECTIONS),
            "to_mend": year.random.choice((0, 0, 1, 2)),
        }
        officer = town.officer.uid
        draft = year.draft(
            "record_inspection",
            day,
            subject=town.uid,
            by=officer,
            values=values,
            participants=tuple(("branch", village.branch.uid) for village in read),
        )
        year.office(draft, by=officer)


def lectures(year: Year, month: Period) -> None:
    """One by each secretary a quarter, some by townships and county leaders.

    As many as the county's pace asks are about relief, and these are in the ledger in time.
    """
    random = year.random
    planned: list[tuple[date, Branch, Person, str]] = []
    for number, branch in enumerate(year.county.branches):
        if number % _QUARTER == month.start.month % _QUARTER:
            day = _on_time(
                year, month, month.start + timedelta(days=random.randint(1, 24)), branch, grace=9
            )
            if day is not None:
                level = "village" if branch.officer else "unit"
                planned.append((day, branch, branch.secretary, level))
    for town in year.county.towns:
        guests = [(town.secretary, "township"), (random.choice(year.county.leaders), "county")]
        for guest, level in guests[: random.choice((1, 2, 2))]:
            day = month.start + timedelta(days=random.randrange(24))
            planned.append((day, random.choice(town.villages).branch, guest, level))
    settled = set(year.settled(month, entered_within=max(_LECTURE_DELAYS)))
    last = max(settled, default=month.start - timedelta(days=1))
    sure = [n for n, (day, *_) in enumerate(planned) if month.start <= day <= last]
    wanted = min(len(sure), paced(year.scale.pace.lectures, month))
    relief = set(random.sample(sure, wanted))
    for number, (day, branch, who, level) in enumerate(planned):
        if day <= year.era.as_of:
            _lecture(year, branch, day, by=(who, level), relief=number in relief)


def _meeting(year: Year, month: Period, branch: Branch, kind: str) -> None:
    """One meeting of a kind with its minutes, in time, in the days of grace, or not at all."""
    planned = month.start + timedelta(days=year.random.randint(1, 26))
    day = _on_time(year, month, planned, branch, grace=5)
    if day is None:
        return
    few = kind in {"committee", "group"}
    values: dict[str, Value] = {
        "type": kind,
        "present": year.random.randint(3, 5) if few else _present(year, branch),
        "resolved": year.random.choice(texts.BRANCH_RESOLVED),
    }
    _minutes(year, branch, "branch_meeting", day, values=values)


def _on_time(
    year: Year, month: Period, planned: date, branch: Branch, *, grace: int
) -> date | None:
    """The planned day, a day of grace after the month, or none; as the branch's care goes."""
    chance = year.random.random()
    day = planned
    if chance > branch.care:
        day = month.end + timedelta(days=year.random.randrange(grace))
    if chance > branch.care + (1 - branch.care) * 0.6 or day > year.era.as_of:
        return None
    return day


def _present(year: Year, branch: Branch) -> int:
    share = year.random.uniform(0.6, 0.98) * (0.5 + branch.care / 2)
    return max(3, round(branch.total * share))


def _minutes(year: Year, branch: Branch, kind: str, day: date, *, values: dict[str, Value]) -> None:
    """Minutes of a meeting, with the members present that are known by name."""
    present = [m for m in branch.members if year.random.random() < branch.care]
    draft = year.draft(
        kind,
        day,
        subject=branch.uid,
        by=branch.secretary.uid,
        values=values,
        participants=tuple(("attendee", m.uid) for m in [branch.secretary, *present]),
    )
    _enter(year, branch, draft)


def _enter(year: Year, branch: Branch, draft: Draft) -> None:
    """A fact of the branch, entered by its secretary or from paper by the township."""
    if branch.officer is None or year.random.random() < 0.7:
        year.evening(draft, by=branch.secretary.uid)
    else:
        year.paper(draft, by=branch.officer.uid)


def _lecture(
    year: Year, branch: Branch, day: date, *, by: tuple[Person, str], relief: bool
) -> None:
    """A lecture by somebody of a level: village, unit, township or county."""
    who, level = by
    main = texts.LECTURES_HELP if year.era.lifted else texts.LECTURES_RELIEF
    values: dict[str, Value] = {
        "topic": year.random.choice(main if relief else texts.LECTURES_OTHER),
        "theme": "relief" if relief else "other",
        "level": level,
        "present": _present(year, branch),
    }
    draft = year.draft("lecture", day, subject=branch.uid, by=who.uid, values=values)
    recorder = branch.officer or branch.secretary
    year.office(draft, by=recorder.uid, delays=_LECTURE_DELAYS)
