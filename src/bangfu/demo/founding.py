"""Founds the invented county: places, units, people, households and who holds which post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bangfu.core.facts import Draft, Value
from bangfu.demo.drawing import Helpers
from bangfu.demo.homes import Homes
from bangfu.demo.lines import Ids, Line, Queue, moment, registry
from bangfu.demo.people import Branch, County, Person, Unit, Venue, Village
from bangfu.demo.places import (
    COUNTY_CODE,
    COUNTY_NAME,
    COUNTY_SEAT,
    FOUNDED,
    place_drafts,
    read_places,
)
from bangfu.demo.register import Register
from bangfu.demo.scale import Era, Scale
from bangfu.demo.shares import allotments
from bangfu.demo.towns import Towns
from bangfu.demo.units import (
    AUDIT,
    LEADERS,
    NUMERALS,
    ORGANISATION,
    SCHOOL,
    SENDING_UNITS,
    SUPERVISION,
    TEAM,
)

# Inside one second of the invented launch day lie this many lines.
_LINES_A_SECOND = 10
_FIRST_MINUTE = 8 * 60
_TEAM_MEMBERS = 4
ADMINISTRATORS = ("system_admin", "security_admin")


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
        self._register = Register(random=self._random, ids=self._ids, era=era)
        self._founder = founder
        self._places = places
        self._queue = queue
        self._written = 0
        self.county: County

    def lines(self) -> Iterator[Line]:
        """All lines of the registry on the launch day; afterwards `county` is complete."""
        recorder = ""
        for draft in self._drafts():
            yield Line(self._now(), 0, draft, recorder or self._founder)
            self._written += 1
            if draft.kind == "registry.assignment" and draft.values["role"] == "registrar":
                recorder = draft.participants[0][1]

    def _now(self) -> datetime:
        at = moment(self._era.launch, _FIRST_MINUTE)
        return at + timedelta(seconds=self._written / _LINES_A_SECOND)

    def _drafts(self) -> Iterator[Draft]:
        yield from self._office()
        county, register = self.county, self._register
        places, villages = read_places(self._places, county=county.uid, ids=self._ids)
        for town in places:
            yield from place_drafts(town, ids=self._ids, by=register.by, until=self._era.launch)
            for village in villages[town.new_code]:
                yield from place_drafts(
                    village, ids=self._ids, by=register.by, until=self._era.launch
                )
        yield from self._sending_units()
        chosen = [t for t in places if t.new_code in (self._scale.towns or (t.new_code,))]
        shares = allotments(self._scale, self._random, [villages[t.new_code] for t in chosen])
        towns = Towns(county, self._scale, register, self._queue)
        for town, allotment in zip(chosen, shares, strict=True):
            yield from towns.drafts(town, allotment)
        yield from Homes(county, self._scale, register, self._queue).drafts()
        yield from Helpers(county, self._scale, register, self._queue).drafts()
        yield from self._unit_branches()
        yield from self._teams()
        yield from self._county_posts()
        county.trainees += register.cadres

    # -- the county's office ------------------------------------------------------------------

    def _office(self) -> Iterator[Draft]:
        """The county itself, its offices, its registrar, its leaders."""
        register, founder = self._register, self._founder
        place = self._ids.new()
        longitude, latitude = COUNTY_SEAT
        values: dict[str, Value] = {
            "level": "county", "name": COUNTY_NAME, "code": COUNTY_CODE,
            "longitude": longitude, "latitude": latitude,
        }  # fmt: skip
        yield registry("place", place, on=FOUNDED, by=founder, values=values)
        office = Unit(self._ids.new(), ORGANISATION)
        yield register.unit(office, place, by=founder)
        registrar = register.invent()
        yield register.person(registrar, office, by=founder)
        yield register.post("registrar", place, registrar, by=founder)
        register.by = registrar.uid
        school, top, supervision, audit = (
            Unit(self._ids.new(), name) for name in (SCHOOL, LEADERS, SUPERVISION, AUDIT)
        )
        for unit in (school, top, supervision, audit):
            yield register.unit(unit, place)
        yield register.status(top.uid, "unit_kind", "leadership")
        yield register.status(school.uid, "unit_kind", "party_school")
        county = self.county = County(
            uid=place,
            registrar=registrar,
            organisation=register.invent(),
            supervisor=register.invent(),
            auditor=register.invent(),
            school=school,
        )
        yield from register.cadre(registrar, office, level="grassroots", grade="staff", known=True)
        for person, unit, grade, role in (
            (county.organisation, office, "section_deputy", "organisation_officer"),
            (county.supervisor, supervision, "section_chief", "supervisor"),
            (county.auditor, audit, "staff", "auditor"),
        ):
            level = "grassroots" if grade == "staff" else "section"
            yield from register.cadre(person, unit, level=level, grade=grade)
            yield register.post(role, place, person)
        for number in range(self._scale.leaders):
            leader = register.invent()
            county.leaders.append(leader)
            grade = "county_chief" if number == 0 else "county_deputy"
            yield from register.cadre(leader, top, level="county", grade=grade)
        yield register.post("county_leader", place, county.leaders[0])

    def _sending_units(self) -> Iterator[Draft]:
        """The units that send helpers and first secretaries, with the few who never leave."""
        for name in SENDING_UNITS[: self._scale.units]:
            unit = Unit(self._ids.new(), name)
            self.county.senders.append(unit)
            yield self._register.unit(unit, self.county.uid)
            for number in range(self._scale.unit_cadres):
                level, grade = ("grassroots", "staff") if number else ("section", "section_chief")
                person = self._register.invent()
                yield from self._register.cadre(person, unit, level=level, grade=grade)
                yield from self._administrator(person)

    def _administrator(self, person: Person) -> Iterator[Draft]:
        """The heads of the first two units also look after accounts, and after their safety."""
        admins = self.county.admins
        role = next((role for role in ADMINISTRATORS if role not in admins), None)
        if role is not None:
            admins[role] = person
            yield self._register.post(role, self.county.uid, person)

    def _unit_branches(self) -> Iterator[Draft]:
        """A branch in each sending unit; its head is the secretary, its cadres the members."""
        for unit in self.county.senders:
            secretary = unit.cadres[0]
            branch = Branch(
                self._ids.new(),
                f"{unit.name}机关党支部",
                secretary,
                self._random.uniform(0.85, 1.0),
                total=min(50, max(5, len(unit.cadres) * 3 // 4)),
                members=unit.cadres[1 : self._scale.members + 1],
            )
            yield from self._register.branch(branch, self.county.uid, unit=unit)

    def _teams(self) -> Iterator[Draft]:
        """Supervision teams: section-level heads and members called up from the units."""
        register = self._register
        for number in range(self._scale.teams):
            team = Unit(self._ids.new(), TEAM.format(number=NUMERALS[number]))
            yield register.unit(team, self.county.uid)
            yield register.status(team.uid, "unit_kind", "supervision_team", on=self._era.posts)
            for member in range(_TEAM_MEMBERS):
                home = self._random.choice(self.county.senders)
                level, grade = ("grassroots", "staff")
                if member == 0:
                    level, grade = ("section", "section_chief")
                person = register.invent()
                yield from register.cadre(person, home, level=level, grade=grade)
                role = "team_head" if member == 0 else "team_member"
                yield register.post(role, team.uid, person)

    def _county_posts(self) -> Iterator[Draft]:
        """Posts that the county fills once its villages are known."""
        poor = [village for village in self.county.villages if village.poor]
        for number, village in enumerate(poor):
            leader = self.county.leaders[number % len(self.county.leaders)]
            yield self._register.post("county_lead", village.uid, leader)
        for town in self.county.towns:
            for village in town.villages[: self._scale.venues]:
                yield from self._venue(village, village.secretary)

    def _venue(self, village: Village, lead: Person) -> Iterator[Draft]:
        venue = Venue(self._ids.new(), village, lead)
        self.county.venues.append(venue)
        values: dict[str, Value] = {"name": f"{village.name}活动场所改造", "place": village.uid}
        on = self._era.launch
        yield registry("project", venue.uid, on=on, by=self._register.by, values=values)
        yield self._register.post("project_lead", venue.uid, lead, on=on)
