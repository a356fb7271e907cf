"""Everything that the ledger holds of one party, to be shown to that party (本人信息查阅)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from django.db.models import Q

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.registry import ERASABLE, ERASURE
from bangfu.core.text import Refused
from bangfu.records import disclosure, guard, reading, sheet_queries
from bangfu.records.access import Policy
from bangfu.records.canonical import canonical
from bangfu.records.desk_queries import Card, card
from bangfu.records.disclosure import Request
from bangfu.records.handbooks import handbook
from bangfu.records.models import Participant

TITLE = "本人信息查阅件"


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is held of a person or household (本人信息查阅件), id numbers in full.

    `facts` are about the party, the earliest first, corrected and withdrawn ones among them;
    `named` are others' in which it took part; `taken` says who looked at an identifier or took
    something away, when and why. `erased`: its personal values are destroyed.
    """

    card: Card
    facts: tuple[CoreFact, ...]
    named: tuple[CoreFact, ...]
    taken: tuple[CoreFact, ...]
    erased: bool

    @property
    def digest(self) -> str:
        """A digest of all that is handed over, by which a paper is told to be the one."""
        held = [f"{one.uid} ".encode() + canonical(one.values) for one in self.facts]
        return hashlib.sha256(b"\n".join(held)).hexdigest()


def may_hand_over(policy: Policy) -> bool:
    """Whether a reader's posts register people, and so may see id numbers in full."""
    return policy.person is not None and any(
        kind.id == "registry.person" for kind in sheet_queries.kinds_for(policy)
    )


def own_data(policy: Policy, uid: str) -> OwnData | None:
    """All of it; None where the party is none, lies outside the reader's scope, or his posts do
    not register people.
    """
    found = card(policy, uid) if may_hand_over(policy) else None
    if found is None or found.founding is None or found.named.type not in ERASABLE:
        return None
    number = found.named.id
    about = reading.select(policy, Q(subject=number))
    with guard.lifted(policy):
        rows = Participant.objects.filter(participant=number).exclude(fact__subject=number)
        joined = list(rows.values_list("fact", flat=True))
    return OwnData(
        card=found,
        facts=tuple(_in_full(policy, one) for one in about if one.kind not in DISCLOSURES),
        named=tuple(reading.by_sequence(policy, joined)),
        taken=tuple(one for one in about if one.kind in DISCLOSURES),
        erased=any(one.kind == ERASURE and one.standing for one in about),
    )


def _in_full(policy: Policy, one: CoreFact) -> CoreFact:
    """The fact with its id numbers, phones and accounts as they are."""
    kind = handbook().kind(one.kind)
    if kind is None or not any(field.identifier for field in kind.fields):
        return one
    return replace(one, values={**one.values, **reading.identifiers(policy, one.uid)})


def hand_over(policy: Policy, found: OwnData, *, who: str, asked: Request) -> str:
    """Record that the party's data are handed over, and why; what the paper says of itself.

    Raises `Refused`: "no_purpose"; "shown_once" for a form sent again.
    """
    if any(one.uid == asked.uid for one in found.taken):
        raise Refused(
            "shown_once",
            "内容只显示一次。还要看，请重新说明用途。",
            "It is shown once. To see it again, state the purpose again.",
        )
    return disclosure.handed_out(
        policy, TITLE, about=found.card.named.uid, rows=len(found.facts), digest=found.digest,
        who=who, asked=asked,
    )  # fmt: skip
