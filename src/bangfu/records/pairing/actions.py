"""The writes of plans: propose, work out, change by hand, carry out."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from django.conf import settings
from django.db import transaction

from bangfu.core.facts import Draft, Value
from bangfu.core.rules import Pairing
from bangfu.core.text import Refused, Text
from bangfu.engine.pairing import Asked
from bangfu.engine.spans import Ints
from bangfu.optimise import reasons
from bangfu.optimise.blocking import NAMES, blocked
from bangfu.optimise.inputs import NOBODY
from bangfu.optimise.pairing import OPEN, Plan, propose
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.actions import record
from bangfu.records.county import sequence
from bangfu.records.handbooks import handbook
from bangfu.records.models import Assignment, Fact, Subject
from bangfu.records.pairing.asking import asked_of
from bangfu.records.pairing.proposal import Proposal, answer_of, proposal_of
from bangfu.records.pairing_rows import PairingPlan

# So many pairs are answered at once; more are worked out by a process of their own.
AT_ONCE = 400_000
_NAMESPACE = uuid.UUID("7d0c5a0e-9b7a-4a35-8a52-4a1b6f2d9c10")


@dataclass(frozen=True, slots=True)
class Carried:
    """What an approval brought about: `moved` households had changed since the plan was made."""

    households: int
    changed: int
    moved: int


def may_plan(policy: Policy) -> bool:
    """Whether the reader's posts make plans: an office of the county that enters posts."""
    kind = handbook().kind("registry.assignment")
    entering = {rule.role for rule in kind.recorders if rule.scope == "county"} if kind else set()
    return policy.scope.county and any(post.role in entering for post in policy.roles)


@guard.lifting
def ask_for(
    by: Policy, rule_id: str, *, now: datetime, apart: Callable[[str], None] | None = None
) -> str:
    """Ask for a plan of all pairs and return its uid; a large one is worked out `apart`."""
    rule = _rule(by, rule_id)
    known_at = sequence()
    asked = asked_of(by, rule, as_of=by.as_of, known_at=known_at)
    row = _kept(by, rule, known_at=known_at, now=now)
    households, helpers = asked.question.size
    if households * helpers > AT_ONCE:
        (apart or work_apart)(row.uid)
    else:
        work(by, row.uid, clock=lambda: now)
    return row.uid


@guard.lifting
def patch(by: Policy, rule_id: str, *, gone: Sequence[str], now: datetime) -> str:
    """Give the households of these persons to others, and those that have nobody; moves no other.

    Returns the uid of the plan. Without `gone`, only the households without a helper.
    """
    rule = _rule(by, rule_id)
    known_at = sequence()
    asked = asked_of(by, rule, as_of=by.as_of, known_at=known_at)
    numbers = list(Subject.objects.filter(uid__in=gone).values_list("id", flat=True))
    rows = np.array([asked.helper(one) for one in numbers], np.int64)
    rows = rows[rows != NOBODY]
    now_has = asked.question.households.present
    found = reasons.patch(asked.question, now_has, rows, vacant=True)
    if not len(found.orphans):
        raise Refused(
            "nobody_to_give",
            "没有要补位的户：这些人名下没有户，也没有空缺。",
            "There is nothing to fill: these persons help no household, and none is vacant.",
            place="gone",
        )
    plan = Plan(found.helper_of, np.zeros(len(asked.helpers), np.int64), found.cost, 0, OPEN, 0, 0)
    row = _kept(by, rule, known_at=known_at, now=now, gone=numbers)
    _done(row, asked, plan, found.orphans, gone=rows, now=now)
    return row.uid


@guard.lifting
def work(
    by: Policy,
    uid: str,
    *,
    clock: Callable[[], datetime],
    progress: Callable[[int, int, int], None] | None = None,
) -> None:
    """Work a plan out; what it has come to is told in its row as it goes."""
    row = PairingPlan.objects.get(uid=uid)
    _told(row, "running", {"round": 0}, clock())

    def tell(rounds: int, objective: int, bound: int) -> None:
        told = {"round": rounds, "objective": objective, "bound": bound}
        _told(row, "running", told, clock())
        if progress is not None:
            progress(rounds, objective, bound)

    try:
        asked = asked_of(
            replace(by, as_of=row.as_of), handbook().pairings[row.rule],
            as_of=row.as_of, known_at=row.known_at,
        )  # fmt: skip
        plan = propose(asked.question, progress=tell)
        every = np.arange(len(asked.households))
        _done(row, asked, plan, every, gone=np.zeros(0, np.int64), now=clock())
    except Refused as refused:
        _told(row, "failed", {"zh": refused.text.zh, "en": refused.text.en}, clock())
    except (ArithmeticError, MemoryError, KeyError) as problem:
        _told(row, "failed", {"zh": f"算不下去：{problem}", "en": str(problem)}, clock())


def work_apart(uid: str) -> None:
    """Work a plan out in a process of its own, which outlives the request."""
    command = [
        sys.executable, "-m", "bangfu", "pairing", "run", uid, "--data",
        str(settings.BANGFU_DATA),
    ]  # fmt: skip
    subprocess.Popen(  # noqa: S603 -- our own command
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


@guard.lifting
def edit(by: Policy, uid: str, *, household: str, helper: str, now: datetime) -> int:
    """Give a household of a plan to another helper, or to nobody (""); what that costs.

    Raises `Refused` with the rule that forbids it.
    """
    _rule(by, "")
    with transaction.atomic():
        row = PairingPlan.objects.select_for_update().get(uid=uid)
        proposal = proposal_for(by, row, now=now)
        numbers = dict(Subject.objects.filter(uid__in=[household, helper]).values_list("uid", "id"))
        at = proposal.asked.household(numbers.get(household, 0))
        to = proposal.asked.helper(numbers.get(helper, 0)) if helper else NOBODY
        _check_edit(proposal, at, to, wanted=bool(helper))
        cost = reasons.edit_cost(proposal.asked.question, proposal.chosen, {at: to})
        if cost is None:
            raise _forbidden(proposal, at, to)
        row.edits = [
            *row.edits,
            {
                "household": numbers[household], "helper": numbers.get(helper, 0), "cost": cost,
                "before": _number(proposal, int(proposal.chosen[at])), "by": by.person,
                "at": now.isoformat(),
            },
        ]  # fmt: skip
        row.told = {**row.told, "changed": int(proposal_for(by, row, now=now).changed.sum())}
        row.save(update_fields=["edits", "told"])
    return cost


@guard.lifting
def approve(
    by: Policy,
    uid: str,
    *,
    households: Collection[int] | None,
    document: str,
    on: date,
    now: datetime,
) -> Carried:
    """Carry a plan out, whole or for some households: posts end and begin on a day, by `record`.

    What was approved goes into the ledger as a fact, and every post names the plan as its basis.
    Households whose helper has changed since the plan was made are left out, and counted.
    """
    _rule(by, "")
    row = PairingPlan.objects.get(uid=uid)
    proposal = proposal_for(by, row, now=now)
    rows = [at for at in proposal.of.tolist()
            if not proposal.approved[at] and proposal.chosen[at] != NOBODY
            and (households is None or int(proposal.asked.households[at]) in households)]  # fmt: skip
    fresh, moved = _unmoved(proposal, rows)
    if not fresh:
        raise Refused(
            "nothing_to_approve",
            "所选各户都已批准，或在方案之后换过帮扶人。请重新测算。",
            "All of these are approved already, or got another helper since. Ask for a new plan.",
        )
    drafts = _drafts(by, row, proposal, fresh, document=document.strip(), on=on)
    record(drafts, by=by, now=now)
    done = [int(proposal.asked.households[at]) for at in fresh]
    row.approved = sorted({*row.approved, *done})
    row.save(update_fields=["approved"])
    return Carried(len(fresh), int(proposal.changed[fresh].sum()), moved)


def proposal_for(by: Policy, row: PairingPlan, *, now: datetime) -> Proposal:
    """A plan that is done; refused while it is not, or where the handbook has changed since."""
    if row.state != "done":
        raise Refused("not_done", "方案还没有算好。", "The plan is not worked out yet.")
    if row.handbook != handbook().digest:
        raise Refused(
            "other_rules",
            "工作手册在方案之后改过，请重新测算。",
            "The handbook has changed since this plan was made. Ask for a new one.",
        )
    rule = handbook().pairings[row.rule]
    asked = asked_of(
        replace(by, as_of=row.as_of), rule, as_of=row.as_of, known_at=row.known_at
    )
    return proposal_of(row, asked, now=now)


# -- pieces ----------------------------------------------------------------------------------------


def _rule(by: Policy, rule_id: str) -> Pairing:
    """The rule of that id, any where none is named; refused to who makes no plans."""
    if not may_plan(by):
        raise Refused("no_right", "您的岗位不管这件事。", "Your posts do not include this.")
    rules = handbook().pairings
    if not rule_id and rules:
        return next(iter(rules.values()))
    if rule_id not in rules:
        raise Refused("no_pairing", "工作手册里没有结对规则。", "The handbook has no rule of pairs.")
    return rules[rule_id]


def _kept(
    by: Policy, rule: Pairing, *, known_at: int, now: datetime, gone: list[int] | None = None
) -> PairingPlan:
    """A new row; plans of one day are numbered."""
    with transaction.atomic():
        day = by.as_of.isoformat()
        last = PairingPlan.objects.filter(as_of=by.as_of).count()
        return PairingPlan.objects.create(
            uid=str(uuid.uuid4()), number=f"{day}-{last + 1}", rule=rule.id, gone=gone,
            made_by_id=by.person, made_at=now, as_of=by.as_of, known_at=known_at,
            handbook=handbook().digest, told_at=now,
        )  # fmt: skip


def _told(row: PairingPlan, state: str, told: dict[str, object], at: datetime) -> None:
    row.state, row.told, row.told_at = state, told, at
    row.save(update_fields=["state", "told", "told_at"])


def _done(
    row: PairingPlan, asked: Asked, plan: Plan, of: Ints, *, gone: Ints, now: datetime
) -> None:  # noqa: PLR0917
    """Keep a plan that is worked out, and why households stay open where they do."""
    reasons_of = [one.text() for one in blocked(asked.question, plan)] if len(plan.open) else []
    if len(gone):
        reasons_of = []  # a patch leaves open what a full plan might not
    row.answer = answer_of(plan, of, gone=gone)
    row.state, row.told_at = "done", now
    row.told = {
        "objective": plan.objective, "bound": plan.bound, "households": len(of),
        "open": len(plan.open), "blocked": [{"zh": t.zh, "en": t.en} for t in reasons_of],
        "pairs": int(np.prod(asked.question.size)),
        "seconds": round((now - row.made_at).total_seconds(), 1),
    }  # fmt: skip
    row.told["changed"] = int(proposal_of(row, asked, now=now).changed[of].sum())
    row.save(update_fields=["answer", "state", "told", "told_at"])


def _check_edit(proposal: Proposal, at: int, to: int, *, wanted: bool) -> None:
    if at < 0 or at not in proposal.of:
        raise Refused(
            "not_in_plan", "方案里没有这一户。", "This household is not in the plan.",
            place="household",
        )  # fmt: skip
    if proposal.approved[at]:
        raise Refused(
            "approved_already",
            "这一户已批准，不能再在方案里改；要换人请办交接。",
            "This household is approved already; hand the post over instead.",
            place="household",
        )
    if wanted and to == NOBODY:
        raise Refused(
            "not_eligible",
            "此人不在可以帮扶的人里（手册的条件见“结对规则”）。",
            "This person is not among those who may help; the rule of pairs says who may.",
            place="helper",
        )


def _forbidden(proposal: Proposal, at: int, to: int) -> Refused:
    rules = [NAMES[rule] for rule in reasons.against(
        proposal.asked.question, proposal.chosen, at, to)]  # fmt: skip
    zh, en = "、".join(one.zh for one in rules), ", ".join(one.en for one in rules)
    return Refused(
        "against_rule",
        f"不能这样结对：违反{zh}。",
        f"These cannot be paired: against {en}.",
        place="helper",
    )


def _number(proposal: Proposal, helper: int) -> int:
    return 0 if helper == NOBODY else int(proposal.asked.helpers[helper])


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
    by: Policy, row: PairingPlan, proposal: Proposal, rows: Sequence[int], *, document: str, on: date
) -> list[Draft]:
    """The approval, and for each household with another helper the end of one post and the next."""
    asked, rule = proposal.asked, handbook().pairings[row.rule]
    role = handbook().staffing[rule.staffing].role
    changed = [at for at in rows if proposal.changed[at]]
    uids = _uids([int(asked.households[at]) for at in changed]
                 + [int(asked.helpers[proposal.chosen[at]]) for at in changed])  # fmt: skip
    posts = _post_uids([int(asked.posts[at]) for at in changed if asked.posts[at]])
    drafts = []
    if rule.approval:
        drafts.append(_approval(by, row, proposal, (len(rows), len(changed)), document))
    basis = Text(f"结对方案 {row.number}", "").zh + (f"（{document}）" if document else "")
    for at in changed:
        home = uids[int(asked.households[at])]
        if asked.posts[at]:
            ending: dict[str, Value] = {"assignment": posts[int(asked.posts[at])], "why": basis}
            drafts.append(Draft(_name(row, home, "end"), "registry.assignment_end", on, home,
                                by.person_uid, ending))  # fmt: skip
        drafts.append(Draft(
            _name(row, home, "begin"), "registry.assignment", on, home, by.person_uid,
            {"role": role, "basis": basis},
            (("holder", uids[int(asked.helpers[proposal.chosen[at]])]),),
        ))  # fmt: skip
    return drafts


def _approval(
    by: Policy, row: PairingPlan, proposal: Proposal, counts: tuple[int, int], document: str
) -> Draft:  # noqa: PLR0917
    county = Subject.objects.get(type="county", voided_seq=None)
    values: dict[str, Value] = {
        "plan": row.number, "households": counts[0], "changed": counts[1],
        "cost": proposal.plan.objective + sum(int(str(one["cost"])) for one in proposal.edits),
    }  # fmt: skip
    if not proposal.line.patch:
        values["bound"] = proposal.plan.bound
    if document:
        values["document"] = document
    name = _name(row, str(len(row.approved)), "approval")
    kind = handbook().pairings[row.rule].approval
    return Draft(name, kind, by.as_of, county.uid, by.person_uid, values)


def _name(row: PairingPlan, about: str, what: str) -> str:
    """The same uid for the same change of the same plan: a repeat is harmless."""
    return str(uuid.uuid5(_NAMESPACE, f"{row.uid} {about} {what}"))


def _uids(numbers: Collection[int]) -> dict[int, str]:
    return dict(_in_portions(numbers, Subject, "id"))


def _post_uids(facts: Collection[int]) -> dict[int, str]:
    """The uid of the fact that founded the post of each standing fact."""
    roots = dict(_in_portions(facts, Assignment, "fact", "root"))
    names = dict(_in_portions(roots.values(), Fact, "sequence"))
    return {fact: names[root] for fact, root in roots.items()}


def _in_portions(numbers: Collection[int], model: type, key: str, value: str = "uid"):  # type: ignore[no-untyped-def]
    wanted = sorted(set(numbers))
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        rows = model.objects.filter(**{f"{key}__in": some})  # type: ignore[attr-defined]
        if model is Assignment:
            rows = rows.filter(retired_seq=None)
        yield from rows.values_list(key, value)
