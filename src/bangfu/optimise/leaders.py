"""Which leader answers for which village (领导分包): a linear assignment, with its certificate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bangfu.optimise.flow import Pairs, Places, cheapest
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.pairing import OPEN, Plan


@dataclass(frozen=True)
class Appointed:
    """Who leads where, and the prices by which anyone can check that no plan is cheaper."""

    leader_of: Ints
    """By village, or NOBODY."""
    objective: int
    """What it costs; a village without a leader counts BARRED."""
    village: Ints
    """What each village costs at these prices, at most."""
    leader: Ints
    """What one village with each leader is worth."""

    @property
    def without(self) -> Ints:
        """The villages that nobody may lead who still has a village to take."""
        return np.flatnonzero(self.leader_of == NOBODY)


def appoint(cost: Ints, cap: Ints) -> Appointed:
    """The cheapest way to give each village a leader.

    `cost` is by village and leader, BARRED where a rule forbids it; `cap` is how many villages each
    leader may take.
    """
    village, leader = np.nonzero((cost < BARRED) & (cap > 0))
    pairs = Pairs(village, leader, cost[village, leader])
    places = Places(cap, np.zeros((int(cap.max(initial=0)) + 1, len(cap)), np.int64))
    found = cheapest(pairs, places, points=np.ones(len(cost), np.int64), open_cost=BARRED)
    return Appointed(found.helper_of(pairs), found.objective, found.value, found.price)


def propose(question: Question) -> Plan:
    """The cheapest leaders for the villages of a question, whose households are villages here.

    The bound is what the certificate adds up to. Load is not weighed. Raises `ArithmeticError`
    where the certificate does not hold.
    """
    villages, leaders = question.size
    cost = question.cost(np.arange(villages)[:, None], np.arange(leaders)[None])
    cap = np.minimum(question.helpers.cap, villages)
    found = appoint(np.minimum(cost, BARRED), cap)
    if not proven(np.minimum(cost, BARRED), cap, found):
        raise ArithmeticError("the prices do not prove that no plan is cheaper")
    bound = int(found.village.sum()) - int((found.leader * cap).sum())
    return Plan(found.leader_of, found.leader, found.objective, bound, OPEN, 1, cost.size)


def proven(cost: Ints, cap: Ints, found: Appointed) -> bool:
    """Check the certificate: prices that no pair undercuts, and that add up to the cost.

    Every plan costs at least the villages' values less what all places are worth (weak duality), so
    a plan that costs just this is the cheapest.
    """
    if (found.leader < 0).any() or (found.village > BARRED).any():
        return False
    allowed = np.where((cost < BARRED) & (cap > 0), cost + found.leader, BARRED)
    if (found.village > np.minimum(allowed.min(axis=1, initial=BARRED), BARRED)).any():
        return False
    return int(found.village.sum()) - int((found.leader * cap).sum()) == found.objective
