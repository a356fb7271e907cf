"""Who stands in for whom (代班): posts taken over for a while, and handing them back.

A stand-in is a post like any other, so that whoever does the work answers for it; its fact names
the post it stands in for and until when that is expected.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from bangfu.core.facts import Draft, Value
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.text import Refused
from bangfu.records import actions, reading
from bangfu.records.access import Policy, held_on, within
from bangfu.records.models import Assignment, Fact
from bangfu.records.names import Named, names


@dataclass(frozen=True, slots=True)
class StandIn:
    """A post held for somebody else: `post` is the uid of its first fact."""

    post: str
    role: str
    subject: Named
    person: Named
    absent: Named
    start: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A post in the reader's scope that is expected to end on `until`; its fact by uid."""

    fact: str
    role: str
    subject: int
    person: int
    until: date


def ending(policy: Policy, *, by: date) -> list[Ending]:
    """The posts held today that are expected to end by a day, or should have; soonest first."""
    rows = list(_held(policy, Q()).filter(
        fact__in=Fact.objects.filter(
            kind="registry.assignment", values__contains='"until"'
        ).values("sequence")
    ))  # fmt: skip
    facts = {one.sequence: one for one in reading.by_sequence(policy, [row.fact for row in rows])}
    found = []
    for row in rows:
        until = facts[row.fact].values.get("until") if row.fact in facts else None
        if until and date.fromisoformat(str(until)) <= by:
            fact, day = facts[row.fact].uid, date.fromisoformat(str(until))
            found.append(Ending(fact, row.role, row.subject_id, row.person_id, day))
    return sorted(found, key=lambda one: (one.until, one.subject))


def stand_ins(policy: Policy) -> list[StandIn]:
    """The posts in the reader's scope that are held for somebody else today."""
    rows = _held(policy, Q())
    marked = Fact.objects.filter(
        sequence__in=rows.values("fact"), values__contains='"stands_in_for"'
    )
    facts = {
        fact.sequence: fact
        for fact in reading.by_sequence(policy, list(marked.values_list("sequence", flat=True)))
    }
    held = list(rows.filter(fact__in=facts))
    absent = _absent(facts[row.fact].values["stands_in_for"] for row in held)
    known = names(
        policy,
        {row.subject_id for row in held} | {row.person_id for row in held} | set(absent.values()),
    )
    roots = dict(
        Fact.objects.filter(sequence__in=[row.root for row in held]).values_list("sequence", "uid")
    )
    found = []
    for row in held:
        who = known.get(absent.get(str(facts[row.fact].values["stands_in_for"]), 0))
        if who and row.subject_id in known and row.person_id in known:
            until = facts[row.fact].values.get("until")
            found.append(
                StandIn(
                    roots[row.root], row.role, known[row.subject_id], known[row.person_id], who,
                    row.start, date.fromisoformat(str(until)) if until else None,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.until or date.max, one.absent.name))


def hand_over(
    posts: Sequence[str],
    *,
    to: str,
    on: date,
    until: date | None,
    basis: str,
    leave: Sequence[Draft] = (),
    by: Policy,
    now: datetime,
) -> list[CoreFact]:
    """End these posts on a day and let another person take them up on it, all or none.

    With `until` it is for a while: the new posts name those that they stand in for. `leave` are
    the facts that say why, entered along with it.
    """
    drafts = list(leave)
    for row, uid in _posts(by, posts):
        if row.person.uid == to:
            raise _his_own()
        ending: dict[str, Value] = {"assignment": uid}
        taking: dict[str, Value] = {}
        if basis:
            ending["why"] = taking["basis"] = basis
        if until is not None:
            taking |= {"stands_in_for": uid, "until": until.isoformat()}
        drafts.append(_ending(row, on, by, ending))
        drafts.append(_taking(row, on, by, values=taking, holder=to))
    return actions.record(drafts, by=by, now=now)


def give_back(posts: Sequence[str], *, on: date, by: Policy, now: datetime) -> list[CoreFact]:
    """End these stand-ins on a day and give each post back to whoever held it before."""
    known = {one.post: one for one in stand_ins(by)}
    drafts = []
    for row, uid in _posts(by, posts):
        if uid not in known:
            raise _not_held()
        drafts.append(_ending(row, on, by, {"assignment": uid}))
        drafts.append(_taking(row, on, by, values={}, holder=known[uid].absent.uid))
    return actions.record(drafts, by=by, now=now)


def _posts(by: Policy, uids: Sequence[str]) -> list[tuple[Assignment, str]]:
    """The posts of these uids that are held today in scope; refused if one is not."""
    if not uids:
        raise Refused("nothing_chosen", "请先勾选岗位。", "Tick the posts first.", place="post")
    roots = dict(Fact.objects.filter(uid__in=uids).values_list("sequence", "uid"))
    rows = _held(by, Q(root__in=roots)).select_related("subject", "person").order_by("root")
    found = [(row, roots[row.root]) for row in rows]
    if len(found) < len(set(uids)):
        raise _not_held()
    return found


def _held(policy: Policy, condition: Q) -> QuerySet[Assignment]:
    """Posts in scope that are held today."""
    return Assignment.objects.filter(
        condition,
        held_on(policy.as_of),
        within(policy.scope, field="subject", path="subject__path"),
    )


def _absent(posts: Iterable[Value]) -> dict[str, int]:
    """The persons of these posts, ended or not, by the uid of the post's first fact."""
    roots = dict(
        Fact.objects.filter(uid__in=[str(uid) for uid in posts]).values_list("sequence", "uid")
    )
    rows = Assignment.objects.filter(root__in=roots, retired_seq=None)
    return {roots[root]: person for root, person in rows.values_list("root", "person")}


def _ending(row: Assignment, on: date, by: Policy, values: dict[str, Value]) -> Draft:
    uid = str(uuid.uuid4())
    return Draft(uid, "registry.assignment_end", on, row.subject.uid, by.person_uid, values)


def _taking(
    row: Assignment, on: date, by: Policy, *, values: dict[str, Value], holder: str
) -> Draft:
    return Draft(
        str(uuid.uuid4()), "registry.assignment", on, row.subject.uid, by.person_uid,
        {"role": row.role, **values}, (("holder", holder),),
    )  # fmt: skip


def _not_held() -> Refused:
    return Refused(
        "post_gone",
        "所选岗位里有的已不在任，或不归您管。",
        "One of the posts chosen is no longer held, or not in your care.",
        place="post",
    )


def _his_own() -> Refused:
    return Refused(
        "his_own_post",
        "接手的人不能就是原来任职的人。请另选一人。",
        "Whoever takes over cannot be the one who holds the post. Choose somebody else.",
        place="to",
    )
