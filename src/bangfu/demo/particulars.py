"""What plans of pairs rest on: cadres' particulars, households' needs, linked units, avoidance."""

from __future__ import annotations

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.people import Household, Person, Village
from bangfu.demo.year import Year

SKILLS = ("farming", "work", "health", "schooling", "housing", "welfare")
_NEEDS = (0.35, 0.3, 0.3, 0.2, 0.15, 0.25)
_ABLE = (0.12, 0.2, 0.2, 0.2, 0.1, 0.2)
_LIMITED = 0.03  # cadres who can take few households
_FEW = 4
_RELATED = 0.04  # cadres with a relative among the households
_LINKED_VILLAGES = 3


def particulars(year: Year, month: Period) -> None:
    """All of it is entered once, in the first days of the first month."""
    if not month.holds(year.era.start):
        return
    villages = [village for village in year.county.villages if village.households]
    for number, village in enumerate(villages):
        _linked(year, village, number=number)
        for home in village.households:
            _needs(year, home)
    for person in _cadres(year):
        _profile(year, person)
        _avoids(year, person, villages)


def _cadres(year: Year) -> list[Person]:
    """Helpers and those who may yet help."""
    county = year.county
    people = [*county.helpers, *(one for unit in county.senders for one in unit.spare)]
    return people + [one for town in county.towns for one in town.unit.cadres]


def _drawn(year: Year, chances: tuple[float, ...]) -> list[Value]:
    return [
        name for name, chance in zip(SKILLS, chances, strict=True) if year.random.random() < chance
    ]


def _linked(year: Year, village: Village, *, number: int) -> None:
    """A county unit behind each village, mostly for three villages that lie together."""
    units = year.county.senders
    unit = units[number // _LINKED_VILLAGES % len(units)]
    _enter(year, "unit_link", village.uid, {"unit": unit.uid})


def _needs(year: Year, home: Household) -> None:
    needs = _drawn(year, _NEEDS) or ["work"]
    officer = home.village.town.officer
    _enter(year, "household_need", home.uid, {"needs": needs}, by=officer)  # type: ignore[dict-item]


def _profile(year: Year, person: Person) -> None:
    random = year.random
    village = random.choice(year.county.villages)
    values: dict[str, Value] = {"home": village.uid}
    if skills := _drawn(year, _ABLE):
        values["skills"] = skills  # type: ignore[assignment]
    if random.random() < _LIMITED:
        values |= {"capacity": _FEW, "health": "腰椎不好，不宜久站"}
    _enter(year, "cadre_profile", person.uid, values)


def _avoids(year: Year, person: Person, villages: list[Village]) -> None:
    if not villages or year.random.random() > _RELATED:
        return
    home = year.random.choice(year.random.choice(villages).households)
    _enter(year, "avoidance", person.uid, {"household": home.uid, "reason": "relative"})


def _enter(
    year: Year, kind: str, subject: str, values: dict[str, Value], *, by: Person | None = None
) -> None:
    recorder = by or year.county.registrar
    draft = year.draft(kind, year.era.start, subject=subject, by=recorder.uid, values=values)
    year.office(draft, by=recorder.uid)
