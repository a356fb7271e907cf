"""Plans carried out: posts end and begin, with the plan as their basis."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bangfu.core.facts import Draft, Value
from bangfu.core.text import Refused
from bangfu.optimise.inputs import NOBODY
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.actions import record
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import portions
from bangfu.records.models import Assignment, Fact, Subject
from bangfu.records.pairing.actions import proposal_for, rule_for
from bangfu.records.pairing.proposal import Proposal
from bangfu.records.pairing_rows import PairingPlan

_NAMESPACE = uuid.UUID("7d0c5a0e-9b7a-4a35-8a52-4a1b6f2d9c10")


@dataclass(frozen=True, slots=True)
class Carried:
    """What an approval brought about: `moved` households had changed since the plan was made."""

    households: int
    changed: int
    moved: int


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
    rule_for(by, "")
    row = PairingPlan.objects.get(uid=uid)
    proposal = proposal_for(by, row, now=now)
    rows = [
        at
        for at in proposal.of.tolist()
        if not proposal.approved[at] and proposal.chosen[at] != NOBODY
        if households is None or int(proposal.asked.households[at]) in households
    ]
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
    document: str,
    on: date,
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
        drafts.append(
            _approval(by, row, proposal, counts=(len(rows), len(changed)), document=document)
        )
    basis = f"结对方案 {row.number}" + (f"（{document}）" if document else "")
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
    by: Policy,
    row: PairingPlan,
    proposal: Proposal,
    *,
    counts: tuple[int, int],
    document: str,
) -> Draft:
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
