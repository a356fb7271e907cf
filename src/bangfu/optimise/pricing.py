"""Which of all pairs would better a plan, found through groups and profiles.

At given prices the best helper of one group and profile is its cheapest member. So the best of all
helpers for a household is a minimum over groups, not over helpers: exact, and a hundred times less
work than pair by pair. Where that minimum is below what the household costs now, the members
behind it are looked at one by one, with home places, relatives and continuity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question

FAR = 1 << 50
BLOCK = 2_000_000
GROUPS = 4
STEP = 20.0
SPREAD = 1_000
Found = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class Groups:
    """Helpers who may take anyone at all, by group."""

    members: Ints
    start: Ints

    @classmethod
    def of(cls, question: Question) -> Groups:
        """Sort the helpers."""
        able = np.flatnonzero(question.helpers.cap > 0)
        group = question.helpers.group[able]
        order = np.argsort(group, kind="stable")
        start = np.searchsorted(group[order], np.arange(question.km.shape[1] + 1))
        return cls(able[order], start.astype(np.int64))


def least(question: Question, price: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of households, and for each what its best helper in each group costs at least."""
    of, who = question.households, question.helpers
    shape = question.km.shape[1], question.unmet.shape[1]
    cheapest = np.full(shape, FAR)
    able = who.cap > 0
    np.minimum.at(cheapest, (who.group[able], who.profile[able]), price[able])
    by_profile = np.stack([(cheapest + costs).min(axis=1) for costs in question.by_profile])
    change = np.where(of.present == NOBODY, 0, question.weights.change)
    step = max(1, BLOCK // max(1, shape[0]))
    for first in range(0, len(of.place), step):
        rows = np.arange(first, min(first + step, len(of.place)))
        costs = question.by_place[of.place[rows]] + by_profile[of.profile[rows]]
        yield rows, costs + change[rows, None]


@dataclass(frozen=True)
class Look:
    """What a look through all pairs found."""

    pairs: Found
    """The best of those that would cost a household less than now."""
    at_best: Ints
    """What no pair at all undercuts for each household, at these prices."""


def better(
    question: Question, groups: Groups, prices: tuple[Ints, Ints], *, most: int, seed: int | None
) -> Look:
    """Pairs that would cost a household less than now, the `most` best of each.

    `prices` are those of the helpers and what each household costs now. None at all only if there
    is none among all pairs: where the best groups hold nothing, every group is looked through.
    With a seed, near-equal pairs are mixed, so that not all are offered the same few helpers.
    """
    search = _Search(question, groups, *prices)
    for thorough in (False, True):
        found, at_best = [search.present()], search.value.copy()
        for rows, costs in least(question, search.price):
            good = costs < search.value[rows, None]
            if not thorough and costs.shape[1] > GROUPS:
                best = np.argpartition(costs, GROUPS, axis=1)
                rest = np.take_along_axis(costs, best[:, GROUPS : GROUPS + 1], 1)[:, 0]
                at_best[rows] = np.minimum(at_best[rows], rest)
                np.put_along_axis(good, best[:, GROUPS:], False, 1)
            at, group = np.nonzero(good)
            found += search.members(rows[at], group)
        household, helper, cost = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(household):
            break
    np.minimum.at(at_best, household, cost + search.price[helper])
    return Look(search.best((household, helper, cost), most=most, seed=seed), at_best)


@dataclass(frozen=True)
class _Search:
    question: Question
    groups: Groups
    price: Ints
    value: Ints

    def present(self) -> Found:
        """Pairs with the present helper: nobody else of his group and profile costs as little."""
        present = self.question.households.present
        household = np.flatnonzero(present != NOBODY)
        return self.worth(household, present[household])

    def members(self, household: Ints, group: Ints) -> Iterator[Found]:
        """Pairs with each member of these groups that are worth their cost."""
        start = self.groups.start
        sizes = (start[1:] - start[:-1])[group]
        edges = np.concatenate([[0], np.cumsum(sizes)])
        first = 0
        while first < len(household):
            last = int(np.searchsorted(edges, edges[first] + BLOCK, side="right")) - 1
            last = max(first + 1, last)
            size = sizes[first:last]
            offset = np.arange(size.sum()) - np.repeat(edges[first:last] - edges[first], size)
            helper = self.groups.members[np.repeat(start[group[first:last]], size) + offset]
            yield self.worth(np.repeat(household[first:last], size), helper)
            first = last

    def worth(self, household: Ints, helper: Ints) -> Found:
        """Those of these pairs that are allowed and cost less than now."""
        cost = self.question.cost(household, helper)
        good = (cost < BARRED) & (cost + self.price[helper] < self.value[household])
        good &= self.question.helpers.cap[helper] > 0
        return household[good], helper[good], cost[good]

    def best(self, found: Found, *, most: int, seed: int | None) -> Found:
        """The `most` best of each household."""
        household, helper, cost = found
        worth = cost + self.price[helper]
        if seed is not None:
            spread = SPREAD
            worth = worth + np.random.default_rng(seed).integers(0, spread, len(worth))
        order = np.lexsort((helper, worth, household))
        household, helper, cost = household[order], helper[order], cost[order]
        firsts = np.searchsorted(household, household)
        keep = np.arange(len(household)) - firsts < most
        return household[keep], helper[keep], cost[keep]


def guess(question: Question, *, seed: int, sample: int = 20_000, rounds: int = 80) -> Ints:
    """Prices near those of the best plan, from bidding by whole groups and profiles.

    Only a start: no answer depends on how good it is, but the number of rounds does.
    """
    rng = np.random.default_rng(seed)
    of, who = question.households, question.helpers
    some = np.sort(rng.permutation(len(of.place))[:sample])
    scale = len(of.place) / max(1, len(some))
    shape = question.km.shape[1], question.unmet.shape[1]
    steps = np.array(
        [question.marginal(np.array([k]))[0] for k in range(int(who.cap.max(initial=1)))]
    )
    seats = np.zeros((len(steps), *shape), np.int64)
    for load in range(len(steps)):
        able = who.cap > load
        np.add.at(seats[load], (who.group[able], who.profile[able]), 1)
    price = np.where(seats[0] > 0, 0.0, float(FAR))
    total = np.zeros(shape)
    far = question.by_place[of.place[some]] + rng.integers(0, 300, (len(some), shape[0]))
    for turn in range(rounds):
        offers = price + question.by_profile[:, None, :]
        skill = offers.argmin(axis=2)
        group = (far + offers.min(axis=2)[of.profile[some]]).argmin(axis=1)
        demand = np.zeros(shape)
        np.add.at(demand, (group, skill[of.profile[some], group]), scale)
        supply = (seats * (steps[:, None, None] <= price)).sum(axis=0)
        short = np.minimum((demand - supply) / np.maximum(seats[0], 1), 20)
        price = np.where(seats[0] > 0, np.maximum(0, price + STEP / (1 + turn / 10) * short), price)
        total += price if 2 * turn >= rounds else 0
    mean = total / (rounds - (rounds + 1) // 2)
    return np.rint(np.minimum(mean, FAR)).astype(np.int64)[who.group, who.profile]
