"""Who may do what to accounts: three administrators, and those who enter the posts.

system      opens and closes accounts, all over the county
security    sets passwords, lifts locks, takes off a lost second factor, reads the log
audit       reads the list and the log, changes nothing
registrars  open and close accounts with the posts that they may enter; in a township they also
            set a helper's password, if everything that he sees lies in their place and no post of
            his is an office's: a password that one has set is a way to see with another's eyes
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import Q

from bangfu.core.rules import Role
from bangfu.core.separation import separated
from bangfu.records.access import Policy, Post, held_on, read_posts, under
from bangfu.records.handbooks import handbook
from bangfu.records.models import Assignment

ADMINISTRATORS = frozenset(("system", "security", "audit"))
OFFICE_PAGES = frozenset(("township", "county", "audit", "system", "security"))


@dataclass(frozen=True, slots=True)
class Rights:
    """What a reader may do to accounts; `paths` limit it to what lies in these places."""

    opens: bool = False
    resets: bool = False
    unlocks: bool = False
    reads: bool = False
    log: bool = False
    paths: tuple[str, ...] | None = None


def rights_of(policy: Policy) -> Rights:
    """The rights that follow from the posts held today."""
    roles = handbook().roles
    held = {post.role for post in policy.roles if post.role in roles}
    pages = {roles[name].page for name in held}
    rules = _registrars()
    wide = bool(held & {role for role, scope in rules if scope == "county"})
    near = held & {role for role, scope in rules if scope == "place"}
    # Posts that were begun before a rule kept them apart: no administrator is his own control.
    pages = set() if _together(held, policy.as_of) else pages & ADMINISTRATORS
    everywhere = wide or bool(pages)
    if not everywhere and not near:
        return Rights()
    return Rights(
        opens=wide or "system" in pages or bool(near),
        resets="security" in pages or (bool(near) and not wide),
        unlocks="security" in pages or (bool(near) and not wide),
        reads=True,
        log=bool(pages & {"security", "audit"}),
        paths=None if everywhere else _paths(policy, near),
    )


def is_office(role: Role) -> bool:
    """Whether a post is an office's: it shows more than its holder's own subjects."""
    return role.office or role.page in OFFICE_PAGES


def office_held(policy: Policy) -> bool:
    """Whether a reader holds an office's post today."""
    roles = handbook().roles
    return any(is_office(roles[post.role]) for post in policy.roles if post.role in roles)


def page_roles() -> frozenset[str]:
    """The posts that an account is of use for."""
    return frozenset(role.id for role in handbook().roles.values() if role.page != "none")


def within_reach(rights: Rights, persons: Iterable[int], *, as_of: date) -> frozenset[int]:
    """Those of these persons whose account the reader may touch."""
    asked = frozenset(persons)
    if not rights.reads:
        return frozenset()
    if rights.paths is None:
        return asked
    roles = handbook().roles
    near: set[int] = set()
    barred: set[int] = set()
    for post in read_posts(Q(person__in=asked, role__in=page_roles())):
        inside = post.path.startswith(rights.paths or ("\0",))
        if inside:
            near.add(post.person)
        if post.holds(as_of) and (not inside or is_office(roles[post.role])):
            barred.add(post.person)
    return frozenset(near - barred)


def candidates(rights: Rights) -> Q:
    """Posts of persons who may be in reach, as a condition on assignments."""
    if rights.paths is None:
        return Q()
    condition = Q(pk__in=())
    for path in rights.paths:
        condition |= under(path, path="subject__path")
    return condition


def holders(rights: Rights, *, as_of: date) -> frozenset[int]:
    """The persons who hold a post with pages on that day, of those in reach."""
    held = Assignment.objects.filter(
        held_on(as_of),
        candidates(rights),
        role__in=page_roles(),
    )
    persons = frozenset(held.values_list("person", flat=True))
    return within_reach(rights, persons, as_of=as_of)


def posts_held(persons: Iterable[int], *, as_of: date) -> dict[int, list[Post]]:
    """The posts with pages that each holds on that day."""
    found: dict[int, list[Post]] = {}
    for post in read_posts(Q(person__in=list(persons), role__in=page_roles())):
        if post.holds(as_of):
            found.setdefault(post.person, []).append(post)
    return found


def _together(held: Collection[str], day: date) -> bool:
    """Whether an administrator's post is kept apart from another of these on that day."""
    book = handbook()
    rules, own = (
        book.separations.values(),
        {r for r in held if book.roles[r].page in ADMINISTRATORS},
    )
    pairs = ((one, other) for one, other in combinations(held, 2) if own & {one, other})
    return any(separated(rules, one, other, day) for one, other in pairs)


def _registrars() -> list[tuple[str, str]]:
    """Who enters posts, and how far: accounts go with them."""
    kind = handbook().kind("registry.assignment")
    return [(rule.role, rule.scope) for rule in kind.recorders] if kind else []


def _paths(policy: Policy, near: Iterable[str]) -> tuple[str, ...]:
    names = set(near)
    numbers = [post.subject for post in policy.roles if post.role in names]
    posts = read_posts(Q(person=policy.person, subject__in=numbers, role__in=names))
    return tuple(sorted({post.path for post in posts if post.path and post.holds(policy.as_of)}))
