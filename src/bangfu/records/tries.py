"""Slows down guessing (锁定退避): wrong passwords make whoever tries wait, longer each time.

Counted for each account and, more generously since an office shares one, for each address. Kept
in the database, so that it holds over all workers and outlives a restart. A try is counted before
it is looked at and taken back if it was right: many at once gain nothing. Signing in follows the
wall clock, never the county's as-of day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from bangfu.records.models import SignInTry
from bangfu.records.presence import CLOCKS_DIFFER

LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Counter:
    """What tries are counted under; `free` of them cost no wait, after `forgotten` all is new."""

    key: str
    free: int
    forgotten: timedelta
    shared: bool = False


def of_account(username: str) -> Counter:
    """The counter of a username, whether there is such an account or not."""
    return Counter(_key("account", username), 4, timedelta(hours=24))


def of_code(username: str) -> Counter:
    """The counter of an account's second factor."""
    return Counter(_key("code", username), 4, timedelta(hours=24))


def of_address(address: str) -> Counter:
    """The counter of a network address, behind which a whole office may sit."""
    return Counter(_key("address", address), 30, timedelta(hours=1), shared=True)


def of_token(address: str) -> Counter:
    """The counter of wrong tokens from an address; apart from that of its people's sign-ins, whom
    a program with an ended token would else shut out.
    """
    return Counter(_key("token", address), 30, timedelta(hours=1), shared=True)


def of_card(address: str) -> Counter:
    """The counter of wrong codes of household cards from an address."""
    return Counter(_key("card", address), 10, timedelta(hours=1), shared=True)


def begin(counters: Iterable[Counter], *, now: datetime) -> int:
    """Count a try; 0, or without counting how many seconds must pass before one counts."""
    with transaction.atomic():
        pairs = [(counter, _row(counter, now)) for counter in counters]
        wait = max(_wait(row, now) for _, row in pairs)
        if wait:
            return wait
        for counter, row in pairs:
            row.wrong += 1
            over = row.wrong - counter.free
            row.until = (
                now + min(timedelta(seconds=2 ** min(over, 20)), LONGEST) if over >= 0 else None
            )
            row.at = now
            row.save()
    return 0


def right(counters: Iterable[Counter]) -> None:
    """The try that was just counted was right: forget what went wrong before.

    At a shared address only this one try is taken back, or whoever has an account there could
    guess at others' for ever.
    """
    for counter in counters:
        with transaction.atomic():
            row = SignInTry.objects.select_for_update().filter(key=counter.key).first()
            if row is None:
                continue
            if not counter.shared:
                row.delete()
                continue
            row.wrong = max(row.wrong - 1, 0)
            if row.wrong < counter.free:
                row.until = None
            row.save()


def closed(username: str, *, now: datetime) -> bool:
    """Whether an account must wait at this moment."""
    row = SignInTry.objects.filter(key=of_account(username).key).first()
    return row is not None and _wait(row, now) > 0


def forget(username: str) -> None:
    """Unlock an account."""
    keys = [of_account(username).key, of_code(username).key]
    SignInTry.objects.filter(key__in=keys).delete()


def _row(counter: Counter, now: datetime) -> SignInTry:
    row, _made = SignInTry.objects.select_for_update().get_or_create(
        key=counter.key, defaults={"at": now}
    )
    if now - row.at > counter.forgotten or _ahead(row, now):
        row.wrong, row.until = 0, None
    return row


def _wait(row: SignInTry, now: datetime) -> int:
    """How many seconds a try must wait, at least one; 0 for none."""
    if row.until is None or row.until <= now or _ahead(row, now):
        return 0
    return max(1, round((row.until - now).total_seconds()))


def _ahead(row: SignInTry, now: datetime) -> bool:
    """Whether the last try was under a clock that ran ahead: it must not lock anybody out until
    that time has come.
    """
    return row.at > now + CLOCKS_DIFFER


def _key(kind: str, text: str) -> str:
    # Hashed: what people type into the name may be their password.
    return salted_hmac(f"bangfu.tries.{kind}", text.strip(), algorithm="sha256").hexdigest()
