"""Which checks cannot find anything among a few rows, told without asking the database.

Whoever enters one household waits for the answer, and to ask a database 150 times takes longer than
to look at the handful of rows first. A query finds nothing where one of the views that it joins is
empty, or where no row of one meets what the query demands of that view alone. The rest is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlglot import exp

from bangfu.core.marks import marks
from bangfu.core.periods import day_number
from bangfu.core.rules import FactKind, Handbook
from bangfu.engine.check_views import newest
from bangfu.engine.conditions import MixedTypes, Values, field_values, holds
from bangfu.engine.spans import Ints
from bangfu.engine.tables import NO_FACTS, FactTable, Tables
from bangfu.handbook.check_views import measured

_SIMPLE = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In,
    exp.Between, exp.Is, exp.Cast, exp.DataType, exp.Coalesce, exp.Column, exp.Identifier,
    exp.Literal, exp.Boolean, exp.Null,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Demand:
    """What a query demands of one view: that it has a row, and one that meets the conditions."""

    view: str
    conditions: tuple[exp.Expression, ...]


def demands(tree: exp.Select) -> tuple[Demand, ...]:
    """The demands of a query on the views that it selects from or joins, LEFT JOINs left out.

    Those of a query in FROM, and of one that must EXIST, are demands of the whole.
    """
    needed = [tree.args["from_"].this]
    needed += [join.this for join in tree.args.get("joins") or () if join.side != "LEFT"]
    by_name = {table.alias_or_name: table.name for table in needed if isinstance(table, exp.Table)}
    inner = [table.this for table in needed if isinstance(table, exp.Subquery)]
    found: dict[str, list[exp.Expression]] = {name: [] for name in by_name}
    where = tree.args.get("where")
    for part in _parts(where.this) if where is not None else ():
        if isinstance(part, exp.Exists):
            inner.append(part.this)
            continue
        columns = list(part.find_all(exp.Column))
        names = {column.table for column in columns}
        simple = all(isinstance(node, _SIMPLE) for node in part.walk())
        if simple and len(names) == 1 and names <= found.keys():
            found[names.pop()].append(part)
    own = [Demand(by_name[name], tuple(parts)) for name, parts in found.items()]
    return (*own, *(one for query in inner for one in demands(query)))


def _parts(condition: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(condition, exp.And):
        for part in condition.flatten():
            yield part.unnest()  # type: ignore[misc]
    else:
        yield condition


class Few:
    """A few rows, looked at view by view."""

    def __init__(self, handbook: Handbook, tables: Tables, *, as_of: date) -> None:
        self._tables = tables
        self._day = day_number(as_of)
        self._views: dict[str, _View | None] = {}
        self._kinds: Mapping[str, FactKind] = {
            kind.id.replace(".", "_"): kind for kind in handbook.kinds.values()
        }

    def may_find(self, wanted: tuple[Demand, ...]) -> bool:
        """Whether rows meet every demand; where it cannot be told they may."""
        return all(self._met(demand) for demand in wanted)

    def size(self, views: Collection[str]) -> int:
        """How many facts lie in these views."""
        names = {view.partition("_")[2] for view in views} & self._kinds.keys()
        facts = self._tables.facts
        return sum(len(facts.get(self._kinds[name].id, NO_FACTS)) for name in names)

    def _met(self, demand: Demand) -> bool:
        if demand.view not in self._views:
            self._views[demand.view] = self._view(demand.view)
        view = self._views[demand.view]
        return view is None or view.meets(demand.conditions)

    def _view(self, name: str) -> _View | None:
        prefix, _, suffix = name.partition("_")
        kind = self._kinds.get(suffix)
        if kind is None or prefix not in ("fact", "latest"):
            return None
        table = self._tables.facts.get(kind.id, NO_FACTS)
        known = np.flatnonzero(table.day <= self._day)
        return _View(kind, table, newest(table, known) if prefix == "latest" else known)


class _View:
    """The rows of one view of facts."""

    def __init__(self, kind: FactKind, table: FactTable, at: Ints) -> None:
        self._kind = kind
        self._table = table
        self._at = at

    def meets(self, conditions: tuple[exp.Expression, ...]) -> bool:
        size = len(self._at)
        met = np.ones(size, dtype=np.bool_)
        for condition in conditions if size else ():
            try:
                met &= holds(condition, self._columns, size)
            except (MixedTypes, KeyError):
                continue  # not told by looking: the database says
        return bool(met.any())

    @cached_property
    def _columns(self) -> Mapping[str, Values]:
        table, at = self._table, self._at
        fields = [*filter(measured, self._kind.fields), *(one for one, _, _ in marks(self._kind))]
        return {
            field.id: field_values(
                field,
                table.values[field.id][at],
                None if field.id not in table.missing else table.missing[field.id][at],
            )
            for field in fields
            if field.id in table.values and field.type != "choices"
        }
