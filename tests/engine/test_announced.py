"""The next class of those whom none has reached, and whom one thing of several has reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import cast

from bangfu.core.rules import Announced, Coverage, CoverageTerm, Handbook, ParticipantRole
from bangfu.engine.announced import next_for, to_come
from bangfu.engine.coverage import reach, reaching
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
from tests.engine.county import HANDBOOK, SOURCE, field, kind, text
from tests.truth import Cell
from tests.world import Done, World, tables_of

PLAN = kind(
    "plan", "village", field("on", "date"), field("grades", "choices"),
    participants=(
        ParticipantRole("home", text("home"), "household"),
        ParticipantRole("town", text("town"), "township"),
    ),
)  # fmt: skip
HEARD = Coverage(
    "heard", text("heard"), "person", "lecture",
    (CoverageTerm(BEGIN, None, SOURCE, every="year"),), via="hearer",
    by=("grade",),
    announced=Announced(
        "plan", "on", {"grade": "grades", "assignments:helper": "home", "township": "town"}
    ),
)  # fmt: skip
VISITED = Coverage(
    "visited", text("visited"), "household", "visit",
    (CoverageTerm(BEGIN, None, SOURCE, every="month"),), each="topic",
)  # fmt: skip
BOOK: Handbook = replace(
    HANDBOOK, kinds={**HANDBOOK.kinds, "plan": PLAN}, coverage={"heard": HEARD, "visited": VISITED}
)


def plan(
    number: int, on: date, *parties: tuple[str, int], said: date = BEGIN, **values: object
) -> Done:
    told: dict[str, object] = {"on": on, **values}
    return Done(number, "plan", said, (STONE_BRIDGE,), YUN, cast("Mapping[str, Cell]", told),
                participants=parties)  # fmt: skip


def told(known: World, on: date) -> dict[int, int]:
    return next_for(BOOK, tables_of(known, BOOK, as_of=on), "heard", as_of=on)


def test_the_soonest_class_that_has_not_passed_is_the_next_for_everybody() -> None:
    known = world(plan(7, june(20)), plan(8, june(12)), plan(9, june(3)))
    assert told(known, june(10)) == {YUN: 8, SHE: 8}
    assert told(known, june(12)) == {YUN: 8, SHE: 8}
    assert told(known, june(13)) == {YUN: 7, SHE: 7}
    assert told(known, june(21)) == {}


def test_who_was_reached_waits_for_no_class() -> None:
    lecture = Done(5, "lecture", june(3), (STONE_BRIDGE,), YUN, participants=(("hearer", SHE),))
    assert told(world(plan(7, june(20)), lecture), june(10)) == {YUN: 7}


def test_an_announcement_of_tomorrow_is_not_known_today() -> None:
    assert told(world(plan(7, june(20), said=june(11))), june(10)) == {}


def test_a_class_for_some_grades_is_for_nobody_else() -> None:
    known = world(
        plan(7, june(12), grades=["section", "county"]), plan(8, june(20)),
        is_(YUN, "grade", "section", number=3),
    )  # fmt: skip
    assert told(known, june(10)) == {YUN: 7, SHE: 8}


def test_a_class_for_a_post_s_subject_or_a_township_is_for_those_there() -> None:
    assert told(world(plan(7, june(12), ("home", GU)), helps(YUN, GU)), june(10)) == {YUN: 7}
    assert told(world(plan(7, june(12), ("town", WEST))), june(10)) == {SHE: 7}
    both = world(plan(7, june(12), ("home", GU), ("town", WEST)), helps(YUN, GU))
    assert told(both, june(10)) == {}
    either = world(plan(7, june(12), ("town", WEST), ("town", EAST)))
    assert told(either, june(10)) == {YUN: 7, SHE: 7}


def test_what_is_to_come_is_listed_by_its_day() -> None:
    known = world(plan(7, june(20)), plan(8, june(12)), plan(9, june(3)))
    tables = tables_of(known, BOOK, as_of=june(10))
    assert to_come(BOOK, tables, "heard", as_of=june(10)) == [8, 7]
    assert to_come(BOOK, tables, "visited", as_of=june(10)) == []


def test_one_thing_of_several_is_asked_about_over_all_days() -> None:
    known = world(
        visits(YUN, GU, on=date(2017, 5, 30), number=7, topic=1),
        visits(YUN, TIAN, on=june(3), number=8, topic=2),
        visits(YUN, GU, on=june(4), number=9, topic=1),
        visits(YUN, GU, on=june(12), number=10, topic=1),
    )
    tables = tables_of(known, BOOK, as_of=june(10))
    [cell] = reach(BOOK, tables, "visited", as_of=june(10), of=1)
    assert (cell.reached, cell.population, cell.missing, cell.because) == (1, 2, (TIAN,), (7, 9))
    assert reaching(BOOK, tables, "visited", as_of=june(10), of=1) == {GU: 9}
    assert reaching(BOOK, tables, "visited", as_of=june(10), of=3) == {}
    assert reaching(BOOK, tables, "visited", as_of=june(10)) == {GU: 9, TIAN: 8}
