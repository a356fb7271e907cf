"""Accounts under a seal: whoever edits a row without the master key is named by `verify`.

The seal is a keyed digest of what decides who signs in and as whom. It says nothing of rows
taken out, nor of a whole row put back as it once was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC

from django.db.models.signals import post_save, pre_save

from bangfu.records.canonical import canonical
from bangfu.records.models import Account
from bangfu.records.sealing import vault

COVERED = frozenset((
    "username", "person", "person_id", "is_active", "password", "must_change",
    "second_key", "second_since", "recovery", "seal",
))  # fmt: skip
_WHOLE = "_seal_was_whole"


def seal_of(account: Account) -> str:
    """The seal of an account's row as it is in memory."""
    key, since = account.second_key, account.second_since
    return vault().seal_account(
        canonical(
            {
                "username": account.username,
                "person": account.person_id,
                "active": account.is_active,
                "password": account.password,
                "must_change": account.must_change,
                "second_key": None if key is None else bytes(key).hex(),
                "second_since": None if since is None else since.astimezone(UTC).isoformat(),
                "recovery": account.recovery,
            }
        )
    )


def keep() -> None:
    """From now on seal every account that is saved, in the transaction of `Account.save`."""
    pre_save.connect(_look, sender=Account, dispatch_uid="account seals look")
    post_save.connect(_seal, sender=Account, dispatch_uid="account seals seal")


def first_unsealed() -> str | None:
    """The username of the first account whose row is not as it was sealed."""
    for account in Account.objects.order_by("pk"):
        if account.seal != seal_of(account):
            return account.username
    return None


def _covers(fields: Collection[str] | None) -> bool:
    """Whether a write of these fields, None for all, changes what is sealed."""
    return fields is None or not COVERED.isdisjoint(fields)


def _look(instance: Account, update_fields: Collection[str] | None, **_rest: object) -> None:
    """A row whose seal was broken before stays so: no later write covers an edit up."""
    if _covers(update_fields):
        before = Account.objects.filter(pk=instance.pk).first() if instance.pk else None
        setattr(instance, _WHOLE, before is None or before.seal == seal_of(before))


def _seal(instance: Account, update_fields: Collection[str] | None, **_rest: object) -> None:
    """From the row itself: what is in memory may be older than the rest of it."""
    if _covers(update_fields) and getattr(instance, _WHOLE):
        rows = Account.objects.filter(pk=instance.pk)
        instance.seal = seal_of(rows.get())
        rows.update(seal=instance.seal)
