"""What subjects are called and where they lie, for readers who may know.

Places, units and people in scope are named; so are officials whom one has to do with: whoever
holds, or held, a post for the county, for something in scope, or in one's own townships. Nobody
else is: an id that is not in the answer may be foreign or absent, and the two look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import get_language, gettext

from bangfu.core.facts import Draft
from bangfu.core.registry import PLACE_LEVELS
from bangfu.core.roster import HEAD
from bangfu.core.rules import FactKind
from bangfu.engine.cache import Cache
from bangfu.records import since
from bangfu.records.access import Policy, held_on, under, within
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import portions
from bangfu.records.models import (
    Assignment,
    Fact,
    Membership,
    Participant,
    Person,
    PlaceAlias,
    Subject,
)
from bangfu.records.sealing import vault

_LONGEST_ID = 18
_kept = Cache(1024)


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as a page names it; `place` is its township and village in words."""

    id: int
    uid: str
    type: str
    name: str
    place: str


def names(policy: Policy, ids: Iterable[int]) -> dict[int, Named]:
    """What these subjects are called, of those that the reader may know.

    A name changes with the registry only: those of readers of few subjects are kept so long.
    """
    numbers = frozenset(int(number) for number in ids if number)
    if not policy.scope.small:
        return _names(policy, numbers)
    key = (policy.person, policy.scope, numbers, get_language(), since.registry())
    return dict(_kept.get(key, lambda: _names(policy, numbers)))


def forget() -> None:
    """Let go of the names that are kept."""
    _kept.clear()


def _names(policy: Policy, numbers: Iterable[int]) -> dict[int, Named]:
    found: dict[int, Named] = {}
    for some in portions(numbers, 5000):
        found.update((one.id, one) for one in _named(policy, Q(id__in=some)))
    return found


def named(policy: Policy, uids: Iterable[str]) -> dict[str, Named]:
    """The same by uid."""
    found: dict[str, Named] = {}
    for some in portions(dict.fromkeys(uids), 5000):
        found.update((one.uid, one) for one in _named(policy, Q(uid__in=some)))
    return found


def subject(policy: Policy, uid: str) -> Named | None:
    """The subject of that uid if it lies in the reader's scope, else None as if it were not."""
    rows = Subject.objects.filter(within(policy.scope), uid=uid, voided_seq=None)
    return next(iter(described(rows)), None)


def my_subjects(policy: Policy, role: str | None = None) -> list[Named]:
    """What the reader holds posts for today, in the order of place and name."""
    numbers = {held.subject for held in policy.roles if role in (None, held.role)}
    found = described(Subject.objects.filter(id__in=numbers, voided_seq=None))
    return sorted(found, key=lambda one: (one.place, one.name, one.id))


def find(policy: Policy, text: str, *, types: Sequence[str], most: int = 20) -> list[Named]:
    """Subjects whose name, code, alias or id number is asked for; "place" means any level.

    By id number only for posts that enter people: to others it would say whose it is.
    """
    asked = text.strip()
    if not asked:
        return []
    kinds = [kind for name in types for kind in (PLACE_LEVELS if name == "place" else (name,))]
    condition = Q(name__contains=asked)
    if set(kinds) & set(PLACE_LEVELS):
        aliases = PlaceAlias.objects.filter(retired_seq=None, name__contains=asked)
        condition |= Q(id__in=aliases.values("subject"))
        condition |= Q(place_names__code=asked, place_names__retired_seq=None)
    if "household" in kinds:
        condition |= Q(household__number=asked) | headed_by(asked)
    if "person" in kinds and len(asked) == _LONGEST_ID and _enters_people(policy):
        digest = vault().lookup(asked)
        condition |= Q(id__in=Person.objects.filter(id_digest=digest).values("subject"))
    rows = Subject.objects.filter(condition & nameable(policy), type__in=kinds, voided_seq=None)
    return described(rows.order_by("name", "id").distinct()[:most])


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody of a name that was asked for, with the names of his unit, posts and places."""

    named: Named
    belongs: tuple[str, ...]


def bearers(policy: Policy, asked: Iterable[str]) -> dict[str, list[Bearer]]:
    """The persons of these very names whom the reader may know, by name."""
    rows: list[Subject] = []
    for some in portions(dict.fromkeys(asked), 500):
        known = Subject.objects.filter(nameable(policy), type="person", name__in=some)
        rows += known.filter(voided_seq=None).distinct()
    belongs = _belongings(policy, [row.id for row in rows])
    found: dict[str, list[Bearer]] = {}
    for one in described(rows):
        places = (one.place,) if one.place else ()
        bearer = Bearer(one, (*belongs.get(one.id, ()), *places))
        found.setdefault(one.name, []).append(bearer)
    return found


def _belongings(policy: Policy, persons: Sequence[int]) -> dict[int, list[str]]:
    """The names of what these persons hold posts for today, and of their units."""
    found: dict[int, list[str]] = {}
    for some in portions(persons, 5000):
        held = Assignment.objects.filter(held_on(policy.as_of), person__in=some)
        units = Person.objects.filter(subject__in=some, unit__isnull=False)
        pairs = [
            *units.values_list("subject", "unit__name"),
            *held.exclude(subject__type="household").values_list("person", "subject__name"),
        ]
        for person, name in pairs:
            if name and name not in found.setdefault(person, []):
                found[person].append(name)
    return found


def _enters_people(policy: Policy) -> bool:
    kind = handbook().kind("registry.person")
    rules = kind.recorders if kind else ()
    return bool({rule.role for rule in rules} & {post.role for post in policy.roles})


def unnamed(policy: Policy, drafts: Iterable[Draft]) -> frozenset[str]:
    """The participants of these drafts whom the reader may not name; whoever took part in what
    a draft corrects stays.
    """
    drafts = list(drafts)
    asked = {uid for draft in drafts for _, uid in draft.participants}
    if not asked or policy.scope.county:
        return frozenset()
    amended = {draft.amends for draft in drafts if draft.amends}
    named: set[str] = set()
    for some in portions(amended, 5000):
        there = Participant.objects.filter(fact__in=Fact.objects.filter(uid__in=some))
        named.update(there.values_list("participant__uid", flat=True))
    there_are: set[str] = set()
    for some in portions(asked, 5000):
        rows = Subject.objects.filter(uid__in=some)
        there_are.update(rows.values_list("uid", flat=True))
        named.update(rows.filter(nameable(policy)).values_list("uid", flat=True))
    return frozenset(there_are - named)


def performers(policy: Policy, kind: FactKind, subjects: Sequence[str]) -> list[Named]:
    """Who could have done a fact of that kind about all these subjects today."""
    rows = Subject.objects.filter(within(policy.scope), uid__in=subjects, voided_seq=None)
    able: set[int] | None = None
    for number, path in rows.values_list("id", "path"):
        around = [int(part) for part in path.strip("/").split("/") if part]
        holders = set(
            Assignment.objects.filter(
                held_on(policy.as_of),
                subject__in=[number, *around],
                role__in=kind.performers,
            ).values_list("person", flat=True)
        )
        able = holders if able is None else able & holders
    found = described(Subject.objects.filter(id__in=able or ()))
    return sorted(found, key=lambda one: (one.name, one.id))


def holders(policy: Policy, uid: str) -> list[Named]:
    """Who holds a post for a subject of the reader's scope today, by name."""
    held = Assignment.objects.filter(
        held_on(policy.as_of),
        within(policy.scope, field="subject", path="subject__path"),
        subject__uid=uid,
    )
    persons = list(held.values_list("person", flat=True))
    return sorted(_named(policy, Q(id__in=persons)), key=lambda one: (one.name, one.id))


def places(policy: Policy, ids: Iterable[int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Village and township, as numbers, of these subjects; 0 where there is none."""
    villages: dict[int, int] = {}
    townships: dict[int, int] = {}
    for some in portions({int(number) for number in ids}, 5000):
        rows = Subject.objects.filter(within(policy.scope), id__in=some)
        for number, village, township in rows.values_list("id", "village", "township"):
            villages[number], townships[number] = village, township
    return villages, townships


def names_of(ids: Iterable[int]) -> dict[int, Named]:
    """What these subjects are called, whoever asks; only for those who look after accounts."""
    found: dict[int, Named] = {}
    for some in portions({int(number) for number in ids}, 5000):
        found.update((one.id, one) for one in described(Subject.objects.filter(id__in=some)))
    return found


def _named(policy: Policy, condition: Q) -> list[Named]:
    return described(Subject.objects.filter(condition & nameable(policy)))


def nameable(policy: Policy) -> Q:
    """Whom the reader may know by name."""
    if policy.person is None and not policy.scope.county:
        return Q(id__in=())
    if policy.scope.county:
        return Q()
    scope = within(policy.scope)
    nearby = townships(policy)
    near = Q(subject__type="county") | Q(subject__township__in=nearby)
    near |= within(policy.scope, field="subject", path="subject__path")
    officials = Assignment.objects.filter(near, person=OuterRef("pk"), retired_seq=None)
    around = Q(type="county") | Q(type="township", id__in=nearby)
    around |= Q(type__in=("village", "group", "project"), township__in=nearby)
    return scope | around | (Q(type="person") & Q(Exists(officials)))


def townships(policy: Policy) -> list[int]:
    """The townships that the reader's posts lie in."""
    condition = Q(id__in=policy.scope.subjects)
    for path in policy.scope.paths:
        condition |= under(path)
    rows = Subject.objects.filter(condition, township__gt=0)
    return list(rows.values_list("township", flat=True).distinct())


def described(rows: Iterable[Subject]) -> list[Named]:
    """The rows with their places in words; whoever calls it has limited them to a reader's."""
    found = list(rows)
    wanted = {number for row in found for number in (row.township, row.village) if number}
    words = dict(Subject.objects.filter(id__in=wanted).values_list("id", "name"))
    heads = later_heads(row.id for row in found if row.type == "household" and row.name)
    return [
        Named(
            row.id,
            row.uid,
            row.type,
            heads.get(row.id) or row.name or gettext("erased"),
            "".join(
                words.get(number, "")
                for number in (row.township, row.village)
                if number and number != row.id
            ),
        )
        for row in found
    ]


def later_heads(households: Iterable[int]) -> dict[int, str]:
    """What those of these households are called whose head is not the one they were registered
    with: by the head of now.
    """
    found: dict[int, str] = {}
    for some in portions(list(households), 5000):
        rows = _heads_of_now().filter(subject__in=some).order_by("start", "root")
        found.update(rows.values_list("subject", "person__name"))
    return found


def _heads_of_now() -> QuerySet[Membership]:
    """The memberships of heads who became so after their household was registered."""
    return Membership.objects.filter(
        relation=HEAD, retired_seq=None, end=None, start__gt=F("subject__since")
    )


def headed_by(text: str) -> Q:
    """Households whose head of now has that text in the name."""
    return Q(id__in=_heads_of_now().filter(person__name__contains=text).values("subject"))
