"""One plan as it stands: what was proposed, what was changed by hand, what was carried out."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bangfu.core.text import Text
from bangfu.engine.pairing import Asked
from bangfu.engine.spans import Ints
from bangfu.optimise import reasons
from bangfu.optimise.inputs import BARRED, NOBODY
from bangfu.optimise.pairing import Plan
from bangfu.records.pairing_rows import PairingPlan

# A run that has said nothing for so long has ended without a word.
SILENT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list; `state` is waiting, running, stopped, failed, done or carrying.

    `patch`: it only gives the households of those who left to others. `households` are those it
    speaks of, `changed` those that would get another helper, `approved` those carried out.
    """

    uid: str
    number: str
    rule: str
    patch: bool
    state: str
    as_of: date
    made_at: datetime
    made_by: int
    objective: int
    bound: int
    households: int
    changed: int
    edits: int
    approved: int
    known_at: int
    gone: tuple[int, ...]
    left: int
    told: dict[str, object]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a set of pairs stands: what an office would ask first."""

    without: int
    km: float
    unmet: int
    linked: int
    most: int
    helpers: int
    cost: int


@dataclass(frozen=True)
class Proposal:
    """A plan that is done, with the question it answers; rows are those of the question.

    `of` are the rows the plan speaks of: all, or those that a patch gives away.
    """

    line: PlanLine
    asked: Asked
    plan: Plan
    of: Ints
    edits: tuple[dict[str, object], ...]
    approved: NDArray[np.bool_]
    blocked: tuple[Text, ...]

    @cached_property
    def chosen(self) -> Ints:
        """The helper of each household with the edits, or NOBODY."""
        chosen = self.plan.helper_of.copy()
        for edit in self.edits:
            row = self.asked.household(int(str(edit["household"])))
            chosen[row] = self.asked.helper(int(str(edit["helper"])))
        return chosen

    @cached_property
    def now(self) -> Ints:
        """The present helper of each household, as far as he may still help, or NOBODY."""
        return self.asked.question.households.present

    @cached_property
    def changed(self) -> NDArray[np.bool_]:
        """Of which households the helper would change."""
        after = np.where(self.chosen == NOBODY, NOBODY, self.asked.helpers[self.chosen])
        found: NDArray[np.bool_] = after != self.asked.holder
        return found

    def standing(self, helper_of: Ints) -> Standing:
        """How some pairs stand, over all households."""
        question = self.asked.question
        given = np.flatnonzero(helper_of != NOBODY)
        of, who = question.households, question.helpers
        place, group = of.place[given], who.group[helper_of[given]]
        profile = who.profile[helper_of[given]]
        load = question.load(helper_of)
        pairs = np.minimum(question.cost(given, helper_of[given]), BARRED)
        return Standing(
            without=len(helper_of) - len(given),
            km=float(question.km[place, group].sum()),
            unmet=int(question.unmet[of.profile[given], profile].sum()),
            linked=int(question.linked[place, group].sum()),
            most=int(load.max(initial=0)),
            helpers=int((load > 0).sum()),
            cost=int(pairs.sum() + question.load_cost(load).sum()),
        )

    def match(self, row: int) -> reasons.Match:
        """Why a household has the helper that it has now in the plan."""
        return reasons.match(self.asked.question, replace(self.plan, helper_of=self.chosen), row)

    def choices(self, row: int, *, most: int) -> list[tuple[int, int]]:
        """Who else might take a household, the cheapest first, and what the edit would cost."""
        question = self.asked.question
        found = reasons.choices(question, self.chosen, row, most=most)
        costs = [(one, reasons.edit_cost(question, self.chosen, {row: one})) for one in found]
        return [(one, cost) for one, cost in costs if cost is not None]


def answer_of(plan: Plan, of: Ints) -> bytes:
    """What of a plan is kept, as numbers."""
    stream = io.BytesIO()
    np.savez_compressed(
        stream, helper_of=plan.helper_of, price=plan.price, of=of,
        sums=np.array([plan.objective, plan.bound, plan.open_cost, plan.rounds, plan.pairs]),
    )  # fmt: skip
    return stream.getvalue()


def plan_of(answer: bytes) -> tuple[Plan, Ints]:
    """The plan that `answer_of` wrote, and the rows it speaks of."""
    with np.load(io.BytesIO(answer), allow_pickle=False) as kept:
        objective, bound, open_cost, rounds, pairs = kept["sums"].tolist()
        plan = Plan(kept["helper_of"], kept["price"], objective, bound, open_cost, rounds, pairs)
        return plan, kept["of"]


def line_of(row: PairingPlan, *, now: datetime) -> PlanLine:
    """A row as a line of the list."""
    told = dict(row.told)
    state = row.state
    if state in ("waiting", "running") and now - row.told_at > SILENT:
        state = "stopped"
    left = int(told.get("order", {}).get("left", 0))
    if left and now - row.told_at <= SILENT:
        state = "carrying"
    return PlanLine(
        row.uid, row.number, row.rule, row.patch, state, row.as_of, row.made_at,
        row.made_by_id or 0, int(told.get("objective", 0)), int(told.get("bound", 0)),
        int(told.get("households", 0)), int(told.get("changed", 0)), len(row.edits),
        len(row.approved), row.known_at, tuple(row.gone), left, told,
    )  # fmt: skip


def proposal_of(row: PairingPlan, asked: Asked, *, now: datetime) -> Proposal:
    """A row that is done with its question."""
    plan, of = plan_of(bytes(row.answer or b""))
    approved = np.isin(asked.households, np.array(row.approved or [0], np.int64))
    blocked = [Text(one["zh"], one["en"]) for one in row.told.get("blocked", ())]
    return Proposal(
        line_of(row, now=now), asked, plan, of, tuple(row.edits), approved, tuple(blocked)
    )
