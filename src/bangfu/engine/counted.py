"""What a figure counts: the rows of its source as of a day, in Arrow, with the facts under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bangfu.core.periods import Period, day_number, day_of
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.results import State
from bangfu.core.rules import Figure, FigureTerm, Handbook
from bangfu.core.text import Text
from bangfu.engine.coverage import reached
from bangfu.engine.duties import owed
from bangfu.engine.obligations import Owed
from bangfu.engine.population import Population, population
from bangfu.engine.spans import Ints, ints, locate, merged, touching
from bangfu.engine.staffing import filling
from bangfu.engine.tables import NO_FACTS, Ids, Tables
from bangfu.engine.views import (
    assignment_rows,
    fact_rows,
    obligation_rows,
    participant_rows,
)

Mask = NDArray[np.bool_]

SUBJECTS = Text("对象", "Subjects")
DECIDED_BY = Text("判定依据", "Decided by")
POST = Text("任职", "Assignment")
TRIGGER = Text("起算", "Counted from")


class Under(NamedTuple):
    """Facts that are not counted themselves, but by which something is."""

    title: Text
    facts: Ids


def _nothing_more(_mask: Mask) -> list[Under]:
    return []


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of a figure's source, by the facts that define them.

    `counts` marks those that a count counts (of a coverage: who was reached), `whole` those
    that a share is taken of, `part` those above its line; None: those that meet the condition.
    `because` names what defines the marked rows: a fact each, or of an obligation and of one
    reached by a coverage the facts that met it, where there are any. `under`: by what else
    they count. `fact` is set where several rows may belong to one fact, of which a sum takes
    one, `owed` where the rows are obligations.
    """

    rows: pa.Table
    counts: Mask
    whole: Mask
    part: Mask | None
    because: Callable[[Mask], Ids]
    under: Callable[[Mask], list[Under]] = _nothing_more
    fact: Ids | None = None
    owed: Owed | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure on a day."""

    handbook: Handbook
    tables: Tables
    figure: Figure
    term: FigureTerm
    as_of: date

    @property
    def day(self) -> int:
        """The as-of day as a number."""
        return day_number(self.as_of)

    @property
    def name(self) -> str:
        """The id after the colon of `of`."""
        return self.figure.of.partition(":")[2]

    @property
    def since(self) -> int | None:
        """The first day that counts, None for all."""
        if self.term.since == "all":
            return None
        if self.term.since == "year":
            return day_number(date(self.as_of.year, 1, 1))
        return day_number(date.fromisoformat(self.term.since))


def counted(ask: Asked) -> Counted | None:
    """The rows of a figure's source; None where a rule behind it has no term in force."""
    return _SOURCES[ask.figure.of.partition(":")[0]](ask)


def _facts(ask: Asked) -> Counted:
    kind = ask.handbook.kinds[ask.name]
    table, at = ask.tables.facts.get(ask.name, NO_FACTS), _fact_rows(ask)
    at = at[np.lexsort((table.subject[at], table.fact[at]))]
    fact = table.fact[at]
    rows = fact_rows(kind, table, at, also=ask.figure.field)
    return _all(rows, lambda mask: fact[mask], fact=fact)


def _participants(ask: Asked) -> Counted:
    table = ask.tables.facts.get(ask.name, NO_FACTS)
    rows = participant_rows(ask.tables, ask.name, facts=table.fact[_fact_rows(ask)])
    rows = rows.sort_by([(name, "ascending") for name in ("fact", "participant", "role")])
    fact = rows.column("fact").to_numpy()
    return _all(rows, lambda mask: fact[mask])


def _assignments(ask: Asked) -> Counted:
    rows = assignment_rows(ask.tables, day=ask.day, role=ask.name).sort_by("id")
    fact = rows.column("id").to_numpy()
    return _all(rows, lambda mask: fact[mask])


def _subjects(ask: Asked) -> Counted:
    subject = next(kind for kind in SUBJECT_TITLES if kind == ask.name)
    people = population(ask.handbook, ask.tables, subject, as_of=ask.as_of)

    def under(mask: Mask) -> list[Under]:
        return [Under(DECIDED_BY, people.only(mask).read_by(*_conditions(ask)))]

    return _all(people.rows, lambda mask: people.ids[mask], under=under)


def _coverage(ask: Asked) -> Counted | None:
    rule = ask.handbook.coverage[ask.name]
    found = reached(ask.handbook, ask.tables, rule, as_of=ask.as_of)
    if found is None:
        return None
    people = found.population

    def because(mask: Mask) -> Ids:
        """The facts that reached them; of those whom none reached, the founding facts."""
        return np.concatenate([found.facts_of(mask), people.ids[mask & ~found.reached]])

    def under(mask: Mask) -> list[Under]:
        some = people.only(mask)
        read = some.read_by(rule.where, *_conditions(ask))
        return [Under(SUBJECTS, some.ids), Under(DECIDED_BY, read)]

    everyone = np.ones(len(people.ids), dtype=np.bool_)
    return Counted(people.rows, found.reached, everyone, found.reached, because, under)


def _staffing(ask: Asked) -> Counted | None:
    rule = ask.handbook.staffing[ask.name]
    now = filling(ask.handbook, ask.tables, rule, as_of=ask.as_of)
    if now is None:
        return None
    kind = ask.handbook.roles[rule.role].subject
    people = Population(ask.handbook, ask.tables, kind, ask.as_of, now.subjects)

    def under(mask: Mask) -> list[Under]:
        mine = mask[now.subject]
        holders = np.unique(now.person[mine])
        persons = Population(ask.handbook, ask.tables, "person", ask.as_of, holders)
        read = people.only(mask).read_by(now.term.where, *_conditions(ask))
        decided = np.concatenate([read, persons.read_by(now.term.requires)])
        return [Under(POST, now.fact[mine]), Under(DECIDED_BY, decided)]

    everyone = np.ones(len(people.ids), dtype=np.bool_)
    return Counted(
        people.rows, now.filled, everyone, now.filled, lambda mask: people.ids[mask], under
    )


def _duty(ask: Asked) -> Counted:
    start = ask.since
    if start is None:
        start = _earliest(ask)
    within = Period(day_of(min(start, ask.day)), day_of(ask.day + 1))
    found = owed(ask.handbook, ask.tables, as_of=ask.as_of, within=within, rules={ask.name})
    if ask.since is not None:
        found = found.where(found.start >= ask.since)
    closed = (found.state != State.DUE) & (found.state != State.EXCUSED)
    met = (found.state == State.DONE) | (found.state == State.LATE)

    def because(mask: Mask) -> Ids:
        """The facts; where there are none, why it is owed: the trigger, else the assignment."""
        some = found.where(mask)
        owed_by = np.where(some.trigger > 0, some.trigger, some.basis)
        return np.concatenate([some.facts, owed_by[np.diff(some.offsets) == 0]])

    def under(mask: Mask) -> list[Under]:
        return [
            Under(POST, found.basis[mask]),
            Under(TRIGGER, found.trigger[mask & (found.trigger > 0)]),
        ]

    everything = np.ones(len(found), dtype=np.bool_)
    rows = obligation_rows(found)
    return Counted(rows, everything, closed, met & closed, because, under, owed=found)


def _earliest(ask: Asked) -> int:
    """A day before which nothing was owed: the rule and the first post begin later."""
    rule = ask.handbook.duties.get(ask.name) or ask.handbook.deadlines[ask.name]
    start = min(day_number(term.start) for term in rule.terms)
    posts = ask.tables.assignments.get(rule.role)
    return max(start, int(posts.start.min())) if posts is not None and len(posts.id) else start


def _all(
    rows: pa.Table,
    because: Callable[[Mask], Ids],
    *,
    under: Callable[[Mask], list[Under]] = _nothing_more,
    fact: Ids | None = None,
) -> Counted:
    """A source of which every row counts."""
    everything = np.ones(len(rows), dtype=np.bool_)
    return Counted(rows, everything, everything, None, because, under, fact)


def _conditions(ask: Asked) -> tuple[str, ...]:
    return (ask.term.where, *ask.term.parts.values())


def _fact_rows(ask: Asked) -> Ints:
    """The rows of the facts that happened in time and were done by whom the figure asks for."""
    table = ask.tables.facts.get(ask.name, NO_FACTS)
    inside = table.day <= ask.day
    if ask.since is not None:
        inside &= table.day >= ask.since
    at = np.flatnonzero(inside)
    if not ask.figure.performed_by:
        return at
    posts = ask.tables.assignments.get(ask.figure.performed_by)
    if posts is None:
        return at[:0]
    persons, row = np.unique(posts.person, return_inverse=True)
    who = locate(persons, table.performer[at])
    known = np.flatnonzero(who >= 0)
    day = ints(table.day[at[known]])
    held = merged(row, ints(posts.start), ints(posts.end))
    found, _ = touching(held, who[known], day, day + 1)
    return at[known[found]]


_SOURCES: Mapping[str, Callable[[Asked], Counted | None]] = {
    "facts": _facts,
    "participants": _participants,
    "assignments": _assignments,
    "subjects": _subjects,
    "coverage": _coverage,
    "staffing": _staffing,
    "duty": _duty,
}
