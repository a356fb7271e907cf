"""The cheapest flow over the pairs at hand, and the prices that prove it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from bangfu.optimise.inputs import NOBODY, Ints, Question

NEVER = 1 << 60


@dataclass(frozen=True)
class Pairs:
    """Pairs at hand, sorted by household and helper, each once and none barred."""

    household: Ints
    helper: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.household)

    def joined(self, household: Ints, helper: Ints, cost: Ints, *, helpers: int) -> Pairs:
        """These and others; `helpers` is how many helpers there are."""
        keys, at = np.unique(
            np.concatenate([self.household * helpers + self.helper, household * helpers + helper]),
            return_index=True,
        )
        return Pairs(keys // helpers, keys % helpers, np.concatenate([self.cost, cost])[at])


@dataclass(frozen=True)
class Flow:
    """A plan over the pairs at hand: who helps each household, and each helper's price."""

    helper_of: Ints
    price: Ints
    """What a place with this helper is worth, load included."""
    value: Ints
    """What each household costs at these prices over the pairs at hand."""
    objective: int


@dataclass(frozen=True)
class Places:
    """The places (名额) of each helper, and what filling the first, second, … one costs."""

    cap: Ints
    steps: Ints
    """By number of the place and helper; never falls from one place to the next."""

    @classmethod
    def of(cls, question: Question) -> Places:
        """All the places of a question."""
        return cls.above(question, question.helpers.cap, np.zeros(question.size[1], np.int64))

    @classmethod
    def above(cls, question: Question, free: Ints, load: Ints) -> Places:
        """The `free` places of helpers who have `load` households already."""
        numbers = np.arange(int(free.max(initial=0)) + 1)
        return cls(free, question.marginal(numbers[:, None] + load))

    def next(self, load: Ints) -> Ints:
        """What one household more costs each helper; NEVER if he has no place left."""
        steps = self.steps[load, np.arange(len(load))]
        return np.where(load < self.cap, steps, NEVER)


def cheapest(pairs: Pairs, places: Places, *, households: int, open_cost: int) -> Flow:
    """The cheapest plan over `pairs`; a household may stay open at `open_cost`."""
    helpers = len(places.cap)
    flow = SimpleMinCostFlow()
    sink = households + helpers
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        pairs.household, households + pairs.helper, np.ones(len(pairs), np.int64), pairs.cost
    )
    for number, step in enumerate(places.steps):
        able = np.flatnonzero(places.cap > number)
        flow.add_arcs_with_capacity_and_unit_cost(
            households + able, np.full(len(able), sink), np.ones(len(able), np.int64), step[able]
        )
    one, every = np.ones(households, np.int64), np.arange(households)
    flow.add_arcs_with_capacity_and_unit_cost(
        every, np.full(households, sink), one, open_cost * one
    )
    flow.set_nodes_supplies(np.arange(households), one)
    flow.set_node_supply(sink, -households)
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("the flow has no optimum; costs are out of range")
    used = flow.flows(arcs) > 0
    helper_of = np.full(households, NOBODY, np.int64)
    helper_of[pairs.household[used]] = pairs.helper[used]
    price, value = _prices(pairs, places, helper_of, open_cost=open_cost)
    return Flow(helper_of, price, value, int(flow.optimal_cost()))


def _prices(pairs: Pairs, places: Places, helper_of: Ints, *, open_cost: int) -> tuple[Ints, Ints]:
    """Prices of an optimal plan: shortest ways from a helper to a free place or an open household.

    They fall from what one household more would cost, until no household would rather change.
    """
    households = len(helper_of)
    given = np.flatnonzero(helper_of != NOBODY)
    load = np.bincount(helper_of[given], minlength=len(places.cap))
    price = places.next(load)
    starts = np.searchsorted(pairs.household, np.arange(households))
    listed = np.diff(np.append(starts, len(pairs))) > 0
    own = np.zeros(households, np.int64)
    mine = helper_of[pairs.household] == pairs.helper
    own[pairs.household[mine]] = pairs.cost[mine]
    given = given[np.argsort(helper_of[given], kind="stable")]
    holders, firsts = np.unique(helper_of[given], return_index=True)
    value = np.full(households, open_cost, np.int64)
    while True:
        if len(pairs):
            least = np.minimum.reduceat(pairs.cost + price[pairs.helper], starts[listed])
            value[listed] = np.minimum(least, open_cost)
        if not len(given):
            break
        lower = np.minimum.reduceat(value[given] - own[given], firsts)
        if (lower >= price[holders]).all():
            break
        price[holders] = np.minimum(price[holders], lower)
    return np.minimum(price, open_cost), value
