"""Who answers for what, from the township down to the household (责任分工), as it stands today.

Places are public and their officials are known in their townships; households, and who helps them,
show where they lie in the reader's scope only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count, Q, QuerySet
from pypinyin import Style, lazy_pinyin

from bangfu.core.facts import VOID
from bangfu.core.registry import PLACE_LEVELS
from bangfu.records.access import Policy, held_on, under, within
from bangfu.records.models import Assignment, Branch, Fact, Person, Subject
from bangfu.records.names import Named, described, nameable, names, townships

BELOW: Mapping[str, str] = dict(zip(PLACE_LEVELS, (*PLACE_LEVELS[1:], "household"), strict=True))
_TYPES = (*PLACE_LEVELS, "household", "person", "unit")


@dataclass(frozen=True, slots=True)
class Answering:
    """One subject of the board and who answers for it, by role; `inside` counts its households."""

    named: Named
    holders: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    inside: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """A place with who answers for it and for what lies next below; `above` are the places around.

    `groups` tells of each household in which group it lies, where the registry has groups.
    """

    here: Answering
    above: tuple[Named, ...]
    below: tuple[Answering, ...]
    homes: tuple[Answering, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody answers for: the role and the subject."""

    role: str
    subject: Named


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody or something that was looked for, with his unit."""

    named: Named
    unit: str


def board(policy: Policy, uid: str) -> Board | None:
    """The board of a place; None where the reader may not read it."""
    row = Subject.objects.filter(uid=uid, type__in=PLACE_LEVELS, voided_seq=None).first()
    if row is None or not _may_read(policy, row):
        return None
    around = [int(part) for part in row.path.strip("/").split("/")][:-1]
    next_level = BELOW[row.type]
    children: list[Subject] = []
    if next_level != "household":
        inside = Subject.objects.filter(under(row.path), type=next_level, voided_seq=None)
        children = list(inside.order_by("id"))
    homes: list[Subject] = []
    if row.type in ("village", "group"):
        lying = Subject.objects.filter(under(row.path), within(policy.scope), type="household")
        homes = list(lying.filter(voided_seq=None).order_by("path", "id"))
    places = [row.id, *(child.id for child in children)]
    held = _holders(policy, [*places, *(home.id for home in homes)], branches_of=places)
    counts = _households(policy, row)
    named = {one.id: one for one in described([row, *children, *homes])}
    above = described(Subject.objects.filter(id__in=around))

    def answering(number: int) -> Answering:
        return Answering(named[number], held.get(number, {}), counts.get(number, 0))

    return Board(
        answering(row.id),
        tuple(sorted(above, key=lambda one: around.index(one.id))),
        tuple(answering(child.id) for child in children),
        tuple(answering(home.id) for home in homes if held.get(home.id)),
    )


def start_of(policy: Policy) -> str:
    """The uid of the place that a reader begins from: the county, or the place of his posts."""
    if policy.scope.county:
        county = Subject.objects.filter(type="county", voided_seq=None).first()
        return county.uid if county else ""
    rows = Subject.objects.filter(id__in=[post.subject for post in policy.roles])
    for row in sorted(rows, key=lambda one: len(one.path)):
        number = row.id if row.type in PLACE_LEVELS else row.village or row.township
        place = Subject.objects.filter(id=number, type__in=PLACE_LEVELS).first()
        if place is not None and _may_read(policy, place):
            return place.uid
    return ""


def posts_of_person(policy: Policy, uid: str) -> tuple[Named, tuple[Post, ...]] | None:
    """Whom a person answers for, as far as the reader may know; None where he may not be named."""
    person = Subject.objects.filter(nameable(policy), uid=uid, type="person").first()
    if person is None:
        return None
    rows = _open(policy).filter(person=person.id)
    rows = rows.filter(_readable(policy))
    found = list(rows.order_by("role", "subject").values_list("role", "subject"))
    known = names(policy, {subject for _, subject in found})
    posts = tuple(Post(role, known[subject]) for role, subject in found if subject in known)
    [named] = described([person])
    return named, posts


def above_of(policy: Policy) -> list[tuple[Named, Mapping[str, tuple[Named, ...]]]]:
    """Who answers for the places that the reader's own posts lie in, the nearest first."""
    rows = Subject.objects.filter(id__in=[post.subject for post in policy.roles])
    numbers: dict[int, None] = {}
    for row in rows:
        for part in reversed(row.path.strip("/").split("/")):
            if part:
                numbers.setdefault(int(part))
    readable = [row for row in Subject.objects.filter(id__in=numbers) if _may_read(policy, row)]
    held = _holders(policy, [row.id for row in readable], branches_of=())
    found = described(sorted(readable, key=lambda row: -len(row.path)))
    return [(one, held[one.id]) for one in found if held.get(one.id)]


def done_in_year(policy: Policy, person: int) -> dict[str, int]:
    """How many standing facts of each kind a person did this year, about what the reader sees."""
    year = policy.as_of.replace(month=1, day=1).isoformat()
    rows = Fact.objects.filter(
        within(policy.scope, field="subject", path="subject__path"),
        performer=person, amended_by=None, occurred_on__gte=year,
        occurred_on__lte=policy.as_of.isoformat(),
    ).exclude(Q(kind=VOID) | Q(kind__startswith="registry."))  # fmt: skip
    return dict(rows.values_list("kind").annotate(count=Count("sequence")).order_by("kind"))


def look_for(policy: Policy, text: str, *, most: int = 30) -> list[Found]:
    """Persons, places, households and units by part of the name, or the initials of its pinyin;
    persons also by their unit's name.
    """
    asked = text.strip()
    if not asked:
        return []
    rows = Subject.objects.filter(nameable(policy), type__in=_TYPES, voided_seq=None)
    if asked.isascii():
        wanted = asked.lower()
        every = rows.exclude(name="").values_list("id", "name").distinct()
        near = [(number, initials(name)) for number, name in every]
        fits = [number for number, letters in near if wanted in letters]
        chosen = rows.filter(id__in=sorted(fits)[:500])
    else:
        chosen = rows.filter(Q(name__contains=asked) | Q(person__unit__name__contains=asked))
    found = list(chosen.distinct().order_by("type", "name", "id")[: most * 4])
    # Persons first: they are asked for most.
    found.sort(key=lambda row: (row.type != "person", row.type == "unit", row.name))
    units = dict(
        Person.objects.filter(subject__in=[row.id for row in found], unit__isnull=False)
        .values_list("subject", "unit__name")
    )  # fmt: skip
    return [Found(one, units.get(one.id, "")) for one in described(found[:most])]


@lru_cache(maxsize=100_000)
def initials(name: str) -> str:
    """The first letters of a name's pinyin: 云淑兰 is ysl; letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def _may_read(policy: Policy, row: Subject) -> bool:
    """Whether a place's board is the reader's: in scope, around it, or in his own townships."""
    if policy.scope.covers(row.id, row.path):
        return True
    own = townships(policy)
    return bool(policy.person) and (row.type == "county" or row.township in own or row.id in own)


def _readable(policy: Policy) -> Q:
    """Posts in scope, for the county, and for places in the reader's own townships."""
    if policy.scope.county:
        return Q()
    own = townships(policy)
    scope = within(policy.scope, field="subject", path="subject__path")
    return (
        scope
        | Q(subject__type="county")
        | Q(subject__type__in=("township", "village", "group"), subject__township__in=own)
    )


def _open(policy: Policy) -> QuerySet[Assignment]:
    """The posts that are held on the reader's day."""
    return Assignment.objects.filter(held_on(policy.as_of))


def _holders(
    policy: Policy, subjects: Sequence[int], *, branches_of: Iterable[int]
) -> dict[int, dict[str, tuple[Named, ...]]]:
    """Who holds which role for each subject; the secretary of a place's own branch shows for it."""
    place_of = dict(
        Branch.objects.filter(place__in=list(branches_of), unit=None).values_list(
            "subject", "place"
        )
    )
    readable = _readable(policy)
    rows: list[tuple[int, str, int]] = []
    wanted = [*subjects, *place_of]
    for first in range(0, len(wanted), 500):
        some = _open(policy).filter(readable, subject__in=wanted[first : first + 500])
        rows += list(some.values_list("subject", "role", "person"))
    people = names(policy, {person for _, _, person in rows})
    found: dict[int, dict[str, list[Named]]] = {}
    for subject, role, person in rows:
        at = place_of.get(subject, subject)
        if person not in people or (subject in place_of and role != "branch_secretary"):
            continue
        listed = found.setdefault(at, {}).setdefault(role, [])
        if people[person] not in listed:
            listed.append(people[person])
    return {
        at: {role: tuple(sorted(who, key=lambda one: one.name)) for role, who in roles.items()}
        for at, roles in found.items()
    }


def _households(policy: Policy, row: Subject) -> dict[int, int]:
    """How many helped households lie in a place and in each of those below, in scope."""
    rows = _open(policy).filter(
        within(policy.scope, field="subject", path="subject__path"),
        under(row.path, path="subject__path"), subject__type="household",
    )  # fmt: skip
    counts: dict[int, int] = {}
    for path in rows.values_list("subject__path", flat=True):
        for part in path.strip("/").split("/"):
            counts[int(part)] = counts.get(int(part), 0) + 1
    return counts
