"""The engine owes exactly what the oracle says, whatever the rules and whatever happened."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.periods import Period
from bangfu.core.results import Obligation, State
from bangfu.core.rules import Duty, Handbook
from bangfu.engine.duties import owed
from bangfu.engine.tables import Tables
from tests import oracle
from tests.engine.county import handbook
from tests.engine.strategies import (
    EVERYTHING,
    HOUSEHOLDS,
    PERSONS,
    duties,
    facts,
    handbooks,
    late_days,
    windows,
    worlds,
)
from tests.world import Done, Held, Stood, World, tables_of

few = settings(max_examples=60)
BETTER = (State.OVERDUE, State.DUE, State.LATE, State.DONE)
AFTER = timedelta(days=200)


def engine(rules: Handbook, world: World, as_of: date, within: Period) -> list[Obligation]:
    return owed(rules, tables_of(world, rules, as_of=as_of), as_of=as_of, within=within).rows()


@settings(max_examples=300)
@given(handbooks(), worlds(), late_days, windows())
def test_the_engine_owes_what_the_oracle_owes(
    rules: Handbook, world: World, as_of: date, within: Period
) -> None:
    found = engine(rules, world, as_of, within)
    assert found == oracle.owed(rules, world, as_of=as_of, within=within)


@few
@given(handbooks(), worlds(), late_days, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_matters(
    rules: Handbook, world: World, as_of: date, chance: random.Random
) -> None:
    shuffled = World(
        tuple(chance.sample(world.facts, len(world.facts))),
        tuple(chance.sample(world.posts, len(world.posts))),
        tuple(chance.sample(world.statuses, len(world.statuses))),
        tuple(chance.sample(world.subjects, len(world.subjects))),
    )
    assert engine(rules, shuffled, as_of, EVERYTHING) == engine(rules, world, as_of, EVERYTHING)


@few
@given(duties(), worlds(), late_days, facts(90))
def test_one_more_fact_never_makes_an_at_least_duty_worse(
    duty: Duty, world: World, as_of: date, more: Done
) -> None:
    terms = tuple(term for term in duty.terms if term.at_least is not None)
    if not terms or more.kind in {"leave", "training"}:  # leave takes the duty away instead
        return
    rules = handbook([replace(duty, terms=terms)])
    before = engine(rules, world, as_of, EVERYTHING)
    after = engine(rules, replace(world, facts=(*world.facts, more)), as_of, EVERYTHING)
    assert len(after) == len(before)
    for worse, better in zip(before, after, strict=True):
        assert (better.need, better.person) == (worse.need, worse.person)
        if worse.state != State.EXCUSED:
            assert BETTER.index(better.state) >= BETTER.index(worse.state)


@few
@given(handbooks(), worlds(), late_days, windows())
def test_what_happens_after_the_day_never_changes_the_answer(
    rules: Handbook, world: World, as_of: date, within: Period
) -> None:
    later = World(
        facts=(*world.facts, Done(90, "visit", as_of + AFTER, (11, 12), 1)),
        posts=(
            *(replace(post, end=as_of + AFTER) for post in world.posts if post.end > as_of),
            *(post for post in world.posts if post.end <= as_of),
            Held(91, "helper", 3, 11, as_of + timedelta(days=1)),
        ),
        statuses=(*world.statuses, Stood(92, "category", 11, "poor", as_of + timedelta(days=1))),
        subjects=world.subjects,
    )
    assert engine(rules, later, as_of, within) == engine(rules, world, as_of, within)
    earlier = world.known(as_of)
    assert engine(rules, earlier, as_of, within) == engine(rules, world, as_of, within)


@few
@given(handbooks(), worlds(), late_days, st.sampled_from(HOUSEHOLDS))
def test_what_lies_outside_my_scope_never_changes_what_i_see(
    rules: Handbook, world: World, as_of: date, mine: int
) -> None:
    """One household's page from its own rows is that household's part of the county's page.

    Its own are the facts about it, and those that its helpers did as themselves: their leave,
    and that in which they took part.
    """
    helpers = {post.person for post in world.posts if post.subject == mine}
    scope = World(
        facts=tuple(
            done if _by_themselves(done, helpers) else replace(done, subjects=(mine,))
            for done in world.facts
            if mine in done.subjects or _by_themselves(done, helpers)
        ),
        posts=tuple(post for post in world.posts if post.subject == mine),
        statuses=tuple(stood for stood in world.statuses if stood.subject == mine),
        subjects=tuple(one for one in world.subjects if one.id == mine),
    )
    whole = engine(rules, world, as_of, EVERYTHING)
    assert engine(rules, scope, as_of, EVERYTHING) == [o for o in whole if o.subject == mine]


def _by_themselves(done: Done, persons: set[int]) -> bool:
    if done.kind in {"leave", "training"}:
        return done.performer in persons
    return any(who in persons for _, who in done.participants)


@few
@given(handbooks(), worlds(), late_days, st.sampled_from(PERSONS), windows())
def test_one_persons_page_is_his_part_of_the_countys(
    rules: Handbook, world: World, as_of: date, person: int, within: Period
) -> None:
    tables = tables_of(world, rules, as_of=as_of)
    mine = owed(rules, tables, as_of=as_of, within=within, persons={person})
    whole = owed(rules, tables, as_of=as_of, within=within)
    assert mine.rows() == [one for one in whole.rows() if one.person == person]


@few
@given(handbooks(), worlds(), late_days, windows())
def test_a_window_shows_its_periods_of_the_whole(
    rules: Handbook, world: World, as_of: date, within: Period
) -> None:
    seen = engine(rules, world, as_of, within)
    whole = engine(rules, world, as_of, EVERYTHING)
    touching = [one for one in whole if _touch(one.period, within)]
    assert [one for one in seen if _touch(one.period, EVERYTHING)] == touching


def _touch(period: Period, within: Period) -> bool:
    return period.start < within.end and period.end > within.start


@few
@given(handbooks(), worlds(), late_days)
def test_a_streak_counts_what_was_overdue_running(
    rules: Handbook, world: World, as_of: date
) -> None:
    tables = tables_of(world, rules, as_of=as_of)
    found = owed(rules, tables, as_of=as_of, within=EVERYTHING)
    per_holder = {duty.id for duty in rules.duties.values() if duty.per == "holder"}
    running: dict[tuple[str, int, int], int] = {}
    for row, streak in zip(found.rows(), found.streak.tolist(), strict=True):
        key = (row.rule, row.subject, row.person if row.rule in per_holder else 0)
        if row.state == State.OVERDUE:
            running[key] = running.get(key, 0) + 1
        elif row.state in {State.DONE, State.LATE, State.OVER}:
            running[key] = 0
        assert streak == (running.get(key, 0) if row.state == State.OVERDUE else 0)


@few
@given(handbooks(), worlds(), late_days)
def test_a_part_of_the_columns_keeps_each_rows_facts(
    rules: Handbook, world: World, as_of: date
) -> None:
    tables: Tables = tables_of(world, rules, as_of=as_of)
    found = owed(rules, tables, as_of=as_of, within=EVERYTHING)
    odd = np.arange(len(found)) % 2 == 1
    assert found.where(odd).rows() == found.rows()[1::2]
    assert [found.because(i) for i in range(len(found))] == [o.because for o in found.rows()]
