"""Plans carried out: posts end and begin, with the plan as their basis."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TypedDict

import numpy as np
from django.db import transaction

from bangfu.core.facts import Draft, Value
from bangfu.core.text import Refused
from bangfu.optimise.inputs import BARRED, NOBODY
from bangfu.records import guard
from bangfu.records.access import Policy, policy_of, posts_of
from bangfu.records.actions import record
from bangfu.records.county import sequence
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import portions
from bangfu.records.models import Assignment, Fact, Subject
from bangfu.records.pairing.actions import apart as begin_apart
from bangfu.records.pairing.actions import proposal_for, rule_for
from bangfu.records.pairing.asking import asked_of
from bangfu.records.pairing.proposal import SILENT, Proposal
from bangfu.records.pairing_rows import PairingPlan
from bangfu.records.turn import turn

_NAMESPACE = uuid.UUID("7d0c5a0e-9b7a-4a35-8a52-4a1b6f2d9c10")


# So many households are carried out in one transaction; a request carries out no more than that.
PORTION = 200


class Order(TypedDict):
    """An approval as the plan's row keeps it: which households, by whom, on which of his days.

    `left` are those not gone through yet; `told`: the ledger has the approval's own fact.
    """

    households: list[int]
    left: int
    changed: int
    document: str
    on: str
    by: int
    day: str
    told: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """What an approval brings about: `moved` households had changed since the plan was made, and of
    `barred` the pair is one that is forbidden by now; both are left out.

    `done` of them are carried out; the others follow in a process of its own.
    """

    households: int
    changed: int
    moved: int
    done: int
    barred: int = 0


@guard.lifting
def approve(
    by: Policy,
    uid: str,
    *,
    households: Collection[int] | None,
    document: str,
    on: date,
    now: datetime,
    apart: Callable[[str], None] | None = None,
) -> Carried:
    """Carry a plan out, whole or for some households: posts end and begin on a day, by `record`.

    What was approved goes into the ledger as a fact, and every post names the plan as its basis.
    Households whose helper has changed since the plan was made are left out, and counted. The
    approval is kept as an order in the plan's row first and carried out in portions, each in one
    transaction that also marks them; many households are carried out `apart`. What broke off is
    finished by approving again.
    """
    rule_for(by, "")
    row = PairingPlan.objects.get(uid=uid)
    order = _unfinished(row, now)
    if order is not None:
        return _carried(uid, order, moved=0, by=by, now=now, apart=apart)
    proposal = proposal_for(by, row, now=now)
    wanted = [
        at
        for at in proposal.of.tolist()
        if not proposal.approved[at] and proposal.chosen[at] != NOBODY
        if households is None or int(proposal.asked.households[at]) in households
    ]
    unmoved, moved = _unmoved(proposal, wanted)
    fresh = _allowed(by, proposal, unmoved)
    if not fresh:
        raise Refused(
            "nothing_to_approve",
            "所选各户都已批准，或在方案之后换过帮扶人，或现已不能这样结对。请重新测算。",
            "All of these are approved already, got another helper since, or may no longer be "
            "paired so. Ask for a new plan.",
        )
    order = {
        "households": [int(proposal.asked.households[at]) for at in fresh], "left": len(fresh),
        "changed": int(proposal.changed[fresh].sum()), "document": document.strip(),
        "on": on.isoformat(), "by": by.person or 0, "day": by.as_of.isoformat(), "told": False,
    }  # fmt: skip
    _keep(row, order, now)
    carried = _carried(uid, order, moved=moved, by=by, now=now, apart=apart)
    return replace(carried, barred=len(unmoved) - len(fresh))


def _keep(row: PairingPlan, order: Order, now: datetime) -> None:
    """Write an order into the plan's row, unless another is being carried out."""
    with turn(), transaction.atomic():
        kept = PairingPlan.objects.get(id=row.id)
        if _unfinished(kept, now) is not None:
            raise _being_carried_out()
        kept.told, kept.told_at = {**kept.told, "order": order}, now
        kept.save(update_fields=["told", "told_at"])


def _allowed(by: Policy, proposal: Proposal, rows: Sequence[int]) -> list[int]:
    """The rows whose new pair nothing forbids as the county is known now: whoever has become a
    relative's helper, has left or may take no households since the plan was made takes none.
    """
    changed = [at for at in rows if proposal.changed[at]]
    if not changed:
        return list(rows)
    now = asked_of(by, handbook().pairings[proposal.line.rule], as_of=by.as_of,
                   known_at=sequence())  # fmt: skip
    asked = proposal.asked
    homes = np.array([now.household(int(asked.households[at])) for at in changed])
    people = np.array([now.helper(int(asked.helpers[proposal.chosen[at]])) for at in changed])
    known = (homes >= 0) & (people != NOBODY)
    fits = np.zeros(len(changed), np.bool_)
    fits[known] = now.question.cost(homes[known], people[known]) < BARRED
    out = {at for at, fit in zip(changed, fits.tolist(), strict=True) if not fit}
    return [at for at in rows if at not in out]


def _in_portions(proposal: Proposal, rows: Sequence[int]) -> list[list[int]]:
    """The rows in portions in which nobody has more households on the way than a plan allows:
    first those whose new helper has room for them, and rings of helpers who are all full together.
    """
    asked = proposal.asked
    question = asked.question
    chosen = proposal.chosen
    present = np.where(proposal.approved, chosen, question.households.present)
    room = question.helpers.cap - question.load(present)
    waiting, ordered = list(rows), []
    while waiting:
        later = []
        for at in waiting:
            old, new, weight = int(present[at]), int(chosen[at]), int(question.points[at])
            if old == new or room[new] >= weight:
                room[new] -= weight
                if old != NOBODY:
                    room[old] += weight
                ordered.append(at)
            else:
                later.append(at)
        if len(later) == len(waiting):
            break
        waiting = later
    return [*portions(ordered, PORTION), *([waiting] if waiting else [])]


def _unfinished(row: PairingPlan, now: datetime) -> Order | None:
    """The order that broke off, None where there is none; refused while it is being carried out."""
    order: Order | None = row.told.get("order")
    if order is None or not order["left"]:
        return None
    if now - row.told_at < SILENT:
        raise _being_carried_out()
    return order


def _carried(
    uid: str,
    order: Order,
    *,
    moved: int,
    by: Policy,
    now: datetime,
    apart: Callable[[str], None] | None,
) -> Carried:
    """Carry an order out, here or apart."""
    few = order["left"] <= PORTION
    if few:
        carry(uid, clock=lambda: now, by=by)
    else:
        (apart or carry_apart)(uid)
    return Carried(order["left"], order["changed"], moved, order["left"] if few else 0)


def _being_carried_out() -> Refused:
    return Refused(
        "being_carried_out",
        "这个方案正在批准办理，请等办完再批。",
        "This plan is being carried out; wait until that is done.",
    )


@guard.lifting
def carry(
    uid: str,
    *,
    clock: Callable[[], datetime],
    by: Policy | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Carry out what is ordered of a plan and not done yet, portion by portion; how many.

    As the person who ordered it, by the posts of that day. A portion is recorded and marked in one
    transaction, so that nothing is done twice or half. What is refused ends the order with its
    cause; what was done by then stays.
    """
    row = PairingPlan.objects.get(uid=uid)
    order: Order | None = row.told.get("order")
    if order is None or not order["left"]:
        return 0
    proposal = proposal_for(by or _orderer(order), row, now=clock())
    approved, done = set(row.approved), 0
    todo = [proposal.asked.household(one) for one in order["households"] if one not in approved]
    try:
        for some in _in_portions(proposal, todo):
            rows, _moved = _unmoved(proposal, some)
            drafts = _drafts(by or _orderer(order), row, proposal, rows, order=order)
            mark = partial(_mark, row.id, proposal, some, rows, clock())
            record(drafts, by=by or _orderer(order), now=clock(), then=mark)
            done += len(rows)
            order = {**order, "told": True, "left": order["left"] - len(some)}
            if progress is not None:
                progress(len(order["households"]) - order["left"], len(order["households"]))
    except Refused as refused:
        with turn(), transaction.atomic():
            row.refresh_from_db()
            said = {"zh": refused.text.zh, "en": refused.text.en}
            row.told = {**row.told, "order": {**row.told["order"], "left": 0, "problem": said}}
            row.save(update_fields=["told"])
        raise
    return done


def _orderer(order: Order) -> Policy:
    """What the person who gave an order might do on its day."""
    day = date.fromisoformat(order["day"])
    posts = [post for post in posts_of([order["by"]]) if post.holds(day)]
    return policy_of(Subject.objects.get(id=order["by"]), posts, as_of=day)


def _mark(  # noqa: PLR0917
    plan: int, proposal: Proposal, some: Sequence[int], rows: Sequence[int], at: datetime
) -> None:
    """Note in the plan's row, in the portion's own transaction, what it carries out."""
    kept = PairingPlan.objects.get(id=plan)
    numbers = {int(proposal.asked.households[one]) for one in rows}
    order = kept.told.get("order")
    if order is None or not order["left"] or numbers & set(kept.approved):
        raise _being_carried_out()
    kept.approved = sorted({*kept.approved, *numbers})
    kept.told = {**kept.told, "order": {**order, "left": order["left"] - len(some), "told": True}}
    kept.told_at = at
    kept.save(update_fields=["approved", "told", "told_at"])


def carry_apart(uid: str) -> None:
    """Carry an approval out in a process of its own, which outlives the request."""
    begin_apart("carry", uid)


def _unmoved(proposal: Proposal, rows: Sequence[int]) -> tuple[list[int], int]:
    """The rows whose household is still held as the plan knew it, and how many are not."""
    asked = proposal.asked
    role = handbook().staffing[handbook().pairings[proposal.line.rule].staffing].role
    held = dict(
        Assignment.objects.filter(role=role, retired_seq=None, end=None).values_list(
            "subject", "fact"
        )
    )
    fresh = [at for at in rows if held.get(int(asked.households[at]), 0) == int(asked.posts[at])]
    return fresh, len(rows) - len(fresh)


def _drafts(
    by: Policy,
    row: PairingPlan,
    proposal: Proposal,
    rows: Sequence[int],
    *,
    order: Order,
) -> list[Draft]:
    """The end of one post and the next for each household with another helper; with the first of an
    order, its approval.
    """
    asked, rule = proposal.asked, handbook().pairings[row.rule]
    role = handbook().staffing[rule.staffing].role
    changed = [at for at in rows if proposal.changed[at]]
    uids = _uids([int(asked.households[at]) for at in changed]
                 + [int(asked.helpers[proposal.chosen[at]]) for at in changed])  # fmt: skip
    posts = _post_uids([int(asked.posts[at]) for at in changed if asked.posts[at]])
    drafts, begins = [], []
    if rule.approval and not order["told"]:
        drafts.append(_approval(by, row, proposal, order))
    document, on = order["document"], date.fromisoformat(order["on"])
    basis = f"结对方案 {row.number}" + (f"（{document}）" if document else "")
    for at in changed:
        home = uids[int(asked.households[at])]
        if asked.posts[at]:
            ending: dict[str, Value] = {"assignment": posts[int(asked.posts[at])], "why": basis}
            drafts.append(Draft(_name(row, home, "end"), "registry.assignment_end", on, home,
                                by.person_uid, ending))  # fmt: skip
        # All ends first: who is at his cap loses one household before he gains another.
        begins.append(Draft(
            _name(row, home, "begin"), "registry.assignment", on, home, by.person_uid,
            {"role": role, "basis": basis},
            (("holder", uids[int(asked.helpers[proposal.chosen[at]])]),),
        ))  # fmt: skip
    return drafts + begins


def _approval(by: Policy, row: PairingPlan, proposal: Proposal, order: Order) -> Draft:
    county = Subject.objects.get(type="county", voided_seq=None)
    values: dict[str, Value] = {
        "plan": row.number, "households": len(order["households"]), "changed": order["changed"],
        "cost": proposal.plan.objective + sum(int(str(one["cost"])) for one in proposal.edits),
    }  # fmt: skip
    if not proposal.line.patch:
        values["bound"] = proposal.plan.bound
    if order["document"]:
        values["document"] = order["document"]
    name = _name(row, str(len(row.approved)), "approval")
    kind = handbook().pairings[row.rule].approval
    return Draft(name, kind, by.as_of, county.uid, by.person_uid, values)


def _name(row: PairingPlan, about: str, what: str) -> str:
    """The same uid for the same change of the same plan: a repeat is harmless."""
    return str(uuid.uuid5(_NAMESPACE, f"{row.uid} {about} {what}"))


def _uids(numbers: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in portions(set(numbers), 500):
        found.update(Subject.objects.filter(id__in=some).values_list("id", "uid"))
    return found


def _post_uids(facts: Collection[int]) -> dict[int, str]:
    """The uid of the fact that founded the post of each standing fact."""
    found: dict[int, str] = {}
    for some in portions(set(facts), 500):
        rows = Assignment.objects.filter(fact__in=some, retired_seq=None)
        roots = dict(rows.values_list("fact", "root"))
        names = dict(
            Fact.objects.filter(sequence__in=roots.values()).values_list("sequence", "uid")
        )
        found.update({fact: names[root] for fact, root in roots.items()})
    return found
