"""Households of the invented county: their members, and their categories over the years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bangfu.core.facts import Draft, Value
from bangfu.demo.lines import Queue, moment, registry
from bangfu.demo.names import child_name, person_name
from bangfu.demo.people import County, Household, Resident, Village
from bangfu.demo.places import FOUNDED
from bangfu.demo.register import Register
from bangfu.demo.scale import Scale

_DIFFICULTIES = ("light", "light", "medium", "medium", "medium", "heavy")
_LIFTED_BEFORE_2021 = (
    date(2016, 12, 31),
    date(2017, 12, 31),
    date(2018, 12, 31),
    date(2019, 12, 31),
)


class Homes:
    """Registers the helped households of every filled village."""

    def __init__(self, county: County, scale: Scale, register: Register, queue: Queue) -> None:
        self._county = county
        self._scale = scale
        self._register = register
        self._era = register.era
        self._random = register.random
        self._ids = register.ids
        self._queue = queue
        self._by = register.by

    def drafts(self) -> Iterator[Draft]:
        """Households village by village."""
        for village in self._county.villages:
            if village.helped:
                for number in range(self._random.randint(*self._scale.households)):
                    yield from self._household(village, number + 1)

    def _household(self, village: Village, number: int) -> Iterator[Draft]:
        """One household with its members and its dated statuses."""
        random = self._random
        home = Household(self._ids.new(), village)
        village.households.append(home)
        sex = random.choice(("male", "male", "male", "female"))
        head = person_name(random, sex)
        values: dict[str, Value] = {
            "name": head,
            "number": f"{village.code}{number:04d}",
            "place": village.uid,
            "address": f"{village.name}{random.randint(1, 12)}组{random.randint(1, 90)}号",
            # No mobile number begins like this: nobody's phone rings.
            "phone": f"100{random.randrange(10**8):08d}",
        }
        yield registry("household", home.uid, on=FOUNDED, by=self._by, values=values)
        for relation, values in self._members(head, sex):
            yield from self._member(home, relation, values)
        yield from self._categories(home)
        difficulty = random.choice(_DIFFICULTIES)
        yield self._register.status(home.uid, "difficulty", difficulty)

    def _members(self, head: str, sex: str) -> Iterator[tuple[str, dict[str, Value]]]:
        """Relation and particulars of the head and the others; three of them on average."""
        random = self._random
        year = random.randint(1938, 1985)
        yield "户主", self._particulars(head, sex, year)
        other = "female" if sex == "male" else "male"
        if random.random() < 0.65:
            born = year + random.randint(-4, 5)
            yield "配偶", self._particulars(person_name(random, other), other, born)
        for _ in range(random.choice((0, 1, 1, 1, 1, 2, 2))):
            child = random.choice(("male", "female"))
            relation = "之子" if child == "male" else "之女"
            born = min(year + random.randint(22, 34), 2013)
            yield relation, self._particulars(child_name(random, head, child), child, born)
        if year > 1955 and random.random() < 0.4:
            born = year - random.randint(20, 30)
            yield "之母", self._particulars(person_name(random, "female"), "female", born)

    def _particulars(self, name: str, sex: str, born: int) -> dict[str, Value]:
        birth = date(born, 1, 1) + timedelta(days=self._random.randrange(365))
        return {"name": name, "sex": sex, "birth": birth.isoformat()}

    def _member(self, home: Household, relation: str, values: dict[str, Value]) -> Iterator[Draft]:
        person, membership = self._ids.new(), self._ids.new()
        home.members.append(membership)
        home.people.append(Resident(person, int(str(values["birth"])[:4])))
        values |= {"place": home.village.uid}
        yield registry("person", person, on=FOUNDED, by=self._by, values=values)
        yield registry(
            "membership", membership, on=FOUNDED, by=self._by, subject=home.uid,
            values={"relation": relation}, participants=(("member", person),),
        )  # fmt: skip

    def _categories(self, home: Household) -> Iterator[Draft]:
        """What the household was and became; a change inside the year is recorded inside it."""
        career = self._career()
        home.career = list(career)
        home.watched = not self._era.lifted or career[-1][0] != "lifted"
        for value, on in career:
            draft = self._register.status(home.uid, "category", value, on=on)
            if on < self._era.launch:
                yield draft
            elif on <= self._era.as_of:
                self._queue.push(
                    draft, by=self._by, at=moment(max(on, self._era.start), 8 * 60 + 40)
                )

    def _career(self) -> list[tuple[str, date]]:
        """The categories of one household with their first days, under the rules of each time."""
        random = self._random
        if not self._era.lifted:
            poor = [("registered_poor", FOUNDED)]
            return [*poor, ("lifted", _LIFTED_BEFORE_2021[0])] if random.random() < 0.35 else poor
        lifted = random.choice(_LIFTED_BEFORE_2021)
        career = [("registered_poor", FOUNDED), ("lifted", lifted)]
        chance = random.random()
        if chance < 0.2:
            kind = "unstable" if chance < 0.09 else "marginal" if chance < 0.16 else "sudden"
            found = date(2021, 6, 1) + timedelta(days=random.randrange(900))
            career = career if kind == "unstable" else [("ordinary", FOUNDED)]
            career.append((kind, found))
            if self._era.regular:
                career.append(
                    ("monitored", date(2026, 2, 10) + timedelta(days=random.randrange(60)))
                )
        return [(value, on) for value, on in career if on <= self._era.as_of]
