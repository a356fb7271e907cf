"""Who helps whom when households have difficulty points (难度分) and helpers a cap in points.

A household cannot be shared out, so this is a generalised assignment and no flow answers it. But
one that may share households out is a bound on every plan, and it says how many households of
each number of points a helper would have. So the hardest class is dealt out by a flow of its own,
with about as many places as that, at the bound's prices; then the next, down to the lightest. Then
each class changes places among itself at what that really costs, over all pairs, in turn. What
still lies far above its best at the bound's prices is looked at with the few helpers who would
suit it best, and all that these carry is dealt out among them anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bangfu.optimise.capacity import Jobs, within
from bangfu.optimise.flow import Pairs, Places
from bangfu.optimise.inputs import BARRED, NOBODY, Ints, Question
from bangfu.optimise.pairing import MOST, OPEN, Classes, Plan, Progress, Solved, solve

CLOSE = 1e-5
"""How near the shared-out flow is brought to its own bound, as a share of it."""
HELPERS = 8
"""How many helpers are looked at together."""
STEP = 1e-4
"""The least gain of a turn, as a share of the cost, after which another is tried."""
ABOVE = 50
"""How far above its best a household must lie to be looked at."""
EFFORT = 0.2
"""How long the solver may think about them, in its own deterministic seconds."""


def propose(
    question: Question,
    *,
    seed: int = 0,
    gap: float = 0.0,
    most: int = MOST,
    open_cost: int = OPEN,
    progress: Progress | None = None,
) -> Plan:
    """A cheap plan and the bound it is held against; stops early where `gap` is reached."""
    classes, places = Classes.of(question), Places.of(question)
    start = classes.start(most=most, seed=seed)
    ideal = solve(
        classes, places, start, gap=CLOSE, most=most, open_cost=open_cost, progress=progress
    )
    draft = Draft(
        classes, open_cost, np.full(question.size[0], NOBODY, np.int64), ideal.pairs, ideal.rounds
    )
    draft.deal(ideal)
    while True:
        before = draft.cost
        draft.change()
        if progress is not None:
            progress(draft.rounds, draft.cost, ideal.bound)
        if draft.cost - ideal.bound <= gap * abs(draft.cost):
            break
        if before - draft.cost > STEP * draft.cost:
            continue
        draft.deal_anew(ideal.price)
        if before - draft.cost <= STEP * draft.cost:
            break
    left = np.flatnonzero(draft.helper_of == NOBODY)
    draft.helper_of = settle(question, draft.helper_of, left)
    return Plan(
        draft.helper_of, ideal.price, draft.cost, ideal.bound, open_cost, draft.rounds,
        len(draft.pairs),
    )  # fmt: skip


@dataclass
class Draft:
    """A plan in the making."""

    classes: Classes
    open_cost: int
    helper_of: Ints
    pairs: Pairs
    """All pairs at hand so far."""
    rounds: int

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.classes.question

    @property
    def cost(self) -> int:
        """What the plan costs as it stands, open households included."""
        opened = int((self.helper_of == NOBODY).sum())
        return self.question.total(self.helper_of) + self.open_cost * opened

    def deal(self, ideal: Solved) -> None:
        """Deal out class after class, the hardest first, near what the shared-out flow says."""
        question, helpers = self.question, self.question.size[1]
        for each, rows, part in reversed(self.classes.parts):
            units = np.zeros(helpers, np.int64)
            ours = np.isin(ideal.pairs.household, rows)
            np.add.at(units, ideal.pairs.helper[ours], ideal.flow.units[ours])
            room = (question.helpers.cap - question.load(self.helper_of)) // each
            many = np.minimum(room, -(-units // each))
            steps = np.tile(ideal.price * each, (int(many.max(initial=0)) + 1, 1))
            self.helper_of[rows] = self._flow(rows, part, Places(many, steps))
        self.helper_of = settle(question, self.helper_of, np.flatnonzero(self.helper_of == NOBODY))

    def change(self) -> None:
        """Let households of equal points change places among themselves, class after class."""
        question = self.question
        for each, rows, part in self.classes.parts:
            others, before = self.helper_of.copy(), (self.helper_of, self.cost)
            others[rows] = NOBODY
            load = question.load(others)
            places = Places.above(question, question.helpers.cap - load, load, each=each)
            others[rows] = self._flow(rows, part, places)
            self.helper_of = others
            if self.cost > before[1]:
                self.helper_of = before[0]

    def _flow(self, rows: Ints, part: Question, places: Places) -> Ints:
        """The cheapest way to give the households of one class to these places."""
        helpers = self.question.size[1]
        alone = replace(part, households=replace(part.households, points=None))
        mine = np.flatnonzero(np.isin(self.pairs.household, rows))
        given = np.flatnonzero(self.helper_of[rows] != NOBODY)
        present = self.helper_of[rows[given]]
        at_hand = Pairs.none().joined(
            np.concatenate([np.searchsorted(rows, self.pairs.household[mine]), given]),
            np.concatenate([self.pairs.helper[mine], present]),
            np.concatenate([self.pairs.cost[mine], alone.cost(given, present)]),
            helpers=helpers,
        )
        found = solve(
            Classes.of(alone), places, at_hand, gap=CLOSE, most=MOST, open_cost=self.open_cost
        )
        self.rounds += found.rounds
        household, helper, cost = rows[found.pairs.household], found.pairs.helper, found.pairs.cost
        self.pairs = self.pairs.joined(household, helper, cost, helpers=helpers)
        return found.flow.helper_of(found.pairs)

    def deal_anew(self, price: Ints) -> None:
        """Deal out anew, in small windows, what lies far above its best at these prices."""
        question, above = self.question, self._above(price)
        every, dealt = np.arange(question.size[1]), np.zeros(question.size[0], bool)
        for row in np.argsort(-above, kind="stable").tolist():
            if above[row] <= ABOVE:
                break
            if dealt[row]:
                continue
            worth = question.cost(np.array([row]), every) + question.points[row] * price
            worth[question.helpers.cap < question.points[row]] = 4 * BARRED
            some = np.argpartition(worth, HELPERS)[:HELPERS] if len(every) > HELPERS else every
            some = np.union1d(some, self.helper_of[row : row + 1])
            dealt[self._dealt(some[some != NOBODY], row)] = True

    def _above(self, price: Ints) -> Ints:
        """How far each household lies above its best at these prices."""
        question = self.question
        dearest = np.full(question.size[0], 2 * BARRED)
        best = self.classes.look(price, dearest, most=1, seed=None).at_best
        given = np.flatnonzero(self.helper_of != NOBODY)
        helper = self.helper_of[given]
        above = np.full(question.size[0], BARRED)
        paid = question.cost(given, helper) + question.points[given] * price[helper]
        above[given] = paid - best[given]
        return above

    def _dealt(self, some: Ints, row: int) -> Ints:
        """Deal out among `some` helpers all that they carry, and `row`; gives the households."""
        question = self.question
        mine = np.isin(self.helper_of, some)
        mine[row] = True
        rows = np.flatnonzero(mine)
        units = np.arange(int(question.helpers.cap[some].max(initial=0)))
        jobs = Jobs(
            cost=question.cost(rows[None], some[:, None]),
            weight=np.tile(question.points[rows], (len(some), 1)),
            room=question.helpers.cap[some],
            steps=np.tile(question.marginal(units)[:, None], (1, len(some))),
        )
        now = np.searchsorted(some, self.helper_of[rows])
        known = not (self.helper_of[rows] == NOBODY).any()
        allowed = jobs.cost < BARRED
        found = within(jobs, allowed, now if known else None, effort=EFFORT, seed=0).agent_of
        if found is not None and not (known and jobs.total(found) >= jobs.total(now)):
            self.helper_of[rows] = some[found]
        return rows


def settle(question: Question, helper_of: Ints, rows: Ints, *, barred: Ints | None = None) -> Ints:
    """Give each of `rows` in turn, the hardest first, to the cheapest helper with room for it.

    `barred` are helpers who take nobody.
    """
    after, every = helper_of.copy(), np.arange(question.size[1])
    load = question.load(after)
    points, cap = question.points, question.helpers.cap.copy()
    cap[[] if barred is None else barred] = 0
    for row in rows[np.argsort(-points[rows], kind="stable")].tolist():
        worth = question.cost(np.array([row]), every)
        worth = worth + question.load_cost(load + points[row]) - question.load_cost(load)
        worth[load + points[row] > cap] = 2 * BARRED
        best = int(worth.argmin())
        if worth[best] < BARRED:
            after[row] = best
            load[best] += points[row]
    return after
