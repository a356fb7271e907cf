"""Dated statuses of subjects: their value on a day, and the days on which a condition holds.

A new value of a status ends the one before it: of several that began, the one that began last
speaks (of one day, the one recorded last), until its own end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from bangfu.core.rules import Handbook, SubjectType
from bangfu.engine.conditions import Values, columns_of, holds, text_values, tree_of
from bangfu.engine.spans import ALWAYS, FOREVER, Ints, Spans, ints, key_of, locate, merged
from bangfu.engine.tables import NO_STATUSES, Ids, StatusTable, SubjectTable, Tables


class Timeline:
    """One status of numbered subjects, as it is known on `as_of` (a day number)."""

    def __init__(self, table: StatusTable, subjects: Ids, *, as_of: int) -> None:
        row = locate(subjects, table.subject)
        start = ints(table.start)
        known = np.flatnonzero((row >= 0) & (start <= as_of) & (start < ints(table.end)))
        order = known[np.lexsort((table.id[known], start[known], row[known]))]
        row, start = row[order], start[order]
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = (row[1:] != row[:-1]) | (start[1:] != start[:-1])
        order, self.row, self.start = order[last], row[last], start[last]
        end = ints(table.end)[order]
        self.end = np.where(end > as_of, FOREVER, end)
        self.value = table.value[order]
        self.id = table.id[order]

    def at(self, row: Ints, day: Ints) -> Ints:
        """The entry in force for row[i] on day[i], or -1."""
        if not len(self.row):
            return np.full(len(row), -1, dtype=np.int64)
        starts = key_of(self.row, self.start)
        entry = np.searchsorted(starts, key_of(row, day), side="right") - 1
        found = (entry >= 0) & (self.row[entry] == row) & (day < self.end[entry])
        return np.where(found, entry, -1)

    def values(self, row: Ints, day: Ints) -> Values:
        """The value in force for row[i] on day[i] as a column of conditions."""
        entry = self.at(row, day)
        found = np.full(len(row), None, dtype=np.object_)
        found[entry >= 0] = self.value[entry[entry >= 0]]
        return text_values(found)


def status_columns(handbook: Handbook, subject: SubjectType) -> frozenset[str]:
    """The names that a condition on subjects of that type may read."""
    statuses = (kind.id for kind in handbook.statuses.values() if kind.subject == subject)
    return frozenset((*statuses, "since", "id"))


def condition_of(handbook: Handbook, subject: SubjectType, text: str) -> exp.Expr | None:
    """The checked tree of a condition on subjects, None where there is none."""
    return tree_of(text, status_columns(handbook, subject)) if text else None


def true_spans(
    tree: exp.Expr, tables: Tables, subject: SubjectType, subjects: Ids, *, as_of: int
) -> Spans:
    """The days on which the condition is true of each of `subjects` (sorted), by position.

    A condition changes only where one of the statuses that it reads does, so it is asked once
    for each stretch between two changes.
    """
    lines = timelines(tables, columns_of(tree), subjects, as_of=as_of)
    rows = np.arange(len(subjects))
    row = np.concatenate([rows, *(part for line in lines.values() for part in (line.row,) * 2)])
    changes = (part for line in lines.values() for part in (line.start, line.end))
    start = np.concatenate([np.full(len(rows), ALWAYS), *changes])
    moments = np.unique(key_of(row, start)[start < FOREVER])
    row = np.searchsorted(key_of(rows, np.full(len(rows), ALWAYS)), moments, side="right") - 1
    start = moments - key_of(row, np.zeros(len(row)))
    end = np.full(len(row), FOREVER)
    end[:-1] = np.where(row[1:] == row[:-1], start[1:], FOREVER)
    columns = {name: line.values(row, start) for name, line in lines.items()}
    columns |= _constants(tables.subjects.get(subject), subjects, row)
    true = holds(tree, columns, len(row))
    return merged(row[true], start[true], end[true])


def true_on(
    tree: exp.Expr, tables: Tables, subject: SubjectType, subjects: Ids, *, day: int
) -> NDArray[np.bool_]:
    """Of which of `subjects` (sorted) the condition is true on `day`, as known on that day."""
    rows = np.arange(len(subjects))
    days = np.full(len(subjects), day)
    lines = timelines(tables, columns_of(tree), subjects, as_of=day)
    columns = {name: line.values(rows, days) for name, line in lines.items()}
    columns |= _constants(tables.subjects.get(subject), subjects, rows)
    return holds(tree, columns, len(rows))


def timelines(
    tables: Tables, names: Iterable[str], subjects: Ids, *, as_of: int
) -> Mapping[str, Timeline]:
    """The statuses among `names`; a status that nobody has yet is empty."""
    return {
        name: Timeline(tables.statuses.get(name, NO_STATUSES), subjects, as_of=as_of)
        for name in sorted(names)
        if name not in {"since", "id"}
    }


def _constants(table: SubjectTable | None, subjects: Ids, row: Ints) -> dict[str, Values]:
    """What never changes: the day of founding and the number."""
    since, known = np.zeros(len(subjects), dtype=np.int64), np.zeros(len(subjects), dtype=np.bool_)
    if table is not None and len(table.id):
        order = np.argsort(table.id)
        at = locate(table.id[order], subjects)
        known = at >= 0
        since = np.where(known, ints(table.since)[order][at], 0)
    everywhere = np.ones(len(row), dtype=np.bool_)
    return {
        "since": Values("day", since[row], known[row]),
        "id": Values("number", subjects[row], everywhere),
    }
