"""Checks as files: what loads, what is refused and why, and the examples that they carry."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.core.rules import Check, Handbook
from bangfu.handbook import lint, load, show
from bangfu.handbook.check_query import Query
from bangfu.handbook.check_views import check_views
from bangfu.handbook.conditions import BadCondition, parse_query
from tests.checked import found_by
from tests.handbook.minimal import changed, write


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    folder: Path = tmp_path_factory.mktemp("hexi")
    return load(write(folder))


def read(book: Handbook, text: str) -> Query:
    return parse_query(text, check_views(book), params={"most", "income_line"})


def test_a_check_is_read_with_its_numbers_and_examples(book: Handbook) -> None:
    check = book.checks["large_field"]
    assert (check.subject, check.severity, check.mends) == (
        "household", "doubt", ("helper", "township_officer"),
    )  # fmt: skip
    assert check.terms[0].params["most"].value == 100
    assert [case.finds for case in check.cases] == [(1,), ()]


def test_the_examples_of_a_check_are_true(book: Handbook) -> None:
    check: Check = book.checks["large_field"]
    for case in check.cases:
        assert found_by(book, check, case) == case.finds


@pytest.mark.parametrize(
    "text",
    [
        "SELECT p.subject FROM latest_profile AS p",
        "SELECT p.subject, p.health FROM latest_profile AS p WHERE p.health = 'ill'",
        "SELECT p.subject FROM latest_profile AS p WHERE NOT p.phone_valid",
        "SELECT p.subject FROM latest_profile AS p JOIN latest_profile AS q "
        "ON p.phone_digest = q.phone_digest AND p.subject <> q.subject",
        "SELECT m.household AS subject, count(*) FILTER (WHERE m.relation = '户主') AS heads "
        "FROM member AS m GROUP BY m.household HAVING bool_and(m.relation = '户主')",
        "SELECT v.subject, lag(v.occurred_on) OVER (PARTITION BY v.subject ORDER BY v.occurred_on) "
        "AS before FROM fact_visit AS v "
        "QUALIFY lag(v.occurred_on) OVER (PARTITION BY v.subject ORDER BY v.occurred_on) IS NULL",
        "SELECT x.subject FROM (SELECT v.subject, count(*) AS n FROM fact_visit AS v "
        "GROUP BY v.subject) AS x WHERE x.n / 2 + 1 > param('income_line', as_of()) * 0.5",
        "SELECT h.id AS subject FROM household AS h WHERE months(h.since, as_of()) >= 6 "
        "AND age(h.since) > 1 AND days(h.since, as_of()) > 30 AND NOT EXISTS "
        "(SELECT 1 FROM fact_visit AS v WHERE v.subject = h.id)",
    ],
)
def test_a_query_may(book: Handbook, text: str) -> None:
    assert "subject" in read(book, text).columns


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT p.subject FROM latest_profile AS p; DROP TABLE x", "condition_statements"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "condition_expression"),
        ("SELECT p.subject FROM latest_profile AS p UNION SELECT h.id FROM household AS h",
         "condition_expression"),
        ("SELECT * FROM latest_profile AS p", "query_name"),
        ("SELECT p.mu AS subject FROM latest_profile AS p", "query_subject"),
        ("SELECT p.subject FROM read_csv('x') AS p", "condition_view"),
        ("SELECT p.subject FROM 'x.csv' AS p", "condition_view"),
        ("SELECT p.subject FROM latest_visit AS p", "condition_view"),
        ("SELECT p.subject FROM latest_profile AS p WHERE p.phone = '1'", "condition_column"),
        ("SELECT p.subject FROM latest_profile AS p WHERE p.health = 'sick'", "condition_option"),
        ("SELECT p.subject FROM latest_profile AS p WHERE p.mu > param('least', as_of())",
         "query_param"),
        ("SELECT p.subject FROM latest_profile AS p WHERE getenv('HOME') = 'x'",
         "condition_function"),
        ("SELECT p.subject FROM latest_profile AS p WHERE p.mu > 'a'", "condition_type"),
        ("SELECT p.subject, count(*) AS n FROM latest_profile AS p", "condition_aggregate"),
        ("SELECT p.subject, p.mu AS n, count(*) AS m FROM latest_profile AS p GROUP BY p.subject",
         "condition_expression"),
        ("SELECT p.subject FROM latest_profile AS p ORDER BY p.mu", "condition_extra"),
        ("SELECT p.subject FROM latest_profile AS p LIMIT 3", "condition_extra"),
        ("SELECT p.subject, row_number() OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n "
         "FROM latest_profile AS p", "condition_extra"),
    ],
)  # fmt: skip
def test_a_query_may_not(book: Handbook, text: str, code: str) -> None:
    with pytest.raises(BadCondition) as refused:
        read(book, text)
    assert refused.value.code == code


def test_what_comes_of_a_personal_value_is_known_to(book: Handbook) -> None:
    query = read(
        book,
        "SELECT p.subject, p.mu, p.health, p.wages / 2 AS half, p.phone_valid, "
        "p.wages > 3 AS much FROM latest_profile AS p",
    )
    personal = {name for name, column in query.columns.items() if column.personal}
    assert personal == {"health", "half", "phone_valid", "much"}


def test_conditions_of_figures_still_read_nothing_personal(tmp_path: Path) -> None:
    name = "figures/visits.toml"
    peeping = (
        "mode = 'door' AND EXISTS (SELECT 1 FROM fact_profile AS p "
        "WHERE p.subject = fact_visit.subject AND p.health = 'ill')"
    )
    found = changed(name, "mode = 'door' AND EXISTS (SELECT 1 FROM household AS h "
                    "WHERE h.id = fact_visit.subject)", peeping)  # fmt: skip
    with pytest.raises(Exception, match="个人信息，条件里不能用"):
        load(write(tmp_path, found))


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("p.mu > 5 AND p.mu < 3", "check_never"),
        ("p.mu IS NULL AND p.mu > 3", "check_never"),
        ("p.health = 'ill' AND p.health = 'well'", "check_never"),
        ("1 = 1", "check_always"),
    ],
)
def test_a_check_that_says_nothing_is_warned_of(tmp_path: Path, where: str, code: str) -> None:
    files = changed("checks/large_field.toml", "p.mu > param('most', as_of())\n", where + "\n")
    found = {finding.code for finding in lint(load(write(tmp_path, files)))}
    assert code in found


def test_a_check_without_examples_is_warned_of(tmp_path: Path) -> None:
    files = changed("checks/large_field.toml", "finds = [1]", "finds = []")
    found = {finding.code for finding in lint(load(write(tmp_path, files)))}
    assert "check_unshown" in found
    assert "check_unlimited" not in found


def test_a_check_says_itself_in_words(book: Handbook) -> None:
    zh, en = (show(book, "large_field", language) for language in ("zh", "en"))
    assert "耕地 … 亩，超过 … 亩（疑点）" in zh
    assert "参数 most：100 亩。" in zh
    assert "Mended by “Helper”, “Township officer”" in en
    assert "低于“监测线”的，提出“入户走访”的建议" in show(book, "formulas/income", "zh")
