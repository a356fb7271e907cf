"""Why this helper: the terms of a match, the best refused alternative, and what an edit costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bangfu.core.text import Text
from bangfu.optimise.flow import Pairs, Places, cheapest
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question, Rule
from bangfu.optimise.pairing import OPEN, Plan
from bangfu.optimise.points import settle


@dataclass(frozen=True)
class Match:
    """One pair with its terms (结对理由), all in cost units but `unmet`, `km` and `load`."""

    household: int
    helper: int
    unmet: int
    km: float
    linked: bool
    keeps: bool
    """The household keeps its present helper."""
    load: int
    """How many households the helper has in the plan, or how many points."""
    cost: int
    alternative: int
    """The best other helper at the plan's prices, or NOBODY."""
    at_least: int
    """Every plan with that helper instead costs at least this much more."""
    exactly: int | None
    """What only this change costs, if that helper has a place left."""

    def text(self) -> Text:
        """The terms in a sentence."""
        own = (
            Text("挂钩或本乡镇", "linked or own township")
            if self.linked
            else Text("非挂钩", "not linked")
        )
        kept = ("，保持原帮扶人", ", keeps its helper") if self.keeps else ("", "")
        return Text(
            f"需求未满足{self.unmet}项，路程{self.km:.1f}公里，{own.zh}，"
            f"该帮扶人共{self.load}户{kept[0]}；费用{self.cost}",
            f"{self.unmet} needs unmet, {self.km:.1f} km, {own.en}, "
            f"the helper has {self.load} households{kept[1]}; cost {self.cost}",
        )


def match(question: Question, plan: Plan, household: int) -> Match:
    """Why `household` has the helper that the plan gives it."""
    helper = int(plan.helper_of[household])
    of, who = question.households, question.helpers
    every = np.arange(question.size[1])
    costs = question.cost(np.array([household]), every)
    points = int(question.points[household])
    able = (costs < BARRED) & (who.cap >= points)
    worth = np.where(able, costs + points * plan.price, 4 * BARRED)
    own = int(worth[helper])
    worth[helper] = 4 * BARRED
    other = int(worth.argmin())
    load = question.load(plan.helper_of)
    place, group = of.place[household], who.group[helper]
    known = worth[other] < 2 * BARRED
    return Match(
        household=household,
        helper=helper,
        unmet=int(question.unmet[of.profile[household], who.profile[helper]]),
        km=float(question.km[place, group]),
        linked=bool(question.linked[place, group]),
        keeps=bool(of.present[household] == helper),
        load=int(load[helper]),
        cost=int(costs[helper]),
        alternative=other if known else NOBODY,
        at_least=int(worth[other]) - own if known else 0,
        exactly=edit_cost(question, plan.helper_of, {household: other}) if known else None,
    )


def edit_cost(question: Question, helper_of: Ints, changes: dict[int, int]) -> int | None:
    """What changing these households' helpers by hand costs; None if a rule forbids it."""
    after = helper_of.copy()
    for household, helper in changes.items():
        after[household] = helper
    if question.breaches(after) > question.breaches(helper_of):
        return None
    opened = int((after == NOBODY).sum() - (helper_of == NOBODY).sum())
    return question.total(after) - question.total(helper_of) + OPEN * opened


def against(question: Question, helper_of: Ints, household: int, helper: int) -> tuple[Rule, ...]:
    """The rules that forbid to give a household to a helper, as a plan stands."""
    of, who = question.households, question.helpers
    place, group = of.place[household], who.group[helper]
    pair = np.array([household]), np.array([helper])
    others = np.where(np.arange(len(helper_of)) == household, NOBODY, helper_of)
    carried = question.load(others)[helper] + question.points[household]
    broken = {
        Rule.HOME: who.home[helper] == place,
        Rule.RELATIVES: question.related(*pair)[0],
        Rule.GRADE: question.below_grade[of.profile[household], who.profile[helper]],
        Rule.REACH: question.out_of_reach[place, group],
        Rule.CAP: carried > who.cap[helper],
    }
    return tuple(rule for rule, is_broken in broken.items() if is_broken)


def choices(question: Question, helper_of: Ints, household: int, *, most: int) -> list[int]:
    """The helpers with a place left whom no rule forbids, the cheapest first, the present out."""
    every = np.arange(question.size[1])
    load, points = question.load(helper_of), int(question.points[household])
    costs = question.cost(np.array([household]), every)
    able = (costs < BARRED) & (load + points <= question.helpers.cap)
    able[helper_of[household]] &= helper_of[household] == NOBODY
    worth = np.where(able, costs + question.marginal(load), 4 * BARRED)
    order = np.argsort(worth, kind="stable")[:most]
    return [int(one) for one in order if able[one]]


@dataclass(frozen=True)
class Patch:
    """New helpers for the households of those who left (补位); nobody else is moved."""

    helper_of: Ints
    orphans: Ints
    cost: int
    """What the plan costs with the patch, open households at `OPEN` each."""


def patch(question: Question, helper_of: Ints, gone: Ints, *, vacant: bool = False) -> Patch:
    """Give the households of helpers who left to places that are free, at the least cost; with
    `vacant` also those that had nobody.
    """
    left = np.isin(helper_of, gone)
    orphans = np.flatnonzero(left | (helper_of == NOBODY) if vacant else left)
    after = helper_of.copy()
    after[orphans] = NOBODY
    load = question.load(after)
    free = np.maximum(question.helpers.cap - load, 0)
    free[gone] = 0
    some = np.flatnonzero(free)
    costs = question.cost(orphans[:, None], some[None])
    costs = np.where(costs < BARRED, costs, 4 * BARRED)
    # Of those who would cost a household least, one for each orphan is enough for the best patch.
    worth = costs + question.marginal(load[some])
    width = min(len(some), len(orphans))
    if 0 < width < len(some):
        near = np.argpartition(worth, width - 1, axis=1)[:, :width]
    else:
        near = np.tile(np.arange(len(some)), (len(orphans), 1))
    row = np.repeat(np.arange(len(orphans)), near.shape[1])
    column = near.ravel()
    fine = costs[row, column] < BARRED
    pairs = Pairs.none().joined(
        row[fine], column[fine], costs[row[fine], column[fine]], helpers=max(1, len(some))
    )
    points = question.points[orphans]
    places = Places.above(question, free[some], load[some])
    found = cheapest(pairs, places, points=points, open_cost=OPEN)
    given = found.helper_of(pairs)
    after[orphans] = np.where(given == NOBODY, NOBODY, some[given] if len(some) else NOBODY)
    split = np.zeros(len(orphans), np.int64)
    np.maximum.at(split, pairs.household, found.units)
    shared = orphans[(split > 0) & (split < points)]
    after[shared] = NOBODY
    after = settle(question, after, shared, barred=gone)
    opened = int((after == NOBODY).sum())
    return Patch(after, orphans, question.total(after) + OPEN * opened)
