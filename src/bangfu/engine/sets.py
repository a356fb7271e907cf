"""Conditions with subqueries, asked of DuckDB over the published views as of a day.

The statement is written anew from the checked tree; the author's text never runs. The database
is in memory, reads nothing outside, and its settings are locked before the first question.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from bangfu.core.rules import Handbook
from bangfu.engine.tables import Tables
from bangfu.engine.views import view
from bangfu.handbook.columns import Rows, published_views
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import parse_sql, to_sql

if TYPE_CHECKING:
    import duckdb

LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "2",
}
_KEPT = 2  # connections to the tables asked last: one day's figures share theirs
_NUMBER, _ROWS = "#", "outer rows"  # names that no condition can write


class Sets:
    """One set of tables as of one day, open to questions; safe to share between threads."""

    def __init__(self, handbook: Handbook, tables: Tables, *, as_of: date) -> None:
        self._handbook = handbook
        self._tables = tables
        self._as_of = as_of
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._registered: set[str] = set()
        self._trees: dict[tuple[str, str], exp.Expression] = {}
        self._turn = threading.Lock()

    def passing(self, text: str, rows: Rows, table: pa.Table) -> NDArray[np.bool_]:
        """Which rows of `table` meet a condition; an empty one all do, an unknown one does not.

        `rows` names the row and its columns, `table` has them in Arrow. Raises `BadCondition`.
        """
        if not text:
            return np.ones(len(table), dtype=np.bool_)
        statement = self.statement(text, rows)
        found = np.zeros(len(table), dtype=np.bool_)
        numbered = table.append_column(_NUMBER, pa.array(np.arange(len(table))))
        with self._turn:
            connection = self._opened(self.tree(text, rows))
            connection.register(_ROWS, numbered)
            try:
                passed = connection.sql(statement).to_arrow_table()
            finally:
                connection.unregister(_ROWS)
        found[passed.column(0).to_numpy()] = True
        return found

    def statement(self, text: str, rows: Rows) -> str:
        """What is run for a condition: written anew from its checked tree."""
        condition = to_sql(self.tree(text, rows))
        return f'SELECT "{_NUMBER}" FROM "{_ROWS}" AS {rows.row} WHERE {condition}'  # noqa: S608

    def tree(self, text: str, rows: Rows) -> exp.Expression:
        """The checked tree of a condition over `rows` and the published views."""
        key = (text, rows.row)
        if key not in self._trees:
            self._trees[key] = parse_sql(text, rows.columns, self._views, row=rows.row)
        return self._trees[key]

    @cached_property
    def _views(self) -> Mapping[str, Mapping[str, Column]]:
        return published_views(self._handbook)

    def _opened(self, tree: exp.Expression) -> duckdb.DuckDBPyConnection:
        """The connection with the views that a condition reads.

        It is opened, and its settings locked, when the first question needs it.
        """
        if self._connection is None:
            self._connection = locked_database()
        for name in {one.name.lower() for one in tree.find_all(exp.Table)} - self._registered:
            published = view(self._handbook, self._tables, name, as_of=self._as_of)
            self._connection.register(name, published)
            self._registered.add(name)
        return self._connection


def locked_database(*, few: bool = False) -> duckdb.DuckDBPyConnection:
    """A database in memory that reads nothing outside, its settings locked.

    For a `few` rows it plans no query: that would take longer than to run it.
    """
    import duckdb

    threads = {"threads": "1"} if few else {}
    connection = duckdb.connect(":memory:", config={**LOCKED, **threads})
    if few:
        connection.execute("PRAGMA disable_optimizer")
    connection.execute("SET lock_configuration = true")
    return connection


def sets_of(handbook: Handbook, tables: Tables, *, as_of: date) -> Sets:
    """The `Sets` of these tables and day; the ones asked last are kept open."""
    key = (id(tables), handbook.digest, as_of)
    with _turn:
        found = _open.get(key)
        if found is None:
            found = _open[key] = Sets(handbook, tables, as_of=as_of)
        _open.move_to_end(key)
        while len(_open) > _KEPT:
            _open.popitem(last=False)
    return found


# Each holds its tables, so an id in a key cannot be that of other tables meanwhile.
_open: OrderedDict[tuple[int, str, date], Sets] = OrderedDict()
_turn = threading.Lock()
