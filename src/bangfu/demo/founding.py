"""Founds the invented county: places, units, people, households and who holds which post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from bangfu.core.facts import Draft, Value
from bangfu.demo.homes import Homes
from bangfu.demo.lines import Ids, Line, Queue, moment, registry
from bangfu.demo.names import person_name
from bangfu.demo.people import County, Person, Town, Unit, Venue, Village
from bangfu.demo.places import (
    COUNTY_CODE,
    COUNTY_NAME,
    FOUNDED,
    RENAMED,
    Place,
    place_drafts,
    read_places,
)
from bangfu.demo.scale import Era, Scale
from bangfu.demo.units import AUDIT, LEADERS, ORGANISATION, SCHOOL, SENDING_UNITS, SUPERVISION

# Inside one second of the invented launch day lie this many lines.
_LINES_A_SECOND = 10
_FIRST_MINUTE = 8 * 60
_SENT_TO_HEAVY = 3


class Founding:
    """Writes the registry's lines in order and keeps the cast they make.

    `founder` is who records before there is a registrar. Lines that belong into the year
    (a household lifted in its midst) go to `queue`.
    """

    def __init__(
        self, *, scale: Scale, era: Era, seed: int, founder: str, places: Path, queue: Queue
    ) -> None:
        self._scale = scale
        self._era = era
        self._random = Random(f"{seed}:founding")
        self._ids = Ids(Random(f"{seed}:founding ids"))
        self._founder = founder
        self._places = places
        self._queue = queue
        self._written = 0
        self._registrar = ""
        self.county: County

    def lines(self) -> Iterator[Line]:
        """All lines of the registry on the launch day; afterwards `county` is complete."""
        for draft in self._drafts():
            by = self._registrar if draft.kind != "registry.place" or self._registrar else ""
            yield Line(self._now(), 0, draft, by or self._founder)
            self._written += 1
            if draft.kind == "registry.assignment" and draft.values["role"] == "registrar":
                self._registrar = draft.participants[0][1]

    def _now(self) -> datetime:
        at = moment(self._era.launch, _FIRST_MINUTE)
        return at + timedelta(seconds=self._written / _LINES_A_SECOND)

    def _drafts(self) -> Iterator[Draft]:
        yield from self._office()
        towns, villages = read_places(self._places, county=self.county.uid, ids=self._ids)
        chosen = [t for t in towns if t.new_code in (self._scale.towns or (t.new_code,))]
        by = self.county.registrar.uid
        for town in towns:
            yield from place_drafts(town, ids=self._ids, by=by, until=self._era.launch)
            for village in villages[town.new_code]:
                yield from place_drafts(village, ids=self._ids, by=by, until=self._era.launch)
        yield from self._sending_units()
        for town in chosen:
            yield from self._town(town, villages[town.new_code])
        homes = Homes(self.county, self._scale, self._era, self._random, self._ids, self._queue)
        yield from homes.drafts()
        yield from self._county_posts()

    # -- the county's office ------------------------------------------------------------------

    def _office(self) -> Iterator[Draft]:
        """The county itself, its offices, its registrar, its leaders."""
        place = self._ids.new()
        values: dict[str, Value] = {"level": "county", "name": COUNTY_NAME, "code": COUNTY_CODE}
        founder = self._founder
        yield registry("place", place, on=FOUNDED, by=founder, values=values)
        office = Unit(self._ids.new(), ORGANISATION)
        yield self._unit(office, place, by=founder)
        registrar = self._invent()
        yield self._person(registrar, office, by=founder)
        yield self._post("registrar", place, registrar, by=founder)
        self._registrar = registrar.uid
        others = []
        for name in (SCHOOL, LEADERS, SUPERVISION, AUDIT):
            unit = Unit(self._ids.new(), name)
            others.append(unit)
            yield self._unit(unit, place)
        school, top, supervision, audit = others
        self.county = County(
            uid=place,
            registrar=registrar,
            organisation=self._invent(),
            supervisor=self._invent(),
            auditor=self._invent(),
            school=school,
            units=[office, *others],
        )
        county = self.county
        yield from self._cadre(registrar, office, level="grassroots", grade="staff", known=True)
        yield from self._cadre(county.organisation, office, level="section", grade="section_deputy")
        yield self._post("organisation_officer", place, county.organisation)
        yield from self._cadre(
            county.supervisor, supervision, level="section", grade="section_chief"
        )
        yield self._post("supervisor", place, county.supervisor)
        yield from self._cadre(county.auditor, audit, level="grassroots", grade="staff")
        yield self._post("auditor", place, county.auditor)
        for number in range(self._scale.leaders):
            leader = self._invent()
            county.leaders.append(leader)
            grade = "county_chief" if number == 0 else "county_deputy"
            yield from self._cadre(leader, top, level="county", grade=grade)
        yield self._post("county_leader", place, county.leaders[0])

    def _sending_units(self) -> Iterator[Draft]:
        """The units that send helpers and first secretaries, without their people yet."""
        for name in SENDING_UNITS[: self._scale.units]:
            unit = Unit(self._ids.new(), name)
            self.county.units.append(unit)
            yield self._unit(unit, self.county.uid)

    def _county_posts(self) -> Iterator[Draft]:
        """Posts that the county fills once its villages are known."""
        poor = [village for village in self.county.villages if village.poor]
        for number, village in enumerate(poor):
            leader = self.county.leaders[number % len(self.county.leaders)]
            yield self._post("county_lead", village.uid, leader)
        for town in self.county.towns:
            for village in town.villages[: self._scale.venues]:
                yield from self._venue(village)

    def _venue(self, village: Village) -> Iterator[Draft]:
        venue = Venue(self._ids.new(), village, village.secretary)
        self.county.venues.append(venue)
        values: dict[str, Value] = {"name": f"{village.name}活动场所改造", "place": village.uid}
        on = self._era.launch
        yield registry("project", venue.uid, on=on, by=self._registrar, values=values)
        yield self._post("project_lead", venue.uid, venue.lead, on=on)

    # -- a town --------------------------------------------------------------------------------

    def _town(self, place: Place, villages: list[Place]) -> Iterator[Draft]:
        """One filled town: its cadres, its villages, who answers for each."""
        unit = Unit(self._ids.new(), f"{place.name}机关")
        yield self._unit(unit, place.uid)
        secretary, officer = self._invent(), self._invent()
        town = Town(place.uid, place.name, place.new_code, unit, officer, secretary)
        self.county.towns.append(town)
        yield from self._cadre(secretary, unit, level="section", grade="section_chief", town=True)
        yield self._post("township_secretary", town.uid, secretary)
        yield from self._cadre(officer, unit, level="grassroots", grade="staff", town=True)
        yield self._post("township_officer", town.uid, officer)
        section = []
        for _ in range(self._scale.section_cadres - 1):
            cadre = self._invent()
            section.append(cadre)
            yield from self._cadre(cadre, unit, level="section", grade="section_deputy", town=True)
        for _ in range(self._scale.township_cadres - self._scale.section_cadres - 1):
            yield from self._cadre(
                self._invent(), unit, level="grassroots", grade="staff", town=True
            )
        for village in self._flagged(town, villages):
            town.villages.append(village)
            yield from self._village(village)
        yield from self._leads(town, section)

    def _flagged(self, town: Town, places: list[Place]) -> list[Village]:
        """The villages to fill: one without poor households, two poor ones, four heavy ones.

        One village of the town does badly and one does excellently, as in life.
        """
        chosen = places if self._scale.villages is None else places[: self._scale.villages]
        order = list(range(len(chosen)))
        self._random.shuffle(order)
        poor, heavy = set(order[:2]), set(order[2:6])
        without = set(order[6:7])
        villages = []
        for number, place in enumerate(chosen):
            care = self._random.uniform(0.82, 0.97)
            care = {order[0]: 1.0, order[1]: 0.5}.get(number, care)
            name = place.name if self._era.launch < RENAMED else place.new_name
            villages.append(
                Village(
                    uid=place.uid,
                    name=_short(name),
                    code=place.new_code,
                    town=town,
                    poor=number in poor,
                    heavy=number in heavy,
                    helped=number not in without,
                    care=care,
                    secretary=self._invent(care=care),
                )
            )
        return villages

    def _village(self, village: Village) -> Iterator[Draft]:
        """A village's flags, branch and committee, and its first secretary where it has one."""
        flags = [("poor_village", village.poor), ("has_poor", village.helped)]
        flags.append(("heavy_task", village.heavy))
        for flag, given in flags:
            if given:
                yield self._status(village.uid, flag, "yes")
        village.branch = self._ids.new()
        village.party_members = self._random.randint(18, 60)
        values: dict[str, Value] = {"name": f"{village.name}党支部", "place": village.uid}
        yield registry("branch", village.branch, on=FOUNDED, by=self._registrar, values=values)
        for number in range(3):
            member = self._invent() if number else village.secretary
            values = {"name": member.name, "place": village.uid}
            yield registry("person", member.uid, on=FOUNDED, by=self._registrar, values=values)
            yield self._status(member.uid, "level", "village")
            if number == 0:
                yield self._post("branch_secretary", village.branch, member)
            else:
                village.committee.append(member)
            if village.helped:
                yield self._post("group_member", village.uid, member)
        heavies = [other for other in village.town.villages if other.heavy]
        # The fourth heavy village still waits for its first secretary.
        if village.poor or (village.heavy and len(heavies) <= _SENT_TO_HEAVY):
            unit = self._random.choice(self.county.units[5:])
            person = self._invent(care=village.care)
            village.first_secretary = person
            yield from self._cadre(person, unit, level="grassroots", grade="staff")
            start = self._era.start - timedelta(days=self._random.randint(60, 300))
            yield self._post("first_secretary", village.uid, person, on=start)

    def _leads(self, town: Town, section: list[Person]) -> Iterator[Draft]:
        """Village leads, half from the town and half from county units; heads of the groups."""
        helped = [village for village in town.villages if village.helped]
        for number, village in enumerate(helped):
            if number % 2 == 0 and number // 2 < len(section):
                lead = section[number // 2]
            else:
                lead = self._invent()
                unit = self._random.choice(self.county.units[5:])
                grade = self._random.choice(("section_chief", "section_deputy"))
                yield from self._cadre(lead, unit, level="section", grade=grade)
            village.lead = lead
            yield self._post("village_lead", village.uid, lead)
            village.group_head = section[number % len(section)]
            yield self._post("group_head", village.uid, village.group_head)

    # -- single lines --------------------------------------------------------------------------

    def _invent(self, *, care: float | None = None) -> Person:
        random = self._random
        name = person_name(random, random.choice(("male", "male", "female")))
        chosen = random.uniform(0.8, 0.99) if care is None else care
        return Person(self._ids.new(), name, chosen)

    def _unit(self, unit: Unit, place: str, *, by: str = "") -> Draft:
        values: dict[str, Value] = {"name": unit.name, "place": place}
        return registry("unit", unit.uid, on=FOUNDED, by=by or self._registrar, values=values)

    def _person(self, person: Person, unit: Unit, *, by: str = "") -> Draft:
        values: dict[str, Value] = {"name": person.name, "unit": unit.uid}
        return registry("person", person.uid, on=FOUNDED, by=by or self._registrar, values=values)

    def _cadre(
        self,
        person: Person,
        unit: Unit,
        *,
        level: str,
        grade: str,
        town: bool = False,
        known: bool = False,
    ) -> Iterator[Draft]:
        """A cadre with level, grade and post in a unit; `known` ones are registered already."""
        unit.cadres.append(person)
        if not known:
            yield self._person(person, unit)
        yield self._status(person.uid, "level", level)
        yield self._status(person.uid, "grade", grade)
        yield self._status(person.uid, "unit_level", "township" if town else "county_unit")
        yield self._post("cadre", unit.uid, person)
        self.county.trainees.append(person)

    def _status(self, subject: str, status: str, value: str, on: date = FOUNDED) -> Draft:
        values: dict[str, Value] = {"status": status, "value": value}
        return registry(
            "status", self._ids.new(), on=on, by=self._registrar, values=values, subject=subject
        )

    def _post(
        self, role: str, subject: str, person: Person, *, by: str = "", on: date | None = None
    ) -> Draft:
        values: dict[str, Value] = {"role": role}
        return registry(
            "assignment",
            self._ids.new(),
            on=on or self._era.posts,
            by=by or self._registrar,
            values=values,
            subject=subject,
            participants=(("holder", person.uid),),
        )


def _short(name: str) -> str:
    """A village's everyday name: the entry of the list without its committee."""
    for ending in ("社区居民委员会", "居民委员会", "村委会", "居委会", "社区委员会"):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(("村", "街", "社区")) else f"{stem}村"
    return name
