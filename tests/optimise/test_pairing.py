"""The proposal is the best plan, provably, and keeps every rule."""

from __future__ import annotations

import numpy as np
import pytest
from bench.county_pairs.data import county
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bangfu.optimise.baselines import even, greedy
from bangfu.optimise.inputs import NOBODY, Question, Weights
from bangfu.optimise.pairing import lower_bound, propose
from tests.optimise import small


@pytest.fixture(scope="module")
def tenth() -> Question:
    return county(houses=600)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_no_plan_of_all_is_cheaper(seed: int, tight: bool) -> None:
    asked = small.question(seed, tight=tight)
    plan = propose(asked)
    assert plan.objective == plan.bound == small.brute_force(asked)
    assert small.plan_cost(asked, plan.helper_of) == plan.objective


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 12), st.booleans())
@example(15766, 22, 9, False)  # an earlier round's prices prove what the last round's do not
def test_the_prices_prove_it_pair_by_pair(seed: int, many: int, who: int, tight: bool) -> None:
    asked = small.question(seed, households=many, helpers=who, tight=tight)
    plan = propose(asked, most=1)
    assert small.certified(asked, plan.price) == plan.objective == plan.bound


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_any_prices_give_a_bound(seed: int) -> None:
    asked = small.question(seed, households=8)
    price = np.random.default_rng(seed).integers(0, 5_000, asked.size[1])
    bound = lower_bound(asked, price)
    assert bound <= small.certified(asked, price) <= propose(asked).objective


def test_it_keeps_every_rule_and_every_cap(tenth: Question) -> None:
    plan = propose(tenth)
    load = np.bincount(plan.helper_of, minlength=tenth.size[1])
    assert not len(plan.open)
    assert (load <= tenth.helpers.cap).all()
    assert tenth.breaches(plan.helper_of) == 0
    assert (tenth.helpers.home[plan.helper_of] != tenth.households.place).all()
    assert tenth.total(plan.helper_of) == plan.objective == plan.bound


def test_it_is_never_dearer_than_what_an_office_does_by_hand(tenth: Question) -> None:
    plan = propose(tenth)
    for rule in (greedy, even):
        by_hand = rule(tenth)
        assert (by_hand != NOBODY).all()
        assert tenth.breaches(by_hand) == 0
        assert plan.objective < tenth.total(by_hand)


def test_the_same_question_and_seed_give_the_same_plan(tenth: Question) -> None:
    one, again, other = propose(tenth), propose(tenth), propose(tenth, seed=1)
    assert (one.helper_of == again.helper_of).all()
    assert one.objective == other.objective


def test_a_plan_near_the_bound_may_be_enough(tenth: Question) -> None:
    plan = propose(tenth, gap=0.05, most=2)
    assert plan.bound <= propose(tenth).objective <= plan.objective
    assert plan.gap <= 0.05


def test_the_cost_of_load_must_not_fall() -> None:
    with pytest.raises(ValueError, match="must not fall"):
        Weights(load=(10, 5))
