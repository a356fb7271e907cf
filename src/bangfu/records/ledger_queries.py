"""Facts for readers: one, many, with its history, and what one may record or amend."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID, Value
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.periods import Period
from bangfu.core.registry import ERASURE
from bangfu.core.rules import FactKind, term_on
from bangfu.records import reading
from bangfu.records.access import Policy, held_on, own_posts, scope_of
from bangfu.records.handbooks import handbook
from bangfu.records.models import Assignment, Fact, Participant, Subject


@dataclass(frozen=True, slots=True)
class Seal:
    """Where a fact stands in the chain; for auditors only."""

    sequence: int
    hash: str
    previous_hash: str


def fact(policy: Policy, uid: str, *, known_at: int | None = None) -> CoreFact | None:
    """The fact of that uid if the reader may see it, else None as if it were not there.

    With `known_at` as it was known then, and if it lay in his scope then.
    """
    return next(iter(reading.select(policy, Q(uid=uid), known_at=known_at)), None)


def facts(
    policy: Policy, sequences: Iterable[int], *, known_at: int | None = None
) -> list[CoreFact]:
    """The facts of these sequences that the reader may see, in the order asked for."""
    return reading.by_sequence(policy, [int(number) for number in sequences], known_at=known_at)


def history(policy: Policy, uid: str, *, known_at: int | None = None) -> list[CoreFact]:
    """The fact, what it amends and what amends it, in the ledger's order; empty if unseen."""
    found = fact(policy, uid, known_at=known_at)
    if found is None:
        return []
    chain: set[int] = set()
    edge = {found.sequence}
    while edge:
        chain |= edge
        # Two questions: asked as one with "or" they read the whole ledger.
        before = Fact.objects.filter(sequence__in=edge, amends__isnull=False)
        after = Fact.objects.filter(amends__in=edge)
        edge = {
            *before.values_list("amends_id", flat=True),
            *after.values_list("sequence", flat=True),
        } - chain
    return reading.select(policy, Q(sequence__in=chain), known_at=known_at)


def seal(policy: Policy, uid: str) -> Seal | None:
    """Sequence and hashes of a fact, for an auditor who may see it; None for anybody else."""
    if not policy.auditor or fact(policy, uid) is None:
        return None
    row = Fact.objects.values_list("sequence", "hash", "previous_hash").get(uid=uid)
    return Seal(*row)


def may_amend(policy: Policy, found: CoreFact) -> bool:
    """Whether the reader may correct or void this fact, if it stands."""
    if found.kind in (VOID, ERASURE, *DISCLOSURES) or policy.person is None:
        return False
    if policy.person_uid in (found.recorded_by, found.performed_by):
        return True
    roles = handbook().roles
    posts = [
        post
        for post in own_posts(policy)
        if post.holds(policy.as_of)
        and (role := roles.get(post.role)) is not None
        and role.may_correct == "scope"
    ]
    row = Subject.objects.filter(uid=found.subject).values_list("id", "path").first()
    return row is not None and scope_of(posts, roles).covers(*row)


def recordable_kinds(policy: Policy, *, on: date | None = None) -> list[FactKind]:
    """The kinds that some post of the reader lets him record, in force on his day.

    With `on`, also those of posts that he held on that day: what was done in a post that has
    since ended may still be entered.
    """
    held = [(policy.as_of, {post.role for post in policy.roles})]
    if on not in (None, policy.as_of) and policy.person is not None:
        # Without the posts' subjects: those of an ended post lie out of scope by now.
        own = Assignment.objects.filter(held_on(on), person=policy.person)
        held.append((on, set(own.values_list("role", flat=True))))
    return [
        kind
        for kind in handbook().kinds.values()
        if any(
            roles & {rule.role for rule in kind.recorders} and term_on(kind.terms, day)
            for day, roles in held
        )
    ]


def last_values(policy: Policy, kind: FactKind | str) -> dict[str, Value]:
    """What the reader entered last for that kind ("as last time"), personal values left out."""
    name = kind if isinstance(kind, str) else kind.id
    known = handbook().kind(name)
    if policy.person is None or known is None:
        return {}
    newest = (
        Fact.objects.filter(performer=policy.person, kind=name, amended_by=None)
        .order_by("-sequence")
        .values_list("sequence", flat=True)
        .first()
    )
    found = reading.by_sequence(policy, [newest]) if newest else []
    kept = {f.id for f in known.fields if not (f.personal or f.identifier)}
    return {name: value for one in found for name, value in one.values.items() if name in kept}


def own_facts(policy: Policy, within: Period) -> list[CoreFact]:
    """The standing facts that the reader did himself on days of `within`, in the ledger's order."""
    if policy.person is None:
        return []
    done = Q(
        performer=policy.person,
        occurred_on__gte=within.start.isoformat(),
        occurred_on__lt=within.end.isoformat(),
        amended_by=None,
    )
    return [found for found in reading.select(policy, done) if found.standing]


def told_before(policy: Policy, fact: CoreFact) -> CoreFact | None:
    """The last standing fact that tells the same of the same subject: kind, day, who did it."""
    same = Q(
        kind=fact.kind,
        subject__uid=fact.subject,
        performer__uid=fact.performed_by,
        occurred_on=fact.occurred_on.isoformat(),
        minute=fact.minute,
        amended_by=None,
        sequence__lt=fact.sequence,
    )
    return next(reversed(reading.select(policy, same)), None)


def facts_about(
    policy: Policy, uid: str, within: Period, *, known_at: int | None = None
) -> list[CoreFact]:
    """What stands about the subject of that uid on days of `within`, the registry's own facts
    left out, the latest day first.
    """
    about = Q(
        subject__uid=uid,
        occurred_on__gte=within.start.isoformat(),
        occurred_on__lt=within.end.isoformat(),
    )
    kinds = {kind.id for kind in handbook().kinds.values() if not kind.registry} - {VOID}
    found = reading.select(policy, about & Q(kind__in=kinds), known_at=known_at)
    standing = [one for one in found if one.standing]
    return sorted(standing, key=lambda one: (one.occurred_on, one.sequence), reverse=True)


def holding_now(policy: Policy, uid: str) -> list[CoreFact]:
    """Of each kind whose newest fact is what holds (现状), that about the subject of that uid, in
    the handbook's order.
    """
    kinds = [kind.id for kind in handbook().kinds.values() if kind.latest]
    found = reading.select(policy, Q(subject__uid=uid, kind__in=kinds))
    newest: dict[str, CoreFact] = {}
    for one in sorted(found, key=lambda one: (one.occurred_on, one.sequence)):
        if one.standing and one.occurred_on <= policy.as_of:
            newest[one.kind] = one
    return [newest[kind] for kind in kinds if kind in newest]


def facts_of(
    policy: Policy,
    kind: str,
    within: Period | None = None,
    *,
    known_at: int | None = None,
) -> list[CoreFact]:
    """The standing facts of a kind on days of `within`, or of all days, the latest day first."""
    wanted = Q(kind=kind)
    if within is not None:
        wanted &= Q(
            occurred_on__gte=within.start.isoformat(), occurred_on__lt=within.end.isoformat()
        )
    found = reading.select(policy, wanted, known_at=known_at)
    standing = [one for one in found if one.standing]
    return sorted(standing, key=lambda one: (one.occurred_on, one.sequence), reverse=True)


def attended(
    policy: Policy, kinds: Collection[str], within: Period, *, known_at: int | None = None
) -> list[CoreFact]:
    """The standing facts of these kinds in which the reader himself took part, the latest first."""
    if policy.person is None:
        return []
    joined = Participant.objects.filter(participant=policy.person).values("fact")
    wanted = Q(
        sequence__in=joined,
        kind__in=list(kinds),
        occurred_on__gte=within.start.isoformat(),
        occurred_on__lt=within.end.isoformat(),
    )
    found = reading.select(policy, wanted, known_at=known_at)
    standing = [one for one in found if one.standing]
    return sorted(standing, key=lambda one: (one.occurred_on, one.sequence), reverse=True)
