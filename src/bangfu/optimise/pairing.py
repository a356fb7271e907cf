"""Who helps whom (结对): the cheapest plan over all pairs, with the proof that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bangfu.optimise.flow import Flow, Pairs, Places, cheapest
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.pricing import Groups, Look, better, guess, least

OPEN = BARRED
"""What an open household counts while one is sought for it: more than any pair."""
SLACK = 1_500
"""How far above its best, at prices guessed, a pair may be to be at hand from the start."""
MOST = 12
"""How many pairs of a household a look may add."""
Progress = Callable[[int, int, int], None]
"""Is told the round, what the plan costs so far, and below what no plan can cost."""


@dataclass(frozen=True)
class Plan:
    """A proposal (结对方案): who helps each household, what it costs, how far from the best."""

    helper_of: Ints
    """The helper of each household, or NOBODY."""
    price: Ints
    """What one place with each helper is worth."""
    objective: int
    """What the plan costs; an open household counts `open_cost`."""
    bound: int
    """No plan at all costs less than this."""
    open_cost: int
    rounds: int
    pairs: int
    """How many of all pairs had to be written down."""

    @property
    def gap(self) -> float:
        """How far above the bound, as a share of the objective."""
        return (self.objective - self.bound) / max(1, abs(self.objective))

    @property
    def open(self) -> Ints:
        """The households nobody could be found for."""
        return np.flatnonzero(self.helper_of == NOBODY)


@dataclass(frozen=True)
class Classes:
    """The households by their points: those of one class cost the same multiple of a price."""

    question: Question
    groups: Groups
    parts: tuple[tuple[int, Ints, Question], ...]
    """Points, rows, and the question about these rows alone."""

    @classmethod
    def of(cls, question: Question) -> Classes:
        """Part the households."""
        points = question.points
        parts = []
        for each in np.unique(points).tolist():
            rows = np.flatnonzero(points == each)
            part = question if len(rows) == len(points) else question.only(rows)
            parts.append((each, rows, part))
        return cls(question, Groups.of(question), tuple(parts))

    def look(self, price: Ints, value: Ints, *, most: int, seed: int | None) -> Look:
        """All pairs that would cost a household less than `value` at these prices of a point."""
        found, at_best = Pairs.none(), value.copy()
        for each, rows, part in self.parts:
            one = better(part, self.groups, (price * each, value[rows]), most=most, seed=seed)
            household, helper, cost = one.pairs
            found = found.joined(rows[household], helper, cost, helpers=self.question.size[1])
            at_best[rows] = one.at_best
        return Look((found.household, found.helper, found.cost), at_best)

    def bound(self, places: Places, price: Ints, at_best: Ints) -> int:
        """What every plan costs at least: households at their best, less what places are worth."""
        return int(at_best.sum()) - places.worth(price)

    def start(self, *, most: int, seed: int) -> Pairs:
        """Pairs to begin with, by prices guessed."""
        price, mean = guess(self.question, seed=seed), self.question.points.mean()
        price = np.rint(price / max(1.0, mean)).astype(np.int64)
        fair = np.zeros(self.question.size[0], np.int64)
        for each, rows, part in self.parts:
            lowest = [costs.min(axis=1) for _, costs in least(part, price * each)]
            fair[rows] = np.concatenate(lowest) + SLACK
        found = self.look(price, fair, most=most, seed=seed).pairs
        return Pairs.none().joined(*found, helpers=self.question.size[1])


@dataclass(frozen=True)
class Solved:
    """The cheapest flow found, over which pairs, and the prices of the best bound."""

    flow: Flow
    pairs: Pairs
    price: Ints
    bound: int
    rounds: int


def solve(
    classes: Classes,
    places: Places,
    pairs: Pairs,
    *,
    gap: float,
    most: int,
    open_cost: int,
    progress: Progress | None = None,
) -> Solved:
    """The cheapest flow over all pairs, begun with some.

    Solve over some pairs, look through all pairs for those that would cost a household less at the
    prices found, add them, and solve again, until there are none or `gap` is reached.
    """
    points, helpers = classes.question.points, classes.question.size[1]
    bound, rounds, price = -(1 << 62), 0, np.zeros(0, np.int64)
    while True:
        flow = cheapest(pairs, places, points=points, open_cost=open_cost)
        rounds += 1
        look = classes.look(flow.price, flow.value, most=most, seed=None)
        proven = classes.bound(places, flow.price, look.at_best)
        if proven > bound:
            # The prices that prove the bound are given out, an earlier round's if need be.
            bound, price = proven, flow.price
        if progress is not None:
            progress(rounds, flow.objective, bound)
        if flow.objective - bound <= gap * abs(flow.objective):
            break
        more = pairs.joined(*look.pairs, helpers=helpers)
        if len(more) == len(pairs):
            break
        pairs = more
    return Solved(flow, pairs, price, bound, rounds)


def propose(
    question: Question,
    *,
    seed: int = 0,
    gap: float = 0.0,
    most: int = MOST,
    open_cost: int = OPEN,
    progress: Progress | None = None,
) -> Plan:
    """The cheapest plan; with `gap` 0 it is proven so, over all pairs.

    Households with points: see `points.propose`, which holds a plan against this flow's bound.
    """
    if (question.points > 1).any():
        raise ValueError("households with points are paired by points.propose")
    classes, places = Classes.of(question), Places.of(question)
    pairs = classes.start(most=most, seed=seed)
    found = solve(
        classes, places, pairs, gap=gap, most=most, open_cost=open_cost, progress=progress
    )
    return Plan(
        found.flow.helper_of(found.pairs), found.price, found.flow.objective, found.bound,
        open_cost, found.rounds, len(found.pairs),
    )  # fmt: skip


def lower_bound(question: Question, price: Ints) -> int:
    """What every plan costs at least, by any prices of a place."""
    classes, dearest = Classes.of(question), np.full(question.size[0], OPEN)
    look = classes.look(price, dearest, most=1, seed=None)
    return classes.bound(Places.of(question), price, look.at_best)
