"""The cast of the invented county in memory: only what the year's plans ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True, eq=False)
class Person:
    """A cadre, a village secretary or a Party member; villagers live in their household only.

    `care` is how reliably this one does what is owed, from 0 to 1.
    """

    uid: str
    name: str
    care: float = 0.92
    unit: Unit | None = None
    households: list[Household] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resident:
    """Who was a member of a household when the registry was taken in, and the year of birth."""

    uid: str
    born: int


@dataclass(slots=True, eq=False)
class Household:
    """A helped household with its helpers by first day; None is a vacancy.

    `watched` ones are seen every month under the rules from 2021 on, others every quarter.
    `career` is what it has been, with first days; `measured` is the day of its survey's measure,
    `asked` whether a case about it was opened, `grows` whether it was fostered as a grower.
    """

    uid: str
    village: Village
    helpers: list[tuple[date, Person | None]] = field(default_factory=list)
    assignment: str = ""
    members: list[str] = field(default_factory=list)
    watched: bool = True
    people: list[Resident] = field(default_factory=list)
    career: list[tuple[str, date]] = field(default_factory=list)
    measured: date | None = None
    asked: bool = False
    grows: bool = False

    def helper_on(self, day: date) -> Person | None:
        """Who helps on `day`."""
        found = None
        for start, person in self.helpers:
            if start <= day:
                found = person
        return found


@dataclass(slots=True, eq=False)
class Branch:
    """A Party branch of a village or a unit; `total` members, of whom `members` are named.

    `officer` enters what comes on paper; a county unit's branch has nobody who does.
    """

    uid: str
    name: str
    secretary: Person
    care: float
    total: int = 0
    officer: Person | None = None
    members: list[Person] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Unit:
    """A unit with its cadres, its branch, and those who may yet be sent to help."""

    uid: str
    name: str
    cadres: list[Person] = field(default_factory=list)
    spare: list[Person] = field(default_factory=list)
    branch: Branch | None = None


@dataclass(slots=True, eq=False)
class Village:
    """A village that is filled with people, its branch and its posts.

    `posting` is the fact by which its first secretary holds his post; `successor` takes it up
    on the first of the next month.
    """

    uid: str
    name: str
    code: str
    town: Town
    poor: bool
    heavy: bool
    helped: bool
    care: float
    branch: Branch
    lead: Person | None = None
    group_head: Person | None = None
    committee: list[Person] = field(default_factory=list)
    first_secretary: Person | None = None
    posting: str = ""
    successor: Person | None = None
    households: list[Household] = field(default_factory=list)

    @property
    def secretary(self) -> Person:
        """The secretary of its branch."""
        return self.branch.secretary


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
class Project:
    """Something that gives a village work or income, there since a day, with so many yuan to be
    put into it, and the next of its milestones.
    """

    uid: str
    village: Village
    category: str
    since: date
    invested: int
    stage: int = 0


@dataclass(slots=True, eq=False)
class Workshop:
    """A workshop of a village and who works there, each with his household: first those `lifted`
    out of poverty, so many of them.
    """

    uid: str
    village: Village
    workers: list[tuple[Household, Resident]] = field(default_factory=list)
    lifted: int = 0


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
    admins: dict[str, Person] = field(default_factory=dict)
    senders: list[Unit] = field(default_factory=list)
    helpers: list[Person] = field(default_factory=list)
    trainees: list[Person] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    venues: list[Venue] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    workshops: list[Workshop] = field(default_factory=list)
    farm: tuple[str, Village] | None = None

    @property
    def villages(self) -> list[Village]:
        """The filled villages of all filled towns."""
        return [village for town in self.towns for village in town.villages]

    @property
    def branches(self) -> list[Branch]:
        """The branches of villages, towns and sending units."""
        units = [town.unit for town in self.towns] + self.senders
        return [village.branch for village in self.villages] + [
            unit.branch for unit in units if unit.branch
        ]
