"""The reads of plans, for the offices that make them."""

from __future__ import annotations

from datetime import datetime

from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.pairing.actions import may_plan, proposal_for
from bangfu.records.pairing.proposal import PlanLine, Proposal, line_of
from bangfu.records.pairing_rows import PairingPlan


def plans(policy: Policy, *, now: datetime, most: int = 50) -> list[PlanLine]:
    """The plans, the latest first; none for whoever makes none."""
    if not may_plan(policy):
        return []
    rows = PairingPlan.objects.defer("answer").order_by("-id")[:most]
    return [line_of(row, now=now) for row in rows]


def plan(policy: Policy, uid: str, *, now: datetime) -> PlanLine | None:
    """One plan, done or not; None where there is none that the reader may see."""
    row = PairingPlan.objects.defer("answer").filter(uid=uid).first() if may_plan(policy) else None
    return line_of(row, now=now) if row else None


@guard.lifting
def proposal(policy: Policy, uid: str, *, now: datetime) -> Proposal | None:
    """One plan that is done, with the question it answers; None as for `plan`.

    Raises `Refused` where the handbook has changed since.
    """
    row = PairingPlan.objects.filter(uid=uid).first() if may_plan(policy) else None
    if row is None or row.state != "done":
        return None
    return proposal_for(policy, row, now=now)
