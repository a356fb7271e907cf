"""Numbers speak of one day: neither later events nor the order of entry change them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.rules import (
    Coverage,
    CoverageTerm,
    Figure,
    FigureTerm,
    Handbook,
    Ladder,
    LadderTerm,
    Rung,
    Score,
    ScoreTerm,
    Staffing,
    StaffingTerm,
)
from bangfu.engine.coverage import reach
from bangfu.engine.figures import figure
from bangfu.engine.ladder import steps
from bangfu.engine.scores import scores
from bangfu.engine.staffing import vacancies
from tests.engine.cast import BEGIN, duty, term
from tests.engine.county import SOURCE, handbook, text
from tests.engine.strategies import late_days, worlds
from tests.engine.test_scores import ROUNDS, VISITS
from tests.truth import Cell
from tests.world import Done, Held, Stood, Subject, World, tables_of

Answer = tuple[object, ...]
LOOKED = (
    "category = 'poor' OR EXISTS (SELECT 1 FROM fact_visit AS v WHERE v.subject = household.id "
    "AND EXISTS (SELECT 1 FROM assignment AS a WHERE a.subject = v.subject))"
)


def figures() -> dict[str, Figure]:
    asked = {
        "visits": ("facts:visit", "count", "", "minutes > 20"),
        "money": ("facts:visit", "sum", "money", ""),
        "minutes": ("facts:visit", "median", "minutes", ""),
        "homes": ("facts:visit", "distinct", "subject", ""),
        "poor": ("subjects:household", "count", "", LOOKED),
        "helpers": ("assignments:helper", "distinct", "person", ""),
        "visited": ("coverage:visited", "share", "", ""),
        "staffed": ("staffing:staffed", "share", "", "category IS NULL"),
        "met": ("duty:visits", "share", "", ""),
        "overdue": ("duty:visits", "count", "", "state = 'overdue'"),
    }
    return {
        name: Figure(
            name, text(name), of, measure, text("times"),  # type: ignore[arg-type]
            (FigureTerm(BEGIN, None, SOURCE, where=where, since="all"),), field,
        )
        for name, (of, measure, field, where) in asked.items()
    }  # fmt: skip


def book() -> Handbook:
    visited = Coverage(
        "visited", text("visited"), "household", "visit",
        (CoverageTerm(BEGIN, None, SOURCE),), by=("category",),
    )  # fmt: skip
    staffed = Staffing("staffed", text("staffed"), "helper",
                       (StaffingTerm(BEGIN, None, SOURCE, at_most=1, cap=1),))  # fmt: skip
    score = Score("score", text("score"), "person",
                  (ScoreTerm(BEGIN, None, SOURCE, indicators=(VISITS, ROUNDS)),))  # fmt: skip
    rungs = (
        Rung("last", text("last"), "bottom", 1, "helper", 3),
        Rung("talk", text("talk"), "overdue", 2, "helper", 3, duty="visits"),
    )
    ladder = Ladder("ladder", text("ladder"), (LadderTerm(BEGIN, None, SOURCE, rungs),), "score")
    return replace(
        handbook([duty(term())]), figures=figures(), coverage={"visited": visited},
        staffing={"staffed": staffed}, scores={"score": score}, ladders={"ladder": ladder},
    )  # fmt: skip


BOOK = book()


def everything(world: World, on: date) -> Answer:
    tables = tables_of(world, BOOK, as_of=on)
    return (
        *(figure(BOOK, tables, name, as_of=on) for name in BOOK.figures),
        reach(BOOK, tables, "visited", as_of=on),
        vacancies(BOOK, tables, as_of=on),
        scores(BOOK, tables, "score", day=on),
        steps(BOOK, tables, "ladder", as_of=on),
    )


def shuffled(world: World, chance: random.Random) -> World:
    return World(
        tuple(chance.sample(world.facts, len(world.facts))),
        tuple(chance.sample(world.posts, len(world.posts))),
        tuple(chance.sample(world.statuses, len(world.statuses))),
        tuple(chance.sample(world.subjects, len(world.subjects))),
    )


def with_more(world: World, day: date) -> World:
    """The same with things that happen on a day."""
    values: dict[str, Cell] = {"minutes": 59, "money": Decimal("9.99"), "topic": "health"}
    return World(
        (*world.facts, Done(90, "visit", day, (11, 12), 1, values)),
        (*world.posts, Held(91, "helper", 3, 11, day)),
        (*world.statuses, Stood(92, "category", 11, "poor", day)),
        (*world.subjects, Subject(93, "household", day)),
    )


@settings(max_examples=20)
@given(worlds(), late_days, st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_no_number(
    world: World, on: date, chance: random.Random
) -> None:
    assert everything(shuffled(world, chance), on) == everything(world, on)


@settings(max_examples=20)
@given(worlds(), late_days)
def test_what_happens_tomorrow_changes_no_number_of_today(world: World, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    today = everything(world, on)
    assert everything(with_more(world, tomorrow), on) == today
    assert everything(world.known(on), on) == today


def test_the_same_things_today_do_change_them() -> None:
    """So that the tests above are not true of nothing."""
    on, before = date(2017, 3, 1), World(subjects=(Subject(11, "household", BEGIN),))
    numbers = zip(everything(before, on), everything(with_more(before, on), on), strict=True)
    same = [one for one, other in numbers if one == other]
    assert len(same) <= 3  # the day-old post owes nothing yet
