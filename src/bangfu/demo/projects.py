"""Projects that first secretaries bring to their villages, and the growers whom they foster."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.lines import moment, registry
from bangfu.demo.people import Household, Person, Project, Village
from bangfu.demo.shares import shared
from bangfu.demo.year import Year, paced

_MORNING = 9 * 60 + 15
_ENTERED_WITHIN = 2
# Every fourth project is one of efficient farmland, the first of the year among them.
_CATEGORIES = ("planting", "breeding", "processing", "planting", "trade", "infrastructure")
_NAMES = {
    "planting": ("蔬菜大棚", "烟叶烘烤房", "红薯育苗基地", "中药材种植园", "果树园"),
    "breeding": ("养羊合作社", "生猪代养点", "肉牛养殖小区", "林下散养鸡场"),
    "processing": ("粉条加工点", "面粉加工点", "木器加工点"),
    "trade": ("电商服务点", "农产品收购点"),
    "infrastructure": ("机井配套", "生产路硬化", "光伏电站"),
}
_CROPS = ("蔬菜", "烟叶", "红薯", "中药材", "桃、梨")
_BRED = {"养羊合作社": "sheep", "生猪代养点": "pigs", "肉牛养殖小区": "cattle"}
_FUNDS = ("fiscal", "fiscal", "unit", "enterprise", "collective")
_OWNERS = ("collective", "collective", "state", "operator")
# Milestones, and in which direction what part of the money goes with each.
_STAGES = (
    ("approved", "received", 0.5), ("started", "spent", 0.25), ("halfway", "received", 0.5),
    ("finished", "spent", 0.5), ("running", "spent", 0.15),
)  # fmt: skip
# A project takes so many days from one milestone to the next; some stand still.
_STILL = 0.25


def projects(year: Year, month: Period) -> None:
    """In the as-of year so many are brought in as the pace asks for, and of those that are for
    farmland so many mu in all.
    """
    days = _days(year, month)
    posted = [village for village in year.county.villages if _secretary(village)]
    if not days or not posted:
        return
    begun = []
    for _ in range(paced(year.scale.pace.projects, month)):
        waiting = [village for village in posted if village not in year.picked]
        if not waiting:
            year.picked, waiting = [], posted
        village = year.random.choice(waiting)
        year.picked.append(village)
        begun.append(_brought_in(year, village, year.random.choice(days)))
    planting = [one for one in begun if one.category == "planting"]
    planting = planting or [one for one in year.county.projects if one.category == "planting"][:1]
    mu = paced(year.scale.pace.mu, month)
    for project, part in zip(planting, shared(mu, [1.0] * len(planting)), strict=True):
        secretary = _secretary(project.village)
        if secretary is not None and part:
            later = [day for day in days if day >= project.since]
            values: dict[str, Value] = {"mu": f"{part}.0", "crop": year.random.choice(_CROPS)}
            _enter(year, project, "farmland_developed", later[0], by=secretary, values=values)


def progress(year: Year, month: Period) -> None:
    """What becomes of the projects: a milestone now and then, with the money for it."""
    days = _days(year, month)
    for project in year.county.projects:
        later = [day for day in days if day > project.since]
        if not later or project.stage >= len(_STAGES) or year.random.random() < _STILL:
            continue
        day, lead = year.random.choice(later), project.village.secretary
        stage, flow, part = _STAGES[project.stage]
        project.stage += 1
        _enter(year, project, "project_milestone", day, by=lead, values={"stage": stage})
        paid: dict[str, Value] = {
            "flow": flow,
            "amount": f"{int(project.invested * part)}.00",
            "funds": year.random.choice(_FUNDS),
        }
        _enter(year, project, "project_money", day, by=lead, values=paid)


def growers(year: Year, month: Period) -> None:
    """In the as-of year first secretaries foster so many households as the pace asks for, each by
    a project of its village.
    """
    days = _days(year, month)
    for _ in range(paced(year.scale.pace.growers, month)):
        known = [one for one in year.county.projects if days and one.since <= days[-1]]
        known = [one for one in known if _secretary(one.village) and _free(one.village)]
        if not known:
            return
        project = year.random.choice(known)
        home = year.random.choice(_free(project.village))
        home.grows = True
        secretary = _secretary(project.village)
        if secretary is None:
            continue
        day = year.random.choice([day for day in days if day >= project.since])
        values: dict[str, Value] = {
            "project": project.uid,
            "way": "grower",
            "amount": f"{year.random.randrange(3_000, 26_000, 500)}.00",
        }
        draft = year.draft(
            "project_benefit", day, subject=home.uid, by=secretary.uid, values=values
        )
        year.office(draft, by=project.village.town.officer.uid, delays=(1, 2))


def _days(year: Year, month: Period) -> list[date]:
    """The days of a month of the as-of year whose facts are surely in the ledger by its day."""
    if month.start.year != year.era.as_of.year:
        return []
    days = year.settled(month, entered_within=_ENTERED_WITHIN)
    return [day for day in days if day >= year.era.start + timedelta(days=7)]


def _secretary(village: Village) -> Person | None:
    """The first secretary, unless he is to be replaced."""
    return village.first_secretary if village.successor is None else None


def _free(village: Village) -> list[Household]:
    return [home for home in village.households if not home.grows]


def _brought_in(year: Year, village: Village, day: date) -> Project:
    """The project's registration, and by whom it was found."""
    random, by = year.random, year.county.registrar.uid
    category = _CATEGORIES[len(year.county.projects) % len(_CATEGORIES)]
    name = random.choice(_NAMES[category])
    finish = day + timedelta(days=random.randint(60, 210))
    invested = random.randrange(50_000, 900_000, 10_000)
    project = Project(year.ids.new(), village, category, day, invested)
    year.county.projects.append(project)
    registered: dict[str, Value] = {"name": f"{village.name}{name}", "place": village.uid}
    draft = registry("project", project.uid, on=day, by=by, values=registered)
    year.queue.push(draft, by=by, at=moment(day, _MORNING))
    values: dict[str, Value] = {
        "category": category,
        "investment": f"{invested}.00",
        "funds": random.choice(_FUNDS),
        "asset_owner": random.choice(_OWNERS),
        "planned_finish": finish.isoformat(),
    }
    secretary = _secretary(village) or village.secretary
    _enter(year, project, "project_brought_in", day, by=secretary, values=values)
    if name in _BRED:
        farm: dict[str, Value] = {
            "species": _BRED[name],
            "mu": f"{random.randint(4, 25)}.0",
            "stock": random.randrange(60, 900, 10),
        }
        _enter(year, project, "farm_survey", day, by=village.secretary, values=farm)
    return project


def _enter(
    year: Year, project: Project, kind: str, day: date, *, by: Person, values: dict[str, Value]
) -> None:
    draft = year.draft(kind, day, subject=project.uid, by=by.uid, values=values)
    year.office(draft, by=project.village.town.officer.uid)
