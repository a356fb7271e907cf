"""Doubts by example: who is found, by which facts, who mends it, and who is exempted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.core.results import Doubt
from bangfu.core.rules import Check, CheckTerm, Handbook
from bangfu.core.text import Text
from bangfu.engine.checks import doubts, message
from bangfu.handbook import load
from tests.handbook.minimal import write
from tests.truth import Cell
from tests.world import Done, Held, Subject, World, tables_of

TOWN, VILLAGE, GU, TIAN, HELPER, OFFICER = 1, 2, 3, 4, 5, 6
BEGIN, TODAY = date(2016, 1, 1), date(2017, 7, 31)
SUBJECTS = (
    Subject(TOWN, "township", BEGIN), Subject(VILLAGE, "village", BEGIN, township=TOWN),
    Subject(GU, "household", BEGIN, VILLAGE, TOWN),
    Subject(TIAN, "household", BEGIN, VILLAGE, TOWN),
)  # fmt: skip
POSTS = (
    Held(7, "helper", HELPER, GU, BEGIN), Held(8, "township_officer", OFFICER, TOWN, BEGIN),
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    folder: Path = tmp_path_factory.mktemp("hexi")
    return load(write(folder))


def profile(number: int, about: int, day: date, **values: Cell) -> Done:
    return Done(number, "profile", day, (about,), HELPER, values)


def exempted(number: int, about: int, check: str, day: date, until: date) -> Done:
    values: Mapping[str, Cell] = {"check": check, "until": until, "reason": "流转"}
    return Done(number, "doubt_exempted", day, (about,), OFFICER, values)


def found(book: Handbook, *facts: Done, on: date = TODAY, **more: object) -> list[Doubt]:
    tables = tables_of(World(facts, POSTS, (), SUBJECTS), book, as_of=on)
    screening = doubts(book, tables, as_of=on, **more)  # type: ignore[arg-type]
    assert screening.failed == ()
    return list(screening.doubts)


LARGE = profile(20, GU, date(2017, 3, 1), mu=Decimal("100.50"))


def test_a_doubt_names_its_subject_its_facts_and_who_can_mend_it(book: Handbook) -> None:
    [doubt] = found(book, LARGE, profile(21, TIAN, date(2017, 3, 1), mu=Decimal(100)))
    assert (doubt.check, doubt.subject, doubt.because) == ("large_field", GU, (20,))
    assert (doubt.role, doubt.holders) == ("helper", (HELPER,))
    assert doubt.values["mu"] == Decimal("100.50")


def test_where_nobody_holds_the_first_post_the_next_one_answers(book: Handbook) -> None:
    [doubt] = found(book, profile(20, TIAN, date(2017, 3, 1), mu=Decimal(101)))
    assert (doubt.role, doubt.holders) == ("township_officer", (OFFICER,))


def test_only_the_newest_fact_of_a_subject_is_what_holds(book: Handbook) -> None:
    later = profile(21, GU, date(2017, 4, 1), mu=Decimal(9))
    assert found(book, LARGE, later) == []
    assert len(found(book, LARGE, later, on=date(2017, 3, 31))) == 1, "not known yet"
    same_day = profile(22, GU, date(2017, 3, 1), mu=Decimal(9))
    assert found(book, LARGE, same_day) == [], "the one recorded last"


def test_before_its_first_day_a_check_finds_nothing(book: Handbook) -> None:
    early = profile(20, GU, date(2015, 3, 1), mu=Decimal(200))
    assert found(book, early, on=date(2015, 12, 31)) == []


def test_an_exemption_holds_to_its_last_day(book: Handbook) -> None:
    exemption = exempted(30, GU, "large_field", date(2017, 5, 1), date(2017, 6, 30))
    [doubt] = found(book, LARGE, exemption, on=date(2017, 6, 30))
    assert (doubt.exempt, doubt.until) == (30, date(2017, 6, 30))
    [doubt] = found(book, LARGE, exemption, on=date(2017, 7, 1))
    assert (doubt.exempt, doubt.until) == (0, None)
    [doubt] = found(book, LARGE, exempted(30, GU, "another", BEGIN, TODAY))
    assert doubt.exempt == 0


def test_a_check_that_reads_no_kind_of_what_was_entered_is_not_asked(book: Handbook) -> None:
    assert len(found(book, LARGE, kinds=["profile"])) == 1
    assert found(book, LARGE, kinds=["visit"]) == []
    assert found(book, LARGE, checks=[]) == []


def test_what_is_personal_is_not_said_to_who_may_not_read_it(book: Handbook) -> None:
    ill = with_check(book, "SELECT p.subject, p.health FROM latest_profile AS p "
                     "WHERE p.health = 'ill'", "健康：{health}")  # fmt: skip
    [doubt] = found(ill, profile(20, GU, date(2017, 3, 1), health="ill"))
    assert message(ill, doubt, as_of=TODAY, personal=True).zh == "健康：患病"
    assert message(ill, doubt, as_of=TODAY, personal=False).zh == "健康：（不显示）"


def test_a_check_that_the_database_refuses_is_named_and_the_others_go_on(book: Handbook) -> None:
    huge = " * ".join(["p.mu"] * 6)
    broken = with_check(book, f"SELECT p.subject FROM latest_profile AS p WHERE {huge} > 1", "x")
    tables = tables_of(World((LARGE,), POSTS, (), SUBJECTS), broken, as_of=TODAY)
    screening = doubts(broken, tables, as_of=TODAY)
    assert screening.failed == ("another",)
    assert [doubt.check for doubt in screening.doubts] == ["large_field"]


def with_check(book: Handbook, select: str, said: str) -> Handbook:
    term = CheckTerm(BEGIN, None, book.checks["large_field"].terms[0].source, select=select)
    check = Check("another", Text("x", "x"), "household", Text(said, said), "doubt", ("helper",),
                  (term,))  # fmt: skip
    return replace(book, checks={**book.checks, "another": check})


@pytest.mark.parametrize("mu", [None, 5, 101])
@pytest.mark.parametrize("health", [None, "ill", "well"])
def test_a_few_rows_are_looked_at_first_and_give_the_same_doubts(
    book: Handbook, mu: int | None, health: str | None
) -> None:
    """Narrowing leaves out only checks that would find nothing."""
    wheres = (
        "p.mu > param('most', as_of())", "p.health = 'ill' AND p.mu < 50", "NOT p.phone_given",
        "coalesce(p.health, 'well') = 'well'", "p.health IS NULL OR p.mu IS NULL",
        "'ill' IN (p.health)", "EXISTS (SELECT 1 FROM fact_visit AS v WHERE v.subject = p.subject)",
        "NOT EXISTS (SELECT 1 FROM fact_visit AS v WHERE v.subject = p.subject)",
    )  # fmt: skip
    [term] = book.checks["large_field"].terms
    checks = {}
    for number, where in enumerate(wheres):
        select = f"SELECT p.subject FROM latest_profile AS p WHERE {where}"
        terms = (replace(term, select=select),)
        checks[str(number)] = replace(book.checks["large_field"], id=str(number), terms=terms)
    many = replace(book, checks=checks)
    one = profile(20, GU, date(2017, 3, 1), mu=mu, health=health)
    slow = {doubt.check for doubt in found(many, one)}
    assert {doubt.check for doubt in found(many, one, few=True)} == slow
