"""The writes of plans: propose, work out, change by hand."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import transaction

from bangfu.core.rules import Pairing
from bangfu.core.text import Refused, Text
from bangfu.engine.pairing import Asked
from bangfu.engine.spans import Ints
from bangfu.optimise import leaders, pairing, points, reasons
from bangfu.optimise.blocking import NAMES, blocked, blocked_by_points
from bangfu.optimise.inputs import NOBODY
from bangfu.optimise.pairing import OPEN, Plan, Progress
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.county import sequence
from bangfu.records.handbooks import handbook
from bangfu.records.models import Subject
from bangfu.records.pairing.asking import asked_of
from bangfu.records.pairing.proposal import SILENT, Proposal, answer_of, proposal_of
from bangfu.records.pairing_rows import PairingPlan
from bangfu.records.turn import turn

# So many pairs are answered at once; more are worked out by a process of their own.
AT_ONCE = 400_000
POINTS_GAP = 0.005
"""How near the bound a plan with difficulty points is brought, as a share of its cost."""


def may_plan(policy: Policy) -> bool:
    """Whether the reader's posts make plans: an office of the county that enters posts."""
    kind = handbook().kind("registry.assignment")
    entering = {rule.role for rule in kind.recorders if rule.scope == "county"} if kind else set()
    return policy.scope.county and any(post.role in entering for post in policy.roles)


@guard.lifting
def ask_for(
    by: Policy,
    rule_id: str,
    *,
    now: datetime,
    gone: Sequence[int] = (),
    apart: Callable[[str], None] | None = None,
) -> str:
    """Ask for a plan of all pairs and return its uid; a large one is worked out `apart`.

    Those who are `gone` get no household. Refused while another is being worked out: each takes
    much of the machine.
    """
    rule = rule_for(by, rule_id)
    known_at = sequence()
    asked = asked_of(by, rule, as_of=by.as_of, known_at=known_at)
    row = _kept(by, rule, known_at=known_at, now=now, gone=list(gone))
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
    rule = rule_for(by, rule_id)
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
    row = _kept(by, rule, known_at=known_at, now=now, gone=numbers, patch=True)
    _done(row, asked, plan, found.orphans, now=now)
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
        told: dict[str, object] = {"round": rounds, "objective": objective, "bound": bound}
        _told(row, "running", told, clock())
        if progress is not None:
            progress(rounds, objective, bound)

    try:
        asked = _asked(by, row)
        plan = best(asked, progress=tell)
        _done(row, asked, plan, np.arange(len(asked.households)), now=clock())
    except Refused as refused:
        _told(row, "failed", {"zh": refused.text.zh, "en": refused.text.en}, clock())
    except (ArithmeticError, MemoryError, KeyError) as problem:
        _told(row, "failed", {"zh": f"算不下去：{problem}", "en": str(problem)}, clock())


def best(asked: Asked, *, progress: Progress | None = None) -> Plan:
    """The plan by the way that the question asks for: leaders of villages, points, or neither."""
    if asked.kind == "village":
        return leaders.propose(asked.question)
    if (asked.question.points > 1).any():
        return points.propose(asked.question, gap=POINTS_GAP, progress=progress)
    return pairing.propose(asked.question, progress=progress)


def work_apart(uid: str) -> None:
    """Work a plan out in a process of its own, which outlives the request."""
    apart("run", uid)


def apart(what: str, uid: str) -> None:
    """Begin `bangfu pairing WHAT` for a plan as a process of its own."""
    command = [
        sys.executable, "-m", "bangfu", "pairing", what, uid, "--data",
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
    rule_for(by, "")
    with turn(), transaction.atomic():
        row = PairingPlan.objects.get(uid=uid)
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
        edited = proposal_of(row, proposal.asked, now=now)
        row.told = {**row.told, "changed": int(edited.changed.sum())}
        row.save(update_fields=["edits", "told"])
    return cost


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
    return proposal_of(row, _asked(by, row), now=now)


def _asked(by: Policy, row: PairingPlan) -> Asked:
    """The question of a plan, in which those who leave have no place left."""
    rule = handbook().pairings[row.rule]
    asked = asked_of(replace(by, as_of=row.as_of), rule, as_of=row.as_of, known_at=row.known_at)
    gone = np.isin(asked.helpers, np.array(row.gone, np.int64))
    if not gone.any():
        return asked
    helpers = asked.question.helpers
    helpers = replace(helpers, cap=np.where(gone, 0, helpers.cap))
    return replace(asked, question=replace(asked.question, helpers=helpers))


# -- pieces ----------------------------------------------------------------------------------------


def rule_for(by: Policy, rule_id: str) -> Pairing:
    """The rule of that id, any where none is named; refused to who makes no plans."""
    if not may_plan(by):
        raise Refused("no_right", "您的岗位不管这件事。", "Your posts do not include this.")
    rules = handbook().pairings
    if not rule_id and rules:
        return next(iter(rules.values()))
    if rule_id not in rules:
        raise Refused(
            "no_pairing", "工作手册里没有结对规则。", "The handbook has no rule of pairs."
        )
    return rules[rule_id]


def _kept(
    by: Policy,
    rule: Pairing,
    *,
    known_at: int,
    now: datetime,
    gone: list[int],
    patch: bool = False,
) -> PairingPlan:
    """A new row; plans of one day are numbered."""
    with turn(), transaction.atomic():
        if not patch:
            _refuse_another(now)
        day = by.as_of.isoformat()
        last = PairingPlan.objects.filter(as_of=by.as_of).count()
        return PairingPlan.objects.create(
            uid=str(uuid.uuid4()), number=f"{day}-{last + 1}", rule=rule.id, gone=gone,
            patch=patch,
            made_by_id=by.person, made_at=now, as_of=by.as_of, known_at=known_at,
            handbook=handbook().digest, told_at=now,
        )  # fmt: skip


def _refuse_another(now: datetime) -> None:
    """Raise `Refused` while a plan of all pairs is being worked out, or is about to be."""
    going = PairingPlan.objects.filter(
        state__in=("waiting", "running"), patch=False, told_at__gt=now - SILENT
    )
    if other := going.values_list("number", flat=True).first():
        raise Refused(
            "another_plan",
            f"正在测算另一个方案（{other}），请等它算完再测算。",
            f"Another plan ({other}) is being worked out; ask again once it is done.",
        )


def _told(row: PairingPlan, state: str, told: dict[str, object], at: datetime) -> None:
    row.state, row.told, row.told_at = state, told, at
    row.save(update_fields=["state", "told", "told_at"])


def _done(row: PairingPlan, asked: Asked, plan: Plan, of: Ints, *, now: datetime) -> None:
    """Keep a plan that is worked out, and why households stay open where they do."""
    # A patch may leave open what a full plan would not.
    reasons_of = why_open(asked, plan) if len(plan.open) and not row.patch else []
    row.answer = answer_of(plan, of)
    row.state, row.told_at = "done", now
    row.told = {
        "objective": plan.objective, "bound": plan.bound, "households": len(of),
        "open": len(plan.open), "blocked": [{"zh": t.zh, "en": t.en} for t in reasons_of],
        "pairs": int(np.prod(asked.question.size)), "villages": asked.kind == "village",
        "seconds": round((now - row.made_at).total_seconds(), 1),
    }  # fmt: skip
    row.told["changed"] = int(proposal_of(row, asked, now=now).changed[of].sum())
    row.save(update_fields=["answer", "state", "told", "told_at"])


def why_open(asked: Asked, plan: Plan) -> list[Text]:
    """What blocks the households, or villages, that a plan leaves open."""
    if (asked.question.points > 1).any():
        return [blocked_by_points(asked.question, plan).text()]
    return [one.text(villages=asked.kind == "village") for one in blocked(asked.question, plan)]


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
