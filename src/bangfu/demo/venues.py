"""Village venues renovated with the help of first secretaries, who see them finished."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.core.facts import Value
from bangfu.core.periods import Period
from bangfu.demo.lines import moment, registry
from bangfu.demo.people import Venue, Village
from bangfu.demo.year import Year, paced

# More are begun than are finished by the as-of day.
_UNDER_WAY = 4
_MORNING = 9 * 60


def helped_venues(year: Year, month: Period) -> None:
    """Begun in the first month; in the as-of year so many are finished as the pace asks for."""
    if month.holds(year.era.start):
        posted = [village for village in year.county.villages if village.first_secretary]
        year.random.shuffle(posted)
        for village in posted[: year.scale.pace.venues + _UNDER_WAY]:
            year.works.append(_begun(year, village))
    if month.start.year != year.era.as_of.year:
        return
    days = year.settled(month, entered_within=2)
    days = [day for day in days if day >= year.era.start + timedelta(days=14)]
    for _ in range(paced(year.scale.pace.venues, month)):
        venue = next((one for one in year.works if one.village.successor is None), None)
        if venue is None or not days:
            return
        year.works.remove(venue)
        _finished(year, venue, year.random.choice(days))


def _begun(year: Year, village: Village) -> Venue:
    """The project, its lead, and the day on which work began."""
    venue = Venue(year.ids.new(), village, village.secretary)
    by, on = year.county.registrar.uid, year.era.start
    values: dict[str, Value] = {"name": f"{village.name}文化活动室改造", "place": village.uid}
    project = registry("project", venue.uid, on=on, by=by, values=values)
    lead = registry(
        "assignment", year.ids.new(), on=on, by=by, values={"role": "project_lead"},
        subject=venue.uid, participants=(("holder", venue.lead.uid),),
    )  # fmt: skip
    for number, draft in enumerate((project, lead)):
        year.queue.push(draft, by=by, at=moment(on, _MORNING + number))
    planned = year.era.as_of + timedelta(days=year.random.randint(30, 120))
    begun: dict[str, Value] = {
        "planned_finish": planned.isoformat(),
        "area": year.random.randrange(80, 260, 20),
    }
    day = on + timedelta(days=year.random.randint(3, 9))
    draft = year.draft("venue_started", day, subject=venue.uid, by=venue.lead.uid, values=begun)
    year.office(draft, by=village.town.officer.uid)
    return venue


def _finished(year: Year, venue: Venue, day: date) -> None:
    secretary = venue.village.first_secretary
    if secretary is None:
        return
    values: dict[str, Value] = {"accepted_by": venue.village.town.name}
    draft = year.draft("venue_finished", day, subject=venue.uid, by=secretary.uid, values=values)
    year.office(draft, by=venue.village.town.officer.uid)
