"""Random rules and random records over a few months, a few households and a few people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from hypothesis import strategies as st

from bangfu.core.periods import CADENCES, Period
from bangfu.core.rules import Deadline, DeadlineTerm, Duty, DutyTerm, Handbook
from tests.engine.county import SOURCE, handbook, text
from tests.truth import Cell
from tests.world import FOREVER, Done, Held, Stood, Subject, World

FIRST = date(2016, 11, 20)
LENGTH = 140
HOUSEHOLDS = (11, 12, 13)
PERSONS = (1, 2, 3)
WHERES = (
    "", "category = 'poor'", "category <> 'poor'", "category IN ('poor', 'watched')",
    "far IS NULL", "category = 'poor' AND NOT far = 'yes'", "far = 'yes' OR category IS NOT NULL",
    "since >= DATE '2016-12-10'", "category BETWEEN 'lifted' AND 'poor'",
)  # fmt: skip
FILTERS = (
    "", "minutes >= 30", "topic = 'health'", "minutes BETWEEN 10 AND 40 OR topic IS NULL",
    "NOT topic IN ('work', 'school')", "performer <> 2", "occurred_on > '2017-01-10'",
)  # fmt: skip
KINDS = (
    "visit", "visit", "visit", "visit", "visit", "visit", "visit", "call", "leave", "training",
    "standstill", "alarm", "check",
)  # fmt: skip
T = TypeVar("T")

# Some days are drawn far more often than others, so that the edges of things meet.
edges = st.sampled_from([14 * n for n in range(LENGTH // 14 + 1)])
offsets = st.one_of(st.sampled_from(range(LENGTH + 1)), edges)
days = offsets.map(lambda offset: FIRST + timedelta(days=offset))
late_days = st.one_of(st.just(FIRST + timedelta(days=LENGTH)), days)


def some(*, of: Sequence[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(of), min_size=least, max_size=3, unique=True).map(tuple)


def often(value: T, others: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return st.one_of(st.just(value), others)


ends = often(FOREVER, days)
measures: st.SearchStrategy[Literal["count", "days", "sum"]]
measures = st.sampled_from(("count", "days", "sum"))


@st.composite
def bounds(draw: st.DrawFn) -> tuple[date, date | None]:
    """From when and until when a term is in force; many span everything."""
    start = draw(often(date(2000, 1, 1), days))
    return start, draw(often(None, days.filter(lambda day: day > start)))


@st.composite
def duty_terms(draw: st.DrawFn) -> DutyTerm:
    start, end = draw(bounds())
    limited = draw(st.integers(0, 3)) == 0
    return DutyTerm(
        start, end, SOURCE,
        every=draw(st.one_of(st.sampled_from(("week", "month")), st.sampled_from(CADENCES))),
        at_least=None if limited else draw(st.sampled_from((1, 1, 2, 3, 4, 10, 25))),
        at_most=draw(st.integers(0, 3)) if limited else None,
        measure=(measure := draw(measures)),
        field="money" if measure == "sum" else "",
        where=draw(often("", st.sampled_from(WHERES))),
        excused_by=draw(st.sampled_from((("leave",), (), ("leave", "training")))),
        grace=draw(often(0, st.integers(0, 9))),
    )  # fmt: skip


@st.composite
def duties(draw: st.DrawFn, name: str = "duty") -> Duty:
    return Duty(
        id=name,
        title=text("duty"),
        role="helper",
        facts=("visit", *draw(some(of=("call",)))),
        unit=text("times"),
        terms=tuple(draw(st.lists(duty_terms(), min_size=1, max_size=3))),
        by=draw(st.sampled_from(("holder", "anyone"))),
        per=draw(st.sampled_from(("subject", "holder"))),
        filters=draw(often("", st.sampled_from(FILTERS))),
        via=draw(st.sampled_from(("", "", "companion"))),
    )


@st.composite
def deadline_terms(draw: st.DrawFn) -> DeadlineTerm:
    start, end = draw(bounds())
    return DeadlineTerm(
        start, end, SOURCE,
        within=draw(st.integers(0, 30)),
        unit=draw(st.sampled_from(("hours", "days", "working_days"))),
        grace=draw(often(0, st.integers(0, 9))),
        pause=draw(some(of=("standstill",))),
    )  # fmt: skip


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    after = draw(st.sampled_from(("alarm", "visit")))
    return Deadline(
        id="deadline",
        title=text("deadline"),
        role="helper",
        after=after,
        fact=draw(st.sampled_from(("check", "visit", "alarm"))),
        terms=tuple(draw(st.lists(deadline_terms(), min_size=1, max_size=2))),
        after_field=draw(st.sampled_from(("", "promised"))) if after == "visit" else "",
    )


@st.composite
def handbooks(draw: st.DrawFn) -> Handbook:
    return handbook([draw(duties())], [draw(deadlines())])


households = st.sampled_from((11, 11, 12, 11, 13))
persons = st.sampled_from((1, 1, 2, 1, 3))


@st.composite
def facts(draw: st.DrawFn, number: int) -> Done:
    kind = draw(st.sampled_from(KINDS))
    subjects = draw(st.lists(households, min_size=1, max_size=3, unique=True))
    day = draw(days)
    values: dict[str, Cell] = {}
    minute = None
    performer = draw(persons)
    if kind in {"visit", "call"}:
        values["minutes"] = draw(st.one_of(st.none(), st.integers(1, 60)))
        values["topic"] = draw(st.one_of(st.none(), st.sampled_from(("health", "work", "school"))))
    if kind == "visit":
        cents = draw(st.one_of(st.none(), st.integers(0, 900)))
        values["money"] = None if cents is None else Decimal(cents) / 100
        values["promised"] = draw(st.one_of(st.none(), days))
    if kind in {"leave", "training", "standstill"}:
        values["from"] = draw(st.one_of(st.just(day), days))
        lasts = draw(st.one_of(st.integers(5, 70), st.integers(-1, 3), st.none()))
        values["to"] = None if lasts is None else day + timedelta(days=lasts)
    if kind in {"leave", "training"}:
        subjects = [performer]
    if kind in {"alarm", "check"}:
        minute = draw(st.one_of(st.none(), st.integers(0, 1439)))
    companions: list[int] = []
    if kind in {"visit", "call"}:
        companions = draw(st.lists(persons, max_size=2, unique=True))
    taking_part = tuple(("companion", who) for who in companions)
    return Done(number, kind, day, tuple(subjects), performer, values, minute, taking_part)


@st.composite
def worlds(draw: st.DrawFn, most_facts: int = 32) -> World:
    """Records in any order, with overlapping posts, gaps, successions and changing statuses."""
    numbers = iter(draw(st.permutations(range(100, 160))))
    posts = [
        Held(next(numbers), "helper", draw(persons), draw(households), draw(often(FIRST, days)),
             draw(ends))
        for _ in range(draw(st.integers(2, 8)))
    ]  # fmt: skip
    stood = [
        Stood(next(numbers), *draw(st.sampled_from((
            ("category", draw(households), "poor"), ("category", draw(households), "lifted"),
            ("far", draw(households), "yes"), ("category", draw(households), "watched"),
        ))), draw(often(FIRST, days)), draw(ends))
        for _ in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    done = [
        draw(facts(next(numbers))) for _ in range(draw(st.integers(most_facts // 2, most_facts)))
    ]
    since = draw(often(FIRST, days))
    subjects = tuple(Subject(one, "household", since) for one in HOUSEHOLDS[:2])
    return World(tuple(done), tuple(posts), tuple(stood), subjects)


EVERYTHING = Period(FIRST, FIRST + timedelta(days=LENGTH))


@st.composite
def windows(draw: st.DrawFn) -> Period:
    if draw(st.booleans()):
        return EVERYTHING
    first = draw(days)
    return Period(first, first + timedelta(days=draw(st.integers(1, LENGTH))))
