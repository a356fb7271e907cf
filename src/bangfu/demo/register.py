"""Single lines of the invented registry: a unit, a person, a cadre, a post, a status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from bangfu.core.facts import Draft, Value
from bangfu.demo.lines import Ids, registry
from bangfu.demo.names import person_name
from bangfu.demo.people import Branch, Person, Unit
from bangfu.demo.places import FOUNDED
from bangfu.demo.scale import Era


class Register:
    """Writes drafts in the registrar's name and remembers every cadre, for the classes."""

    def __init__(self, *, random: Random, ids: Ids, era: Era) -> None:
        self.random = random
        self.ids = ids
        self.era = era
        self.by = ""
        self.cadres: list[Person] = []

    def invent(self, *, care: float | None = None) -> Person:
        """Somebody with a name and a care."""
        random = self.random
        name = person_name(random, random.choice(("male", "male", "female")))
        chosen = random.uniform(0.8, 0.99) if care is None else min(1.0, care)
        return Person(self.ids.new(), name, chosen)

    def unit(self, unit: Unit, place: str, *, by: str = "") -> Draft:
        """A unit at a place."""
        values: dict[str, Value] = {"name": unit.name, "place": place}
        return registry("unit", unit.uid, on=FOUNDED, by=by or self.by, values=values)

    def person(self, person: Person, unit: Unit, *, by: str = "") -> Draft:
        """A person of a unit."""
        values: dict[str, Value] = {"name": person.name, "unit": unit.uid}
        return registry("person", person.uid, on=FOUNDED, by=by or self.by, values=values)

    def villager(self, person: Person, place: str) -> Draft:
        """A person of a village."""
        values: dict[str, Value] = {"name": person.name, "place": place}
        return registry("person", person.uid, on=FOUNDED, by=self.by, values=values)

    def branch(self, branch: Branch, place: str, *, unit: Unit | None = None) -> Iterator[Draft]:
        """A branch with the posts of its secretary and of the members that are named."""
        values: dict[str, Value] = {"name": branch.name, "place": place}
        if unit is not None:
            values["unit"] = unit.uid
            unit.branch = branch
        yield registry("branch", branch.uid, on=FOUNDED, by=self.by, values=values)
        yield self.post("branch_secretary", branch.uid, branch.secretary)
        for member in branch.members:
            yield self.post("party_member", branch.uid, member)

    def cadre(
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
        person.unit = unit
        if not known:
            yield self.person(person, unit)
        yield self.status(person.uid, "level", level)
        yield self.status(person.uid, "grade", grade)
        yield self.status(person.uid, "unit_level", "township" if town else "county_unit")
        yield self.post("cadre", unit.uid, person)
        self.cadres.append(person)

    def status(self, subject: str, status: str, value: str, *, on: date = FOUNDED) -> Draft:
        """A dated status."""
        values: dict[str, Value] = {"status": status, "value": value}
        return registry("status", self.ids.new(), on=on, by=self.by, values=values, subject=subject)

    def post(
        self,
        role: str,
        subject: str,
        person: Person,
        *,
        on: date | None = None,
        basis: str = "",
        uid: str = "",
        by: str = "",
    ) -> Draft:
        """A post taken up, mostly some months before the year begins."""
        values: dict[str, Value] = {"role": role}
        if basis:
            values["basis"] = basis
        return registry(
            "assignment", uid or self.ids.new(), on=on or self.era.posts, by=by or self.by,
            values=values, subject=subject, participants=(("holder", person.uid),),
        )  # fmt: skip
