"""Conditions: what is allowed comes through unchanged, everything else is stopped."""

from __future__ import annotations

import time
from contextlib import suppress

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.text import Text
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import RESERVED, BadCondition, parse_simple, parse_sql, to_sql

COLUMNS = {
    "category": Column(
        "text", {"poor": Text("贫困户", "Poor"), "lifted": Text("脱贫户", "Lifted")}
    ),
    "name": Column("text"),
    "minutes": Column("number"),
    "since": Column("date"),
    "met": Column("boolean"),
    "reasons": Column("list", {"ill": Text("因病", "Illness")}),
    "id": Column("id"),
    "income": Column("number", personal=True),
}
VIEWS = {
    "household": COLUMNS,
    "person": {"id": Column("id"), "level": Column("text")},
    "assignment": {"id": Column("id"), "person": Column("id"), "subject": Column("id")},
    "fact_visit": {"fact": Column("id"), "subject": Column("id"), "minutes": Column("number")},
}

# What a hostile or hasty author may write where one row is meant, and the answer's code.
REFUSED_SIMPLE = [
    ("", "condition_empty"),
    ("   ", "condition_empty"),
    ("met; DROP TABLE fact", "condition_statements"),
    ("met -- always", "condition_comment"),
    ("met /* or not */", "condition_comment"),
    ("/* hidden */", "condition_comment"),
    ('"met"', "condition_quoted"),
    ("`met`", "condition_quoted"),
    ("SELECT 1", "condition_statement"),
    ("COPY fact TO 'out.csv'", "condition_statement"),
    ("ATTACH 'other.db'", "condition_statement"),
    ("PRAGMA database_list", "condition_statement"),
    ("FROM 'people.csv'", "condition_statement"),
    ("INSTALL httpfs", "condition_statement"),
    ("SET memory_limit = 1", "condition_statement"),
    ("WITH t AS (SELECT 1) SELECT 1", "condition_statement"),
    ("read_csv('people.csv') = 1", "condition_function"),
    ("read_text('people.csv') = name", "condition_function"),
    ("getenv('HOME') = name", "condition_function"),
    ("lower(name) = 'x'", "condition_function"),
    ("pg_sleep(9) = 1", "condition_function"),
    ("now() > since", "condition_function"),
    ("current_date > since", "condition_function"),
    ("EXISTS (SELECT 1 FROM person)", "condition_subquery"),
    ("minutes IN (SELECT 1)", "condition_subquery"),
    ("(SELECT true)", "condition_subquery"),
    ("minutes = $1", "condition_character"),
    ("minutes = ?", "condition_character"),
    ("minutes::text = name", "condition_character"),
    ("minutes + 1 = 2", "condition_character"),
    ("minutes = 1e5", "condition_character"),
    ("name = 'a\\'", "condition_character"),
    ("name = 'a\tb'", "condition_character"),
    ("category，name", "condition_character"),
    ("e'\\x41' = name", "condition_character"),
    ("e'A' = name", "condition_expression"),
    ("name LIKE '%'", "condition_expression"),
    ("CAST(minutes AS TEXT) = name", "condition_function"),
    ("CASE WHEN met THEN met END", "condition_expression"),
    ("IF met", "condition_expression"),
    ("minutes BETWEEN SYMMETRIC 2 AND 1", "condition_extra"),
    ("household.met", "condition_owner"),
    ("main.household.met", "condition_extra"),
    ("met AND", "condition_syntax"),
    ("met name", "condition_syntax"),
    ("met AS m", "condition_syntax"),
    ("wether = 'fine'", "condition_column"),
    ("METT", "condition_column"),
    ("income > 1", "condition_personal"),
    ("minutes > 'many'", "condition_type"),
    ("since > '2017-01-01'", "condition_type"),
    ("id = 7", "condition_type"),
    ("met = 1", "condition_type"),
    ("category", "condition_truth"),
    ("met AND minutes", "condition_truth"),
    ("minutes IS TRUE", "condition_truth"),
    ("category = NULL", "condition_null"),
    ("category IN ('poor', NULL)", "condition_null"),
    ("category = '贫困户'", "condition_option"),
    ("'pour' = category", "condition_option"),
    ("since > DATE '2017-02-30'", "condition_date"),
    ("NOT NOT NOT met", "condition_deep"),
    ("minutes = - - - 1", "condition_deep"),
    ("(" * 13 + "met" + ")" * 13, "condition_deep"),
    (" AND ".join(["met"] * 200), "condition_long"),
]
REFUSED_SQL = [
    ("EXISTS (SELECT 1 FROM 'people.csv')", "condition_view"),
    ("EXISTS (SELECT 1 FROM read_csv('people.csv'))", "condition_view"),
    ("EXISTS (SELECT 1 FROM sqlite_master)", "condition_view"),
    ("EXISTS (SELECT 1 FROM records_fact)", "condition_view"),
    ("EXISTS (SELECT 1 FROM main.person)", "condition_extra"),
    ("EXISTS (SELECT 1 FROM (SELECT 1 FROM person) AS p)", "condition_expression"),
    ("EXISTS (SELECT 1 FROM person, fact_visit)", "condition_expression"),
    ("EXISTS (SELECT 1 FROM person CROSS JOIN fact_visit)", "condition_expression"),
    ("EXISTS (SELECT 1 FROM person NATURAL JOIN fact_visit)", "condition_extra"),
    ("EXISTS (SELECT 1 FROM person JOIN fact_visit USING (id))", "condition_extra"),
    ("EXISTS (SELECT 1 FROM person LIMIT 1)", "condition_extra"),
    ("EXISTS (SELECT 1 FROM person ORDER BY 1)", "condition_extra"),
    ("EXISTS (SELECT DISTINCT level FROM person)", "condition_extra"),
    ("EXISTS (SELECT 1 FROM person USING SAMPLE 1)", "condition_extra"),
    ("EXISTS (SELECT 1 FROM person UNION SELECT 1 FROM person)", "condition_expression"),
    ("EXISTS (WITH p AS (SELECT 1) SELECT 1 FROM p)", "condition_extra"),
    ("EXISTS (SELECT 1)", "condition_expression"),
    ("EXISTS (SELECT count(*) FROM person)", "condition_aggregate"),
    ("EXISTS (SELECT 1 FROM person AS household)", "condition_alias"),
    ("EXISTS (SELECT 1 FROM assignment AS a WHERE a.subject = id)", "condition_ambiguous"),
    ("count(*) > 1", "condition_aggregate"),
    ("(SELECT f.minutes FROM fact_visit AS f) > 1", "condition_scalar"),
    ("(SELECT count(*), 1 FROM fact_visit AS f) > 1", "condition_scalar"),
    ("(SELECT count(*) FROM fact_visit AS f GROUP BY f.subject) > 1", "condition_scalar"),
    ("household.id IN (SELECT * FROM person)", "condition_scalar"),
    ("household.id IN (SELECT f.fact FROM fact_visit AS f GROUP BY f.subject)",
     "condition_expression"),
    ("household.id IN (SELECT f.subject FROM fact_visit AS f GROUP BY ALL)", "condition_extra"),
    ("household.id IN (SELECT f.minutes FROM fact_visit AS f)", "condition_type"),
    ("household.id IN (SELECT count(*) OVER () FROM person)", "condition_expression"),
    ("household.id = ANY (SELECT p.id FROM person AS p)", "condition_expression"),
    ("md5(name) = 'x'", "condition_function"),
    ("query('SELECT 1') = 1", "condition_function"),
    ("date_part('epoch', since) = 1", "condition_expression"),
    ("date_part('year', name) = 1", "condition_type"),
    ("list_contains(reasons, 'rich')", "condition_option"),
    ("list_contains(category, 'poor')", "condition_type"),
    ("sum(name) > 1", "condition_aggregate"),
    ("EXISTS (SELECT 1 FROM person AS a WHERE EXISTS (SELECT 1 FROM person AS b WHERE EXISTS "
     "(SELECT 1 FROM person AS c WHERE EXISTS (SELECT 1 FROM person AS d))))", "condition_deep"),
]  # fmt: skip
ALLOWED_SQL = [
    "EXISTS (SELECT 1 FROM assignment AS a WHERE a.subject = household.id)",
    "(SELECT count(*) FROM fact_visit AS f WHERE f.subject = household.id) >= 3",
    "household.id IN (SELECT f.subject FROM fact_visit AS f GROUP BY f.subject "
    "HAVING count(*) > 1 AND sum(f.minutes) > 60)",
    "EXISTS (SELECT 1 FROM assignment AS a JOIN person AS p ON p.id = a.person "
    "WHERE a.subject = household.id AND p.level = 'county')",
    "(SELECT count(DISTINCT a.person) FROM assignment AS a) > 1",
    "coalesce(minutes, 0) > 1 AND round(abs(minutes), 1) < 9.5",
    "list_contains(reasons, 'ill') OR length(lower(name)) = 2",
    "year(since) = 2017 AND month(since) < 7 AND date_part('quarter', since) = 2",
    "(SELECT max(f.minutes) FROM fact_visit AS f) > (SELECT avg(f.minutes) FROM fact_visit AS f)",
]

SLOW = ["(", "NOT ", "EXISTS(SELECT 1 FROM person WHERE ", "coalesce(", "-", "INTERVAL ", "- "]
ATOMS = st.sampled_from(
    [
        "met",
        "category = 'poor'",
        "category <> 'lifted'",
        "category IN ('poor', 'lifted')",
        "category NOT IN ('poor')",
        "name IS NULL",
        "name IS NOT NULL",
        "name >= 'm'",
        "name = 'it''s'",
        "met IS TRUE",
        "minutes BETWEEN -1 AND 60.5",
        "minutes != 0",
        "since <= DATE '2017-07-31'",
        "TRUE",
    ]
)
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR", "and"]), inner).map(" ".join),
        inner.map(lambda text: f"NOT ({text})"),
        inner.map(lambda text: f"( {text}\n )"),
    ),
    max_leaves=6,
)


def code_of(text: str, *, simple: bool) -> str:
    with pytest.raises(BadCondition) as caught:
        if simple:
            parse_simple(text, COLUMNS)
        else:
            parse_sql(text, COLUMNS, VIEWS, row="household")
    assert caught.value.say("zh")
    assert caught.value.say("en")
    return caught.value.code


@pytest.mark.parametrize(("text", "code"), REFUSED_SIMPLE)
def test_what_is_no_plain_comparison_is_refused(text: str, code: str) -> None:
    assert code_of(text, simple=True) == code


@pytest.mark.parametrize(("text", "code"), REFUSED_SQL)
def test_what_reaches_beyond_the_published_views_is_refused(text: str, code: str) -> None:
    assert code_of(text, simple=False) == code


@pytest.mark.parametrize("text", ALLOWED_SQL)
def test_what_is_allowed_comes_out_as_sql_that_duckdb_runs(text: str) -> None:
    tree = parse_sql(text, COLUMNS, VIEWS, row="household")
    assert parse_sql(to_sql(tree), COLUMNS, VIEWS, row="household") == tree
    database = tables()
    found = database.execute(f"SELECT count(*) FROM household WHERE {to_sql(tree)}").fetchone()
    assert found is not None


def tables() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(":memory:")
    database.execute(
        "CREATE TABLE household AS SELECT * FROM (VALUES "
        "(1, 'poor', 'it''s', 60, DATE '2017-07-31', true, ['ill']), "
        "(2, 'lifted', NULL, -1, DATE '2017-08-01', false, []), "
        "(3, NULL, 'z', NULL, NULL, NULL, NULL), "
        "(4, 'poor', 'a', 0, DATE '2000-01-01', NULL, ['ill'])) "
        "AS t (id, category, name, minutes, since, met, reasons)"
    )
    database.execute("CREATE TABLE person AS SELECT 1 AS id, 'county' AS level")
    database.execute("CREATE TABLE assignment AS SELECT 9 AS id, 1 AS person, 2 AS subject")
    database.execute("CREATE TABLE fact_visit AS SELECT 8 AS fact, 2 AS subject, 70 AS minutes")
    return database


@given(TREES)
def test_the_sql_of_a_checked_tree_parses_to_the_same_tree(text: str) -> None:
    tree = parse_simple(text, COLUMNS)
    again = to_sql(tree)
    assert parse_simple(again, COLUMNS) == tree
    assert to_sql(parse_simple(again, COLUMNS)) == again


@settings(max_examples=40)
@given(TREES)
def test_the_regenerated_sql_means_what_the_author_wrote(text: str) -> None:
    again = to_sql(parse_simple(text, COLUMNS))
    with tables() as database:
        query = "SELECT id FROM household WHERE {} ORDER BY id"
        written = database.execute(query.format(text)).fetchall()
        assert database.execute(query.format(again)).fetchall() == written


@given(st.text(st.sampled_from("abc met ()'\"=<>,;-*/.\\$?\n贫"), max_size=60))
def test_any_text_is_answered_and_never_breaks_the_reader(text: str) -> None:
    try:
        tree = parse_sql(text, COLUMNS, VIEWS)
    except BadCondition:
        return
    assert parse_sql(to_sql(tree), COLUMNS, VIEWS) == tree


@pytest.mark.parametrize("part", SLOW)
def test_a_condition_made_to_be_slow_is_refused_at_once(part: str) -> None:
    begun = time.process_time()
    code_of(part * 4000 + "met", simple=False)
    with suppress(BadCondition):
        parse_sql(part * 12 + "met" + ")" * 12, COLUMNS, VIEWS)
    assert time.process_time() - begun < 1


def test_names_without_types_are_checked_as_names() -> None:
    assert to_sql(parse_simple("a = 1 AND b = 'x'", ["a", "b"])) == "a = 1 AND b = 'x'"
    with pytest.raises(BadCondition):
        parse_simple("c = 1", ["a", "b"])


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(BadCondition) as caught:
        parse_simple("catgory = 'poor'", COLUMNS)
    assert "“category”" in caught.value.cure.zh
    assert "“category”" in caught.value.cure.en


def test_every_reserved_word_of_duckdb_is_known() -> None:
    query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    with tables() as database:
        words = {str(row[0]) for row in database.execute(query).fetchall()}
    assert words <= RESERVED
