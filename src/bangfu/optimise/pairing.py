"""Who helps whom (结对): the cheapest plan over all pairs, with the proof that it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bangfu.optimise.flow import Pairs, Places, cheapest
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.pricing import Groups, better, guess, least

OPEN = BARRED
"""What an open household counts while one is sought for it: more than any pair."""
SLACK = 1_500
"""How far above its best, at prices guessed, a pair may be to be at hand from the start."""


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


def propose(
    question: Question, *, seed: int = 0, gap: float = 0.0, most: int = 12, open_cost: int = OPEN
) -> Plan:
    """The cheapest plan; with `gap` 0 it is proven so, over all pairs.

    Solve over some pairs, look through all pairs for those that would cost a household less at the
    prices found, add them, and solve again, until there are none.
    """
    households, helpers = question.size
    groups, places = Groups.of(question), Places.of(question)
    start = guess(question, seed=seed)
    fair = np.concatenate([costs.min(axis=1) for _, costs in least(question, start)]) + SLACK
    none = np.zeros(0, np.int64)
    pairs = Pairs(none, none, none).joined(
        *better(question, groups, (start, fair), most=most, seed=seed).pairs, helpers=helpers
    )
    bound, rounds, price = -(1 << 62), 0, none
    while True:
        flow = cheapest(pairs, places, households=households, open_cost=open_cost)
        rounds += 1
        look = better(question, groups, (flow.price, flow.value), most=most, seed=None)
        proven = int(look.at_best.sum()) - places_worth(question, flow.price)
        if proven > bound:
            # The prices that prove the bound are given out, an earlier round's if need be.
            bound, price = proven, flow.price
        if not len(look.pairs[0]) or flow.objective - bound <= gap * abs(flow.objective):
            break
        pairs = pairs.joined(*look.pairs, helpers=helpers)
    return Plan(
        flow.helper_of, price, flow.objective, bound, open_cost, rounds, len(pairs)
    )  # fmt: skip


def lower_bound(question: Question, price: Ints) -> int:
    """What every plan costs at least, by any prices: households at their best, less places."""
    dearest = np.full(question.size[0], OPEN)
    look = better(question, Groups.of(question), (price, dearest), most=1, seed=None)
    return int(look.at_best.sum()) - places_worth(question, price)


def places_worth(question: Question, price: Ints) -> int:
    """What all places are worth above the load they would cost."""
    worth = 0
    for load in range(int(question.helpers.cap.max(initial=0))):
        step = int(question.marginal(np.array([load]))[0])
        worth += int(np.maximum(price[question.helpers.cap > load] - step, 0).sum())
    return worth
