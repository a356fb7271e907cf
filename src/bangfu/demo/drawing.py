"""Helpers of the invented county: drawn from its units in two batches, each for one village."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bangfu.core.facts import Draft
from bangfu.demo.lines import Queue, moment
from bangfu.demo.people import County, Household, Person, Unit, Village
from bangfu.demo.register import Register
from bangfu.demo.scale import Scale
from bangfu.demo.shares import shared

# The two documents by which helpers were drawn, with the status that says by which.
BATCHES = (("first", "第一批抽调"), ("second", "第二批抽调"))
_SECOND_AFTER = timedelta(days=35)
_EARLY = 8 * 60 + 20
# Of five helpers of a village three were drawn first.
_TURNS, _FIRST = 5, 3


class Helpers:
    """Draws the helpers and gives each his households."""

    def __init__(self, county: County, scale: Scale, register: Register, queue: Queue) -> None:
        self._county = county
        self._scale = scale
        self._register = register
        self._queue = queue
        self._drawn = 0

    def drafts(self) -> Iterator[Draft]:
        """The helpers village by village with what each took on, then those who may yet come."""
        villages = [village for village in self._county.villages if village.households]
        counts = shared(self._scale.helpers, [len(v.households) for v in villages])
        for village, count in zip(villages, counts, strict=True):
            for number in range(count):
                yield from self._helper(village, village.households[number::count])
        for unit in self._county.senders:
            for _ in range(self._scale.spare):
                person = self._register.invent(care=0.9)
                unit.spare.append(person)
                yield from self._cadre(person, unit)

    def _helper(self, village: Village, homes: list[Household]) -> Iterator[Draft]:
        """One helper; the second batch took up its posts inside the year."""
        register = self._register
        unit = self._county.senders[self._drawn % len(self._county.senders)]
        helper = register.invent(care=register.random.uniform(0.88, 1.06) * village.care)
        self._county.helpers.append(helper)
        yield from self._cadre(helper, unit)
        second = self._drawn % _TURNS >= _FIRST
        self._drawn += 1
        day = register.era.start + _SECOND_AFTER if second else register.era.posts
        value, basis = BATCHES[second]
        drafts = [register.status(helper.uid, "drawn_in", value, on=day)]
        drafts += [self._post(home, helper, day, basis) for home in homes]
        for draft in drafts:
            if day <= register.era.launch:
                yield draft
            else:
                self._queue.push(draft, by=register.by, at=moment(day, _EARLY))

    def _cadre(self, person: Person, unit: Unit) -> Iterator[Draft]:
        yield from self._register.cadre(person, unit, level="grassroots", grade="staff")

    def _post(self, home: Household, helper: Person, day: date, basis: str) -> Draft:
        home.helpers.append((day, helper))
        home.assignment = self._register.ids.new()
        helper.households.append(home)
        return self._register.post(
            "helper", home.uid, helper, on=day, basis=basis, uid=home.assignment
        )
