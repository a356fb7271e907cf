"""Which posts are not filled as asked, by example and against a day-by-day count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings

from bangfu.core.results import Vacancy
from bangfu.core.rules import GroupPart, Handbook, Staffing, StaffingTerm
from bangfu.engine.staffing import vacancies
from tests.engine.cast import (
    BEGIN,
    GU,
    REED_POND,
    SHE,
    STONE_BRIDGE,
    TIAN,
    YUN,
    helps,
    is_,
    june,
    world,
)  # fmt: skip
from tests.engine.county import HANDBOOK, SOURCE, text
from tests.engine.strategies import FIRST, late_days, worlds
from tests.world import Done, World, tables_of


def rules(**demands: object) -> Handbook:
    term = replace(StaffingTerm(BEGIN, None, SOURCE), **demands)  # type: ignore[arg-type]
    rule = Staffing("staffed", text("staffed"), "helper", (term,))
    return replace(HANDBOOK, staffing={"staffed": rule})


def amiss(known: World, on: date, **demands: object) -> list[Vacancy]:
    handbook = rules(**demands)
    return vacancies(handbook, tables_of(known, handbook, as_of=on), as_of=on)


def test_a_household_without_a_helper_is_vacant_since_he_left() -> None:
    known = world(helps(YUN, GU, end=june(10)), helps(SHE, TIAN))
    (only,) = amiss(known, june(20))
    assert (only.kind, only.subject, only.since, only.held) == ("vacant", GU, june(10), 0)
    assert only.because == (GU,)  # nobody holds it: the fact that there is such a household


def test_a_vacancy_is_tolerated_for_so_many_days() -> None:
    known = world(helps(YUN, GU, end=june(10)), helps(SHE, TIAN))
    assert amiss(known, june(19), vacant_for=10) == []
    assert len(amiss(known, june(20), vacant_for=10)) == 1


def test_a_vacancy_that_is_not_known_yet_is_none() -> None:
    known = world(helps(YUN, GU, end=june(10)), helps(SHE, TIAN))
    assert amiss(known, june(9)) == []


def test_who_never_had_a_helper_is_vacant_since_he_was_registered() -> None:
    (only,) = amiss(world(helps(YUN, GU)), june(20))
    assert (only.subject, only.since) == (TIAN, BEGIN)


def test_only_subjects_that_meet_the_condition_are_asked_about_and_from_then_on() -> None:
    known = world(is_(GU, "category", "poor", june(5), number=3))
    (only,) = amiss(known, june(20), where="category = 'poor'")
    assert (only.subject, only.since) == (GU, june(5))


def test_two_helpers_where_one_is_allowed_are_a_crowd_since_the_second_came() -> None:
    known = world(helps(YUN, GU), helps(SHE, GU, june(7)), helps(SHE, TIAN))
    (only,) = amiss(known, june(20), at_most=1)
    assert (only.kind, only.subject, only.since, only.held) == ("crowded", GU, june(7), 2)
    assert only.because == (1000 + 10 * GU + YUN, 1000 + 10 * GU + SHE)


def test_one_person_with_two_overlapping_papers_is_one_holder() -> None:
    known = world(helps(YUN, GU), helps(YUN, GU, june(7), number=77), helps(SHE, TIAN))
    assert amiss(known, june(20), at_most=1) == []


def test_a_holder_must_meet_what_is_required_and_a_promotion_mends_it() -> None:
    known = world(
        helps(YUN, GU), helps(SHE, TIAN),
        is_(YUN, "grade", "section", number=3),
        is_(SHE, "grade", "clerk", number=4), is_(SHE, "grade", "section", june(15), number=5),
    )  # fmt: skip
    (only,) = amiss(known, june(14), requires="grade = 'section'")
    assert (only.kind, only.subject, only.person, only.since) == ("unfit", TIAN, SHE, BEGIN)
    assert amiss(known, june(15), requires="grade = 'section'") == []


def test_nobody_carries_more_than_the_cap() -> None:
    known = world(helps(YUN, GU), helps(YUN, TIAN, june(3)))
    assert amiss(known, june(20), cap=2) == []
    (only,) = amiss(known, june(20), cap=1)
    assert (only.kind, only.person, only.held, only.since) == ("cap", YUN, 2, june(3))


def incomplete(known: World, on: date, *parts: GroupPart, **demands: object) -> list[Vacancy]:
    """What is amiss with the groups around the first secretaries of villages."""
    term = replace(StaffingTerm(BEGIN, None, SOURCE, at_least=0, parts=parts), **demands)  # type: ignore[arg-type]
    rule = Staffing("group", text("group"), "first_secretary", (term,))
    handbook = replace(HANDBOOK, staffing={"group": rule})
    return vacancies(handbook, tables_of(known, handbook, as_of=on), as_of=on)


HELPERS = GroupPart("helpers", text("helpers"), role="helper")


def test_a_group_lacks_those_who_help_nobody_in_its_village_since_they_left() -> None:
    known = world(helps(YUN, GU, end=june(10)), helps(SHE, TIAN))
    (only,) = incomplete(known, june(20), HELPERS)
    assert (only.kind, only.subject, only.part) == ("part", STONE_BRIDGE, "helpers")
    assert (only.since, only.held) == (june(10), 0)
    assert incomplete(known, june(9), HELPERS) == []
    assert incomplete(known, june(19), HELPERS, vacant_for=10) == []


def test_one_helper_of_two_households_is_one_member() -> None:
    known = world(helps(YUN, GU), helps(YUN, TIAN), helps(SHE, TIAN))
    two = replace(HELPERS, at_least=2)
    (only,) = incomplete(known, june(20), two)
    assert (only.subject, only.held) == (STONE_BRIDGE, 1)


def test_a_part_may_be_a_fact_about_the_village_and_only_where_asked() -> None:
    linked = Done(7, "lecture", june(5), (STONE_BRIDGE,), YUN, {})
    part = GroupPart("linked", text("linked"), fact="lecture")
    assert [one.subject for one in incomplete(world(linked), june(20), part)] == [REED_POND]
    both = incomplete(world(linked), june(4), part)
    assert [one.subject for one in both] == [STONE_BRIDGE, REED_POND]
    known = world(is_(REED_POND, "poor", "yes", june(8), number=3))
    asked = replace(part, where="poor = 'yes'")
    (only,) = incomplete(known, june(20), asked)
    assert (only.subject, only.since) == (REED_POND, june(8))


@settings(max_examples=60)
@given(worlds(), late_days)
def test_since_is_the_first_day_of_a_daily_count(known: World, on: date) -> None:
    seen = known.known(on)
    start = FIRST - timedelta(days=3)
    found = {(one.kind, one.subject): one for one in amiss(known, on, at_most=1)}
    for subject in (one for one in known.subjects if one.since <= on):
        for kind in ("vacant", "crowded"):
            day, first = start, None
            while day <= on:
                holders = {
                    post.person
                    for post in seen.posts
                    if post.subject == subject.id and post.on(day)
                }
                wrong = not holders if kind == "vacant" else len(holders) > 1
                first = (first or day) if wrong and day >= subject.since else None
                day += timedelta(days=1)
            one = found.pop((kind, subject.id), None)
            assert (one.since if one else None) == first
    assert not found
