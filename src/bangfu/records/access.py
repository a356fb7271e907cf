"""What a reader may see: it follows from the posts held today, and without one it is nothing.

A role `sees` its subject, everything in its subject's place, or the county. A household that
one sees comes with its members. One always sees oneself. Foreign and absent answer alike
everywhere: whoever asks for a row outside the scope gets what he would get if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from bangfu.core.rules import Role
from bangfu.engine.cache import Cache
from bangfu.records import guard, since
from bangfu.records.handbooks import handbook
from bangfu.records.models import Account, Assignment, Membership, Subject

FOUNDER = "00000000-0000-0000-0000-000000000000"

# After the last character that a path can have, so that a prefix is a range of the index.
_PATH_END = "0"
_kept = Cache(4096)


class Held(NamedTuple):
    """A post held today: the role, and the subject's number and uid."""

    role: str
    subject: int
    subject_uid: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post with its dates and what is needed to see how far it reaches; `end` is exclusive.

    `root` is the sequence of the fact that founded it, `fact` that of the one that stands.
    """

    root: int
    fact: int
    person: int
    role: str
    subject: int
    subject_uid: str
    type: str
    path: str
    start: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether it is held on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which subjects: all, those under a place path such as "/1/17/", those listed."""

    county: bool = False
    paths: tuple[str, ...] = ()
    subjects: frozenset[int] = frozenset()

    def covers(self, subject: int, path: str) -> bool:
        """Whether the subject of that number and place path lies inside."""
        return self.county or subject in self.subjects or path.startswith(self.paths or ("\0",))

    @property
    def small(self) -> bool:
        """Whether it names single subjects only, so that an index reads it faster."""
        return not self.county and not self.paths


@dataclass(frozen=True, slots=True)
class Policy:
    """What one reader may see and do on one day; every query takes one first.

    `roles` are the posts held on `as_of`; `office` sees scores and rankings, `auditor` also
    sequences and hashes; `founder` writes the first facts, and only `founder()` makes one.
    """

    person: int | None
    person_uid: str
    roles: tuple[Held, ...]
    scope: Scope
    as_of: date
    language: str = "zh"
    office: bool = False
    auditor: bool = False
    founder: bool = False


NOBODY = Policy(None, "", (), Scope(), date.min)


def founder(as_of: date) -> Policy:
    """Who writes the first facts of a county, before anybody holds a post."""
    return Policy(None, FOUNDER, (), Scope(county=True), as_of, founder=True)


def policy_for(account: Account | AnonymousUser | None, *, as_of: date) -> Policy:
    """The policy of an account on a day; nobody's for no account, a closed one, or no person."""
    if not isinstance(account, Account) or not account.is_active or account.person_id is None:
        return NOBODY
    number, language = account.person_id, account.language
    rules = handbook()
    with guard.lifted():
        # Persons, posts and memberships change with the registry only.
        key = (number, as_of, language, rules.digest, id(rules), since.registry())
        return _kept.get(key, lambda: _policy(number, as_of=as_of, language=language))


def forget() -> None:
    """Let go of the policies that are kept."""
    _kept.clear()


def _policy(number: int, *, as_of: date, language: str) -> Policy:
    person = Subject.objects.filter(id=number, voided_seq=None).first()
    if person is None:
        return NOBODY
    posts = [post for post in posts_of([person.id]) if post.holds(as_of)]
    return policy_of(person, posts, as_of=as_of, language=language)


def policy_of(
    person: Subject, posts: Iterable[Post], *, as_of: date, language: str = "zh"
) -> Policy:
    """The policy that follows from the posts a person holds on `as_of`."""
    roles = handbook().roles
    held = [post for post in posts if post.role in roles]
    scope = scope_of(held, roles)
    homes = [post.subject for post in held if post.type == "household" and _sees_subject(post)]
    members = members_of(homes, as_of)
    return Policy(
        person=person.id,
        person_uid=person.uid,
        roles=tuple(Held(post.role, post.subject, post.subject_uid) for post in held),
        scope=Scope(scope.county, scope.paths, scope.subjects | members | {person.id}),
        as_of=as_of,
        language=language,
        office=any(roles[post.role].office for post in held),
        auditor=any(roles[post.role].page == "audit" for post in held),
    )


def scope_of(posts: Iterable[Post], roles: Mapping[str, Role]) -> Scope:
    """How far these posts see, members of households left out."""
    county = False
    paths: set[str] = set()
    subjects: set[int] = set()
    for post in posts:
        role = roles.get(post.role)
        if role is None:
            continue
        county = county or role.sees == "county"
        if role.sees == "place" and post.path:
            paths.add(post.path)
        subjects.add(post.subject)
    return Scope(county, tuple(sorted(paths)), frozenset(subjects))


def posts_of(persons: Iterable[int]) -> list[Post]:
    """All posts of these persons that stand now, past ones included."""
    return read_posts(Q(person__in=list(persons)))


def own_posts(policy: Policy) -> list[Post]:
    """The reader's own posts; of those that have ended the wall would hide what they were for."""
    with guard.lifted(policy):
        return [] if policy.person is None else posts_of([policy.person])


def read_posts(condition: Q) -> list[Post]:
    """The standing posts that meet a condition on assignments."""
    rows = (
        Assignment.objects.filter(condition, retired_seq=None)
        .order_by("root")
        .values_list(
            "root", "fact", "person", "role", "subject", "subject__uid", "subject__type",
            "subject__path", "start", "end",
        )
    )  # fmt: skip
    return [Post(*row) for row in rows]


def held_on(day: date, known_at: int | None = None) -> Q:
    """Posts, memberships and statuses, as known now or at a sequence, that hold on `day`."""
    spans = Q(Q(end=None) | Q(end__gt=day), start__lte=day)
    if known_at is None:
        return spans & Q(retired_seq=None)
    return spans & Q(Q(retired_seq=None) | Q(retired_seq__gt=known_at), recorded_seq__lte=known_at)


def members_of(households: Iterable[int], day: date) -> frozenset[int]:
    """The persons who belong to these households on `day`."""
    found = Membership.objects.filter(held_on(day), subject__in=list(households))
    return frozenset(found.values_list("person", flat=True))


def within(scope: Scope, *, field: str = "id", path: str = "path") -> Q:
    """The scope as a condition on a query over subjects; an empty scope meets nothing."""
    if scope.county:
        return Q()
    condition = Q(**{f"{field}__in": scope.subjects})
    for prefix in scope.paths:
        condition |= under(prefix, path=path)
    return condition


def under(prefix: str, *, path: str = "path") -> Q:
    """Everything in the place of that path; a range, since SQLite cannot use an index for LIKE."""
    return Q(**{f"{path}__gte": prefix, f"{path}__lt": prefix[:-1] + _PATH_END})


def mask(identifier: str) -> str:
    """An id number or a phone as a page may show it: 411025********123X, 138****5678."""
    text = identifier.strip()
    if len(text) > 11:  # noqa: PLR2004
        return text[:6] + "*" * (len(text) - 10) + text[-4:]
    if len(text) > 7:  # noqa: PLR2004
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return "*" * len(text)


def _sees_subject(post: Post) -> bool:
    role = handbook().roles.get(post.role)
    return role is not None and role.sees != "county"
