"""Formulas by example: what is added up, over which months, by whom divided, what is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from bangfu.core.results import FormulaValue
from bangfu.core.rules import Handbook
from bangfu.engine.formulas import beyond_line, worth
from bangfu.engine.tables import MemberTable, Tables
from bangfu.handbook import load
from tests.handbook.minimal import write
from tests.truth import Cell
from tests.world import Done, Subject, World, tables_of

GU, TIAN, HELPER, BEGIN, TODAY = 3, 4, 5, date(2016, 1, 1), date(2017, 7, 31)
SUBJECTS = (Subject(GU, "household", BEGIN), Subject(TIAN, "household", BEGIN))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    folder: Path = tmp_path_factory.mktemp("hexi")
    return load(write(folder))


def profile(number: int, day: date, about: int = GU, **values: Cell) -> Done:
    return Done(number, "profile", day, (about,), HELPER, {"health": "well", **values})


def value(book: Handbook, *facts: Done, heads: int = 2, on: date = TODAY) -> FormulaValue:
    [found] = worth(book, tables(book, facts, heads, on), "income", as_of=on, subjects=(GU,))
    return found


def tables(book: Handbook, facts: tuple[Done, ...], heads: int, on: date) -> Tables:
    numbers = np.arange(heads)
    members = MemberTable(
        id=numbers, person=10 + numbers, household=np.full(heads, GU),
        relation=np.full(heads, "户主", dtype=object), start=np.full(heads, 16_000, np.int32),
        end=np.full(heads, 2**31 - 1, np.int32),
    )  # fmt: skip
    known = tables_of(World(facts, (), (), SUBJECTS), book, as_of=on)
    return replace(known, memberships={"household": members})


MONEY = profile(20, date(2017, 3, 1), wages=Decimal("9000.10"), costs=Decimal(1000))


def test_it_is_what_the_lines_come_to_divided_by_the_members(book: Handbook) -> None:
    found = value(book, MONEY)
    assert (found.value, found.total, found.heads) == (Decimal("4000.05"), Decimal("8000.10"), 2)
    assert [(one.id, one.amount, one.minus, one.because) for one in found.parts] == [
        ("wages", Decimal("9000.10"), False, (20,)), ("costs", Decimal("1000.00"), True, (20,)),
    ]  # fmt: skip
    assert value(book, MONEY, heads=3).value == Decimal("2666.70")


def test_only_the_newest_fact_of_the_last_twelve_months_counts(book: Handbook) -> None:
    later = profile(21, date(2017, 4, 1), wages=Decimal(100))
    assert value(book, MONEY, later).total == Decimal(100)
    edge = profile(20, date(2016, 8, 1), wages=Decimal(100))
    assert value(book, edge).total == Decimal(100), "the day after the day a year ago"
    assert value(book, profile(20, date(2016, 7, 31), wages=Decimal(100))).value is None


def test_what_does_not_count_is_left_out(book: Handbook) -> None:
    ill = profile(20, date(2017, 3, 1), wages=Decimal(9000), costs=Decimal(10), health="ill")
    assert value(book, ill).total == Decimal(-10)


def test_nothing_known_is_not_nothing_earned(book: Handbook) -> None:
    assert value(book).value is None
    assert value(book, MONEY, heads=0).value is None
    assert not value(book).beyond


def test_a_fall_below_the_line_is_proposed(book: Handbook) -> None:
    low = profile(20, date(2017, 3, 1), wages=Decimal(5999))
    found = value(book, low)
    assert (found.line, found.beyond) == (Decimal(3000), True)
    just = profile(20, date(2017, 3, 1), wages=Decimal(6000))
    assert not value(book, just).beyond, "on the line is not below it"
    every = beyond_line(book, tables(book, (low,), 2, TODAY), as_of=TODAY)
    assert [one.subject for one in every] == [GU]
    assert beyond_line(book, tables(book, (just,), 2, TODAY), as_of=TODAY) == []


def test_before_its_first_term_there_is_no_number(book: Handbook) -> None:
    assert worth(book, tables(book, (), 2, TODAY), "income", as_of=date(2015, 1, 1)) == []
    with pytest.raises(KeyError):
        worth(book, tables(book, (), 2, TODAY), "income_line", as_of=TODAY)
