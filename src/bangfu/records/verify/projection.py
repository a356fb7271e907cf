"""The registry's tables against what the ledger's registry facts give when applied anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from django.db import connection

from bangfu.records.models import SubjectPast
from bangfu.records.projections import DETAILS, LINE_TABLES, SUBJECT_COLUMNS
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import Line, SubjectRow

Row = tuple[str, ...]
_PAST = (
    "subject_id", "path", "village", "township", "since", "fact", "recorded_seq", "retired_seq",
)  # fmt: skip


def first_difference(registry: Registry) -> tuple[int, str] | None:
    """The fact and the table of the first row that differs, by table; None if all agree."""
    for name, expected, stored in _tables(registry):
        for wanted, found in zip_longest(expected, stored):
            if wanted != found:
                row = wanted or found
                return (_number(row) if row else 0), name
    return None


def _tables(registry: Registry) -> Iterator[tuple[str, Iterable[Row], Iterable[Row]]]:
    """Each table's name, the rows that ought to be there and those that are, in one order."""
    rows = sorted(registry.numbers.values(), key=lambda row: row.id)
    yield (
        "records_subject",
        (_subject(row) for row in rows),
        _stored("records_subject", ("fact", *SUBJECT_COLUMNS), ("id",)),
    )
    for model, columns in dict.fromkeys(DETAILS.values()):
        of_type = [row for row in rows if DETAILS[row.type][0] is model]
        yield (
            model._meta.db_table,
            (_exactly((row.id, row.id, *(row.detail[c] for c in columns))) for row in of_type),
            _stored(model._meta.db_table, ("subject_id", "subject_id", *columns), ("subject_id",)),
        )
    past = sorted(registry.past, key=lambda p: (p.subject, p.recorded, p.retired))
    yield (
        SubjectPast._meta.db_table,
        (_exactly((p.fact, *p)) for p in past),
        _stored(
            SubjectPast._meta.db_table,
            ("fact", *_PAST),
            ("subject_id", "recorded_seq", "retired_seq"),
        ),
    )
    for name, table in LINE_TABLES.items():
        lines = [n for n in registry.touched if n.table == name and n.retired != n.recorded]
        lines.sort(key=lambda line: (line.fact, line.recorded))
        yield (
            table.model._meta.db_table,
            (_line(line, table.attributes) for line in lines),
            _stored(table.model._meta.db_table, table.columns, ("fact", "recorded_seq")),
        )


def _stored(table: str, columns: Sequence[str], order: Sequence[str]) -> Iterator[Row]:
    """The rows of a table exactly as they are stored, so that any change of a byte shows."""
    quote = connection.ops.quote_name
    # SQLite hands over an expression's value as it lies there, a column's by its declared type.
    plus = "+" if connection.vendor == "sqlite" else ""
    chosen = ", ".join(plus + quote(column) for column in columns)
    ordered = ", ".join(quote(column) for column in order)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {chosen} FROM {quote(table)} ORDER BY {ordered}")  # noqa: S608
        while rows := cursor.fetchmany(2000):
            yield from map(_exactly, rows)


def _subject(row: SubjectRow) -> Row:
    values = (
        row.fact, row.id, row.uid, row.type, row.name, row.path, row.village, row.township,
        row.since, row.fact, row.recorded, row.voided,
    )  # fmt: skip
    return _exactly(values)


def _line(line: Line, attributes: Sequence[str]) -> Row:
    return _exactly([getattr(line, attribute) for attribute in attributes])


def _exactly(values: Iterable[Any]) -> Row:
    """Values with their types and all their digits: 1, 1.0, '1' and b'1' are four things."""
    return tuple([repr(v.isoformat() if isinstance(v, date) else v) for v in values])


def _number(row: Row) -> int:
    try:
        return int(row[0] or 0)
    except ValueError:
        return 0
