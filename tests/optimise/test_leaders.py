"""Leaders of villages: the cheapest assignment, with prices that prove it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.optimise.inputs import BARRED, NOBODY, Ints
from bangfu.optimise.leaders import appoint, proven


def drawn(seed: int, villages: int, leaders: int) -> tuple[Ints, Ints]:
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 50, (villages, leaders))
    cost[rng.random(cost.shape) < 0.2] = BARRED
    return cost, rng.integers(0, 3, leaders)


def by_trying(cost: Ints, cap: Ints) -> int:
    villages, leaders = cost.shape
    best: int = villages * BARRED
    for one in itertools.product(range(NOBODY, leaders), repeat=villages):
        load = np.bincount([j for j in one if j != NOBODY], minlength=leaders)
        paid = sum(BARRED if j == NOBODY else int(cost[i, j]) for i, j in enumerate(one))
        if (load <= cap).all() and paid < best:
            best = paid
    return best


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4))
def test_no_assignment_is_cheaper_and_the_certificate_proves_it(
    seed: int, villages: int, leaders: int
) -> None:
    cost, cap = drawn(seed, villages, leaders)
    found = appoint(cost, cap)
    assert found.objective == by_trying(cost, cap)
    assert proven(cost, cap, found)
    given_to = found.leader_of[found.leader_of != NOBODY]
    assert (np.bincount(given_to, minlength=leaders) <= cap).all()
    assert found.objective == sum(
        BARRED if j == NOBODY else int(cost[i, j]) for i, j in enumerate(found.leader_of.tolist())
    )


def test_a_dearer_plan_or_forged_prices_are_not_proven() -> None:
    cost, cap = drawn(5, 30, 30)
    found = appoint(cost, cap)
    assert proven(cost, cap, found)
    assert not proven(cost, cap, replace(found, objective=found.objective + 1))
    assert not proven(cost, cap, replace(found, village=found.village + 1))
    assert not proven(cost, cap, replace(found, leader=found.leader - 1))


def test_villages_nobody_may_lead_are_named() -> None:
    cost = np.array([[1, 2], [BARRED, BARRED], [3, 1]])
    found = appoint(cost, np.array([1, 1]))
    assert found.without.tolist() == [1]
    assert proven(cost, np.array([1, 1]), found)
