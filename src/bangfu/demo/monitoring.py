"""Households at risk and on their way out of it, by the rules of the time after 2021."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Draft, Value
from bangfu.core.periods import Period
from bangfu.demo.lines import moment, registry
from bangfu.demo.people import Household, Person, Town, Village
from bangfu.demo.year import Year

_MONITORED = {"unstable", "marginal", "sudden", "monitored"}
_SOURCES = ("own", "check", "check", "department")
_RISKS = ("illness", "unsteady_job", "schooling", "accident")
# Half a year, after which the risk may be found removed.
_HELD = timedelta(days=190)
_MORNING = 9 * 60


def cases(year: Year, month: Period) -> None:
    """Each month every town notices one household; now and then one comes out of the list."""
    if not year.era.lifted:
        return
    for town in year.county.towns:
        villages = [v for v in town.villages if v.households and (v.group_head or v.lead)]
        if not villages:
            continue
        village = year.random.choice(villages)
        day = month.start + timedelta(days=year.random.randint(1, 22))
        if month.holds(year.era.as_of):
            # Some are on their way as the county is opened.
            day = max(month.start, year.era.as_of - timedelta(days=year.random.randint(2, 12)))
        quiet = [home for home in village.households if _now(home, day) not in _MONITORED]
        if quiet:
            _noticed(_Way(year, town, village, year.random.choice(quiet)), day)
        _out(year, town, villages, day)


def _now(home: Household, day: date) -> str:
    """What the household is on the day."""
    held = [value for value, on in home.career if on <= day]
    return held[-1] if held else ""


def _out(year: Year, town: Town, villages: list[Village], day: date) -> None:
    """One household that has been helped for half a year, where there is one."""
    for village in villages:
        for home in village.households:
            since = next((on for value, on in home.career if value in _MONITORED), None)
            if since is None or home.asked or _now(home, day) not in _MONITORED:
                continue
            measured = home.measured is not None and since <= home.measured < day
            if measured and since + _HELD <= day and year.random.random() < 0.3:
                _removed(_Way(year, town, village, home), day)
                return


class _Way:
    """One household's case: who takes its steps, and their facts."""

    def __init__(self, year: Year, town: Town, village: Village, home: Household) -> None:
        self.year, self.town, self.village, self.home = year, town, village, home
        # Who helps may change next month; who heads the village's group stays.
        self.head = village.group_head or village.lead or village.secretary
        self.leader = year.county.leaders[0]
        self.case = ""
        home.asked = True

    def long_ago(self, day: date) -> bool:
        """Whether a case of that day is over as the county is opened."""
        return day < self.year.era.as_of - timedelta(days=20)

    def helper(self, day: date) -> Person:
        """Who helps the household that day, or the head of the village's group."""
        return self.home.helper_on(day) or self.head

    def step(self, fact: str, day: date, by: Person, **values: Value) -> Draft:
        """One fact of the case, entered the same evening; by the registrar for the leader."""
        if self.case:
            values["case"] = self.case
        draft = self.year.draft(fact, day, subject=self.home.uid, by=by.uid, values=values)
        registrar = self.year.county.registrar
        enters = registrar if by is self.leader else by
        self.year.office(draft, by=enters.uid)
        return draft

    def becomes(self, value: str, day: date) -> None:
        """The registrar changes the household's category."""
        by = self.year.county.registrar.uid
        draft = registry(
            "status", self.year.ids.new(), on=day, by=by, subject=self.home.uid,
            values={"status": "category", "value": value},
        )  # fmt: skip
        if day + timedelta(days=1) < self.year.era.as_of:
            self.home.career.append((value, day))
            self.year.queue.push(draft, by=by, at=moment(day + timedelta(days=1), _MORNING))


def _noticed(way: _Way, day: date) -> None:
    """From the lead to the first measure; some end at the visit, some are still on their way."""
    year, random = way.year, way.year.random
    lead = way.step("risk_lead", day, way.helper(day), source=random.choice(_SOURCES),
                    risk=random.choice(_RISKS))  # fmt: skip
    way.case = lead.uid
    visit = day + timedelta(days=random.randint(1, 6))
    found: dict[str, Value] = {
        "finding": "none" if random.random() < 0.25 and way.long_ago(day) else "at_risk",
        "authorisation": f"授{way.town.code[-3:]}-{random.randint(1, 999):03d}",
        "income_per_head": f"{random.randrange(3600, 9800, 50)}.00",
    }
    way.step("risk_visit", visit, way.head, **found)
    if found["finding"] == "none":
        return
    kind = "monitored" if year.era.regular else random.choice(("unstable", "marginal", "sudden"))
    review = visit + timedelta(days=random.randint(1, 2))
    way.step("village_review", review, way.head, present=random.randint(15, 40),
             minutes=f"评{random.randint(1, 99)}", result="agreed", kind=kind)  # fmt: skip
    notice = review + timedelta(days=1)
    way.step("risk_notice", notice, way.head, where="村务公开栏", kind=kind)
    check = notice + timedelta(days=random.randint(5, 6))
    way.step("township_check", check, way.town.officer, document=f"审{random.randint(1, 99)}",
             result="passed")  # fmt: skip
    decision = check + timedelta(days=random.randint(1, 3))
    way.step("risk_decision", decision, way.leader, kind=kind, result="monitored",
             document=f"定{random.randint(1, 99)}")  # fmt: skip
    way.becomes(kind, decision)
    plan = decision + timedelta(days=random.randint(3, 12))
    way.step("help_plan", plan, way.head, measures=["health", "employment"])
    done = plan + timedelta(days=random.randint(5, 20))
    way.step("measure", done, way.head, category="health", done_on=done.isoformat(),
             amount="2000.00")  # fmt: skip


def _removed(way: _Way, day: date) -> None:
    """The steps on the way out."""
    random = way.year.random
    way.case = way.step("removal_proposal", day, way.head, basis="steady").uid
    visit = day + timedelta(days=random.randint(1, 4))
    way.step("removal_visit", visit, way.head, finding="stable", line="8300.00",
             authorisation=f"消{random.randint(1, 999):03d}",
             income_per_head=f"{random.randrange(9000, 16000, 100)}.00")  # fmt: skip
    review = visit + timedelta(days=2)
    way.step("removal_review", review, way.head, present=random.randint(15, 40),
             minutes=f"评{random.randint(1, 99)}", result="agreed")  # fmt: skip
    notice = review + timedelta(days=1)
    way.step("removal_notice", notice, way.head, where="村务公开栏")
    check = notice + timedelta(days=random.randint(5, 7))
    way.step("removal_check", check, way.town.officer, document=f"审{random.randint(1, 99)}",
             result="passed")  # fmt: skip
    decision = check + timedelta(days=random.randint(1, 4))
    way.step("removal_decision", decision, way.leader, how="help", result="removed",
             document=f"定{random.randint(1, 99)}")  # fmt: skip
    way.becomes("removed", decision)
