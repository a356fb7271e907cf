"""The cast of the invented county in memory: only what the year's plans ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True, eq=False)
class Person:
    """A cadre or a village secretary; villagers live in their household only.

    `care` is how reliably this one does what is owed, from 0 to 1.
    """

    uid: str
    name: str
    care: float = 0.92
    households: list[Household] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Household:
    """A helped household with its helpers by first day; None is a vacancy."""

    uid: str
    village: Village
    helpers: list[tuple[date, Person | None]] = field(default_factory=list)
    assignment: str = ""
    members: list[str] = field(default_factory=list)

    def helper_on(self, day: date) -> Person | None:
        """Who helps on `day`."""
        found = None
        for start, person in self.helpers:
            if start <= day:
                found = person
        return found


@dataclass(slots=True, eq=False)
class Unit:
    """A unit with its cadres."""

    uid: str
    name: str
    cadres: list[Person] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Village:
    """A village that is filled with people, its branch and its posts."""

    uid: str
    name: str
    code: str
    town: Town
    poor: bool
    heavy: bool
    helped: bool
    care: float
    secretary: Person
    branch: str = ""
    party_members: int = 0
    lead: Person | None = None
    group_head: Person | None = None
    committee: list[Person] = field(default_factory=list)
    first_secretary: Person | None = None
    households: list[Household] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Town:
    """A town; only a filled one has villages and people here."""

    uid: str
    name: str
    code: str
    unit: Unit
    officer: Person
    secretary: Person
    villages: list[Village] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Venue:
    """A village venue under work."""

    uid: str
    village: Village
    lead: Person


@dataclass(slots=True, eq=False)
class County:
    """Everybody who does something in the year."""

    uid: str
    registrar: Person
    organisation: Person
    supervisor: Person
    auditor: Person
    school: Unit
    leaders: list[Person] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    helpers: list[Person] = field(default_factory=list)
    trainees: list[Person] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    venues: list[Venue] = field(default_factory=list)

    @property
    def villages(self) -> list[Village]:
        """The filled villages of all filled towns."""
        return [village for town in self.towns for village in town.villages]
