"""The engine's tables for one reader: what he may see, as it was known, without what was amended.

The rows come from the database by index for a reader of single subjects, from the mirror and its
tail for a township or the county; what happens to them here is the same.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bangfu.core.rules import FactKind, Handbook, SubjectType
from bangfu.engine.tables import (
    HOUSEHOLD,
    OPEN,
    AssignmentTable,
    FactTable,
    Ids,
    MemberTable,
    ParticipantTable,
    StatusTable,
    Strings,
    SubjectTable,
    Tables,
)
from bangfu.records.access import Scope
from bangfu.records.mirror.columns import PARTICIPANTS, mirrored, schema
from bangfu.records.mirror.lazy import Lazy
from bangfu.records.visible import EVERYBODY, PERFORMER, STATUS, SUBJECT, needs

Mask = NDArray[np.bool_]


class Source(Protocol):
    """Where columns come from; each may hold more than the reader may see."""

    def registry(self, table: str) -> pa.Table:
        """`subjects`, `past`, `assignments`, `members` or `statuses`."""

    def kind(self, name: str) -> pa.Table | None:
        """The facts of a kind, a row for each subject, by sequence."""

    def participants(self, name: str) -> pa.Table | None:
        """The participants of the facts of a kind."""

    def amendments(self) -> pa.Table:
        """Which fact amends which."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: the day, the ledger's end that counts, and the kinds of facts."""

    as_of: date
    known_at: int
    kinds: tuple[str, ...]


def tables(source: Source, scope: Scope, handbook: Handbook, question: Question) -> Tables:
    """The tables of a reader with that scope."""
    return Reading(source, scope, handbook, question).tables(question.kinds)


_TYPES: tuple[SubjectType, ...] = (
    "county", "township", "village", "group", "household", "person", "unit", "branch", "project",
)  # fmt: skip


class Reading:
    """What one reader sees of a source on a day: each table is made once, whichever question asks
    for it.
    """

    def __init__(
        self, source: Source, scope: Scope, handbook: Handbook, question: Question
    ) -> None:
        self._view = _View(source, scope, handbook, question)
        self._facts = Lazy(tuple(handbook.kinds), self._view.facts)
        self._participants = Lazy(tuple(handbook.kinds), self._view.participants)
        self._registry = Tables(
            as_of=question.as_of,
            facts={},
            participants={},
            assignments=Lazy(tuple(handbook.roles), self._view.assignments),
            statuses=Lazy(tuple(handbook.statuses), self._view.statuses),
            subjects=Lazy(_TYPES, self._view.subjects),
            memberships=Lazy((HOUSEHOLD,), self._view.members),
        )

    def tables(self, kinds: tuple[str, ...]) -> Tables:
        """The tables with facts of these kinds."""
        return replace(
            self._registry,
            facts=Lazy(kinds, self._facts.__getitem__),
            participants=Lazy(kinds, self._participants.__getitem__),
        )

    def later(self, source: Source, *, known_at: int, changed: Collection[str]) -> Reading:
        """The same once facts of the `changed` kinds were added, none of the registry's and none
        that amends another: all else is as it was.
        """
        found = copy(self)
        found._view = self._view.later(source, known_at)
        found._facts = self._facts.anew(changed, found._view.facts)
        found._participants = self._participants.anew(changed, found._view.participants)
        return found


class _View:
    """The columns of a source as one reader may see them."""

    def __init__(
        self, source: Source, scope: Scope, handbook: Handbook, question: Question
    ) -> None:
        self._source = source
        self._handbook = handbook
        self._question = question
        self._scope = scope
        self._needed = needs(handbook).parts
        rows = source.registry("subjects")
        self._rows = rows
        self._inside = _Set(self._covered(), everything=scope.county)
        known = self._known(source.registry("assignments"))
        self._posts = known.filter(pa.array(self._inside.has(ints(known["subject"]))))
        self._answerable = _Set(ints(self._posts["person"]))
        self._amended = self._amended_facts()

    def later(self, source: Source, known_at: int) -> _View:
        """The same view of a source to which facts were added."""
        found = copy(self)
        found._source = source
        found._question = replace(self._question, known_at=known_at)
        return found

    def _known(self, rows: pa.Table) -> pa.Table:
        """The versions that were known at the question's point of the ledger."""
        recorded = ints(rows["recorded"])
        retired = ints(rows["retired"], missing=np.iinfo(np.int64).max)
        upto = self._question.known_at
        return rows.filter(pa.array((recorded <= upto) & (retired > upto)))

    def _covered(self) -> Ids:
        """The subjects in scope; of places those that were known then to lie in them."""
        rows = self._rows
        if self._scope.county:
            return ints(rows["id"])
        found = [np.fromiter(self._scope.subjects, np.int64)]
        if self._scope.paths:
            then = ints(rows["recorded"]) <= self._question.known_at
            past = self._known(self._source.registry("past"))
            for some in (rows.filter(pa.array(then)), past):
                for path in self._scope.paths:
                    under = pc.starts_with(some["path"], path).to_numpy()
                    found.append(ints(some["id"])[under])
        return np.concatenate(found)

    def _amended_facts(self) -> _Set:
        rows = self._source.amendments()
        return _Set(ints(rows["amends"])[ints(rows["fact"]) <= self._question.known_at])

    def subjects(self, kind: str) -> SubjectTable:
        current = self._rows.filter(pc.equal(self._rows["type"], kind))
        known = self._known(current)
        past = self._known(self._source.registry("past"))
        if len(past):
            past = past.filter(pc.is_in(past["id"], current["id"].combine_chunks()))
            known = pa.concat_tables([known, past]).sort_by("id")
        known = known.filter(pa.array(self._inside.has(ints(known["id"]))))
        return SubjectTable(
            id=ints(known["id"]),
            village=ints(known["village"]),
            township=ints(known["township"]),
            since=days(known["since"]),
        )

    def assignments(self, role: str) -> AssignmentTable:
        rows = self._posts.filter(pc.equal(self._posts["role"], role)).sort_by("fact")
        return AssignmentTable(
            id=ints(rows["fact"]),
            person=ints(rows["person"]),
            subject=ints(rows["subject"]),
            start=days(rows["start"]),
            end=days(rows["end"]),
        )

    def members(self, _of: str) -> MemberTable:
        rows = self._known(self._source.registry("members"))
        rows = rows.filter(pa.array(self._inside.has(ints(rows["subject"])))).sort_by("fact")
        return MemberTable(
            id=ints(rows["fact"]),
            person=ints(rows["person"]),
            household=ints(rows["subject"]),
            relation=objects(rows["relation"]),
            start=days(rows["start"]),
            end=days(rows["end"]),
        )

    def statuses(self, status: str) -> StatusTable:
        rows = self._source.registry("statuses")
        rows = self._known(rows.filter(pc.equal(rows["status"], status)))
        subject = ints(rows["subject"])
        start, end = days(rows["start"]), days(rows["end"])
        # An empty value only ends the one before; the same day's later word leaves none of it.
        lasting = (start < end) & pc.not_equal(rows["value"], "").to_numpy()
        seen = self._inside.has(subject)
        if SUBJECT in self._needed.get(STATUS, ()):
            seen |= self._answerable.has(subject)
        rows = rows.filter(pa.array(lasting & seen)).sort_by("fact")
        return StatusTable(
            id=ints(rows["fact"]),
            subject=ints(rows["subject"]),
            value=objects(rows["value"]),
            start=days(rows["start"]),
            end=days(rows["end"]),
        )

    def facts(self, name: str) -> FactTable:
        kind = self._kind(name)
        rows = self._standing(self._source.kind(name), schema(kind))
        subject, owner = ints(rows["subject"]), ints(rows["owner"])
        inside = self._inside.has(subject)
        seen = np.ones(len(rows), np.bool_)
        if not self._everything(name):
            main = subject == owner
            joined = _Set(self._facts_joined(name)).has(ints(rows["fact"]))
            seen = inside | (main & joined)
            if PERFORMER in self._needed.get(name, ()):
                seen |= main & self._answerable.has(ints(rows["performer"]))
        rows = rows.filter(pa.array(seen))
        found = fact_table(kind, rows, self._inside.has(owner[seen]))
        for field in mirrored(kind):
            if field.names_a_fact:
                named = found.values[field.id].astype(np.int64)
                found.values[field.id] = self._now(named)  # type: ignore[index]
        return found

    def _now(self, named: Ids) -> Ids:
        """What stands in the place of these facts: themselves, or what corrected them last."""
        rows = self._source.amendments()
        known = ints(rows["fact"]) <= self._question.known_at
        before, after = ints(rows["amends"])[known], ints(rows["fact"])[known]
        order = np.argsort(before)
        before, after = before[order], after[order]
        while len(before):
            at = np.minimum(np.searchsorted(before, named), len(before) - 1)
            amended = before[at] == named
            if not amended.any():
                break
            named = np.where(amended, after[at], named)
        return named

    def participants(self, name: str) -> ParticipantTable:
        rows = self._standing(self._source.participants(name), PARTICIPANTS)
        if not self._everything(name) and len(rows):
            kind = self._kind(name)
            facts = self._standing(self._source.kind(name), schema(kind))
            about = _Set(ints(facts["fact"])[self._inside.has(ints(facts["subject"]))])
            seen = self._taking_part(name, rows) | about.has(ints(rows["fact"]))
            rows = rows.filter(pa.array(seen))
        return ParticipantTable(
            fact=ints(rows["fact"]),
            role=objects(rows["role"]),
            participant=ints(rows["participant"]),
        )

    def _everything(self, name: str) -> bool:
        """Whether all facts of a kind are the reader's to see."""
        public = EVERYBODY in self._needed.get(name, ())
        somebody = bool(self._scope.subjects or self._scope.paths)
        return self._scope.county or (public and somebody)

    def _facts_joined(self, name: str) -> Ids:
        """The facts in which somebody took part whom the reader sees, or whom it counts for."""
        rows = self._source.participants(name)
        if rows is None:
            return np.empty(0, np.int64)
        return ints(rows["fact"])[self._taking_part(name, rows)]

    def _taking_part(self, name: str, rows: pa.Table) -> Mask:
        """Which participants lie in scope, or answer for something there to which it counts."""
        person = ints(rows["participant"])
        seen = self._inside.has(person)
        if wanted := self._needed.get(name):
            role = pa.array(sorted(wanted))
            counts = pc.is_in(rows["role"].cast(pa.string()), role).to_numpy()
            seen = seen | (counts & self._answerable.has(person))
        return seen

    def _standing(self, rows: pa.Table | None, wanted: pa.Schema) -> pa.Table:
        """The rows of facts that were known and not yet amended."""
        if rows is None:
            return wanted.empty_table()
        fact = ints(rows["fact"])
        keep = (fact <= self._question.known_at) & ~self._amended.has(fact)
        return rows if keep.all() else rows.filter(pa.array(keep))

    def _kind(self, name: str) -> FactKind:
        kind = self._handbook.kind(name)
        if kind is None:
            raise KeyError(name)
        return kind


class _Set:
    """A set of numbers that a whole column is looked up in at once."""

    def __init__(self, members: Ids, *, everything: bool = False) -> None:
        self._everything = everything
        self._flags = np.zeros(int(members.max(initial=-1)) + 2, np.bool_)
        self._flags[members] = True

    def has(self, numbers: Ids) -> Mask:
        if self._everything:
            return np.ones(len(numbers), np.bool_)
        # The last flag stands for every number beyond, and is never set.
        within: Mask = self._flags[np.minimum(numbers, len(self._flags) - 1)]
        return within


def fact_table(kind: FactKind, rows: pa.Table, owned: Mask) -> FactTable:
    """Columns as the engine wants them; personal values only where `owned` is true."""
    values: dict[str, NDArray[np.generic]] = {}
    missing: dict[str, Mask] = {}
    for field in mirrored(kind):
        column = rows[f"v_{field.id}"]
        hidden = ~owned if field.personal else np.zeros(len(rows), np.bool_)
        words = field.type in ("choice", "text", "reference", "choices")
        if words and not field.numbered:
            shown = objects(column, several=field.type == "choices")
            if field.personal:
                shown[hidden] = None
            values[field.id] = shown
            continue
        lacking = pc.is_null(column).to_numpy() | hidden
        filled = pc.fill_null(column, pa.scalar(0).cast(column.type)).to_numpy()
        values[field.id] = np.where(lacking, np.zeros(1, filled.dtype), filled)
        missing[field.id] = lacking
    return FactTable(
        fact=ints(rows["fact"]),
        subject=ints(rows["subject"]),
        day=days(rows["day"]),
        performer=ints(rows["performer"]),
        values=values,
        missing=missing,
        minute=pc.fill_null(rows["minute"], -1).to_numpy().astype(np.int16) if kind.timed else None,
    )


def ints(column: pa.ChunkedArray, *, missing: int = 0) -> Ids:
    """A column of numbers; null becomes `missing`."""
    filled = pc.fill_null(column, missing) if column.null_count else column
    result: Ids = filled.to_numpy()
    return result


def days(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """A column of day numbers; null, an end not reached yet, becomes `OPEN`."""
    filled = pc.fill_null(column, int(OPEN)) if column.null_count else column
    result: NDArray[np.int32] = filled.to_numpy()
    return result


def objects(column: pa.ChunkedArray, *, several: bool = False) -> Strings:
    """A column of texts as Python objects, `several` as lists of texts; null becomes None.

    Equal values share one object: a column has few different ones.
    """
    parts: list[Strings] = []
    for chunk in column.chunks:
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        words = np.empty(len(coded.dictionary) + 1, np.object_)
        for place, word in enumerate(coded.dictionary.to_pylist()):
            words[place] = word.split(",") if several else word
        codes = pc.fill_null(coded.indices, len(words) - 1).to_numpy(zero_copy_only=False)
        parts.append(words[codes])
    return np.concatenate(parts) if parts else np.empty(0, np.object_)
