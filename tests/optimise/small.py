"""Small questions, and the same told pair by pair without the program's classes and flows."""

from __future__ import annotations

import itertools

import numpy as np

from bangfu.optimise.inputs import (
    BARRED,
    NOBODY,
    Helpers,
    Households,
    Ints,
    Question,
    Weights,
)

LOAD = (0, 40, 80, 160, 320, 640, 1280)


def question(seed: int, *, households: int = 5, helpers: int = 4, tight: bool = False) -> Question:
    rng = np.random.default_rng(seed)
    places, groups, profiles, skills = 3, 2, 3, 2
    return Question(
        households=Households(
            rng.integers(0, places, households),
            rng.integers(0, profiles, households),
            rng.integers(NOBODY, helpers, households),
        ),
        helpers=Helpers(
            rng.integers(0, groups, helpers),
            rng.integers(0, skills, helpers),
            rng.integers(0, 2 if tight else 4, helpers),
            rng.integers(NOBODY, places, helpers),
        ),
        km=rng.integers(0, 30, (places, groups)) / 2,
        linked=rng.random((places, groups)) < 0.5,
        out_of_reach=rng.random((places, groups)) < 0.1,
        unmet=rng.integers(0, 4, (profiles, skills)),
        below_grade=rng.random((profiles, skills)) < 0.1,
        relatives=(rng.integers(0, households, 2), rng.integers(0, helpers, 2)),
        weights=Weights(load=LOAD),
    )


def pair_cost(asked: Question, i: int, j: int) -> int | None:
    """What one pair costs, from the words of the rules; None if one forbids it."""
    of, who, weights = asked.households, asked.helpers, asked.weights
    place, group = of.place[i], who.group[j]
    if (
        who.home[j] == place
        or asked.out_of_reach[place, group]
        or asked.below_grade[of.profile[i], who.profile[j]]
        or (i, j) in set(zip(*(column.tolist() for column in asked.relatives), strict=True))
        or who.cap[j] == 0
    ):
        return None
    cost = round(weights.per_km * float(asked.km[place, group]))
    cost += 0 if asked.linked[place, group] else weights.not_linked
    cost += weights.unmet_need * int(asked.unmet[of.profile[i], who.profile[j]])
    return cost + (weights.change if of.present[i] not in {NOBODY, j} else 0)


def plan_cost(asked: Question, helper_of: tuple[int, ...] | Ints) -> int | None:
    """What a plan costs, an open household BARRED; None if it breaks a rule."""
    total, load = 0, [0] * asked.size[1]
    for i, j in enumerate(helper_of):
        if j == NOBODY:
            total += BARRED
            continue
        cost = pair_cost(asked, i, int(j))
        if cost is None or load[j] >= asked.helpers.cap[j]:
            return None
        total += cost + LOAD[min(load[j], len(LOAD) - 1)]
        load[j] += 1
    return total


def brute_force(asked: Question) -> int:
    """The cost of the cheapest of all plans, by trying each."""
    households, helpers = asked.size
    every = itertools.product(range(NOBODY, helpers), repeat=households)
    return min(cost for plan in every if (cost := plan_cost(asked, plan)) is not None)


def certified(asked: Question, price: Ints) -> int:
    """The bound that these prices prove, pair by pair."""
    households, helpers = asked.size
    total = 0
    for i in range(households):
        costs = [(pair_cost(asked, i, j), j) for j in range(helpers)]
        total += min([BARRED, *(cost + int(price[j]) for cost, j in costs if cost is not None)])
    for j in range(helpers):
        for number in range(asked.helpers.cap[j]):
            total -= max(0, int(price[j]) - LOAD[min(number, len(LOAD) - 1)])
    return total
