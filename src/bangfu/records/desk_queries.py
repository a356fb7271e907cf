"""The registry for those who keep it: what a subject is now, its posts, members and history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from bangfu.core.facts import Draft
from bangfu.core.facts import Fact as CoreFact
from bangfu.core.registry import ERASABLE, PLACE_LEVELS
from bangfu.core.rules import FactKind, SubjectType
from bangfu.records import reading
from bangfu.records.access import Policy, own_posts, scope_of, under, within
from bangfu.records.handbooks import handbook
from bangfu.records.models import (
    Assignment,
    Fact,
    Membership,
    Participant,
    PlaceAlias,
    Status,
    Subject,
)
from bangfu.records.names import Named, described, headed_by, named, names

TYPES: tuple[SubjectType, ...] = (
    "household", "person", "village", "township", "unit", "branch", "project", "group", "county",
)  # fmt: skip
MOST_FACTS = 12
MOST_CHANGES = 40
MOST_READ = 200


@dataclass(frozen=True, slots=True)
class Tie:
    """A post or a membership: its first fact's uid, who, for what, and its days.

    `what` is the role or the relation; `fact` is the uid of the fact that stands.
    """

    uid: str
    fact: str
    person: Named
    subject: Named
    what: str
    start: date
    end: date | None
    basis: str = ""

    def holds(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Dated:
    """A status with its days, or an alias; `fact` is the uid of the fact that says it."""

    fact: str
    name: str
    value: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """All that the registry says of one subject that its reader may know.

    `changes` are the registry's own facts about it, `facts` the newest of all others.
    """

    named: Named
    since: date
    founding: CoreFact | None
    posts: tuple[Tie, ...]
    holders: tuple[Tie, ...]
    members: tuple[Tie, ...]
    homes: tuple[Tie, ...]
    statuses: tuple[Dated, ...]
    aliases: tuple[Dated, ...]
    inside: tuple[tuple[SubjectType, int], ...]
    changes: tuple[CoreFact, ...]
    facts: tuple[CoreFact, ...]
    more_facts: int


def card(policy: Policy, uid: str) -> Card | None:
    """The card of a subject; None where the reader may not even know its name."""
    one = named(policy, [uid]).get(uid)
    row = Subject.objects.filter(uid=uid, voided_seq=None).first()
    if one is None or row is None:
        return None
    known = policy.scope.covers(row.id, row.path)
    open_ = known or row.type == "person"
    changes, _more = _history(policy, row.id, registry=True) if open_ else ((), 0)
    facts, more = _history(policy, row.id, registry=False) if open_ else ((), 0)
    founding = next(iter(reading.by_sequence(policy, [row.fact])), None) if known else None
    return Card(
        named=one,
        since=row.since,
        founding=founding,
        posts=_ties(policy, Assignment.objects.filter(person=row.id)),
        holders=_ties(policy, Assignment.objects.filter(subject=row.id)) if known else (),
        members=_ties(policy, Membership.objects.filter(subject=row.id)) if known else (),
        homes=_ties(policy, Membership.objects.filter(person=row.id)),
        statuses=_statuses(row.id) if known else (),
        aliases=_aliases(row.id),
        inside=_inside(policy, row),
        changes=changes,
        facts=facts,
        more_facts=more,
    )


def browse(
    policy: Policy, *, text: str, kind: str, place: str = "", start: int = 0, count: int = 60
) -> tuple[list[Named], int]:
    """Subjects of a type in a place whose name has `text`, by place and name; and how many."""
    rows = Subject.objects.filter(within(policy.scope), voided_seq=None)
    rows = rows.filter(type=kind) if kind in TYPES else rows.filter(type__in=TYPES)
    if place:
        around = Subject.objects.filter(within(policy.scope), uid=place).first()
        if around is None or around.type not in PLACE_LEVELS:
            return [], 0
        rows = rows.filter(under(around.path)).exclude(id=around.id)
    asked = text.strip()
    if asked:
        wanted = Q(name__contains=asked) | Q(household__number=asked)
        wanted |= Q(place_names__code=asked, place_names__retired_seq=None) | headed_by(asked)
        aliases = PlaceAlias.objects.filter(retired_seq=None, name__contains=asked)
        rows = rows.filter(wanted | Q(id__in=aliases.values("subject"))).distinct()
    total = rows.count()
    return described(rows.order_by("path", "name", "id")[start : start + count]), total


def desk_kinds(policy: Policy, about: SubjectType) -> list[FactKind]:
    """The registry kinds that the reader may record about a subject of that type."""
    roles = {post.role for post in policy.roles}
    fitting = {"registry.assignment", "registry.status"}
    if about == "household":
        fitting.add("registry.membership")
    if about in PLACE_LEVELS:
        fitting |= {"registry.place_name", "registry.place_alias"}
    return [
        kind
        for kind in handbook().kinds.values()
        if kind.id in fitting and roles & {rule.role for rule in kind.recorders}
    ]


def may_erase(policy: Policy, one: Named) -> bool:
    """Whether the reader may erase the personal values of a subject that he sees."""
    if one.type not in ERASABLE or policy.person is None:
        return False
    roles = handbook().roles
    posts = [
        post
        for post in own_posts(policy)
        if post.holds(policy.as_of) and (role := roles.get(post.role)) and role.may_erase
    ]
    path = Subject.objects.values_list("path", flat=True).get(id=one.id)
    return scope_of(posts, roles).covers(one.id, path)


def carry_identifiers(policy: Policy, draft: Draft) -> Draft:
    """A correction with the id numbers and phones that its form, which masks them, left empty.

    A field that holds "-" is emptied. Nothing is shown: the value goes from fact to fact.
    """
    kind = handbook().kind(draft.kind)
    hidden = [field.id for field in kind.fields if field.identifier] if kind else []
    kept = {name: value for name, value in draft.values.items() if value != "-"}
    missing = [name for name in hidden if not draft.values.get(name)]
    if missing and draft.amends:
        stored = reading.identifiers(policy, draft.amends)
        kept |= {name: stored[name] for name in missing if name in stored}
    return replace(draft, values=kept)


def _ties(policy: Policy, rows: QuerySet[Assignment] | QuerySet[Membership]) -> tuple[Tie, ...]:
    """Live rows in scope as ties, those that hold first, the latest first."""
    seen = within(policy.scope, field="subject", path="subject__path")
    seen |= within(policy.scope, field="person", path="person__path")
    found: list[Assignment | Membership] = list(
        rows.filter(seen, retired_seq=None).order_by("-start", "root")
    )
    known = names(policy, {row.person_id for row in found} | {row.subject_id for row in found})
    uids = _uids({row.root for row in found} | {row.fact for row in found})
    ties = [
        Tie(
            uids[row.root],
            uids[row.fact],
            known[row.person_id],
            known[row.subject_id],
            row.role if isinstance(row, Assignment) else row.relation,
            row.start,
            row.end,
            row.basis if isinstance(row, Assignment) else "",
        )
        for row in found
        if row.person_id in known and row.subject_id in known
    ]
    return tuple(sorted(ties, key=lambda tie: not tie.holds(policy.as_of)))


def _statuses(number: int) -> tuple[Dated, ...]:
    rows = list(Status.objects.filter(subject=number, retired_seq=None).order_by("-start", "-root"))
    uids = _uids(row.fact for row in rows)
    return tuple(Dated(uids[row.fact], row.status, row.value, row.start, row.end) for row in rows)


def _aliases(number: int) -> tuple[Dated, ...]:
    rows = list(PlaceAlias.objects.filter(subject=number, retired_seq=None).order_by("start"))
    uids = _uids(row.fact for row in rows)
    return tuple(Dated(uids[row.fact], row.name, "", row.start) for row in rows)


def _uids(sequences: Iterable[int]) -> dict[int, str]:
    rows = Fact.objects.filter(sequence__in=set(sequences))
    return dict(rows.values_list("sequence", "uid"))


def _inside(policy: Policy, row: Subject) -> tuple[tuple[SubjectType, int], ...]:
    """How many of each type lie in a place, of those that the reader may see."""
    if row.type not in PLACE_LEVELS or not row.path:
        return ()
    rows = Subject.objects.filter(within(policy.scope), under(row.path), voided_seq=None)
    types: Sequence[str] = list(rows.exclude(id=row.id).values_list("type", flat=True))
    return tuple((name, types.count(name)) for name in TYPES if name in types)


def _history(policy: Policy, number: int, *, registry: bool) -> tuple[tuple[CoreFact, ...], int]:
    """The newest facts about a subject, or in which a person is holder or member."""
    own = Q(kind__startswith="registry.")
    about = Fact.objects.filter(own if registry else ~own, subject=number)
    if number != policy.person:
        # What somebody noted for himself stands on no list of somebody else.
        about = about.exclude(kind__in=_private_kinds())
    sequences = set(about.order_by("-sequence").values_list("sequence", flat=True)[:MOST_READ])
    if registry:
        part = Participant.objects.filter(participant=number, role__in=("holder", "member"))
        sequences |= set(part.order_by("-fact").values_list("fact", flat=True)[:MOST_READ])
    newest = sorted(sequences, reverse=True)
    most = MOST_CHANGES if registry else MOST_FACTS
    return tuple(reading.by_sequence(policy, newest[:most])), len(newest[most:])


def _private_kinds() -> list[str]:
    """Kinds that everybody notes about himself only and that rest on being online."""
    return [
        kind.id
        for kind in handbook().kinds.values()
        if kind.evidence == "online"
        and kind.recorders
        and all(rule.scope == "self" for rule in kind.recorders)
    ]
