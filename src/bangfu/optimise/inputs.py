"""What a pairing is asked about: households, helpers, what counts, and what is not allowed.

A household is a place and a profile (its needs, the grade it asks for); a helper is a group (his
unit or township) and a profile (his skills, his grade). All that a pair costs follows from these
four, but for continuity and for what is barred between two of them by name. So every pair can be
priced through its classes, and 47 million costs are never written down.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1
BARRED = 1_000_000
"""More than any pair may cost; stands in a table of costs where a rule forbids the pair."""


class Rule(enum.StrEnum):
    """What may forbid a pair (硬性规定), by the name under which it can be relaxed."""

    HOME = "home"
    RELATIVES = "relatives"
    GRADE = "grade"
    REACH = "reach"
    CAP = "cap"


@dataclass(frozen=True)
class Weights:
    """What each thing counts (权重), in cost units; one unit is ten metres of the way."""

    per_km: int = 100
    unmet_need: int = 250
    not_linked: int = 1500
    change: int = 800
    load: tuple[int, ...] = (0, 40, 80, 160, 320, 640, 1280)
    """What the first, second, … household (or point) of one helper costs; must not fall."""

    def __post_init__(self) -> None:
        if any(a > b for a, b in zip(self.load, self.load[1:], strict=False)):
            raise ValueError("the cost of load must not fall with the number of households")


@dataclass(frozen=True)
class Households:
    """The households (贫困户) in columns."""

    place: Ints
    profile: Ints
    present: Ints
    """The helper it has now, or NOBODY."""
    points: Ints | None = None
    """Difficulty points (难度分), from 1 on; without them each household counts one."""


@dataclass(frozen=True)
class Helpers:
    """The cadres who may help (帮扶人) in columns."""

    group: Ints
    profile: Ints
    cap: Ints
    """How many households at most; how many points, where households have points."""
    home: Ints
    """His home place, or NOBODY where avoidance is not asked for."""


@dataclass(frozen=True)
class Question:
    """One question of who helps whom (结对): its tables are by place and group, and by profile."""

    households: Households
    helpers: Helpers
    km: NDArray[np.float64]
    linked: Bools
    """The group is the place's linked unit or own township."""
    out_of_reach: Bools
    unmet: Ints
    """How many needs of this household profile that helper profile leaves unmet."""
    below_grade: Bools
    relatives: tuple[Ints, Ints] = field(
        default_factory=lambda: (np.zeros(0, np.int64), np.zeros(0, np.int64))
    )
    """Household and helper of each pair barred by name."""
    weights: Weights = Weights()

    @property
    def size(self) -> tuple[int, int]:
        """How many households and helpers."""
        return len(self.households.place), len(self.helpers.group)

    @cached_property
    def points(self) -> Ints:
        """What each household counts against its helper's cap."""
        points = self.households.points
        if points is None:
            return np.ones(self.size[0], np.int64)
        if len(points) != self.size[0] or points.min(initial=1) < 1:
            raise ValueError("each household needs points, one at least")
        return points

    @cached_property
    def by_place(self) -> Ints:
        """What place and group cost together."""
        weights = self.weights
        costs = np.rint(weights.per_km * self.km).astype(np.int64) + np.where(
            self.linked, 0, weights.not_linked
        )
        return np.where(self.out_of_reach, BARRED, np.minimum(costs, BARRED // 2 - 1))

    @cached_property
    def by_profile(self) -> Ints:
        """What the two profiles cost together."""
        costs = np.minimum(self.weights.unmet_need * self.unmet, BARRED // 4 - 1)
        return np.where(self.below_grade, BARRED, costs)

    @cached_property
    def _barred(self) -> Ints:
        household, helper = self.relatives
        return np.unique(household * self.size[1] + helper)

    def cost(self, household: Ints, helper: Ints) -> Ints:
        """What each pair costs, load apart; BARRED or more where a rule forbids it."""
        of, who = self.households, self.helpers
        costs: Ints = (
            self.by_place[of.place[household], who.group[helper]]
            + self.by_profile[of.profile[household], who.profile[helper]]
        )
        now = of.present[household]
        costs = costs + np.where((now != NOBODY) & (now != helper), self.weights.change, 0)
        home = who.home[helper] == of.place[household]
        return np.where(home | self.related(household, helper), costs + BARRED, costs)

    def related(self, household: Ints, helper: Ints) -> Bools:
        """Whether each pair is barred by name."""
        keys = household * self.size[1] + helper
        if not len(self._barred):
            return np.zeros(keys.shape, bool)
        at = np.searchsorted(self._barred, keys)
        found: Bools = self._barred[np.minimum(at, len(self._barred) - 1)] == keys
        return found

    def only(self, rows: Ints) -> Question:
        """The same question about some households, sorted."""
        of, (household, helper) = self.households, self.relatives
        points = None if of.points is None else of.points[rows]
        kept = np.isin(household, rows)
        some = Households(of.place[rows], of.profile[rows], of.present[rows], points)
        related = np.searchsorted(rows, household[kept]), helper[kept]
        return replace(self, households=some, relatives=related)

    def load(self, helper_of: Ints) -> Ints:
        """What each helper carries in a plan: households, or points."""
        given = helper_of != NOBODY
        load = np.zeros(self.size[1], np.int64)
        np.add.at(load, helper_of[given], self.points[given])
        return load

    def marginal(self, load: Ints) -> Ints:
        """What one household (or point) more costs a helper who has `load` of them."""
        steps = np.array(self.weights.load)
        return steps[np.minimum(load, len(steps) - 1)]

    def load_cost(self, load: Ints) -> Ints:
        """What so many households (or points) of one helper cost together."""
        highest = int(load.max(initial=0))
        sums = np.concatenate([[0], np.cumsum(self.marginal(np.arange(highest)))])
        return sums[load].astype(np.int64)

    def total(self, helper_of: Ints) -> int:
        """What a plan costs; its open households cost nothing here."""
        given = np.flatnonzero(helper_of != NOBODY)
        pairs = self.cost(given, helper_of[given])
        return int(pairs.sum() + self.load_cost(self.load(helper_of)).sum())

    def breaches(self, helper_of: Ints) -> int:
        """How many pairs of a plan a rule forbids, and households (or points) above a cap."""
        given = np.flatnonzero(helper_of != NOBODY)
        above = np.maximum(self.load(helper_of) - self.helpers.cap, 0).sum()
        return int((self.cost(given, helper_of[given]) >= BARRED).sum() + above)

    def without(self, rule: Rule) -> Question:
        """The same question with one rule relaxed: dropped, or one household more for each."""
        helpers, none = self.helpers, np.zeros(0, np.int64)
        if rule is Rule.HOME:
            return replace(self, helpers=replace(helpers, home=np.full_like(helpers.home, NOBODY)))
        if rule is Rule.RELATIVES:
            return replace(self, relatives=(none, none))
        if rule is Rule.GRADE:
            return replace(self, below_grade=np.zeros_like(self.below_grade))
        if rule is Rule.REACH:
            return replace(self, out_of_reach=np.zeros_like(self.out_of_reach))
        more = np.where(helpers.cap > 0, helpers.cap + 1, 0)
        return replace(self, helpers=replace(helpers, cap=more))
