"""Conditions mean the same in numpy as in DuckDB, and as in the oracle's plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bangfu.core.rules import Field
from bangfu.engine.conditions import (
    MixedTypes,
    Values,
    field_values,
    holds,
    tree_of,
    words_alone,
)
from bangfu.engine.views import fact_rows
from bangfu.handbook.conditions import to_sql
from tests.engine.county import HANDBOOK, KINDS
from tests.truth import Cell, is_true
from tests.world import Done, World, tables_of

VISIT = KINDS[0]
COLUMNS = frozenset(field.id for field in VISIT.fields)
LITERALS: Mapping[str, tuple[str, ...]] = {
    "minutes": ("0", "30", "-5", "30.5", "29.999999"),
    "money": ("0", "3.5", "3.499", "12.34", "-1", "100"),
    "mu": ("1.5", "1.55", "2", "0.1"),
    "topic": ("'health'", "'work'", "'杂'", "''", "'Z'"),
    "promised": ("DATE '2017-01-15'", "'2017-01-01'", "DATE '2016-12-31'"),
    "met": ("TRUE", "FALSE"),
}
SIGNS = ("=", "<>", "<", "<=", ">", ">=")
numbers = st.sampled_from(("minutes", "money", "mu"))


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """One comparison of a column with fitting literals, or with a column of its kind."""
    name = draw(st.sampled_from(sorted(LITERALS)))
    literals = st.sampled_from(LITERALS[name])
    if name == "met":
        shapes = [f"met = {draw(literals)}", "met", "met IS TRUE", "met IS FALSE"]
        return draw(st.sampled_from([*shapes, "met IS NULL", "met <> TRUE", "met IS NOT TRUE"]))
    shapes = [
        f"{name} {draw(st.sampled_from(SIGNS))} {draw(literals)}",
        f"{draw(literals)} {draw(st.sampled_from(SIGNS))} {name}",
        f"{name} BETWEEN {draw(literals)} AND {draw(literals)}",
        f"{name} NOT BETWEEN {draw(literals)} AND {draw(literals)}",
        f"{name} IN ({', '.join(draw(st.lists(literals, min_size=1, max_size=3)))})",
        f"{name} NOT IN ({', '.join(draw(st.lists(literals, min_size=1, max_size=3)))})",
        f"{name} IS NULL",
        f"{name} IS NOT NULL",
        f"{draw(numbers)} {draw(st.sampled_from(SIGNS))} {draw(numbers)}",
        f"-{draw(numbers)} < {draw(st.sampled_from(LITERALS['money']))}",
    ]
    return draw(st.sampled_from(shapes))


conditions = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=5,
)
rows = st.fixed_dictionaries({
    "minutes": st.one_of(st.none(), st.integers(-40, 40)),
    "money": st.one_of(st.none(), st.integers(-200, 2000).map(lambda cents: Decimal(cents) / 100)),
    "mu": st.one_of(st.none(), st.integers(-5, 30).map(lambda tenths: Decimal(tenths) / 10)),
    "topic": st.sampled_from((None, "health", "work", "杂", "", "Z", "z")),
    "promised": st.sampled_from((None, date(2016, 12, 31), date(2017, 1, 1), date(2017, 1, 15))),
    "met": st.sampled_from((None, True, False)),
})  # fmt: skip


@settings(max_examples=150)
@given(conditions, st.lists(rows, min_size=1, max_size=12))
@example("topic IN ('health')", [{"topic": None}])
@example("NOT (topic = 'health' AND minutes > 3)", [{"topic": None, "minutes": 2}])
def test_numpy_duckdb_and_the_oracle_agree(condition: str, cells: list[dict[str, Cell]]) -> None:
    done = tuple(Done(n, "visit", date(2017, 1, 1), (1,), 1, row) for n, row in enumerate(cells))
    table = tables_of(World(done), HANDBOOK, as_of=date(2017, 1, 1)).facts["visit"]
    columns = {
        field.id: field_values(field, table.values[field.id], table.missing.get(field.id))
        for field in VISIT.fields
    }
    tree = tree_of(condition, COLUMNS)
    by_numpy = np.flatnonzero(holds(tree, columns, len(table))).tolist()
    with duckdb.connect(":memory:") as connection:
        connection.register("rows", fact_rows(VISIT, table, np.arange(len(table))))
        found = connection.sql(f"SELECT fact FROM rows WHERE {to_sql(tree)} ORDER BY fact")
        assert by_numpy == [fact for (fact,) in found.fetchall()]
    assert by_numpy == [n for n, row in enumerate(cells) if is_true(condition, row)]


def column(name: str, *cells: object) -> Mapping[str, Values]:
    field: Field | None = VISIT.field(name)
    assert field is not None
    return {name: field_values(field, np.array(cells, dtype=np.object_), None)}


def test_what_is_unknown_is_not_true_and_its_opposite_is_not_true_either() -> None:
    unknown = column("topic", None)
    for text in ("topic = 'health'", "NOT topic = 'health'", "topic <> 'health'"):
        assert not holds(tree_of(text, COLUMNS), unknown, 1).any()


def test_a_text_is_not_compared_with_a_number() -> None:
    with pytest.raises(MixedTypes, match="text"):
        holds(tree_of("topic > 3", COLUMNS), column("topic", "health"), 1)


def test_a_day_that_is_none_is_refused() -> None:
    days = {"promised": Values("day", np.zeros(1, np.int64), np.ones(1, np.bool_))}
    with pytest.raises(MixedTypes, match="sometime"):
        holds(tree_of("promised > 'sometime'", COLUMNS), days, 1)


def test_a_condition_on_nothing_but_constants_holds_for_every_row() -> None:
    assert holds(tree_of("1 = 1", COLUMNS), {}, 3).tolist() == [True, True, True]


@pytest.mark.parametrize(
    ("condition", "alone"),
    [
        ("topic = 'health'", True),
        ("NOT (topic IN ('health', 'work') OR topic IS NULL) AND topic <> ''", True),
        ("minutes = 30", False),
        ("topic = topic AND minutes IS NULL", False),
        ("met", False),
        ("promised < '2017-01-01'", False),
        ("EXISTS (SELECT 1 FROM fact_visit)", False),
    ],
)
def test_a_condition_of_words_alone_is_known_by_its_tree(condition: str, alone: bool) -> None:
    assert (words_alone(condition, frozenset({"topic"})) is not None) is alone
