"""How much of a population a fact has reached, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bangfu.core.rules import Coverage, CoverageTerm, Handbook
from bangfu.engine.coverage import reach
from tests.engine.cast import (
    BEGIN,
    EAST,
    GU,
    SHE,
    STONE_BRIDGE,
    TIAN,
    WEST,
    YUN,
    helps,
    is_,
    june,
    visits,
    world,
)
from tests.engine.county import HANDBOOK, SOURCE, text
from tests.world import Done, World, tables_of

VISITED = Coverage(
    "visited", text("visited"), "household", "visit",
    (CoverageTerm(BEGIN, None, SOURCE, every="month"),),
)  # fmt: skip
HEARD = Coverage(
    "heard", text("heard"), "person", "lecture",
    (CoverageTerm(BEGIN, None, SOURCE, every="year"),), via="hearer",
    by=("grade", "assignments:helper", "township"),
)  # fmt: skip


def rules(coverage: Coverage) -> Handbook:
    return replace(HANDBOOK, coverage={coverage.id: coverage})


def cells(coverage: Coverage, known: World, on: date, *, by: str = "") -> list[tuple[object, ...]]:
    handbook = rules(coverage)
    found = reach(handbook, tables_of(known, handbook, as_of=on), coverage.id, as_of=on, by=by)
    return [(one.group, one.reached, one.population, one.missing, one.because) for one in found]


def test_one_of_two_households_was_visited_this_month() -> None:
    known = world(
        visits(YUN, GU, on=june(3), number=7), visits(YUN, TIAN, on=date(2017, 5, 31), number=8)
    )
    assert cells(VISITED, known, june(20)) == [("", 1, 2, (TIAN,), (7,))]


def test_what_comes_later_has_not_reached_anybody_yet() -> None:
    known = world(visits(YUN, GU, on=june(3), number=7))
    assert cells(VISITED, known, june(2)) == [("", 0, 2, (GU, TIAN), ())]


def test_a_condition_limits_the_population_and_may_look_around() -> None:
    poor = replace(VISITED, where="category = 'poor'")
    known = world(
        is_(GU, "category", "poor", number=3), visits(YUN, GU, TIAN, on=june(3), number=7)
    )
    assert cells(poor, known, june(20)) == [("", 1, 1, (), (7,))]
    around = "EXISTS (SELECT 1 FROM village WHERE village.id = household.village AND poor = 'yes')"
    looking = replace(VISITED, where=around)
    known = world(is_(STONE_BRIDGE, "poor", "yes", number=3))
    assert cells(looking, known, june(20)) == [("", 0, 1, (GU,), ())]


def test_participants_are_reached_in_their_role_and_split_by_grade() -> None:
    lecture = Done(
        7, "lecture", june(3), (STONE_BRIDGE,), YUN,
        participants=(("hearer", SHE), ("host", YUN)),
    )  # fmt: skip
    known = world(
        lecture, is_(SHE, "grade", "section", number=3), is_(YUN, "grade", "clerk", number=4)
    )
    assert cells(HEARD, known, june(20), by="grade") == [
        ("clerk", 0, 1, (YUN,), ()),
        ("section", 1, 1, (), (7,)),
    ]


def test_those_without_a_value_are_a_group_of_their_own() -> None:
    known = world(is_(SHE, "grade", "section", number=3))
    assert [cell[0] for cell in cells(HEARD, known, june(20), by="grade")] == ["section", ""]


def test_before_its_term_a_coverage_has_no_cells() -> None:
    assert cells(VISITED, world(), date(2015, 12, 31)) == []


def test_persons_split_by_what_they_hold_a_post_for_and_those_without_one_are_last() -> None:
    lecture = Done(7, "lecture", june(3), (STONE_BRIDGE,), YUN, participants=(("hearer", SHE),))
    known = world(helps(YUN, GU), helps(YUN, TIAN), lecture)
    assert cells(HEARD, known, june(20), by="assignments:helper") == [
        (str(GU), 0, 1, (YUN,), ()),
        (str(TIAN), 0, 1, (YUN,), ()),
        ("", 1, 1, (), (7,)),
    ]
    assert cells(HEARD, known, june(20)) == [("", 1, 2, (YUN,), (7,))]


def test_a_post_that_has_ended_splits_nobody_any_more() -> None:
    ended = world(helps(YUN, GU, end=june(10)))
    assert [cell[0] for cell in cells(HEARD, ended, june(9), by="assignments:helper")] == [
        str(GU), "",
    ]  # fmt: skip
    assert [cell[0] for cell in cells(HEARD, ended, june(10), by="assignments:helper")] == [""]


def test_a_population_splits_by_township() -> None:
    everybody = replace(VISITED, by=("township",))
    known = world(visits(YUN, GU, on=june(3), number=7))
    assert cells(everybody, known, june(20), by="township") == [
        (str(EAST), 1, 1, (), (7,)),
        (str(WEST), 0, 1, (TIAN,), ()),
    ]


def test_a_breakdown_that_the_handbook_does_not_name_is_unknown() -> None:
    with pytest.raises(KeyError):
        cells(VISITED, world(), june(20), by="township")
