"""The cheapest flow over the pairs at hand, and the prices that prove it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

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

    @classmethod
    def none(cls) -> Pairs:
        """No pair."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, empty)

    @cached_property
    def _listed(self) -> tuple[Ints, Ints]:
        return np.unique(self.household, return_index=True)

    def undercut(self, value: Ints, worth: Ints) -> None:
        """Lower each household's `value` to the least `worth` of its pairs."""
        if len(self):
            listed, starts = self._listed
            value[listed] = np.minimum(value[listed], np.minimum.reduceat(worth, starts))

    def joined(self, household: Ints, helper: Ints, cost: Ints, *, helpers: int) -> Pairs:
        """These and others; `helpers` is how many helpers there are."""
        keys, at = np.unique(
            np.concatenate([self.household * helpers + self.helper, household * helpers + helper]),
            return_index=True,
        )
        return Pairs(keys // helpers, keys % helpers, np.concatenate([self.cost, cost])[at])


@dataclass(frozen=True)
class Flow:
    """The cheapest plan over the pairs at hand, as if households could be shared out by points."""

    units: Ints
    """How many points of its household each pair carries."""
    price: Ints
    """What one place with each helper is worth, load included."""
    value: Ints
    """What each household costs at these prices over the pairs at hand."""
    objective: int
    """What it costs, rounded up."""

    def helper_of(self, pairs: Pairs) -> Ints:
        """The helper who carries the most of each household; NOBODY if it is open."""
        helper_of = np.full(len(self.value), NOBODY, np.int64)
        order = np.argsort(self.units, kind="stable")
        order = order[self.units[order] > 0]
        helper_of[pairs.household[order]] = pairs.helper[order]
        return helper_of


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
    def above(cls, question: Question, free: Ints, load: Ints, *, each: int = 1) -> Places:
        """The `free` places of helpers who carry `load` already, where a household takes `each`."""
        cap = free // each
        numbers = np.arange(int(cap.max(initial=0)) + 1)[:, None, None] * each
        within = np.arange(each)[None, :, None]
        return cls(cap, question.marginal(numbers + within + load).sum(axis=1))

    def next(self, load: Ints) -> Ints:
        """What one place more costs each helper; NEVER if he has none left."""
        steps = self.steps[np.minimum(load, len(self.steps) - 1), np.arange(len(load))]
        return np.where(load < self.cap, steps, NEVER)

    def worth(self, price: Ints) -> int:
        """What all places are worth at these prices above the load they would cost."""
        worth = 0
        for number, step in enumerate(self.steps):
            worth += int(np.maximum(price - step, 0)[self.cap > number].sum())
        return worth


def cheapest(pairs: Pairs, places: Places, *, points: Ints, open_cost: int) -> Flow:
    """The cheapest plan over `pairs`; a household may stay open at `open_cost`.

    `points` are what each household takes; one that takes several may be shared out among helpers.
    """
    households, helpers = len(points), len(places.cap)
    scale = int(np.lcm.reduce(points, initial=1))
    cost = pairs.cost * (scale // points[pairs.household])
    left = open_cost * (scale // points)
    flow = SimpleMinCostFlow()
    sink = households + helpers
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        pairs.household, households + pairs.helper, points[pairs.household], cost
    )
    for number, step in enumerate(places.steps):
        able = np.flatnonzero(places.cap > number)
        flow.add_arcs_with_capacity_and_unit_cost(
            households + able, np.full(len(able), sink), np.ones(len(able), np.int64),
            step[able] * scale,
        )  # fmt: skip
    every = np.arange(households)
    flow.add_arcs_with_capacity_and_unit_cost(every, np.full(households, sink), points, left)
    flow.set_nodes_supplies(every, points)
    flow.set_node_supply(sink, -int(points.sum()))
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("the flow has no optimum; costs are out of range")
    units = flow.flows(arcs)
    price = _prices(replace(pairs, cost=cost), places, units, left, scale=scale)
    price = np.rint(price / scale).astype(np.int64)
    value = np.full(households, open_cost, np.int64)
    pairs.undercut(value, pairs.cost + points[pairs.household] * price[pairs.helper])
    return Flow(units, price, value, -(-flow.optimal_cost() // scale))


def _prices(pairs: Pairs, places: Places, units: Ints, left: Ints, *, scale: int) -> Ints:
    """Prices of an optimal plan: shortest ways from a helper to a free place or an open household.

    They fall from what one household more would cost, until no household would rather change.
    """
    load = np.zeros(len(places.cap), np.int64)
    np.add.at(load, pairs.helper, units)
    price = places.next(load)
    price = np.where(price == NEVER, NEVER, price * scale)
    used = np.flatnonzero(units > 0)
    used = used[np.argsort(pairs.helper[used], kind="stable")]
    holders, firsts = np.unique(pairs.helper[used], return_index=True)
    while len(used):
        value = left.copy()
        pairs.undercut(value, pairs.cost + price[pairs.helper])
        lower = np.minimum.reduceat(value[pairs.household[used]] - pairs.cost[used], firsts)
        if (lower >= price[holders]).all():
            break
        price[holders] = np.minimum(price[holders], lower)
    capped: Ints = np.minimum(price, left.max(initial=0))
    return capped
