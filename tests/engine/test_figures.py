"""Figures and the facts under them, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from bangfu.core.results import FigureValue
from bangfu.core.rules import (
    Coverage,
    CoverageTerm,
    Figure,
    FigureTerm,
    Handbook,
    Staffing,
    StaffingTerm,
)
from bangfu.engine.figures import figure
from bangfu.handbook.conditions import BadCondition
from tests.engine.cast import (
    BEGIN,
    GU,
    SHE,
    STONE_BRIDGE,
    TIAN,
    YUN,
    deadline,
    duty,
    helps,
    is_,
    june,
    term,
    visits,
    world,
)
from tests.engine.county import HANDBOOK, SOURCE, text
from tests.world import Done, World, tables_of

Measure = Literal["count", "sum", "share", "median", "distinct"]
ON = june(20)
ROUND = visits(
    YUN, GU, TIAN, on=june(3), number=7, topic="health", minutes=10, money=Decimal("1.10")
)
CALL = visits(YUN, GU, on=june(9), number=8, topic="work", minutes=40, money=Decimal("2.25"))
LAST_YEAR = visits(SHE, TIAN, on=date(2016, 12, 31), number=5, minutes=20)
POSTS = (helps(YUN, GU), helps(SHE, TIAN, end=june(10)))


def value(
    of: str, known: World, measure: Measure = "count", *, on: date = ON, field: str = "",
    performed_by: str = "", where: str = "", since: str = "year", **parts: str,
) -> FigureValue:  # fmt: skip
    terms = (FigureTerm(BEGIN, None, SOURCE, where=where, since=since, parts=parts),)
    one = Figure("one", text("one"), of, measure, text("times"), terms, field, performed_by)
    handbook = rules(one)
    return figure(handbook, tables_of(known, handbook, as_of=on), "one", as_of=on)


def rules(one: Figure) -> Handbook:
    coverage = Coverage(
        "visited", text("visited"), "household", "visit",
        (CoverageTerm(BEGIN, None, SOURCE, every="month"),), where="category = 'poor'",
    )  # fmt: skip
    staffing = Staffing(
        "staffed", text("staffed"), "helper",
        (StaffingTerm(BEGIN, None, SOURCE, requires="grade = 'section'"),),
    )  # fmt: skip
    return replace(
        HANDBOOK, figures={"one": one}, coverage={"visited": coverage},
        staffing={"staffed": staffing}, duties={"visits": duty(term())},
        deadlines={"deadline": deadline(3)},
    )  # fmt: skip


VISITS = world(*POSTS, ROUND, CALL, LAST_YEAR)


def test_visits_count_once_for_each_household_since_new_year() -> None:
    found = value("facts:visit", VISITS)
    assert (found.value, found.because) == (3, (7, 8))
    assert value("facts:visit", VISITS, on=june(8)).value == 2
    assert value("facts:visit", VISITS, since="all").value == 4
    assert value("facts:visit", VISITS, since="2016-12-31").value == 4
    assert value("facts:visit", VISITS, on=date(2016, 12, 31)).because == (5,)


def test_a_condition_limits_what_counts_and_parts_split_it() -> None:
    found = value(
        "facts:visit", VISITS, where="minutes >= 10", health="topic = 'health'", long="minutes > 30"
    )
    assert (found.value, found.parts) == (3, {"health": 2, "long": 1})
    assert value("facts:visit", VISITS, where="topic = 'work'").because == (8,)


def test_sums_and_medians_take_each_fact_once() -> None:
    assert value("facts:visit", VISITS, "sum", field="money").value == 3.35
    assert value("facts:visit", VISITS, "sum", field="minutes").value == 50
    assert value("facts:visit", VISITS, "median", field="minutes", since="all").value == 20
    assert (
        value("facts:visit", VISITS, "median", field="minutes", where="topic = 'none'").value
        is None
    )


def test_different_households_are_counted_once_each() -> None:
    assert value("facts:visit", VISITS, "distinct", field="subject").value == 2


def test_only_what_a_role_did_counts_on_the_days_on_which_he_held_it() -> None:
    late = visits(SHE, GU, on=june(10), number=9)
    known = world(*POSTS, ROUND, CALL, late)
    assert value("facts:visit", known, performed_by="helper").because == (7, 8)
    assert value("facts:visit", known, performed_by="first_secretary").value == 0


def test_a_share_of_facts_is_in_percent_of_all() -> None:
    found = value("facts:visit", VISITS, "share", where="topic = 'work'")
    assert found.value == pytest.approx(100 / 3)
    assert found.because == (7, 8)
    assert value("facts:visit", world(), "share").value is None


def test_participants_count_in_their_roles() -> None:
    lecture = Done(
        7, "lecture", june(3), (STONE_BRIDGE,), YUN,
        participants=(("hearer", SHE), ("hearer", YUN), ("host", YUN)),
    )  # fmt: skip
    found = value("participants:lecture", world(lecture), where="role = 'hearer'")
    assert (found.value, found.because) == (2, (7,))
    assert value("participants:lecture", world(lecture), "distinct", field="participant").value == 2
    assert value("participants:lecture", world(lecture), on=june(2)).value == 0


def test_subjects_count_as_they_stand_and_are_named_by_their_founding_facts() -> None:
    known = world(is_(GU, "category", "poor", number=3), is_(TIAN, "category", "lifted", number=4))
    assert value("subjects:household", known).because == (GU, TIAN)
    found = value("subjects:household", known, where="category = 'poor'")
    assert (found.value, found.because) == (1, (GU,))
    moved = world(
        is_(GU, "category", "poor", number=3), is_(GU, "category", "lifted", june(5), number=6)
    )
    assert value("subjects:household", moved, where="category = 'poor'", on=june(4)).value == 1
    assert value("subjects:household", moved, where="category = 'poor'", on=june(5)).value == 0


def test_a_subquery_sees_the_views_of_the_same_day() -> None:
    visited = "EXISTS (SELECT 1 FROM fact_visit WHERE fact_visit.subject = household.id)"
    assert value("subjects:household", VISITS, where=visited, on=june(20)).value == 2
    assert value("subjects:household", VISITS, where=visited, on=june(2)).because == (TIAN,)


def test_posts_count_as_held_on_the_day() -> None:
    assert value("assignments:helper", VISITS, on=june(9)).value == 2
    found = value("assignments:helper", VISITS, on=june(10))
    assert (found.value, found.because) == (1, (1000 + 10 * GU + YUN,))
    graded = (
        "EXISTS (SELECT 1 FROM person WHERE person.id = assignment.person AND grade = 'section')"
    )
    known = world(*POSTS, is_(YUN, "grade", "section", number=3))
    assert value("assignments:helper", known, where=graded).value == 1


def test_a_coverage_counts_whom_it_reached_or_shares_them() -> None:
    poor = [is_(who, "category", "poor", number=number) for who, number in ((GU, 3), (TIAN, 4))]
    known = world(*poor, CALL, is_(GU, "far", "yes", number=9))
    found = value("coverage:visited", known, "share", far="far = 'yes'")
    assert (found.value, found.parts) == (50, {"far": 100})
    assert found.because == (8, TIAN), "the visit, and her whom none reached"
    assert value("coverage:visited", known).because == (8,)


def test_a_staffing_counts_the_subjects_that_are_filled_by_fit_holders() -> None:
    known = world(*POSTS, is_(YUN, "grade", "section", number=3))
    found = value("staffing:staffed", known, on=june(9))
    assert (found.value, found.because) == (1, (GU,))
    assert value("staffing:staffed", known, "share", on=june(9)).value == 50


def test_obligations_count_by_their_state_and_share_by_what_was_met() -> None:
    known = world(helps(YUN, GU), visits(YUN, GU, on=june(6), number=7))
    june_1 = "2017-06-01"
    assert value("duty:visits", known, where="state = 'done'", since=june_1).because == (7,)
    overdue = value("duty:visits", known, where="state = 'overdue'", since=june_1)
    assert (overdue.value, overdue.because) == (1, (1000 + 10 * GU + YUN,))
    assert value("duty:visits", known, "share", since=june_1).value == 50


def test_different_persons_are_each_named_by_one_of_their_posts() -> None:
    known = world(helps(YUN, GU), helps(YUN, TIAN), helps(SHE, TIAN))
    found = value("assignments:helper", known, "distinct", field="person")
    assert (found.value, len(found.because)) == (2, 2)
    assert found.because == (1000 + 10 * GU + YUN, 1000 + 10 * TIAN + SHE)


def test_an_overdue_deadline_is_named_by_what_set_it_off() -> None:
    alarms = [Done(number, "alarm", june(2), (GU,), SHE) for number in (5, 6)]
    known = world(helps(YUN, GU), *alarms)
    found = value("duty:deadline", known, where="state = 'overdue'")
    assert (found.value, found.because) == (2, (5, 6))


def test_since_ever_a_duty_counts_from_the_first_post_its_part_of_a_week_too() -> None:
    known = world(helps(YUN, GU, june(14)))  # a Wednesday: five days of seven are owed
    assert value("duty:visits", known, since="all", where="state = 'overdue'").value == 1


def test_outside_its_terms_a_figure_has_no_value() -> None:
    found = value("facts:visit", VISITS, on=date(2015, 1, 1))
    assert (found.value, found.because) == (None, ())


def test_a_condition_that_reads_what_it_may_not_is_refused() -> None:
    for text_ in ("name = 'x'", "EXISTS (SELECT 1 FROM secrets)", "read_csv('x') IS NULL"):
        with pytest.raises(BadCondition):
            value("facts:visit", VISITS, where=text_)
