"""What changes in the registry during the year: helpers who move on, members who leave."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.periods import Period
from bangfu.demo.drawing import BATCHES
from bangfu.demo.lines import moment, registry
from bangfu.demo.people import Household, Person
from bangfu.demo.year import Year

_CAP = 15
_MORNING = 8 * 60 + 10


def handovers(year: Year, month: Period) -> None:
    """Some helpers move on; a colleague of their unit, else one of the village, takes over, at
    once or after a gap.

    In the last month one gives up a household that has nobody on the as-of day.
    """
    if month.start == year.era.start:
        return
    last = month.holds(year.era.as_of)
    by_village: dict[str, list[Person]] = {}
    for helper in year.county.helpers:
        if helper.households:
            by_village.setdefault(helper.households[0].village.uid, []).append(helper)
    for helpers in by_village.values():
        if len(helpers) < 2 or (not last and year.random.random() > 0.02 * len(helpers)):
            continue
        leaver, colleague = year.random.sample(helpers, 2)
        day = month.start + timedelta(days=year.random.randint(9, 24))
        gap = year.random.choice((0, 0, 0, 12, 25))
        if last:
            day, gap = month.start + timedelta(days=8), 60
        homes = [home for home in leaver.households if home.helper_on(day) is leaver]
        if last:
            homes = homes[1:2]
        if not homes or day + timedelta(days=0 if last else gap) > year.era.as_of:
            continue
        heir = colleague if last else _heir(year, leaver, colleague, homes=len(homes), day=day)
        if heir is None:
            continue
        for home in homes:
            _hand_over(year, home, heir, end=day, start=day + timedelta(days=gap))
        if last:
            return


def _heir(year: Year, leaver: Person, colleague: Person, *, homes: int, day: date) -> Person | None:
    """Who takes over: one newly drawn from the leaver's unit, else his colleague if he can."""
    spare = leaver.unit.spare if leaver.unit else []
    if not spare:
        return colleague if homes + len(colleague.households) <= _CAP else None
    heir = spare.pop()
    year.county.helpers.append(heir)
    drawn = registry(
        "status", year.ids.new(), on=day, by=year.county.registrar.uid,
        subject=heir.uid, values={"status": "drawn_in", "value": BATCHES[1][0]},
    )  # fmt: skip
    year.queue.push(drawn, by=year.county.registrar.uid, at=moment(day, _MORNING))
    return heir


def departures(year: Year, month: Period) -> None:
    """A member marries away or dies."""
    for village in year.county.villages:
        for home in village.households:
            if len(home.members) > 1 and year.random.random() < 0.002:
                day = month.start + timedelta(days=year.random.randrange(28))
                if day <= year.era.as_of:
                    why = year.random.choice(("婚出", "去世", "迁出"))
                    draft = registry(
                        "membership_end", year.ids.new(), on=day, by=year.county.registrar.uid,
                        subject=home.uid, values={"membership": home.members.pop(), "why": why},
                    )  # fmt: skip
                    at = moment(day + timedelta(days=3), 10 * 60)
                    year.queue.push(draft, by=village.town.officer.uid, at=at)


def _hand_over(year: Year, home: Household, heir: Person, *, end: date, start: date) -> None:
    """The end of one post and the beginning of the next."""
    by = year.county.registrar.uid
    ended = registry(
        "assignment_end", year.ids.new(), on=end, by=by, subject=home.uid,
        values={"assignment": home.assignment, "why": "工作调动"},
    )  # fmt: skip
    year.queue.push(ended, by=by, at=moment(end, _MORNING))
    home.helpers.append((end, None))
    if start > year.era.as_of:
        return
    home.helpers.append((start, heir))
    heir.households.append(home)
    home.assignment = year.ids.new()
    begun = registry(
        "assignment", home.assignment, on=start, by=by, subject=home.uid,
        values={"role": "helper", "basis": f"{BATCHES[1][1]}（接替）"},
        participants=(("holder", heir.uid),),
    )  # fmt: skip
    year.queue.push(begun, by=by, at=moment(start, _MORNING + 1))
