"""Two ways an office pairs by hand, to hold a proposal against."""

from __future__ import annotations

import numpy as np

from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question


def greedy(question: Question) -> Ints:
    """Nearest (就近): each household in turn takes the cheapest helper who still has a place."""
    households, helpers = question.size
    load = np.zeros(helpers, np.int64)
    helper_of = np.full(households, NOBODY, np.int64)
    every = np.arange(helpers)
    for household, points in enumerate(question.points.tolist()):
        worth = question.cost(np.array([household]), every)
        worth = worth + question.load_cost(load + points) - question.load_cost(load)
        worth[load + points > question.helpers.cap] = 2 * BARRED
        best = int(worth.argmin())
        if worth[best] < BARRED:
            helper_of[household] = best
            load[best] += points
    return helper_of


def even(question: Question) -> Ints:
    """Spread evenly by village (按村平均分配): helpers are dealt out to villages by their number.

    Each village in turn takes the next helpers of the list, linked units and own township first,
    and gives each the same number of households; whom a rule forbids is passed over.
    """
    households, helpers = question.size
    load = np.zeros(helpers, np.int64)
    helper_of = np.full(households, NOBODY, np.int64)
    share = -(-int(question.points.sum()) // max(1, helpers))
    for household in np.argsort(question.households.place, kind="stable"):
        place = question.households.place[household]
        far = ~question.linked[place, question.helpers.group]
        cost = question.cost(np.array([household]), np.arange(helpers))
        cap = question.helpers.cap
        points = question.points[household]
        refused = (cost >= BARRED) | (load + points > cap)
        rank = load // max(1, share) * 4 + far * 2 + (load == 0)
        best = int(np.where(refused, 1 << 30, rank).argmin())
        if not refused[best]:
            helper_of[household] = best
            load[best] += points
    return helper_of
