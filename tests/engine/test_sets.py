"""The database behind conditions reads nothing but its views, whatever it is asked."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import duckdb
import numpy as np
import pytest
from sqlglot import exp

from bangfu.engine.population import population
from bangfu.engine.sets import Sets, sets_of
from bangfu.engine.tables import FactTable
from bangfu.engine.views import fact_rows, view
from bangfu.handbook.columns import figure_rows, published_views
from tests.engine.cast import GU, YUN, helps, is_, june, visits, world
from tests.engine.county import HANDBOOK, field, kind
from tests.world import tables_of

KNOWN = world(
    helps(YUN, GU), is_(GU, "category", "poor", number=3), visits(YUN, GU, on=june(3), number=7)
)
TABLES = tables_of(KNOWN, HANDBOOK, as_of=june(20))


def opened() -> duckdb.DuckDBPyConnection:
    return Sets(HANDBOOK, TABLES, as_of=june(20))._opened(exp.true())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('pyproject.toml')",
        "SELECT * FROM read_csv('pyproject.toml')",
        "SELECT * FROM 'pyproject.toml'",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "ATTACH 'stolen.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET threads = 8",
        "SELECT * FROM TABLES",  # no view: a Python variable of that name is not one either
    ],
)
def test_nothing_outside_can_be_read_written_or_switched_on(statement: str) -> None:
    with pytest.raises(duckdb.Error):
        opened().sql(statement).fetchall()


def test_what_runs_is_written_from_the_checked_tree_not_by_the_author() -> None:
    rows = figure_rows(HANDBOOK, "facts:visit")
    assert rows is not None
    sets = Sets(HANDBOOK, TABLES, as_of=june(20))
    ran = sets.statement("((minutes)>= 3)\n  and topic   not in ('health')", rows)
    condition = "((minutes) >= 3) AND NOT topic IN ('health')"
    assert ran == f'SELECT "#" FROM "outer rows" AS fact_visit WHERE {condition}'


def test_every_published_view_has_exactly_the_columns_that_conditions_may_name() -> None:
    for name, columns in published_views(HANDBOOK).items():
        shown = {column for column, about in columns.items() if not about.personal}
        table = view(HANDBOOK, TABLES, name, as_of=june(20))
        assert set(table.column_names) == shown, name


def test_a_name_that_is_no_view_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        view(HANDBOOK, TABLES, "secrets", as_of=june(20))


def test_the_outer_row_and_a_view_of_the_same_name_are_two_things() -> None:
    rows = figure_rows(HANDBOOK, "facts:visit")
    assert rows is not None
    earlier = (
        "NOT EXISTS (SELECT 1 FROM fact_visit AS other "
        "WHERE other.subject = fact_visit.subject AND other.occurred_on < fact_visit.occurred_on)"
    )
    twice = world(visits(YUN, GU, on=june(3), number=7), visits(YUN, GU, on=june(5), number=8))
    tables = tables_of(twice, HANDBOOK, as_of=june(20))
    table = view(HANDBOOK, tables, "fact_visit", as_of=june(20))
    found = sets_of(HANDBOOK, tables, as_of=june(20)).passing(earlier, rows, table)
    assert found.tolist() == [True, False]


@pytest.mark.parametrize(
    "condition",
    ["category = 'poor'", "category <> 'poor'", "category IS NULL", "NOT category IN ('poor', '')"],
)
def test_a_population_by_its_statuses_is_the_one_that_the_database_finds(condition: str) -> None:
    rows = figure_rows(HANDBOOK, "subjects:household")
    assert rows is not None
    people = population(HANDBOOK, TABLES, "household", as_of=june(20))
    table = view(HANDBOOK, TABLES, "household", as_of=june(20))
    found = Sets(HANDBOOK, TABLES, as_of=june(20)).passing(condition, rows, table)
    assert people.meeting(condition).tolist() == found.tolist()


def test_threads_may_share_one_connection() -> None:
    rows = figure_rows(HANDBOOK, "subjects:household")
    assert rows is not None
    sets, table = (
        Sets(HANDBOOK, TABLES, as_of=june(20)),
        view(HANDBOOK, TABLES, "household", as_of=june(20)),
    )
    answers: list[list[bool]] = []

    def ask() -> None:
        answers.extend(sets.passing("category = 'poor'", rows, table).tolist() for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[True, False]] * 40


def test_every_type_of_field_reaches_sql_as_it_is() -> None:
    lists = np.empty(3, dtype=np.object_)
    lists[:] = [["a", "b"], None, []]
    hidden = np.array([False, True, False])
    shown = {
        "choices": (lists, [["a", "b"], None, []]),
        "boolean": (np.array([True, True, False]), [True, None, False]),
        "money": (np.array([-105, 7, 3]), [Decimal("-1.05"), None, Decimal("0.03")]),
        "integer": (np.array([-5, 7, 3]), [-5, None, 3]),
        "date": (
            np.array([0, 7, 17167], dtype=np.int32),
            [date(1970, 1, 1), None, date(2017, 1, 1)],
        ),
        "text": (np.array(["a", None, "杂"], dtype=np.object_), ["a", None, "杂"]),
    }
    fields = tuple(field(name, name) for name in shown)  # type: ignore[arg-type]
    numbers = np.arange(3)
    table = FactTable(
        numbers, numbers, numbers.astype(np.int32), numbers,
        values={name: values for name, (values, _) in shown.items()},
        missing=dict.fromkeys(shown, hidden),
    )  # fmt: skip
    rows = fact_rows(kind("all", "household", *fields), table, numbers)
    assert {name: rows.column(name).to_pylist() for name in shown} == {
        name: expected for name, (_, expected) in shown.items()
    }
