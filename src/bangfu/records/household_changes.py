"""What happens to a household in one go (分户、并户、户主变更): several registry facts, or none.

Nothing is stored besides the facts: the head is whoever is a member as 户主, a household that was
merged is one without members, category and helper. What was done in one go is undone in one go.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.roster import HEAD
from bangfu.core.text import Refused
from bangfu.records import actions, reading, refusals
from bangfu.records.access import Policy
from bangfu.records.desk_queries import Card, Tie, card
from bangfu.records.models import Fact
from bangfu.records.plans import UID

MOST_PARTS = 400
SPLIT, MERGED, NEW_HEAD = "分户", "并户", "户主变更"
CATEGORY, HELPER = "category", "helper"


@dataclass(slots=True)
class Doing:
    """Who does it, from which day on it holds, and when it is entered.

    `uid` is the first fact's, chosen by the form that asks, and the others' follow from it: a form
    sent again is known, and what was entered in one go is found again from the first.
    """

    by: Policy
    on: date
    now: datetime
    uid: str
    made: int = 0

    def done(self) -> list[CoreFact]:
        """What this very doing entered, where it was done before by the same person."""
        found = together(self.by, self.uid)
        return found if found and found[0].recorded_by == self.by.person_uid else []

    def draft(
        self,
        kind: str,
        subject: str,
        values: Mapping[str, Value],
        *,
        people: tuple[tuple[str, str], ...] = (),
    ) -> Draft:
        """One registry fact of that day."""
        name = _part(self.uid, self.made)
        self.made += 1
        return Draft(
            name, f"registry.{kind}", self.on, subject or name, self.by.person_uid,
            dict(values), people,
        )  # fmt: skip

    def joins(self, household: str, person: str, relation: str) -> Draft:
        """Somebody becomes a member."""
        return self.draft(
            "membership", household, {"relation": relation}, people=(("member", person),)
        )

    def leaves(self, tie: Tie, why: str) -> Draft:
        """A membership ends."""
        return self.draft(
            "membership_end",
            tie.subject.uid,
            {"membership": tie.uid, **({"why": why} if why else {})},
        )

    def record(self, drafts: Iterable[Draft]) -> list[CoreFact]:
        """All of them in one transaction, or none."""
        return actions.record(list(drafts), by=self.by, now=self.now)


def add_member(
    doing: Doing, household: str, person: Mapping[str, Value], *, relation: str
) -> list[CoreFact]:
    """Somebody new, such as a child that was born, with the membership."""
    found = _home(doing, household)
    _one_head(found, doing.on, [relation])
    founded = doing.draft("person", "", {**person, "place": _place(found)})
    return doing.record([founded, doing.joins(household, founded.uid, relation)])


def change_head(
    doing: Doing, household: str, relations: Mapping[str, str], *, gone: str = ""
) -> list[CoreFact]:
    """Another head, and what the others are to him; by membership, "" for whoever is no more there.

    `gone` says why those left. Members whose relation stays as it is are left alone.
    """
    found = _home(doing, household)
    members = _members(found, doing.on)
    said = {tie.uid: relations.get(tie.uid, tie.what) for tie in members}
    if list(said.values()).count(HEAD) != 1:
        raise _heads()
    drafts: list[Draft] = []
    for tie in members:
        if said[tie.uid] != tie.what:
            drafts.append(doing.leaves(tie, NEW_HEAD if said[tie.uid] else gone))
            if said[tie.uid]:
                drafts.append(doing.joins(household, tie.person.uid, said[tie.uid]))
    if not drafts:
        raise Refused("nothing_changed", "没有变动。", "Nothing is changed.")
    return doing.record(drafts)


def split(
    doing: Doing, household: str, relations: Mapping[str, str], *, home: Mapping[str, Value],
    carry: bool,
) -> list[CoreFact]:  # fmt: skip
    """Some members, by membership with what they are to the new head, become a household of their
    own, at the place that `home` names or where they were. With `carry` it is helped as before.

    All of them leaving for another place is a move.
    """
    found = _home(doing, household)
    chosen = [tie for tie in _members(found, doing.on) if relations.get(tie.uid)]
    if not chosen:
        raise Refused("nobody_chosen", "请勾选分出去的成员。", "Choose who leaves.")
    heads = [tie for tie in chosen if relations[tie.uid] == HEAD]
    if len(heads) != 1:
        raise _heads()
    staying = [tie for tie in _members(found, doing.on) if tie not in chosen]
    if staying and [tie.what for tie in staying].count(HEAD) != 1:
        raise Refused(
            "no_head_left", "留下的人里没有户主。请先办“户主变更”，再分户。",
            "Nobody who stays is the head. Enter another head first, then the split.",
        )  # fmt: skip
    values = {"place": _place(found), **{k: v for k, v in home.items() if v}}
    new = doing.draft("household", "", {"name": heads[0].person.name, **values})
    drafts = [new]
    for tie in chosen:
        drafts += [doing.leaves(tie, SPLIT),
                   doing.joins(new.uid, tie.person.uid, relations[tie.uid])]  # fmt: skip
    for status in _held(found, doing.on) if carry else ():
        drafts.append(doing.draft("status", new.uid, {"status": CATEGORY, "value": status}))
    for tie in _helpers(found, doing.on) if carry else ():
        post: dict[str, Value] = {"role": tie.what, "basis": SPLIT}
        holder = (("holder", tie.person.uid),)
        drafts.append(doing.draft("assignment", new.uid, post, people=holder))
    if not staying:
        drafts += _dissolved(doing, found, SPLIT)
    return doing.record(drafts)


def merge(doing: Doing, household: str, into: str, relations: Mapping[str, str]) -> list[CoreFact]:
    """All members of a household join another; its category and helpers end with it."""
    found, other = _home(doing, household), _home(doing, into)
    if found.named.id == other.named.id:
        raise Refused("same_household", "不能并入自己。", "It cannot be merged with itself.")
    members = _members(found, doing.on)
    said = [relations.get(tie.uid) or "其他" for tie in members]
    _one_head(other, doing.on, said)
    drafts: list[Draft] = []
    for tie, relation in zip(members, said, strict=True):
        drafts += [doing.leaves(tie, MERGED), doing.joins(into, tie.person.uid, relation)]
    return doing.record([*drafts, *_dissolved(doing, found, MERGED)])


def undo(by: Policy, fact: str, *, reason: str, now: datetime) -> list[CoreFact]:
    """Withdraw what was entered in one go with the fact of that uid, the last first."""
    facts = [one for one in together(by, fact) if one.standing]
    if not facts:
        raise refusals.no_fact()
    drafts = [_withdrawn(by, one, reason) for one in reversed(facts)]
    return actions.record(drafts, by=by, now=now)


def _withdrawn(by: Policy, fact: CoreFact, reason: str) -> Draft:
    return Draft(
        str(uuid.uuid4()),
        VOID,
        by.as_of,
        fact.subject,
        by.person_uid,
        amends=fact.uid,
        reason=reason,
    )


def together(by: Policy, first: str) -> list[CoreFact]:
    """The registry facts that were entered in one go, the first of which has that uid."""
    if not UID.match(first):
        return []
    uids = [_part(first, number) for number in range(MOST_PARTS)]
    rows = Fact.objects.filter(uid__in=uids, kind__startswith="registry.")
    found = reading.by_sequence(by, sorted(rows.values_list("sequence", flat=True)))
    return found if found and found[0].uid == first else []


def _part(first: str, number: int) -> str:
    """The uid of what is entered together with the fact of the uid `first`, which is number 0."""
    return str(uuid.uuid5(uuid.UUID(first), str(number))) if number else first


def _home(doing: Doing, household: str) -> Card:
    found = card(doing.by, household)
    if found is None or found.named.type != "household" or found.founding is None:
        raise refusals.no_subject()
    return found


def _place(found: Card) -> Value:
    return found.founding.values.get("place") if found.founding else None


def _members(found: Card, day: date) -> list[Tie]:
    return [tie for tie in found.members if tie.holds(day)]


def _helpers(found: Card, day: date) -> list[Tie]:
    return [tie for tie in found.holders if tie.holds(day) and tie.what == HELPER]


def _held(found: Card, day: date) -> list[str]:
    """The household's category on the day, if it has one."""
    return [
        one.value
        for one in found.statuses
        if one.name == CATEGORY and one.value and one.start <= day
        and (one.end is None or day < one.end)
    ]  # fmt: skip


def _dissolved(doing: Doing, found: Card, why: str) -> list[Draft]:
    """A household without members is helped and counted no more."""
    ended = {"status": CATEGORY, "value": ""}
    drafts = [doing.draft("status", found.named.uid, ended) for _ in _held(found, doing.on)]
    posts = [tie.uid for tie in found.holders if tie.holds(doing.on)]
    return drafts + [
        doing.draft("assignment_end", found.named.uid, {"assignment": post, "why": why})
        for post in posts
    ]


def _one_head(found: Card, day: date, relations: Iterable[str]) -> None:
    """Whoever joins is no second head."""
    has = any(tie.what == HEAD for tie in _members(found, day))
    if list(relations).count(HEAD) + has > 1:
        raise _heads()


def _heads() -> Refused:
    return Refused(
        "one_head", "一户要有一个户主，也只有一个。", "A household has one head, and only one.",
        place="relation",
    )  # fmt: skip
