"""A small invented county for tests: what was recorded, and the same as the engine's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number
from bangfu.core.rules import Field, Handbook
from bangfu.engine.tables import (
    OPEN,
    AssignmentTable,
    Days,
    FactTable,
    Ids,
    ParticipantTable,
    StatusTable,
    Strings,
    SubjectTable,
    Tables,
)
from tests.truth import Cell, is_true

FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Done:
    """A standing fact: what `performer` did about each of `subjects` on `day`."""

    fact: int
    kind: str
    day: date
    subjects: tuple[int, ...]
    performer: int
    values: Mapping[str, Cell] = field(default_factory=dict)
    minute: int | None = None
    participants: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """`person` holds `role` for `subject` from `start` up to `end`; `id` is the fact."""

    id: int
    role: str
    person: int
    subject: int
    start: date
    end: date = FOREVER

    def on(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Stood:
    """`subject` had `value` of `status` from `start` up to `end`; `id` is the fact."""

    id: int
    status: str
    subject: int
    value: str
    start: date
    end: date = FOREVER


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of a type, founded on `since`."""

    id: int
    type: str
    since: date
    village: int = 0
    township: int = 0


@dataclass(frozen=True)
class World:
    """Everything that was recorded."""

    facts: tuple[Done, ...] = ()
    posts: tuple[Held, ...] = ()
    statuses: tuple[Stood, ...] = ()
    subjects: tuple[Subject, ...] = ()

    def known(self, day: date) -> World:
        """What is known on a day: what begins later is not, what ends later still goes on."""
        return World(
            facts=tuple(done for done in self.facts if done.day <= day),
            posts=tuple(
                post if post.end <= day else replace(post, end=FOREVER)
                for post in self.posts
                if post.start <= day and post.start < post.end
            ),
            statuses=tuple(
                stood if stood.end <= day else replace(stood, end=FOREVER)
                for stood in self.statuses
                if stood.start <= day and stood.start < stood.end
            ),
            subjects=self.subjects,
        )

    @cached_property
    def facts_about(self) -> Mapping[tuple[str, int], list[Done]]:
        """The facts of a kind about a subject, by sequence."""
        found: dict[tuple[str, int], list[Done]] = defaultdict(list)
        for done in sorted(self.facts, key=lambda done: done.fact):
            for subject in done.subjects:
                found[done.kind, subject].append(done)
        return found

    @cached_property
    def facts_by(self) -> Mapping[tuple[str, int], list[Done]]:
        """The facts of a kind that a person did."""
        found: dict[tuple[str, int], list[Done]] = defaultdict(list)
        for done in self.facts:
            found[done.kind, done.performer].append(done)
        return found

    @cached_property
    def posts_of(self) -> Mapping[str, Mapping[int, list[Held]]]:
        """Who held a role for which subject."""
        found: dict[str, dict[int, list[Held]]] = defaultdict(lambda: defaultdict(list))
        for post in self.posts:
            found[post.role][post.subject].append(post)
        return found

    @cached_property
    def history_of(self) -> Mapping[tuple[str, int], list[Stood]]:
        """The values of a status of a subject, the one that began last first."""
        found: dict[tuple[str, int], list[Stood]] = defaultdict(list)
        for stood in sorted(self.statuses, key=lambda s: (s.start, s.id), reverse=True):
            found[stood.status, stood.subject].append(stood)
        return found

    @cached_property
    def founded(self) -> Mapping[int, date]:
        return {subject.id: subject.since for subject in self.subjects}

    def status(self, name: str, subject: int, day: date) -> str | None:
        """The value on a day: a new one ends the one before, even one without an end."""
        for stood in self.history_of.get((name, subject), ()):
            if stood.start <= day:
                return stood.value if day < stood.end else None
        return None

    def meets(self, condition: str, subject: int, *, day: date, names: Sequence[str]) -> bool:
        """Whether a condition on the dated statuses `names` is true of a subject on a day."""
        row: dict[str, Cell] = {name: self.status(name, subject, day) for name in names}
        return is_true(condition, row | {"since": self.founded.get(subject), "id": subject})


def tables_of(world: World, handbook: Handbook, *, as_of: date) -> Tables:
    """The world as the engine reads it, in the order in which the world lists it."""
    kinds = {done.kind for done in world.facts}
    roles = {post.role for post in world.posts}
    statuses = {stood.status for stood in world.statuses}
    types = {subject.type for subject in world.subjects}
    return Tables(
        as_of=as_of,
        facts={kind: _fact_table(world, handbook, kind) for kind in sorted(kinds)},
        participants={kind: _participants(world, kind) for kind in sorted(kinds)},
        assignments={role: _assignments(world, role) for role in sorted(roles)},
        statuses={status: _statuses(world, status) for status in sorted(statuses)},
        subjects={kind: _subjects(world, kind) for kind in sorted(types)},
    )


def _fact_table(world: World, handbook: Handbook, kind: str) -> FactTable:
    rows = [
        (done, subject) for done in world.facts if done.kind == kind for subject in done.subjects
    ]
    values, missing = {}, {}
    for known in handbook.kinds[kind].fields:
        cells = [done.values.get(known.id) for done, _ in rows]
        values[known.id] = _column(known, cells)
        if any(cell is None for cell in cells):
            missing[known.id] = np.array([cell is None for cell in cells])
    timed = handbook.kinds[kind].timed
    minutes = [-1 if done.minute is None else done.minute for done, _ in rows]
    return FactTable(
        fact=_ids(done.fact for done, _ in rows),
        subject=_ids(subject for _, subject in rows),
        day=_days(done.day for done, _ in rows),
        performer=_ids(done.performer for done, _ in rows),
        values=values,
        missing=missing,
        minute=np.array(minutes, dtype=np.int16) if timed else None,
    )


def _column(known: Field, cells: list[Cell]) -> NDArray[np.generic]:
    if known.numbered:
        return _ids(cell if isinstance(cell, int) else 0 for cell in cells)
    if known.type in {"integer", "number", "money"}:
        scale = 10**known.places
        return _ids(0 if cell is None else int(Decimal(str(cell)) * scale) for cell in cells)
    if known.type == "date":
        return _days(cell if isinstance(cell, date) else date(1970, 1, 1) for cell in cells)
    if known.type == "boolean":
        return np.array([bool(cell) for cell in cells], dtype=np.bool_)
    return _objects(cells)


def _participants(world: World, kind: str) -> ParticipantTable:
    rows = [(done, *one) for done in world.facts if done.kind == kind for one in done.participants]
    return ParticipantTable(
        fact=_ids(done.fact for done, _, _ in rows),
        role=_objects(role for _, role, _ in rows),
        participant=_ids(who for _, _, who in rows),
    )


def _assignments(world: World, role: str) -> AssignmentTable:
    rows = [post for post in world.posts if post.role == role]
    return AssignmentTable(
        id=_ids(post.id for post in rows),
        person=_ids(post.person for post in rows),
        subject=_ids(post.subject for post in rows),
        start=_days(post.start for post in rows),
        end=_days(post.end for post in rows),
    )


def _statuses(world: World, status: str) -> StatusTable:
    rows = [stood for stood in world.statuses if stood.status == status]
    return StatusTable(
        id=_ids(stood.id for stood in rows),
        subject=_ids(stood.subject for stood in rows),
        value=_objects(stood.value for stood in rows),
        start=_days(stood.start for stood in rows),
        end=_days(stood.end for stood in rows),
    )


def _subjects(world: World, kind: str) -> SubjectTable:
    rows = [subject for subject in world.subjects if subject.type == kind]
    return SubjectTable(
        id=_ids(subject.id for subject in rows),
        village=_ids(subject.village for subject in rows),
        township=_ids(subject.township for subject in rows),
        since=_days(subject.since for subject in rows),
    )


def _ids(numbers: Iterable[int]) -> Ids:
    return np.array(list(numbers), dtype=np.int64)


def _days(days: Iterable[date]) -> Days:
    return np.array([OPEN if day == FOREVER else day_number(day) for day in days], dtype=np.int32)


def _objects(cells: Iterable[object]) -> Strings:
    listed = list(cells)
    found = np.empty(len(listed), dtype=np.object_)
    found[:] = listed
    return found
