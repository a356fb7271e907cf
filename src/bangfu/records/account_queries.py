"""Accounts for those who look after them: who has one, who should, whose posts have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q

from bangfu.records import guard, tries
from bangfu.records.access import Policy, Post
from bangfu.records.account_rights import (
    Rights,
    candidates,
    holders,
    page_roles,
    posts_held,
    rights_of,
    within_reach,
)
from bangfu.records.models import Account, AccountEvent, Assignment, Subject
from bangfu.records.names import Named, names_of

# none: posts, but no account; ended: an account, but no posts any more.
State = Literal["none", "open", "ended", "closed"]
STATES: tuple[State, ...] = ("none", "open", "ended", "closed")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One person with what he holds (role, what for), and the account if there is one."""

    person: Named
    state: State
    posts: tuple[tuple[str, str], ...]
    username: str = ""
    locked: bool = False
    must_change: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log of accounts."""

    at: datetime
    what: str
    username: str
    by: str


@guard.lifting
def counts(policy: Policy) -> dict[State, int]:
    """How many persons in reach are in each state."""
    persons = _persons(policy)
    return {state: len(persons[state]) for state in STATES}


@guard.lifting
def accounts(
    policy: Policy, *, state: State, text: str, now: datetime, most: int
) -> tuple[list[AccountLine], int]:
    """The first `most` persons of that state whose name or username has `text`, and how many."""
    numbers = _persons(policy)[state]
    rows = Subject.objects.filter(id__in=numbers, voided_seq=None)
    asked = text.strip()
    if asked:
        rows = rows.filter(Q(name__contains=asked) | Q(accounts__username__contains=asked))
    order = list(rows.order_by("path", "name", "id").values_list("id", flat=True).distinct())
    shown = order[:most]
    return _lines(policy, shown, state, now), len(order)


@guard.lifting
def line_of(policy: Policy, person_uid: str, *, now: datetime) -> AccountLine | None:
    """One person's line, if he is in reach."""
    number = Subject.objects.filter(uid=person_uid).values_list("id", flat=True).first()
    for state, numbers in _persons(policy, only=number).items():
        if number in numbers:
            return next(iter(_lines(policy, [number], state, now)), None)
    return None


def events(policy: Policy, *, most: int) -> list[Event]:
    """The log, the newest first; for the security administrator and the auditor."""
    if not rights_of(policy).log:
        return []
    rows = AccountEvent.objects.select_related("account", "by").order_by("-id")[:most]
    return [
        Event(row.at, row.what, row.account.username, row.by.username if row.by else "")
        for row in rows
    ]


def account_rights(policy: Policy) -> Rights:
    """What the reader may do to accounts."""
    return rights_of(policy)


def _persons(policy: Policy, only: int | None = None) -> dict[State, frozenset[int]]:
    """The persons in reach by state; with `only`, asked about one."""
    rights = rights_of(policy)
    if not rights.reads:
        return {state: frozenset() for state in STATES}
    held = holders(rights, as_of=policy.as_of)
    rows = Account.objects.exclude(person=None)
    if rights.paths is not None:
        known = Assignment.objects.filter(
            candidates(rights), role__in=page_roles(), retired_seq=None
        )
        rows = rows.filter(person__in=known.values("person"))
    if only is not None:
        rows, held = rows.filter(person=only), held & {only}
    active: dict[int, bool] = {}
    for person, is_active in rows.values_list("person", "is_active"):
        active[person] = active.get(person, False) or is_active
    reached = within_reach(rights, active, as_of=policy.as_of)
    opened = frozenset(number for number in reached if active[number])
    return {
        "none": held - active.keys(),
        "open": opened & held,
        "ended": opened - held,
        "closed": reached - opened,
    }


def _lines(
    policy: Policy, numbers: Sequence[int], state: State, now: datetime
) -> list[AccountLine]:
    held = posts_held(numbers, as_of=policy.as_of)
    subjects = {post.subject for posts in held.values() for post in posts}
    named = names_of({*numbers, *subjects})
    rows = Account.objects.filter(person__in=numbers).order_by("is_active", "pk")
    by_person = {row.person_id: row for row in rows}
    found = []
    for number in numbers:
        account = by_person.get(number)
        posts = tuple(_summed(held.get(number, ()), named))
        found.append(
            AccountLine(
                person=named[number],
                state=state,
                posts=posts,
                username=account.username if account else "",
                locked=account is not None and tries.closed(account.username, now=now),
                must_change=bool(account and account.must_change),
                second=bool(account and account.second_since),
            )
        )
    return found


def _summed(posts: Iterable[Post], named: dict[int, Named]) -> list[tuple[str, str]]:
    """Each role once, with its one subject, or how many there are."""
    by_role: dict[str, list[int]] = {}
    for post in posts:
        by_role.setdefault(post.role, []).append(post.subject)
    return [
        (role, named[subjects[0]].name if len(subjects) == 1 else str(len(subjects)))
        for role, subjects in by_role.items()
    ]
