"""The subjects that a condition picks on a day, and the facts that make them so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from bangfu.core.periods import day_number
from bangfu.core.rules import Handbook, SubjectType
from bangfu.engine.conditions import columns_of, holds, words_alone
from bangfu.engine.sets import sets_of
from bangfu.engine.spans import Ints
from bangfu.engine.statuses import Timeline, timelines
from bangfu.engine.tables import Ids, Tables
from bangfu.engine.views import known_subjects, subject_rows
from bangfu.handbook.columns import VIEW_OF, Rows, view_columns


@dataclass(frozen=True, slots=True)
class Population:
    """Subjects of one type on one day: `ids`, sorted."""

    handbook: Handbook
    tables: Tables
    subject: SubjectType
    as_of: date
    ids: Ids

    def where(self, condition: str) -> Population:
        """Those who meet a condition, which may query the published views."""
        return self.only(self.meeting(condition))

    def only(self, mask: NDArray[np.bool_]) -> Population:
        """Those whom a mask marks."""
        return Population(self.handbook, self.tables, self.subject, self.as_of, self.ids[mask])

    def meeting(self, condition: str) -> NDArray[np.bool_]:
        """Which of them meet a condition."""
        if not condition:
            return np.ones(len(self.ids), dtype=np.bool_)
        tree = words_alone(condition, self._statuses)
        if tree is not None:
            return self._holding(tree)
        sets = sets_of(self.handbook, self.tables, as_of=self.as_of)
        return sets.passing(condition, self._rows, self.rows)

    def _holding(self, tree: exp.Expression) -> NDArray[np.bool_]:
        """Which of them meet a condition on their statuses alone; no database is asked."""
        read = timelines(self.tables, columns_of(tree), self.ids, as_of=day_number(self.as_of))
        rows = np.arange(len(self.ids))
        columns = {name: line.values(rows, self._days) for name, line in read.items()}
        return holds(tree, columns, len(self.ids))

    @property
    def rows(self) -> pa.Table:
        """They with their places and statuses, as a condition reads them."""
        day = day_number(self.as_of)
        return subject_rows(self.handbook, self.tables, self.subject, ids=self.ids, day=day)

    def status(self, name: str) -> NDArray[np.object_]:
        """The value of one status of each, None where there is none."""
        line = self._line(name)
        values = line.values(np.arange(len(self.ids)), self._days).values
        return values.astype(np.object_)

    def read_by(self, *conditions: str) -> Ids:
        """The facts of the statuses that conditions read of these subjects."""
        names = self._read(conditions)
        return np.concatenate([self.ids[:0], *(self.of_status(name) for name in names)])

    def of_status(self, name: str) -> Ids:
        """The facts by which these subjects have their values of one status."""
        line = self._line(name)
        entry = line.at(np.arange(len(self.ids)), self._days)
        return line.id[entry[entry >= 0]]

    @property
    def _days(self) -> Ints:
        return np.full(len(self.ids), day_number(self.as_of))

    @property
    def _rows(self) -> Rows:
        columns = view_columns(self.handbook.statuses.values(), self.subject)
        return Rows(columns, VIEW_OF.get(self.subject, self.subject))

    def _line(self, name: str) -> Timeline:
        as_of = day_number(self.as_of)
        return timelines(self.tables, [name], self.ids, as_of=as_of)[name]

    def _read(self, conditions: tuple[str, ...]) -> list[str]:
        """The statuses of these subjects that conditions name."""
        named = [columns_of(self._tree(text)) for text in conditions if text]
        return sorted(self._statuses.intersection(frozenset().union(*named)))

    def _tree(self, condition: str) -> exp.Expression:
        tree = words_alone(condition, self._statuses)
        if tree is not None:
            return tree
        sets = sets_of(self.handbook, self.tables, as_of=self.as_of)
        return sets.tree(condition, self._rows)

    @property
    def _statuses(self) -> frozenset[str]:
        return _statuses_of(self.handbook, self.subject)


def asks_statuses(handbook: Handbook, subject: SubjectType, condition: str) -> bool:
    """Whether a condition asks for nothing but statuses of its subjects."""
    return words_alone(condition, _statuses_of(handbook, subject)) is not None


def _statuses_of(handbook: Handbook, subject: SubjectType) -> frozenset[str]:
    return frozenset(one.id for one in handbook.statuses.values() if one.subject == subject)


def population(
    handbook: Handbook, tables: Tables, subject: SubjectType, *, as_of: date
) -> Population:
    """All subjects of a type that are known on a day."""
    ids = known_subjects(tables, subject, day_number(as_of))
    return Population(handbook, tables, subject, as_of, ids)
