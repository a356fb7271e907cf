"""Workshops and their wages, the breeding farm, posts, loans and classes in a craft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.lines import moment, registry
from bangfu.demo.people import Household, Person, Resident, Village, Workshop
from bangfu.demo.year import Year, paced

_MORNING = 9 * 60 + 40
_GROWN, _OLD = 18, 66
_GOODS = ("鞋面", "服装", "箱包", "电子线束", "假发")
_TYPES = ("plant", "plant", "home", "farming")
# A village of the county has one; of each such the workers that come from lifted households.
_EVERY = 36
_WORKERS = (5, 9)
# Pieces decide the pay: the worker in the middle gets this, the best and the slowest so much more
# and less; a month is good or bad.
_MIDDLE, _SPREAD, _MONTHLY = 2060, 300, 24
_PAY_DAY = 8
# The farm as it grew: in which month of the ledger it was surveyed, its land and its birds.
_FARM = ((0, "48.0", 80_000), (2, "54.0", 100_000), (4, "60.0", 120_000))
_FARM_SHARE = 0.47
_CRAFTS = ("编织工艺品", "串珠工艺品")
_POSTS = ("保洁员", "护林员", "护路员", "河道巡查员")
_LOANS = 0.04


@dataclass(frozen=True, slots=True)
class _Entry:
    """One fact about a household or one of its members."""

    kind: str
    subject: str
    home: Household
    values: dict[str, Value]


def workshops(year: Year, month: Period) -> None:
    """Set up in the first month; from the second on the wages of the month before are noted."""
    if month.holds(year.era.start):
        chosen = [village for village in year.county.villages if village.helped]
        for village in chosen[:: max(1, min(_EVERY, len(chosen)))]:
            _set_up(year, village)
        return
    before = month.start - timedelta(days=1)
    days = [day for day in year.working(month) if day.day >= _PAY_DAY]
    if not days:
        return
    for shop in year.county.workshops:
        for number, (home, worker) in enumerate(shop.workers):
            _paid(year, shop, home, worker=worker, rank=number, on=days[0], month=before)


def farms(year: Year, month: Period) -> None:
    """One village has a poultry farm, of which nearly half of its households have something."""
    if month.holds(year.era.start):
        _founded(year)
    since = (month.start.year - year.era.start.year) * 12 + month.start.month
    since -= year.era.start.month
    if year.county.farm is None:
        return
    farm, village = year.county.farm
    for number, mu, birds in _FARM:
        if number == since:
            day = month.start + timedelta(days=year.random.randint(6, 9))
            values: dict[str, Value] = {"species": "poultry", "mu": mu, "stock": birds}
            _about(year, village, "farm_survey", farm, on=day, values=values)


def _founded(year: Year) -> None:
    """The farm and the households that have something of it."""
    village = next((one for one in year.county.villages if one.poor and one.households), None)
    if village is None:
        return
    day = year.era.start + timedelta(days=year.random.randint(3, 6))
    farm = _project(year, village, f"{village.name}蛋鸡养殖场", day)
    year.county.farm = (farm, village)
    # A farm that has long been running helps anew in the as-of year.
    new_year = date(year.era.as_of.year, 1, 1)
    day = max(day, new_year + timedelta(days=6))
    count = int(len(village.households) * _FARM_SHARE + 0.5)
    for home in village.households[:count]:
        benefit: dict[str, Value] = {
            "project": farm,
            "way": year.random.choice(("dividend", "work", "land", "order")),
            "amount": f"{year.random.randrange(600, 4_000, 100)}.00",
        }
        _entered(year, _Entry("project_benefit", home.uid, home, benefit), on=day)


def posts_and_loans(year: Year, month: Period) -> None:
    """A public-service post in most villages, and small loans here and there."""
    if not month.holds(year.era.start):
        return
    day = year.working(month)[0] if year.working(month) else year.era.start
    for village in year.county.villages:
        homes = [home for home in village.households if _grown(home, day)]
        if homes:
            home = year.random.choice(homes)
            _post(year, home, on=day)
        for home in homes:
            if year.random.random() < _LOANS:
                _loan(year, home, on=day)


def crafts(year: Year, month: Period) -> None:
    """In the as-of year so many are trained in a craft as the pace asks for, town by town."""
    if month.start.year != year.era.as_of.year:
        return
    days = year.settled(month, entered_within=2)
    towns = [town for town in year.county.towns if any(v.households for v in town.villages)]
    if not days or not towns:
        return
    day, town = year.random.choice(days), towns[month.start.month // 3 % len(towns)]
    homes = [home for village in town.villages for home in village.households]
    able = [(home, who) for home in homes for who in _grown(home, day) if who.uid not in year.done]
    for home, who in year.random.sample(able, min(paced(year.scale.pace.crafts, month), len(able))):
        year.done.add(who.uid)
        values: dict[str, Value] = {
            "craft": year.random.choice(_CRAFTS),
            "organiser": f"{town.name}人民政府",
            "days": year.random.randint(5, 15),
            "free": True,
            "certificate": year.random.random() < 0.8,
        }
        _entered(year, _Entry("craft_trained", who.uid, home, values), on=day)


def _set_up(year: Year, village: Village) -> None:
    """A workshop with workers of its village and of those around; some are not yet lifted."""
    day = year.era.start + timedelta(days=year.random.randint(3, 6))
    goods = year.random.choice(_GOODS)
    uid = _project(year, village, f"{village.name}{goods}加工车间", day)
    shop = Workshop(uid, village)
    year.county.workshops.append(shop)
    values: dict[str, Value] = {"type": year.random.choice(_TYPES), "insured": True}
    _about(year, village, "workshop_recognised", uid, on=day, values=values)
    around = [village, *(one for one in village.town.villages if one is not village)]
    homes = [home for one in around for home in one.households]
    lifted = [home for home in homes if home.career[-1][0] == "lifted"]
    others = [home for home in homes if home.career[-1][0] != "lifted"]
    wanted = year.random.randint(*_WORKERS)
    shop.workers += [(home, who) for home in lifted for who in _grown(home, day)][:wanted]
    shop.lifted = len(shop.workers)
    shop.workers += [(home, who) for home in others for who in _grown(home, day)][:2]
    for home in {home.uid: home for home, _ in shop.workers}.values():
        benefit: dict[str, Value] = {"project": uid, "way": "work"}
        _entered(year, _Entry("project_benefit", home.uid, home, benefit), on=day)


def _paid(
    year: Year,
    shop: Workshop,
    home: Household,
    *,
    worker: Resident,
    rank: int,
    on: date,
    month: date,
) -> None:
    place = min(rank / max(shop.lifted - 1, 1), 1.0) - 0.5
    amount = _MIDDLE + round(2 * _SPREAD * place) + year.random.randint(-_MONTHLY, _MONTHLY)
    values: dict[str, Value] = {
        "workshop": shop.uid,
        "month": month.replace(day=1).isoformat(),
        "days": year.random.randint(20, 26),
        "amount": f"{amount}.00",
    }
    _entered(year, _Entry("wage", worker.uid, home, values), on=on)


def _post(year: Year, home: Household, *, on: date) -> None:
    who = year.random.choice(_grown(home, on))
    values: dict[str, Value] = {
        "level": year.random.choice(("village", "village", "township", "sector")),
        "work": year.random.choice(_POSTS),
        "from": on.isoformat(),
        "pay": f"{year.random.choice((300, 500, 500, 800))}.00",
    }
    _entered(year, _Entry("public_post", who.uid, home, values), on=on)


def _loan(year: Year, home: Household, *, on: date) -> None:
    months = year.random.choice((12, 24, 36))
    values: dict[str, Value] = {
        "amount": f"{year.random.randrange(10_000, 50_001, 5_000)}.00",
        "bank": "农村信用社",
        "purpose": year.random.choice(("planting", "breeding", "trade")),
        "months": months,
        "due_on": (on + timedelta(days=30 * months)).isoformat(),
    }
    _entered(year, _Entry("small_loan", home.uid, home, values), on=on)


def _grown(home: Household, day: date) -> list[Resident]:
    """Who is of an age to work."""
    return [one for one in home.people if _GROWN <= day.year - one.born <= _OLD]


def _project(year: Year, village: Village, name: str, day: date) -> str:
    by, uid = year.county.registrar.uid, year.ids.new()
    values: dict[str, Value] = {"name": name, "place": village.uid}
    draft = registry("project", uid, on=day, by=by, values=values)
    year.queue.push(draft, by=by, at=moment(day, _MORNING))
    return uid


def _about(
    year: Year, village: Village, kind: str, project: str, *, on: date, values: dict[str, Value]
) -> None:
    by: Person = village.secretary
    draft = year.draft(kind, on, subject=project, by=by.uid, values=values)
    year.office(draft, by=village.town.officer.uid)


def _entered(year: Year, entry: _Entry, *, on: date) -> None:
    """Noted by the township from the village's list."""
    officer = entry.home.village.town.officer.uid
    draft = year.draft(entry.kind, on, subject=entry.subject, by=officer, values=entry.values)
    year.office(draft, by=officer)
