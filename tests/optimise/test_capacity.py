"""Generalised assignment: room kept, the bound valid, small ones solved, the same seed the same."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.optimise.capacity import Jobs, assign, relaxed
from bangfu.optimise.inputs import BARRED


def drawn(seed: int, *, agents: int = 3, count: int = 6) -> Jobs:
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 9, (agents, count))
    cost = rng.integers(1, 60, (agents, count))
    cost[rng.random(cost.shape) < 0.1] = BARRED
    return Jobs(cost, weight, rng.integers(4, 16, agents))


def by_trying(jobs: Jobs) -> int | None:
    """The cheapest of all answers; None if there is none."""
    agents, count = jobs.cost.shape
    every = (np.array(one) for one in itertools.product(range(agents), repeat=count))
    return min(
        (int(jobs.cost[a, np.arange(count)].sum()) for a in every if jobs.fits(a)), default=None
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_small_one_is_solved_and_its_bound_holds(seed: int) -> None:
    jobs = drawn(seed)
    best = by_trying(jobs)
    try:
        found = assign(jobs, effort=6)
    except ValueError:
        found = None
    if best is None:
        assert found is None
        return
    assert found is not None
    assert jobs.fits(found.agent_of)
    assert found.bound <= best == found.objective == jobs.total(found.agent_of)


def test_what_each_unit_costs_counts() -> None:
    cost = np.array([[1, 1, 1], [2, 2, 2]])
    steps = np.array([[0, 0], [10, 0], [10, 0], [10, 0]])
    jobs = Jobs(cost, np.ones_like(cost), np.array([3, 3]), steps)
    found = assign(jobs, effort=2)
    assert found is not None
    assert found.objective == 1 + 2 + 2
    assert sorted(found.agent_of.tolist()) == [0, 1, 1]


def test_the_same_seed_and_effort_give_the_same_answer() -> None:
    jobs = drawn(3, agents=5, count=60)
    jobs = Jobs(jobs.cost, jobs.weight, jobs.weight.sum(axis=1) // 4)
    first, second = (assign(jobs, seed=4, effort=1.5) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.agent_of == second.agent_of).all()
    assert first.bound <= first.objective <= 1.1 * first.bound


def test_where_not_even_shares_fit_it_says_so() -> None:
    with pytest.raises(ValueError, match="no answer"):
        relaxed(Jobs(np.ones((1, 2), np.int64), np.full((1, 2), 3), np.array([5])))
