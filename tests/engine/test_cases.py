"""The engine reads cases exactly as the oracle does, whatever the procedure and the records."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.kinds import FactKind
from bangfu.core.procedures import (
    OPENED,
    Clock,
    Outcome,
    Pause,
    Procedure,
    ProcedureStep,
    ProcedureTerm,
)
from bangfu.core.results import Case
from bangfu.core.rules import Field, Handbook
from bangfu.engine.cases import case_trace, cases
from tests import case_oracle
from tests.engine.county import HANDBOOK, SOURCE, field, kind, text
from tests.engine.strategies import often
from tests.truth import Cell
from tests.world import FOREVER, Done, Held, Subject, World, tables_of

FIRST, LENGTH = date(2017, 1, 9), 60
HOUSEHOLDS, PERSONS = (11, 12, 13), (1, 2, 3, 4)
RESULTS = ("on", "back", "end", "other")
CASE = Field("case", text("case"), "reference", to="grounds")
STEPS = ("look", "talk", "rule")
WHENS = (
    "grave = TRUE", "size > 3", "lasts > 5", "lasts <= 5 OR grave IS NULL",
    "step0_result = 'on'", "step0_size >= 2", "step1_result <> 'back'",
)  # fmt: skip


def step_kind(name: str) -> FactKind:
    found = kind(name, "household", CASE, field("result", "choice"), field("size", "integer"))
    options = {one: text(one) for one in RESULTS}
    fields = tuple(replace(f, options=options) if f.id == "result" else f for f in found.fields)
    return replace(found, fields=fields)


KINDS = (
    kind(
        "grounds", "household", field("size", "integer"), field("grave", "boolean"),
        field("from", "date"), field("to", "date"), span=("from", "to"),
    ),
    *(step_kind(name) for name in STEPS),
    kind("objection", "household", CASE),
    kind("settled", "household", CASE),
)  # fmt: skip
RULES = replace(HANDBOOK, kinds={**HANDBOOK.kinds, **{one.id: one for one in KINDS}})
SUBJECTS = (
    Subject(11, "household", FIRST, 31, 41), Subject(12, "household", FIRST, 32, 41),
    Subject(31, "village", FIRST, 31, 41), Subject(32, "village", FIRST, 32, 41),
    Subject(41, "township", FIRST, 0, 41),
)  # fmt: skip
PLACES = {"helper": (11, 12), "first_secretary": (31, 32), "township_officer": (41,)}
days = st.integers(0, LENGTH).map(lambda n: FIRST + timedelta(days=n))
near = st.integers(0, 25).map(lambda n: FIRST + timedelta(days=n))


def readable(number: int) -> st.SearchStrategy[str]:
    """Conditions that the step of that number may read: only of steps before it."""
    known = [w for w in WHENS if not w.startswith("step") or int(w[4]) < number]
    return often("", often("", st.sampled_from(known)))


@st.composite
def clocks(draw: st.DrawFn, before: int) -> Clock | None:
    if draw(st.integers(0, 2)) == 0:
        return None
    after = ("", "", OPENED, *(f"step{n}" for n in range(before)))
    units: tuple[Literal["days", "working_days"], ...] = ("days", "days", "working_days")
    return Clock(
        draw(st.integers(0, 9)), draw(st.sampled_from(units)), draw(st.sampled_from(after))
    )


@st.composite
def steps(draw: st.DrawFn, number: int) -> ProcedureStep:
    within = draw(clocks(number))
    leads = [Outcome(closes=True), *(Outcome(back_to=f"step{n}") for n in range(number + 1))]
    outcomes = draw(
        st.dictionaries(st.sampled_from(("back", "end")), st.sampled_from(leads), max_size=2)
    )
    return ProcedureStep(
        f"step{number}", text("step"), draw(st.sampled_from(STEPS)),
        tuple(draw(st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=3, unique=True))),
        when=draw(readable(number)),
        not_before=draw(often(None, clocks(number))),
        within=within,
        lapses=within is not None and draw(st.booleans()),
        outcome="result" if outcomes else "",
        outcomes=outcomes,
    )  # fmt: skip


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    count = draw(st.integers(1, 4))
    walked = tuple(draw(steps(number)) for number in range(count))
    whole = draw(often(None, st.integers(5, 40).map(lambda n: Clock(n, "days", OPENED))))
    pause = Pause("objection", "settled") if draw(st.booleans()) else None
    end = draw(often(None, near))
    start = date(2016, 1, 1)
    terms = [ProcedureTerm(start, end, SOURCE, steps=walked, within=whole, pause=pause)]
    if end is not None and draw(st.booleans()):
        terms.append(ProcedureTerm(end, None, SOURCE, steps=walked[:1], within=whole))
    return Procedure("procedure", text("procedure"), "household", "grounds", tuple(terms))


@st.composite
def facts(draw: st.DrawFn, number: int, openings: list[Done]) -> Done:
    name = draw(st.sampled_from((*STEPS, *STEPS, *STEPS, "objection", "settled")))
    opening = draw(st.sampled_from(openings))
    values: dict[str, Cell] = {"case": draw(often(opening.fact, st.none()))}
    if name in STEPS:
        values["result"] = draw(st.one_of(st.none(), st.sampled_from(RESULTS)))
        values["size"] = draw(st.one_of(st.none(), st.integers(0, 5)))
    subject = draw(often(opening.subjects[0], st.sampled_from(HOUSEHOLDS)))
    day = opening.day + timedelta(days=draw(st.integers(-1, 25)))
    return Done(number, name, day, (subject,), draw(st.sampled_from(PERSONS)), values)


@st.composite
def openings(draw: st.DrawFn, number: int) -> Done:
    day = draw(near)
    lasts = draw(st.one_of(st.none(), st.integers(0, 9)))
    values: dict[str, Cell] = {
        "size": draw(st.one_of(st.none(), st.integers(0, 5))),
        "grave": draw(st.one_of(st.none(), st.booleans())),
        "from": day,
        "to": None if lasts is None else day + timedelta(days=lasts),
    }
    subject = draw(st.sampled_from((11, 11, 12, 13)))
    return Done(number, "grounds", day, (subject,), draw(st.sampled_from(PERSONS)), values)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    numbers = iter(draw(st.permutations(range(100, 150))))
    opened = [draw(openings(next(numbers))) for _ in range(draw(st.integers(1, 3)))]
    done = [draw(facts(next(numbers), opened)) for _ in range(draw(st.integers(0, 16)))]
    posts = []
    for role, places in PLACES.items():
        for _ in range(draw(st.integers(0, 3))):
            place, person = draw(st.sampled_from(places)), draw(st.sampled_from(PERSONS))
            start, end = draw(often(FIRST, days)), draw(often(FOREVER, days))
            posts.append(Held(next(numbers), role, person, place, start, end))
    return World((*opened, *done), tuple(posts), (), SUBJECTS)


def with_rule(procedure: Procedure) -> Handbook:
    return replace(RULES, procedures={procedure.id: procedure})


def read(rules: Handbook, world: World, as_of: date) -> list[Case]:
    return cases(rules, tables_of(world, rules, as_of=as_of), as_of=as_of)


@settings(max_examples=200)
@given(procedures(), worlds(), days)
def test_the_engine_reads_cases_as_the_oracle_does(
    procedure: Procedure, world: World, as_of: date
) -> None:
    rules = with_rule(procedure)
    assert read(rules, world, as_of) == case_oracle.cases(rules, world, as_of=as_of)


@settings(max_examples=40)
@given(procedures(), worlds(), days, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_matters(
    procedure: Procedure, world: World, as_of: date, chance: random.Random
) -> None:
    rules = with_rule(procedure)
    shuffled = replace(
        world,
        facts=tuple(chance.sample(world.facts, len(world.facts))),
        posts=tuple(chance.sample(world.posts, len(world.posts))),
    )
    assert read(rules, shuffled, as_of) == read(rules, world, as_of)


@settings(max_examples=40)
@given(procedures(), worlds(), days)
def test_what_happens_later_is_not_known(procedure: Procedure, world: World, as_of: date) -> None:
    rules = with_rule(procedure)
    assert read(rules, world.known(as_of), as_of) == read(rules, world, as_of)


@settings(max_examples=40)
@given(procedures(), worlds(), days)
def test_every_fact_that_names_a_case_is_counted_or_stray(
    procedure: Procedure, world: World, as_of: date
) -> None:
    rules = with_rule(procedure)
    for case in read(rules, world, as_of):
        [opening] = [done for done in world.facts if done.fact == case.case]
        [term] = [term for term in procedure.terms if term.holds(case.opened)]
        own = case_oracle.own_facts(rules, procedure, opening, world.known(as_of))
        counted = {done.fact for done in own}
        assert {*case.because, *case.stray} == {case.case, *counted}
        assert not {*case.because} & {*case.stray}
        assert set(case_trace(rules, case).facts()) >= {*case.because}
        assert (case.step == "") == (case.state == "closed")
        assert all(term.step(one.step) for one in case.taken)


def test_a_foreign_subject_has_no_case() -> None:
    """Leave of somebody elsewhere counts here; what else is known of it stays there."""
    rule = ProcedureStep("step0", text("step"), "look", ("helper",))
    term = ProcedureTerm(date(2016, 1, 1), None, SOURCE, steps=(rule,))
    procedure = Procedure("procedure", text("procedure"), "household", "grounds", (term,))
    elsewhere = Done(100, "grounds", FIRST, (13,), 1, {"from": FIRST, "to": FIRST})
    assert read(with_rule(procedure), World((elsewhere,), (), (), SUBJECTS), FIRST) == []
