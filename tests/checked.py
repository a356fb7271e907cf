"""The examples of a check, run: their rows as the views, all other views empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import pyarrow as pa

from bangfu.core.checking import CaseCell, Check, CheckCase
from bangfu.core.rules import Handbook
from bangfu.engine.check_statements import statements_of
from bangfu.engine.check_views import check_view
from bangfu.engine.checks import load
from bangfu.engine.sets import locked_database
from tests.world import World, tables_of


def found_by(handbook: Handbook, check: Check, case: CheckCase) -> tuple[int, ...]:
    """The subjects that a check finds in a case."""
    statement = statements_of(handbook).of(check, case.day)
    if statement is None:
        return ()
    database = locked_database()
    for view in sorted(statement.reads):
        load(database, view, rows_of(handbook, view, case.rows.get(view, ()), case.day))
    subjects = statement_rows(database, statement.sql)
    return tuple(sorted({subject for subject in subjects if subject is not None}))


def statement_rows(database: duckdb.DuckDBPyConnection, sql: str) -> list[int | None]:
    found: list[int | None] = database.sql(sql).to_arrow_table()["subject"].to_pylist()
    return found


def rows_of(
    handbook: Handbook, view: str, rows: tuple[Mapping[str, CaseCell], ...], day: date
) -> pa.Table:
    """Rows of a case in the columns that the view has in the program."""
    nothing = tables_of(World(), handbook, as_of=day)
    schema = check_view(handbook, nothing, view, as_of=day).schema
    columns = []
    for number, column in enumerate(schema):
        cells = [row.get(column.name) for row in rows]
        if column.name == "fact":
            cells = [cell or 1000 + place for place, cell in enumerate(cells)]
        if pa.types.is_decimal(column.type):
            made = pa.array([None if c is None else str(c) for c in cells]).cast(column.type)
        else:
            given = [list(c) if isinstance(c, tuple) else c for c in cells]
            made = pa.array(given, schema.field(number).type)
        columns.append(made)
    return pa.Table.from_arrays(columns, schema=schema)
