"""The roster of the invented county: a survey of each household and its members, measures, income.

Most of it is filled in, some is not yet: a county that lives is never quite complete.
"""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.people import Household, Person, Resident, Village
from bangfu.demo.year import Year

# Of the households surveyed, those of which every member was asked; the rest comes later.
_MEMBERS_ASKED = 0.68
_MEASURED = 0.3
_HEAVY_INCOME = 0.1
_MONITORED = ("unstable", "marginal", "sudden")
_GROWN, _OLD = 16, 60
_INDUSTRIES = ("制造业", "建筑业", "批发和零售业", "住宿和餐饮业", "居民服务业")
_CHANNELS = ("自主就业", "亲友介绍", "劳务公司", "帮扶车间")
_MEASURES = (
    ("industry", 3000), ("employment", 500), ("finance", 30000), ("public_post", 6000),
    ("housing", 12000), ("health", 2600), ("schooling", 1250), ("support", 3200),
    ("society", 800), ("living", 1500),
)  # fmt: skip
_PAYERS = ("财政衔接资金", "县级财政", "帮扶单位", "社会捐赠")
_RISKS = ("illness", "disability", "schooling", "unsteady_job", "labour", "accident")


def surveys(year: Year, month: Period) -> None:
    """In the first month each village is surveyed, its sheets entered by the township."""
    if not month.holds(year.era.start):
        return
    days = year.working(month)
    for number, village in enumerate(year.county.villages):
        if village.households:
            day = days[number % len(days)]
            asker = village.group_head or village.secretary
            for home in village.households:
                _survey(year, village, home, asker=asker, day=day)


def _survey(year: Year, village: Village, home: Household, *, asker: Person, day: date) -> None:
    random = year.random
    monitored = next((value for value, _ in home.career if value in _MONITORED), "")
    values = _household(year, home, monitored)
    draft = year.draft("household_profile", day, subject=home.uid, by=asker.uid, values=values)
    year.office(draft, by=village.town.officer.uid)
    if random.random() < _MEMBERS_ASKED or year.scale.villages:
        for member in home.people:
            told = _member(year, member, day)
            draft = year.draft("member_profile", day, subject=member.uid, by=asker.uid, values=told)
            year.office(draft, by=village.town.officer.uid)
    if monitored or random.random() < _MEASURED:
        _measure(year, home, by=asker, day=day)
    if monitored or random.random() < _HEAVY_INCOME:
        _income(year, home, by=asker, day=day, identified=bool(monitored))


def _household(year: Year, home: Household, monitored: str) -> dict[str, Value]:
    random = year.random
    values: dict[str, Value] = {
        "size": len(home.people),
        "resettled": False,
        "house_area": f"{random.randint(45, 160)}.00",
        "safe_water": random.random() < 0.995,
        "road": random.choice(("concrete", "concrete", "concrete", "gravel", "asphalt")),
        "road_distance": f"{random.randint(0, 18) / 10:.2f}",
        "fuel": random.choice(("clean", "clean", "wood", "coal")),
        "toilet": random.random() < 0.8,
        "power_home": True,
        "land_crop": f"{random.randint(0, 95) / 10:.2f}",
        "cooperative": random.random() < 0.3,
    }
    lifted = any(value == "lifted" for value, _ in home.career)
    if lifted or monitored:
        values["household_type"] = "lifted" if lifted else "ordinary"
    if monitored:
        values["monitor_type"] = monitored
        since = next(on for value, on in home.career if value == monitored)
        values |= {"identified_on": since.isoformat(), "risk_removed": False,
                   "risk_1": random.choice(_RISKS)}  # fmt: skip
    return values


def _member(year: Year, member: Resident, day: date) -> dict[str, Value]:
    random, age = year.random, day.year - member.born
    values: dict[str, Value] = {
        "nation": "汉族",
        "health": [_health(year, age)],
        "labour": "none" if age < _GROWN else "ordinary",
        "resident_insurance": random.random() < 0.985,
        "severe_insurance": True,
    }
    if age < _GROWN + 6 and (school := _school(age)):
        values["school"] = school
    else:
        values["education"] = random.choice(("illiterate", "primary", "junior", "junior", "senior"))
    if age >= _GROWN and "school" not in values:
        values["resident_pension"] = random.random() < 0.97
        _work(year, values, age)
    return values


def _work(year: Year, values: dict[str, Value], age: int) -> None:
    """What somebody out of school can do, and whether he works away."""
    random = year.random
    if age > _OLD + 10 or values["health"] == ["disabled"]:
        values["labour"] = random.choice(("lost", "weak"))
    elif age > _OLD or values["health"] != ["healthy"]:
        values["labour"] = "weak"
    elif random.random() < 0.08:
        values["labour"] = "skilled"
    if values["labour"] in ("ordinary", "skilled") and random.random() < 0.45:
        values |= {
            "work_place": random.choice(("襄城县", "许昌市", "郑州市", "广东省", "江苏省")),
            "work_months": f"{random.randint(3, 11)}.0",
            "work_pay": f"{random.randrange(1800, 5200, 100)}.00",
            "work_industry": random.choice(_INDUSTRIES),
            "work_channel": random.choice(_CHANNELS),
        }


def _health(year: Year, age: int) -> str:
    chance = year.random.random()
    if chance < (0.22 if age > _OLD else 0.06):
        return "chronic"
    return "severe" if chance > 0.985 else "disabled" if chance > 0.955 else "healthy"


def _school(age: int) -> str:
    """Where a child of that age sits, empty for who has left school."""
    if age < 3:
        return "preschool_age"
    if age < 6:
        return "kindergarten"
    if age < 12:
        return "primary"
    if age < 15:
        return f"grade_{age - 5}"
    return f"senior_{age - 14}" if age < 18 else ""


def _measure(year: Year, home: Household, *, by: Person, day: date) -> None:
    category, amount = year.random.choice(_MEASURES)
    done = day - timedelta(days=year.random.randint(0, 20))
    values: dict[str, Value] = {
        "category": category,
        "planned_on": (done - timedelta(days=30)).isoformat(),
        "done_on": done.isoformat(),
        "amount": f"{amount * year.random.randint(5, 12) // 10}.00",
        "payer": year.random.choice(_PAYERS),
    }
    home.measured = day
    draft = year.draft("measure", day, subject=home.uid, by=by.uid, values=values)
    year.office(draft, by=home.village.town.officer.uid)


def _income(year: Year, home: Household, *, by: Person, day: date, identified: bool) -> None:
    """Twelve months up to the day, in the lines of the card."""
    random, heads = year.random, max(len(home.people), 1)
    wages, crops = (
        random.randrange(2000, 9000, 100) * heads,
        random.randrange(400, 2600, 50) * heads,
    )
    lines = {
        "a1": wages, "b1": crops, "b2": random.choice((0, 0, 2400)), "d2": random.choice((0, 3900)),
        "d4": 1236 * sum(day.year - one.born >= _OLD for one in home.people),
        "d6": random.randrange(200, 900, 20), "e1": crops * 2 // 5,
        "out_of_pocket": random.choice((0, 0, 1800, 6400, 21000)),
    }  # fmt: skip
    values: dict[str, Value] = {
        "from": (day - timedelta(days=365)).isoformat(),
        "to": day.isoformat(),
        "moment": "identified" if identified else "yearly",
        "heads": heads,
        **{name: f"{amount}.00" for name, amount in lines.items() if amount},
    }
    draft = year.draft("income_account", day, subject=home.uid, by=by.uid, values=values)
    year.office(draft, by=home.village.town.officer.uid)
