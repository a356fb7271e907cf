"""The registry's rows between database and memory: only what a batch touches comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from bangfu.records.ledger import insert, portions
from bangfu.records.models import (
    Assignment,
    Branch,
    Detail,
    Household,
    Membership,
    Person,
    Place,
    PlaceAlias,
    PlaceName,
    Project,
    Status,
    Subject,
    SubjectPast,
    Unit,
    Version,
)
from bangfu.records.registry import Registry
from bangfu.records.registry_rows import (
    ASSIGNMENT,
    MEMBERSHIP,
    PLACE_ALIAS,
    PLACE_NAME,
    STATUS,
    Line,
    SubjectRow,
)

PORTION = 5000


class LineTable(NamedTuple):
    """A table of dated lines: its columns, and the attributes of a line that they hold.

    `read` gives all of a line's attributes at once; `days` says which of them are days.
    """

    model: type[Version]
    columns: tuple[str, ...]
    attributes: tuple[str, ...]
    read: Callable[[Line], tuple[Any, ...]]
    days: tuple[int, ...]


_ALWAYS = ("fact", "root", "recorded_seq", "retired_seq", "subject_id", "start")
_ALWAYS_ATTRIBUTES = ("fact", "root", "recorded", "retired", "subject", "start")


def _table(model: type[Version], **columns: str) -> LineTable:
    attributes = _ALWAYS_ATTRIBUTES + tuple(columns.values())
    days = tuple(place for place, name in enumerate(attributes) if name in ("start", "end"))
    return LineTable(model, _ALWAYS + tuple(columns), attributes, attrgetter(*attributes), days)


_SPAN = {"person_id": "person", "end": "end", "ended_by": "ended_by"}
LINE_TABLES: dict[str, LineTable] = {
    ASSIGNMENT: _table(Assignment, role="key", basis="value", **_SPAN),
    MEMBERSHIP: _table(Membership, relation="value", **_SPAN),
    STATUS: _table(Status, status="key", value="value", end="end"),
    PLACE_NAME: _table(PlaceName, code="key", name="value", end="end"),
    PLACE_ALIAS: _table(PlaceAlias, name="value"),
}
SUBJECT_COLUMNS = (
    "id", "uid", "type", "name", "path", "village", "township", "since", "fact",
    "recorded_seq", "voided_seq",
)  # fmt: skip
DETAILS: dict[str, tuple[type[Detail], tuple[str, ...]]] = {
    **dict.fromkeys(
        ("county", "township", "village", "group"),
        (Place, ("parent_id", "longitude", "latitude")),
    ),
    "unit": (Unit, ("place_id",)),
    "branch": (Branch, ("place_id", "unit_id")),
    "person": (Person, ("sex", "birth", "unit_id", "id_digest")),
    "household": (Household, ("number",)),
    "project": (Project, ("place_id",)),
}


def load_subjects(registry: Registry, condition: Q) -> None:
    """Take in the subjects that meet a condition, voided ones left out."""
    rows = Subject.objects.filter(condition, voided_seq=None).values_list(*SUBJECT_COLUMNS)
    for row in rows.iterator(chunk_size=PORTION):
        if row[0] not in registry.numbers:
            registry.know(SubjectRow(*row))


def load_uids(registry: Registry, uids: Iterable[str]) -> None:
    """Take in the subjects of these uids, as far as they exist."""
    missing = [uid for uid in dict.fromkeys(uids) if uid not in registry.subjects]
    for some in portions(missing, PORTION):
        load_subjects(registry, Q(uid__in=some))


def load_numbers(registry: Registry, numbers: Iterable[int]) -> None:
    """Take in the subjects of these numbers."""
    missing = [number for number in set(numbers) if number not in registry.numbers]
    for some in portions(missing, PORTION):
        load_subjects(registry, Q(id__in=some))


def load_lines(registry: Registry, table: str, column: str, keys: Iterable[object]) -> list[Line]:
    """Take in the live lines of a table by one of its columns; return all that were found."""
    model, columns, attributes, _, _ = LINE_TABLES[table]
    found = []
    for some in portions(keys, PORTION):
        rows = model._default_manager.filter(
            retired_seq=None, **{f"{column}__in": some}
        ).values_list(*columns)
        for row in rows:
            line = registry.lines.get(row[0])
            if line is None:
                line = Line(table=table, stored=True, **dict(zip(attributes, row, strict=True)))
                registry.add(line)
            found.append(line)
    return found


def flush(registry: Registry) -> None:
    """Write what the registry has changed since it was last written."""
    _insert_subjects(registry.new_subjects)
    new = {row.id for row in registry.new_subjects}
    for row in registry.dirty_subjects.values():
        if row.id not in new:
            _update_subject(row)
    insert(
        SubjectPast._meta.db_table,
        (
            "subject_id", "path", "village", "township", "since", "fact", "recorded_seq",
            "retired_seq",
        ),
        registry.past,
    )  # fmt: skip
    _write_lines(registry.touched)
    registry.clear()


def _insert_subjects(rows: list[SubjectRow]) -> None:
    insert(Subject._meta.db_table, SUBJECT_COLUMNS, [_columns(row) for row in rows])
    by_detail: dict[tuple[type[Detail], tuple[str, ...]], list[list[Any]]] = {}
    for row in rows:
        model, columns = DETAILS[row.type]
        values = [row.id, *(row.detail[column] for column in columns)]
        by_detail.setdefault((model, columns), []).append(values)
    for (model, columns), details in by_detail.items():
        insert(model._meta.db_table, ("subject_id", *columns), details)


def _columns(row: SubjectRow) -> tuple[Any, ...]:
    return (
        row.id, row.uid, row.type, row.name, row.path, row.village, row.township,
        row.since.isoformat(), row.fact, row.recorded, row.voided,
    )  # fmt: skip


def _update_subject(row: SubjectRow) -> None:
    changed = dict(zip(SUBJECT_COLUMNS[1:], _columns(row)[1:], strict=True))
    Subject.objects.filter(id=row.id).update(**changed)
    if row.detail:
        model, _ = DETAILS[row.type]
        model._default_manager.filter(subject=row.id).update(**row.detail)


def _line_columns(line: Line, table: LineTable) -> list[Any]:
    """A line's columns; days as text, which is what SQLite keeps and spares it the asking."""
    values = list(table.read(line))
    for place in table.days:
        if values[place] is not None:
            values[place] = values[place].isoformat()
    return values


def _write_lines(lines: list[Line]) -> None:
    new: dict[str, list[list[Any]]] = {}
    retired: dict[type[Version], list[tuple[int | None, int, int]]] = {}
    for line in lines:
        table = LINE_TABLES[line.table]
        if line.stored:
            retired.setdefault(table.model, []).append((line.retired, line.fact, line.recorded))
        elif line.retired != line.recorded:
            new.setdefault(line.table, []).append(_line_columns(line, table))
        line.stored = True
    for model, rows in retired.items():
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {model._meta.db_table} SET retired_seq = %s "  # noqa: S608
                "WHERE fact = %s AND recorded_seq = %s",
                rows,
            )
    for name, inserted in new.items():
        insert(LINE_TABLES[name].model._meta.db_table, LINE_TABLES[name].columns, inserted)
