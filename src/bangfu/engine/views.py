"""The published views as Arrow tables: what conditions with subqueries may read, as of a day.

Personal fields are left out; numbers with decimals are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bangfu.core.periods import day_number
from bangfu.core.results import State
from bangfu.core.rules import FactKind, Field, Handbook, SubjectType
from bangfu.engine.obligations import Owed
from bangfu.engine.spans import FOREVER, Ints, ints
from bangfu.engine.statuses import timelines
from bangfu.engine.tables import (
    NO_FACTS,
    NO_PARTICIPANTS,
    NO_SUBJECTS,
    Days,
    FactTable,
    Ids,
    Tables,
)
from bangfu.handbook.columns import VIEW_OF

_PRECISION = 18  # digits of an exact number, as many as DuckDB counts in one machine word


def view(handbook: Handbook, tables: Tables, name: str, *, as_of: date) -> pa.Table:
    """The published view of that name, with what is known on `as_of`; `KeyError` if none is."""
    day = day_number(as_of)
    for subject, published in VIEW_OF.items():
        if name == published:
            ids = known_subjects(tables, subject, day)
            return subject_rows(handbook, tables, subject, ids=ids, day=day)
    if name == "assignment":
        return assignment_rows(tables, day=day)
    if name == "member":
        return member_rows(tables, day=day)
    for kind in handbook.kinds.values():
        suffix = kind.id.replace(".", "_")
        if name == f"fact_{suffix}":
            table = tables.facts.get(kind.id, NO_FACTS)
            return fact_rows(kind, table, np.flatnonzero(table.day <= day))
        if name == f"participant_{suffix}":
            facts = tables.facts.get(kind.id, NO_FACTS)
            return participant_rows(tables, kind.id, facts=facts.fact[facts.day <= day])
    raise KeyError(name)


def known_subjects(tables: Tables, subject: SubjectType, day: int) -> Ids:
    """The subjects of a type that were founded by `day`, sorted."""
    table = tables.subjects.get(subject)
    return _NONE if table is None else np.sort(table.id[table.since <= day])


def subject_rows(
    handbook: Handbook, tables: Tables, subject: SubjectType, *, ids: Ids, day: int
) -> pa.Table:
    """Subjects (known, sorted) with place, founding day and one column for each status."""
    table = tables.subjects.get(subject, NO_SUBJECTS)
    order = np.argsort(table.id)
    at = order[np.searchsorted(table.id[order], ids)]
    columns: dict[str, pa.Array] = {
        "id": pa.array(ids),
        "village": place(table.village[at]),
        "township": place(table.township[at]),
        "since": days(table.since[at]),
    }
    names = [status.id for status in handbook.statuses.values() if status.subject == subject]
    rows, when = np.arange(len(ids)), np.full(len(ids), day)
    for name, line in timelines(tables, names, ids, as_of=day).items():
        columns[name] = pa.array(line.values(rows, when).values, type=pa.string())
    return pa.table(columns)


def assignment_rows(tables: Tables, *, day: int, role: str | None = None) -> pa.Table:
    """The assignments held on `day`, of one role or of all."""
    parts = []
    for name, table in tables.assignments.items():
        if role is not None and name != role:
            continue
        held = (table.start <= day) & (day < table.end)
        end = ints(table.end[held])
        parts.append(
            pa.table(
                {
                    "id": table.id[held],
                    "person": table.person[held],
                    "role": pa.array([name] * int(held.sum()), type=pa.string()),
                    "subject": table.subject[held],
                    "start_day": days(table.start[held]),
                    "end_day": pa.nulls(len(end), pa.date32()),
                }
            )
        )
    return pa.concat_tables(parts) if parts else _NO_ASSIGNMENTS


def member_rows(tables: Tables, *, day: int, left: bool = False) -> pa.Table:
    """Who belongs to a household on the day, or did before it."""
    found = tables.members
    begun = found.start <= day
    end = ints(found.end)
    at = np.flatnonzero(begun & (end <= day) & (end != FOREVER) if left else begun & (day < end))
    columns = {
        "household": pa.array(found.household[at]),
        "person": pa.array(found.person[at]),
        "relation": pa.array(found.relation[at], type=pa.string()),
        "joined_on": days(found.start[at]),
    }
    if left:
        columns["left_on"] = days(found.end[at])
    return pa.table(columns)


def participant_rows(tables: Tables, kind: str, *, facts: Ids) -> pa.Table:
    """Who took part in these facts of a kind."""
    table = tables.participants.get(kind, NO_PARTICIPANTS)
    known = np.isin(table.fact, facts)
    return pa.table(
        {
            "fact": table.fact[known],
            "role": pa.array(table.role[known], type=pa.string()),
            "participant": table.participant[known],
        }
    )


def fact_rows(kind: FactKind, table: FactTable, at: Ints, *, also: str = "") -> pa.Table:
    """Some rows of a fact table, with the fields that are not personal and the one in `also`."""
    columns: dict[str, pa.Array] = {
        "fact": pa.array(table.fact[at]),
        "subject": pa.array(table.subject[at]),
        "performer": pa.array(table.performer[at]),
        "occurred_on": days(table.day[at]),
    }
    for field in kind.fields:
        if not field.personal or field.id == also:
            columns[field.id] = field_column(table, field, at)
    return pa.table(columns)


def field_column(table: FactTable, field: Field, at: Ints) -> pa.Array:
    """Some rows of one field; nothing where the table does not have it."""
    values, missing = table.values.get(field.id), table.missing.get(field.id)
    if values is None:
        return pa.nulls(len(at), column_type(field))
    return _column(field, values[at], None if missing is None else missing[at])


def obligation_rows(owed: Owed) -> pa.Table:
    """Obligations with the columns that a figure of a duty may read."""
    names = np.array([state.name.lower() for state in State], dtype=np.object_)
    return pa.table(
        {
            "subject": owed.subject,
            "person": owed.person,
            "start_day": days(owed.start),
            "end_day": days(owed.end),
            "due": days(owed.due),
            "closes": days(owed.closes),
            "need": owed.need,
            "got": owed.got,
            "state": pa.array(names[owed.state], type=pa.string()),
        }
    )


def days(numbers: Days | Ints) -> pa.Array:
    """Day numbers as dates; the end of what is still open is unknown."""
    found = np.asarray(numbers, dtype=np.int32)
    return pa.array(found, mask=found == FOREVER).cast(pa.date32())


def place(ids: Ids) -> pa.Array:
    """Places, 0 being none."""
    return pa.array(ids, mask=ids == 0)


def column_type(field: Field) -> pa.DataType:
    """How a field's values are written in a view."""
    if field.places:
        return pa.decimal128(_PRECISION, field.places)
    if field.numbered:
        return pa.int64()
    return _TYPES.get(field.type, pa.string())


def _column(
    field: Field, values: NDArray[np.generic], missing: NDArray[np.bool_] | None
) -> pa.Array:
    if field.type == "date":
        return pa.array(values.astype(np.int32), mask=missing).cast(pa.date32())
    if field.places:
        words = np.empty((len(values), 2), dtype=np.int64)
        words[:, 0] = values
        words[:, 1] = words[:, 0] >> 63  # the sign fills the upper half of 128 bits
        valid = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
        return pa.Array.from_buffers(column_type(field), len(values), [valid, pa.py_buffer(words)])
    return pa.array(values, type=column_type(field), mask=missing)


_TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "choices": pa.list_(pa.string()),
    "number": pa.int64(),
}
_NONE = np.zeros(0, dtype=np.int64)
_NO_DAYS = np.zeros(0, dtype=np.int32)
_NO_ASSIGNMENTS = pa.table({
    "id": _NONE, "person": _NONE, "role": pa.array([], type=pa.string()), "subject": _NONE,
    "start_day": days(_NO_DAYS), "end_day": days(_NO_DAYS),
})  # fmt: skip
