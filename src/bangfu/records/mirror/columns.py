"""Facts of one kind as Arrow columns: which fields a rule may read, and in which form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import pyarrow as pa

from bangfu.core.facts import Value
from bangfu.core.marks import Sort, marks, well_formed
from bangfu.core.rules import FactKind, Field
from bangfu.core.values import scaled
from bangfu.handbook.check_views import measured
from bangfu.records.sealing import vault

ERASED = "@erased"  # stands among the values of a fact whose sealed ones no key opens any more
MOST_DIGEST = 16  # characters: enough to tell a county's people apart
Read: TypeAlias = Callable[[Mapping[str, Value]], object]
_TYPES = {
    "integer": pa.int64(),
    "number": pa.int64(),
    "money": pa.int64(),
    "date": pa.int32(),
    "boolean": pa.bool_(),
}
_KEYS = ("fact", "subject", "owner", "day", "minute", "performer")
KEY_TYPES = (pa.int64(), pa.int64(), pa.int64(), pa.int32(), pa.int16(), pa.int64())
PARTICIPANTS = pa.schema([("fact", pa.int64()), ("role", pa.string()), ("participant", pa.int64())])


class FactRow(NamedTuple):
    """A fact as the database has it, its values unsealed as far as `mirrored` needs them."""

    fact: int
    subject: int
    more: Sequence[int]
    day: str
    minute: int | None
    performer: int | None
    values: Mapping[str, Value]


def mirrored(kind: FactKind) -> list[Field]:
    """The fields that rules read: no identifiers, and of personal ones only measured values.

    Of identifiers and of free text about a person there are marks instead (`core/marks.py`): what
    is said of a participant is sealed for his sake and leaves the ledger in no form.
    """
    return [*_held(kind), *(one for one, _, _ in marks(kind))]


def _held(kind: FactKind) -> list[Field]:
    return [field for field in kind.fields if measured(field)]


def opens(kind: FactKind) -> bool:
    """Whether a rule reads any personal value of the kind, so that facts must be unsealed."""
    return any(field.personal for field in mirrored(kind))


def schema(kind: FactKind) -> pa.Schema:
    """The columns of a kind: `owner` is the main subject, whose personal values the row has."""
    keys = list(zip(_KEYS, KEY_TYPES, strict=True))
    fields = [(f"v_{field.id}", arrow_type(field)) for field in mirrored(kind)]
    return pa.schema(keys + fields)


def arrow_type(field: Field) -> pa.DataType:
    """How a field's values are kept: numbers scaled to integers, dates as day numbers, several
    options joined by commas, which no option's id contains, facts and projects by their number.
    """
    if field.numbered:
        return pa.int64()
    return _TYPES.get(field.type, pa.string())


def columns(kind: FactKind, rows: Iterable[FactRow]) -> pa.Table:
    """The rows of a kind, one for each subject that a fact has."""
    gathered: list[list[object]] = [[] for _ in _KEYS]
    fields = [(field, read, list[object]()) for field, read in _readers(kind)]
    facts, subjects, owners, days, minutes, performers = gathered
    for row in rows:
        for subject in (row.subject, *row.more):
            facts.append(row.fact)
            subjects.append(subject)
            owners.append(row.subject)
            days.append(row.day)
            minutes.append(row.minute)
            performers.append(row.performer or 0)
            for _, read, values in fields:
                values.append(read(row.values))
    arrays = [
        day_numbers(values) if name == "day" else pa.array(values, kept)
        for name, kept, values in zip(_KEYS, KEY_TYPES, gathered, strict=True)
    ]
    for field, _, values in fields:
        dates = field.type == "date"
        arrays.append(day_numbers(values) if dates else pa.array(values, arrow_type(field)))
    return pa.Table.from_arrays(arrays, schema=schema(kind))


def day_numbers(days: Sequence[object]) -> pa.Array:
    """ISO days as int32 day numbers; null stays null."""
    return pa.array(days, pa.string()).cast(pa.date32()).cast(pa.int32())


def _readers(kind: FactKind) -> Iterator[tuple[Field, Read]]:
    """The fields of a kind in the order of `mirrored`, each with what reads it off a fact."""
    for field in _held(kind):
        yield field, _given(field)
    found = list(marks(kind))
    digested = any(sort == "digest" for _, _, sort in found)
    lookup = vault().lookup if digested else str
    for one, of, sort in found:
        yield one, _marked(of, sort, lookup)


def _given(field: Field) -> Read:
    kept, name = _reader(field), field.id

    def read(values: Mapping[str, Value]) -> object:
        value = values.get(name)
        return None if value is None else kept(value)

    return read


def _marked(field: Field, sort: Sort, lookup: Callable[[str], str]) -> Read:
    """A mark; none where the fact says nothing of itself any more, its values being erased."""
    name = field.id

    def read(values: Mapping[str, Value]) -> object:
        value = values.get(name)
        if sort == "given":
            return None if ERASED in values else value is not None
        if value is None:
            return None
        if sort == "length":
            return len(str(value).strip())
        if sort == "valid":
            return well_formed(field.form, str(value))
        return lookup(str(value))[:MOST_DIGEST]

    return read


def _reader(field: Field) -> Callable[[Value], object]:
    if field.type in ("integer", "number", "money"):
        return lambda value: scaled(field, value)
    if field.type == "choices":
        return lambda value: ",".join(value) if isinstance(value, list) else value
    return lambda value: value
