"""Fills one town after the other: its cadres, its villages, who answers for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.core.facts import Draft
from bangfu.demo.lines import Queue, moment
from bangfu.demo.people import Branch, County, Person, Town, Unit, Village
from bangfu.demo.places import RENAMED, Place
from bangfu.demo.register import Register
from bangfu.demo.scale import Scale
from bangfu.demo.shares import Allotment

_COMMITTEE = 2
_MORNING = 8 * 60


class Towns:
    """Writes the lines of towns and adds them to the county."""

    def __init__(self, county: County, scale: Scale, register: Register, queue: Queue) -> None:
        self._queue = queue
        self._county = county
        self._scale = scale
        self._register = register
        self._random = register.random

    def drafts(self, place: Place, allotment: Allotment) -> Iterator[Draft]:
        """One town: its cadres, its villages, who answers for each."""
        register = self._register
        unit = Unit(register.ids.new(), f"{place.name}机关")
        yield register.unit(unit, place.uid)
        secretary = register.invent(care=allotment.care)
        officer = register.invent(care=allotment.care)
        town = Town(place.uid, place.name, place.new_code, unit, officer, secretary)
        self._county.towns.append(town)
        yield from register.cadre(
            secretary, unit, level="section", grade="section_chief", town=True
        )
        yield register.post("township_secretary", town.uid, secretary)
        yield from register.cadre(officer, unit, level="grassroots", grade="staff", town=True)
        yield register.post("township_officer", town.uid, officer)
        section = [register.invent() for _ in allotment.led] or [register.invent()]
        for cadre in section:
            yield from register.cadre(
                cadre, unit, level="section", grade="section_deputy", town=True
            )
        for _ in range(allotment.cadres - len(section) - 2):
            yield from register.cadre(
                register.invent(), unit, level="grassroots", grade="staff", town=True
            )
        yield from self._unit_branch(town, section[0])
        for number, village in self._villages(town, allotment):
            town.villages.append(village)
            yield from self._village(village, place=allotment.places[number])
            if number in allotment.poor | allotment.heavy:
                yield from self._first_secretary(village)
        yield from self._leads(town, allotment, section)

    def _unit_branch(self, town: Town, secretary: Person) -> Iterator[Draft]:
        branch = Branch(
            self._register.ids.new(),
            f"{town.name}机关党支部",
            secretary,
            self._random.uniform(0.85, 1.0),
            total=min(50, len(town.unit.cadres) * 3 // 4),
            officer=town.officer,
            members=[c for c in town.unit.cadres if c is not secretary][: self._scale.members],
        )
        yield from self._register.branch(branch, town.uid, unit=town.unit)

    def _villages(self, town: Town, allotment: Allotment) -> Iterator[tuple[int, Village]]:
        """The villages to fill; one of the town does badly and one excellently, as in life."""
        order = list(range(len(allotment.places)))
        self._random.shuffle(order)
        for number, place in enumerate(allotment.places):
            care = self._random.uniform(0.84, 0.98)
            care = {order[0]: 1.0, order[-1]: 0.5}.get(number, care)
            care = min(1.0, care * allotment.care)
            name = _short(place.name if self._register.era.launch < RENAMED else place.new_name)
            secretary = self._register.invent(care=care)
            yield (
                number,
                Village(
                    uid=place.uid,
                    name=name,
                    code=place.new_code,
                    town=town,
                    poor=number in allotment.poor,
                    heavy=number in allotment.heavy | allotment.waiting,
                    helped=number not in allotment.without,
                    care=care,
                    branch=Branch(
                        self._register.ids.new(),
                        f"{name}党支部",
                        secretary,
                        care,
                        total=self._random.randint(18, 60),
                        officer=town.officer,
                    ),
                ),
            )

    def _village(self, village: Village, *, place: Place) -> Iterator[Draft]:
        """A village's flags, its branch with committee and members, and their posts."""
        register = self._register
        flags = (
            ("poor_village", village.poor),
            ("has_poor", village.helped),
            ("heavy_task", village.heavy),
        )
        for flag, given in flags:
            if given:
                yield register.status(place.uid, flag, "yes")
        branch = village.branch
        members = [register.invent() for _ in range(_COMMITTEE + self._scale.members)]
        village.committee += members[:_COMMITTEE]
        branch.members += members
        for person in (branch.secretary, *members):
            yield register.villager(person, village.uid)
        yield from register.branch(branch, village.uid)
        for person in (branch.secretary, *village.committee):
            yield register.status(person.uid, "level", "village")
            if village.helped:
                yield register.post("group_member", village.uid, person)

    def _first_secretary(self, village: Village) -> Iterator[Draft]:
        register = self._register
        person = register.invent(care=village.care)
        village.first_secretary = person
        unit = self._random.choice(self._county.senders)
        yield from register.cadre(person, unit, level="grassroots", grade="staff")
        # A new round begins with the ledger: twenty days a month are owed from its first day.
        on = register.era.start
        draft = register.post("first_secretary", village.uid, person, on=on)
        village.posting = draft.uid
        self._queue.push(draft, by=register.by, at=moment(on, _MORNING))

    def _leads(self, town: Town, allotment: Allotment, section: list[Person]) -> Iterator[Draft]:
        """Village leads from the town and from county units; the town's heads of the groups."""
        register = self._register
        own = iter(section)
        helped = [(n, v) for n, v in enumerate(town.villages) if v.helped]
        for turn, (number, village) in enumerate(helped):
            if number in allotment.led:
                lead = next(own)
            else:
                lead = register.invent()
                unit = self._random.choice(self._county.senders)
                grade = self._random.choice(("section_chief", "section_deputy"))
                yield from register.cadre(lead, unit, level="section", grade=grade)
            village.lead = lead
            yield register.post("village_lead", village.uid, lead)
            village.group_head = section[turn % len(section)]
            yield register.post("group_head", village.uid, village.group_head)


def _short(name: str) -> str:
    """A village's everyday name: the entry of the list without its committee."""
    for ending in ("社区居民委员会", "居民委员会", "村委会", "居委会", "社区委员会"):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(("村", "街", "社区")) else f"{stem}村"
    return name
