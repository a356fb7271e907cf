"""Writes to accounts (账号): opening, closing, setting passwords, lifting locks; each is logged."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from bangfu.core.text import Refused
from bangfu.records import guard, tries
from bangfu.records.access import Policy
from bangfu.records.account_rights import Rights, rights_of, within_reach
from bangfu.records.models import Account, AccountEvent, Subject

# No letters or digits that look like others: people type these on phones.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 3, 4
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Opened:
    """An account with a password that is shown this once and must be changed at first sign-in."""

    username: str
    person: str
    password: str


def suggested_names(how_many: int) -> list[str]:
    """So many usernames that are free: the next numbers after the accounts there are."""
    number = Account.objects.count()
    found: list[str] = []
    while len(found) < how_many:
        number += 1
        some = f"x{number:05d}"
        if not Account.objects.filter(username=some).exists():
            found.append(some)
    return found


@guard.lifting
def open_accounts(wanted: Mapping[str, str], *, by: Policy, now: datetime) -> list[Opened]:
    """Open an account for each person: uid → username; all or none, refused where one is taken."""
    persons = _persons(by, list(wanted), may=lambda rights: rights.opens)
    opened = []
    with transaction.atomic():
        for person in persons:
            username = wanted[person.uid].strip()
            check_name(username)
            if Account.objects.filter(person=person, is_active=True).exists():
                raise _has_one(person.name)
            opened.append(open_for(person, username, by=by, now=now))
    return opened


def open_for(person: Subject, username: str, *, by: Policy | None, now: datetime) -> Opened:
    """Write the account and its event, inside the caller's transaction; `by` None: the command."""
    password = new_password()
    account = Account(username=username, person=person, must_change=True)
    account.set_password(password)
    account.save()
    _log("opened", account, by, now)
    return Opened(username, person.name, password)


@guard.lifting
def close_accounts(persons: Sequence[str], *, by: Policy, now: datetime) -> int:
    """Close the accounts of these persons (by uid); whoever is signed in no longer is."""
    found = _persons(by, persons, may=lambda rights: rights.opens)
    with transaction.atomic():
        rows = list(Account.objects.filter(person__in=found, is_active=True))
        for account in rows:
            if account.person_id == by.person:
                raise Refused(
                    "own_account", "不能停用自己的账号。", "Nobody closes his own account."
                )
            shut(account, by=by, now=now)
    return len(rows)


def shut(account: Account, *, now: datetime, by: Policy | None = None) -> None:
    """Close an account; `by` None is whoever runs the server."""
    account.is_active = False
    account.save(update_fields=["is_active"])
    _log("closed", account, by, now)


@guard.lifting
def reopen_accounts(persons: Sequence[str], *, by: Policy, now: datetime) -> list[Opened]:
    """Open closed accounts again, each with a new password."""
    found = _persons(by, persons, may=lambda rights: rights.opens)
    opened = []
    with transaction.atomic():
        for account in Account.objects.filter(person__in=found, is_active=False):
            account.is_active = True
            opened.append(_new_password(account, "reopened", by, now))
    return opened


@guard.lifting
def reset_passwords(persons: Sequence[str], *, by: Policy, now: datetime) -> list[Opened]:
    """Give these persons' accounts temporary passwords; each must be changed at first sign-in."""
    found = _persons(by, persons, may=lambda rights: rights.resets)
    opened = []
    with transaction.atomic():
        for account in Account.objects.filter(person__in=found, is_active=True):
            if account.person_id == by.person:
                raise Refused(
                    "own_password", "自己的密码请自己改。", "Change your own password yourself."
                )
            opened.append(_new_password(account, "reset", by, now))
            tries.forget(account.username)
    return opened


@guard.lifting
def unlock_accounts(persons: Sequence[str], *, by: Policy, now: datetime) -> int:
    """Lift the wait that wrong passwords brought."""
    found = _persons(by, persons, may=lambda rights: rights.unlocks)
    with transaction.atomic():
        rows = list(Account.objects.filter(person__in=found))
        for account in rows:
            tries.forget(account.username)
            _log("unlocked", account, by, now)
    return len(rows)


@guard.lifting
def drop_second_factors(persons: Sequence[str], *, by: Policy, now: datetime) -> int:
    """Take off the second factor of a lost phone; it is set up anew at the next sign-in."""
    found = _persons(by, persons, may=lambda rights: rights.resets and rights.log)
    with transaction.atomic():
        rows = list(Account.objects.filter(person__in=found).exclude(second_since=None))
        for account in rows:
            account.second_key, account.second_since, account.recovery = None, None, []
            account.save(update_fields=["second_key", "second_since", "recovery"])
            _log("second_dropped", account, by, now)
    return len(rows)


def change_password(account: Account, *, old: str, new: str, now: datetime) -> None:
    """Change one's own password; refused where the old one is wrong or the new one is weak."""
    if not account.check_password(old):
        raise Refused(
            "wrong_password", "原密码不对。", "The old password is not right.", place="old"
        )
    if new == old:
        raise Refused("same_password", "新密码要与原来的不同。",
                      "The new password must differ from the old.", place="new")  # fmt: skip
    try:
        validate_password(new, account)
    except ValidationError as problem:
        text = " ".join(problem.messages)
        raise Refused("bad_password", text, text, place="new") from None
    account.set_password(new)
    account.must_change = False
    with transaction.atomic():
        account.save(update_fields=["password", "must_change"])
        AccountEvent.objects.create(at=now, what="changed", account=account, by=account)


def signed_in(account: Account, *, now: datetime) -> None:
    """Note that somebody signed in."""
    AccountEvent.objects.create(at=now, what="signed_in", account=account, by=account)


def shut_out(username: str, *, now: datetime) -> None:
    """Note in the log that wrong passwords shut an account, where there is one of that name."""
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is not None and tries.closed(username, now=now):
        AccountEvent.objects.create(at=now, what="shut_out", account=account)


def new_password() -> str:
    """A random password of some 59 bits, in groups that can be read aloud."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
    return "-".join(groups)


def _persons(by: Policy, uids: Sequence[str], *, may: Callable[[Rights], bool]) -> list[Subject]:
    """The persons of these uids; refused alike whether one is foreign, absent or out of reach."""
    rights = rights_of(by)
    if not may(rights):
        raise Refused("no_right", "您的岗位不管这件事。", "Your posts do not include this.")
    found = list(Subject.objects.filter(uid__in=uids, type="person", voided_seq=None))
    reached = within_reach(rights, [person.id for person in found], as_of=by.as_of)
    if len(reached) < len(set(uids)):
        raise Refused("not_in_reach", "其中有人不归您管。", "Somebody chosen is not in your care.")
    return sorted(found, key=lambda person: list(uids).index(person.uid))


def _new_password(account: Account, what: str, by: Policy, now: datetime) -> Opened:
    password = new_password()
    account.set_password(password)
    account.must_change = True
    account.save()
    _log(what, account, by, now)
    return Opened(account.username, account.person.name if account.person else "", password)


def check_name(username: str) -> None:
    """Refuse a username that cannot be used or is taken."""
    if not 1 <= len(username) <= LONGEST_NAME or not username.isprintable() or " " in username:
        raise Refused("bad_username", "账号名不能用。", "This username cannot be used.",
                      place="username")  # fmt: skip
    if Account.objects.filter(username=username).exists():
        raise Refused("username_taken", f"账号名“{username}”已有人用。",
                      f"The username “{username}” is taken.", place="username")  # fmt: skip


def _has_one(name: str) -> Refused:
    return Refused("has_account", f"{name}已有账号。", f"{name} has an account already.")


def _log(what: str, account: Account, by: Policy | None, now: datetime) -> None:
    actor = None
    if by is not None and by.person:
        actor = Account.objects.filter(person=by.person, is_active=True).first()
    AccountEvent.objects.create(at=now, what=what, account=account, by=actor)
