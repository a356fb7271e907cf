"""Why no plan exists: the households that share too few places, and the rule that makes it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bangfu.core.text import Text
from bangfu.optimise.flow import Pairs, Places, cheapest
from bangfu.optimise.inputs import BARRED, NOBODY, Bools, Ints, Question, Rule
from bangfu.optimise.pairing import OPEN, Plan, propose
from bangfu.optimise.points import settle

ROWS = 1_000
LOCAL = 5_000_000
NAMES = {
    Rule.HOME: Text("回避本村", "home-village avoidance"),
    Rule.RELATIVES: Text("亲属回避", "avoidance of relatives"),
    Rule.GRADE: Text("职级要求", "the grade asked for"),
    Rule.REACH: Text("帮扶范围", "who may help where"),
    Rule.CAP: Text("每人户数上限（各加一户）", "the cap for each helper (one household more)"),
}


@dataclass(frozen=True)
class Blocked:
    """Households that share too few places (卡点): no plan can serve them all."""

    households: Ints
    helpers: Ints
    """All whom the rules allow for any of them."""
    villages: int
    places: int
    relaxing: tuple[Rule, ...]
    """Each of these rules, relaxed alone, lets all of them be served."""

    @property
    def short(self) -> int:
        """How many households cannot be served."""
        return len(self.households) - self.places

    def text(self, *, villages: bool = False) -> Text:
        """What blocks, and what would unblock it; `villages`: the households are villages."""
        count, helpers = len(self.households), len(self.helpers)
        cure = cure_of(self.relaxing)
        if villages:
            return Text(
                f"{count}个村共用{helpers}名符合条件的人选，只有{self.places}个名额，"
                f"缺{self.short}个。{cure.zh}",
                f"{count} villages share {helpers} eligible leaders with {self.places} places; "
                f"{self.short} short.{cure.en}",
            )
        return Text(
            f"{self.villages}个村的{count}户共用{helpers}名符合条件的帮扶人，"
            f"只有{self.places}个名额，缺{self.short}个。{cure.zh}",
            f"{count} households in {self.villages} villages share {helpers} eligible helpers "
            f"with {self.places} places; {self.short} short.{cure.en}",
        )


@dataclass(frozen=True)
class OutOfPoints:
    """Households with difficulty points that no helper has as many points left for (卡点)."""

    households: int
    points: int
    helpers: int
    left: int
    """All points that their eligible helpers have left together."""
    relaxing: tuple[Rule, ...]

    def text(self) -> Text:
        """What blocks, and what would unblock it."""
        cure = cure_of(self.relaxing)
        return Text(
            f"{self.households}户共{self.points}分没有安排：符合条件的{self.helpers}名帮扶人"
            f"一共还剩{self.left}分，没有一人够接其中一户。{cure.zh}",
            f"{self.households} households with {self.points} points have nobody: their "
            f"{self.helpers} eligible helpers have {self.left} points left together, and nobody "
            f"enough for one of them.{cure.en}",
        )


def cure_of(relaxing: tuple[Rule, ...]) -> Text:
    """Which rules, each relaxed alone, would unblock it."""
    if not relaxing:
        return Text("单独放宽任何一项都不够。", " No single rule, relaxed alone, would do.")
    zh = "、".join(NAMES[rule].zh for rule in relaxing)
    en = " or ".join(NAMES[rule].en for rule in relaxing)
    return Text(
        f"单独放宽以下任一项即可安排：{zh}。", f" Relaxing one of these alone would do: {en}."
    )


def blocked(question: Question, plan: Plan) -> list[Blocked]:
    """For a plan with open households: each smallest set that blocks, none overlapping.

    From an open household to all its allowed helpers, to all households they have, and on: if no
    place is free on the way, these households have these helpers only (Hall's condition fails).
    With points that alone does not tell, so they are refused here.
    """
    if (question.points > 1).any():
        raise ValueError("what blocks is told of households that count one each")
    sets: list[tuple[Bools, Bools]] = []
    for household in plan.open:
        if any(reached[household] for reached, _ in sets):
            continue
        one = _reached(question, plan.helper_of, int(household))
        apart = [other for other in sets if not (other[1] & one[1]).any()]
        for other in sets:
            if (other[1] & one[1]).any():
                one = (one[0] | other[0], one[1] | other[1])
        sets = [*apart, one]
    return [_described(question, plan, *one) for one in sets]


def blocked_by_points(question: Question, plan: Plan) -> OutOfPoints:
    """For a plan with points and open households: what is left for them, and which rule, relaxed
    alone, lets them be added to the plan as it stands (the cap: by one of the hardest more).
    """
    allowed = _allowed(question, plan.open)
    left = question.helpers.cap - question.load(plan.helper_of)
    relaxing = []
    for rule in Rule:
        more = question.without(rule)
        if rule is Rule.CAP:
            caps = question.helpers.cap
            caps = np.where(caps > 0, caps + int(question.points.max()), 0)
            more = replace(question, helpers=replace(question.helpers, cap=caps))
        if (settle(more, plan.helper_of, plan.open)[plan.open] != NOBODY).all():
            relaxing.append(rule)
    return OutOfPoints(
        len(plan.open), int(question.points[plan.open].sum()), int(allowed.sum()),
        int(np.maximum(left[allowed], 0).sum()), tuple(relaxing),
    )  # fmt: skip


def _reached(question: Question, helper_of: Ints, household: int) -> tuple[Bools, Bools]:
    households, helpers = question.size
    reached, allowed = np.zeros(households, bool), np.zeros(helpers, bool)
    fresh = np.array([household])
    while len(fresh):
        reached[fresh] = True
        found = _allowed(question, fresh) & ~allowed
        allowed |= found
        fresh = np.flatnonzero((helper_of != NOBODY) & found[helper_of] & ~reached)
    return reached, allowed


def _allowed(question: Question, households: Ints) -> Bools:
    """Whether each helper is allowed for any of these households."""
    found = np.zeros(question.size[1], bool)
    able = np.flatnonzero(question.helpers.cap > 0)
    for rows in _slices(households):
        found[able] |= (question.cost(rows[:, None], able[None]) < BARRED).any(axis=0)
    return found


def _slices(rows: Ints) -> Iterator[Ints]:
    for first in range(0, len(rows), ROWS):
        yield rows[first : first + ROWS]


def _described(question: Question, plan: Plan, reached: Bools, allowed: Bools) -> Blocked:
    places = int(question.helpers.cap[allowed].sum())
    if reached.sum() <= places:
        raise ArithmeticError("an open household can be served; the plan is not the best")
    households = np.flatnonzero(reached)
    return Blocked(
        households=households,
        helpers=np.flatnonzero(allowed),
        villages=len(np.unique(question.households.place[households])),
        places=places,
        relaxing=tuple(r for r in Rule if _serves(question.without(r), plan.helper_of, reached)),
    )


def _serves(question: Question, helper_of: Ints, reached: Bools) -> bool:
    """Whether all these households can be served: by free places, or else by a plan anew."""
    households, helpers = np.flatnonzero(reached), question.size[1]
    # Too few places among all whom the relaxed rule allows: no need to look for a plan.
    if int(question.helpers.cap[_allowed(question, households)].sum()) < len(households):
        return False
    if len(households) * helpers <= LOCAL:
        others = helper_of[~reached & (helper_of != NOBODY)]
        load = np.bincount(others, minlength=helpers)
        free = np.maximum(question.helpers.cap - load, 0)
        costs = question.cost(households[:, None], np.arange(helpers)[None])
        row, helper = np.nonzero((costs < BARRED) & (free > 0))
        pairs = Pairs(row, helper, costs[row, helper])
        flow = cheapest(
            pairs,
            Places.above(question, free, load),
            points=np.ones(len(households), np.int64),
            open_cost=OPEN,
        )
        if (flow.helper_of(pairs) != NOBODY).all():
            return True
    return bool((propose(question).helper_of[households] != NOBODY).all())
