"""Figures of several persons or of none; composites of other figures; who is a member of what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from bangfu.core.rules import Coverage, CoverageTerm, Figure, FigureTerm
from bangfu.engine.coverage import reach
from bangfu.engine.figures import Measure, measures
from bangfu.engine.tables import OPEN, MemberTable
from bangfu.engine.trace import trace
from tests.engine.cast import BEGIN, GU, TIAN, YUN, helps, is_, june, visits, world
from tests.engine.county import HANDBOOK, SOURCE, text
from tests.world import World, tables_of

ON = june(20)
PAID = (("1.00", GU, "work"), ("3.00", TIAN, "work"), ("9.00", GU, "health"))
PAYS = world(
    helps(YUN, GU),
    *(
        visits(YUN, who, on=june(n), number=n, topic=topic, money=Decimal(money))
        for n, (money, who, topic) in enumerate(PAID, start=7)
    ),
    visits(YUN, GU, on=june(12), number=12, topic="work", money=Decimal("2.00")),
)


def pay(**more: Any) -> Figure:
    term = FigureTerm(BEGIN, None, SOURCE, where=more.pop("where", ""), parts=more.pop("parts", {}))
    return Figure(
        "pay", text("pay"), "facts:visit", more.pop("measure", "median"), text("yuan"), (term,),
        "money", **more,
    )  # fmt: skip


def measured(one: Figure, known: World = PAYS, *others: Figure) -> list[Measure]:
    book = replace(HANDBOOK, figures={rule.id: rule for rule in (one, *others)})
    return measures(book, tables_of(known, book, as_of=ON), one.id, as_of=ON)


def test_a_group_of_fewer_is_left_out_of_everything() -> None:
    [found] = measured(pay(each="topic", persons=2))
    assert (found.value, found.because) == (2, (7, 8, 12))
    assert [(key, group.value) for key, group in found.groups] == [("work", 2)]


def test_where_all_groups_are_too_small_there_is_no_number() -> None:
    for measure in ("median", "sum"):
        [found] = measured(pay(each="topic", persons=3, measure=measure))
        assert (found.value, found.because, found.groups) == (None, (), [])
    [alone] = measured(pay(persons=2, where="topic = 'health'"))
    assert (alone.value, alone.because) == (None, ())


def test_a_part_of_too_few_is_none_though_the_whole_is_one() -> None:
    whole, part = measured(pay(persons=2, parts={"health": "topic = 'health'"}))
    assert (whole.value, part.value) == (2.5, None)


def test_one_person_s_many_facts_are_one_person() -> None:
    [found] = measured(pay(persons=2), world(*[
        visits(YUN, GU, on=june(n), number=n, money=Decimal("1.00")) for n in range(2, 9)
    ]))  # fmt: skip
    assert found.value is None


def test_a_part_may_be_another_figure_and_opens_to_its_facts() -> None:
    both = replace(
        pay(measure="sum"), id="both",
        terms=(FigureTerm(BEGIN, None, SOURCE, part_titles={"median": text("median")},
                          figures={"median": "pay"}),),
    )  # fmt: skip
    whole, part = measured(both, PAYS, pay(where="topic = 'work'"))
    assert (whole.value, part.name, part.value, part.because) == (15, "median", 2, (7, 8, 12))
    book = replace(HANDBOOK, figures={"both": both, "pay": pay(each="topic", persons=2)})
    root = trace(book, tables_of(PAYS, book, as_of=ON), "figure:both", as_of=ON)
    assert ("median", "2") in {(node.title.en, node.value) for node in root.children}
    opened = trace(book, tables_of(PAYS, book, as_of=ON), "figure:pay", as_of=ON)
    assert ("work", "2", (7, 8, 12)) in {(n.title.en, n.value, n.because) for n in opened.children}


def test_a_condition_sees_who_belongs_to_which_household_on_the_day() -> None:
    days = np.array([17_000, 17_000], np.int32)
    ends = np.array([OPEN, 17_100], np.int32)
    members = MemberTable(
        np.array([1, 2]), np.array([YUN, YUN]), np.array([GU, TIAN]),
        np.array(["户主", "户主"], np.object_), days, ends,
    )  # fmt: skip
    where = "EXISTS (SELECT 1 FROM member AS m WHERE m.household = fact_visit.subject)"
    one = pay(measure="count", where=where)
    one = replace(one, field="")
    book = replace(HANDBOOK, figures={"pay": one})
    tables = replace(tables_of(PAYS, book, as_of=ON), memberships={"household": members})
    [found] = measures(book, tables, "pay", as_of=ON)
    assert found.because == (7, 9, 12)


def test_a_coverage_reaches_by_facts_that_meet_its_condition() -> None:
    rule = Coverage(
        "seen", text("seen"), "household", "visit",
        (CoverageTerm(BEGIN, None, SOURCE, every="month"),), filters="money > 2.5",
    )  # fmt: skip
    known = world(*[is_(who, "far", "yes", number=n) for n, who in ((3, GU), (4, TIAN))],
                  *PAYS.facts)  # fmt: skip
    book = replace(HANDBOOK, coverage={"seen": rule})
    [cell] = reach(book, tables_of(known, book, as_of=ON), "seen", as_of=ON)
    assert cell.because == (8, 9)
    [all_of_them] = reach(
        replace(book, coverage={"seen": replace(rule, filters="")}),
        tables_of(known, book, as_of=ON), "seen", as_of=date(2017, 6, 20),
    )  # fmt: skip
    assert all_of_them.because == (7, 8, 9, 12)
