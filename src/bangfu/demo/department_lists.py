"""What departments sent in the months before: a few rows a month, as their lists came in."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.people import Household, Resident
from bangfu.demo.year import Year

_MONTHS = 4
_LISTED = 0.012  # of the households, on each list and month
_SCHOOL_AGE = range(6, 16)


def department_lists(year: Year, month: Period) -> None:
    """On the eighth of each of the last months the registrar takes five lists in."""
    day = month.start + timedelta(days=7)
    if day >= year.era.as_of or (year.era.as_of - day).days > 31 * _MONTHS:
        return
    for village in year.county.villages:
        for home in village.households:
            for kind in _ROWS:
                if home.people and year.random.random() < _LISTED:
                    _row(year, home, kind, day)


def _row(year: Year, home: Household, kind: str, day: date) -> None:
    named = _named(year, home, kind, day)
    if named is None:
        return
    by = year.county.registrar.uid
    values = _ROWS[kind](year, day)
    draft = year.draft(kind, day, subject=named.uid, by=by, values=values)
    year.office(draft, by=by)


def _named(year: Year, home: Household, kind: str, day: date) -> Resident | None:
    """Whom a row is about: the head for a house, a child for schooling, else anybody grown."""
    if kind == "house_list":
        return home.people[0]
    child = kind == "schooling_list"
    some = [one for one in home.people if (day.year - one.born in _SCHOOL_AGE) == child]
    return year.random.choice(some) if some else None


def _aid(year: Year, day: date) -> dict[str, Value]:
    since = day - timedelta(days=year.random.choice((20, 50, 400, 900)))
    aid = year.random.choice((["subsistence"], ["subsistence"], ["extreme"], ["temporary"]))
    amount = f"{year.random.randrange(180, 900, 10)}.00"
    return {"aid": aid, "amount": amount, "since": since.isoformat()}


def _expense(year: Year, day: date) -> dict[str, Value]:
    paid = year.random.choice((9, 12, 16, 21, 26, 34)) * 1000 + year.random.randint(0, 999)
    return {"paid": f"{paid}.00", "bills": year.random.randint(1, 12)}


def _house(year: Year, day: date) -> dict[str, Value]:
    judged = day - timedelta(days=year.random.randint(3, 25))
    grade = year.random.choice(("a", "b", "b", "c", "d"))
    return {"grade": grade, "judged_on": judged.isoformat()}


def _schooling(year: Year, day: date) -> dict[str, Value]:
    state = year.random.choice(("enrolled", "enrolled", "enrolled", "home", "risk", "dropout"))
    return {"state": state}


def _disability(year: Year, day: date) -> dict[str, Value]:
    issued = day - timedelta(days=year.random.choice((15, 40, 700, 2400)))
    return {
        "kind": [year.random.choice(("sight", "hearing", "limbs", "mind"))],
        "grade": year.random.choice(("one", "two", "three", "four")),
        "issued_on": issued.isoformat(),
    }


_ROWS = {
    "civil_affairs_list": _aid,
    "medical_expense_list": _expense,
    "house_list": _house,
    "schooling_list": _schooling,
    "disability_list": _disability,
}
