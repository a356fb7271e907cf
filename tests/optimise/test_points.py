"""Difficulty points: caps kept in points, the bound valid, near it, never worse than by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from bench.county_pairs.data import county, pointed
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.optimise import pairing, points
from bangfu.optimise.baselines import even, greedy
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.reasons import match, patch
from tests.optimise import small


def asked(seed: int, *, households: int = 5, helpers: int = 3) -> Question:
    question = small.question(seed, households=households, helpers=helpers)
    rng = np.random.default_rng(seed + 1)
    cap = rng.integers(0, 8, helpers)
    return replace(
        question,
        households=replace(question.households, points=rng.integers(1, 5, households)),
        helpers=replace(question.helpers, cap=cap),
    )


def counted(question: Question, helper_of: Ints) -> int | None:
    """What a plan costs, pair by pair and point by point; None if it breaks a rule."""
    total, load = 0, [0] * question.size[1]
    for i, j in enumerate(helper_of.tolist()):
        if j == NOBODY:
            total += BARRED
            continue
        cost = small.pair_cost(question, i, j)
        if cost is None:
            return None
        total += cost
        for _ in range(int(question.points[i])):
            total += small.LOAD[min(load[j], len(small.LOAD) - 1)]
            load[j] += 1
        if load[j] > question.helpers.cap[j]:
            return None
    return total


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_bound_holds_and_the_plan_costs_what_it_says(seed: int) -> None:
    question = asked(seed)
    plan = points.propose(question)
    every = itertools.product(range(NOBODY, question.size[1]), repeat=question.size[0])
    costs = (counted(question, np.array(one)) for one in every)
    best = min(cost for cost in costs if cost is not None)
    assert plan.bound <= best <= plan.objective
    assert counted(question, plan.helper_of) == plan.objective


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_where_each_counts_one_it_is_the_cheapest_plan(seed: int) -> None:
    question = small.question(seed, households=8)
    plan = points.propose(question)
    assert plan.objective == pairing.propose(question).objective


@pytest.fixture(scope="module")
def tenth() -> Question:
    return pointed(county(houses=600))


def test_a_county_comes_near_its_bound_and_keeps_every_rule(tenth: Question) -> None:
    plan = points.propose(tenth, gap=0.005)
    assert plan.gap <= 0.005
    assert not len(plan.open)
    assert tenth.breaches(plan.helper_of) == 0
    load = np.bincount(plan.helper_of, weights=tenth.points, minlength=tenth.size[1])
    assert (load <= tenth.helpers.cap).all()
    assert tenth.total(plan.helper_of) == plan.objective
    assert (points.propose(tenth, gap=0.005).helper_of == plan.helper_of).all()


def test_it_is_never_dearer_than_what_an_office_does_by_hand(tenth: Question) -> None:
    plan = points.propose(tenth, gap=0.005)
    for by_hand in (greedy(tenth), even(tenth)):
        assert tenth.breaches(by_hand) == 0
        opened = int((by_hand == NOBODY).sum())
        assert plan.objective <= tenth.total(by_hand) + BARRED * opened


def test_a_patch_moves_nobody_else_and_keeps_the_caps(tenth: Question) -> None:
    plan = points.propose(tenth, gap=0.005)
    gone = np.unique(plan.helper_of)[:5]
    found = patch(tenth, plan.helper_of, gone)
    moved = np.flatnonzero(found.helper_of != plan.helper_of)
    assert set(moved.tolist()) <= set(found.orphans.tolist())
    assert not np.isin(found.helper_of, gone).any()
    assert tenth.breaches(found.helper_of) == 0
    assert (found.helper_of != NOBODY).all()


def test_the_reason_of_a_match_counts_points(tenth: Question) -> None:
    plan = points.propose(tenth, gap=0.005)
    hardest = int(tenth.points.argmax())
    told = match(tenth, plan, hardest)
    assert told.load == int(tenth.points[plan.helper_of == plan.helper_of[hardest]].sum())
    assert tenth.helpers.cap[told.alternative] >= tenth.points[hardest]


def test_the_plain_flow_refuses_points(tenth: Question) -> None:
    with pytest.raises(ValueError, match="points"):
        pairing.propose(tenth)
