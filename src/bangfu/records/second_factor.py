"""The second factor (第二因素): a code that an app works out every half minute, RFC 6238.

The key is wrapped by the vault, so that a copy of the database signs nobody in. Each code counts
once; ten recovery codes, of which only digests are kept, open the account when the phone is lost.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from django.db import transaction

from bangfu.records.models import Account, AccountEvent
from bangfu.records.sealing import vault

STEP_SECONDS = 30
DIGITS = 6
KEY_BYTES = 20
# A clock may be one step off, either way.
SLACK = 1
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def code_at(key: bytes, step: int) -> str:
    """The code of one step of half a minute since 1970 (RFC 6238 over HMAC-SHA-1, RFC 4226)."""
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(key: bytes, code: str, *, now: datetime, after: int) -> int | None:
    """The step around `now`, later than `after`, whose code this is; None where there is none."""
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - SLACK, current + SLACK + 1):
        if step > after and hmac.compare_digest(code_at(key, step), code):
            return step
    return None


def enrolled(account: Account) -> bool:
    """Whether signing in to this account asks for a code."""
    return account.second_since is not None


def begin(account: Account) -> str:
    """The key to put into an app, in base32: a new one, or that of an enrolment not finished."""
    if account.second_key is None or enrolled(account):
        account.second_key = vault().wrap(os.urandom(KEY_BYTES), _party(account))
        account.second_since, account.second_step, account.recovery = None, 0, []
        account.save(update_fields=["second_key", "second_since", "second_step", "recovery"])
    return base64.b32encode(_key(account)).decode("ascii")


def address(account: Account, secret: str) -> str:
    """What the QR code holds: the address that authenticator apps understand."""
    label = quote(f"Bangfu:{account.username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Bangfu'})}"


def confirm(account: Account, code: str, *, now: datetime) -> list[str]:
    """Finish the enrolment with a first code; the recovery codes, or nothing if it is wrong."""
    if account.second_key is None or enrolled(account):
        return []
    step = step_of(_key(account), _plain(code), now=now, after=0)
    if step is None:
        return []
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    account.second_since, account.second_step = now, step
    account.recovery = [_digest(code) for code in codes]
    with transaction.atomic():
        account.save(update_fields=["second_since", "second_step", "recovery"])
        AccountEvent.objects.create(at=now, what="second_factor", account=account, by=account)
    return codes


def right(account: Account, code: str, *, now: datetime) -> bool:
    """Whether this is the app's code or a recovery code, neither of them used before."""
    plain = _plain(code)
    if account.second_key is None or not enrolled(account) or not plain:
        return False
    if len(plain) == DIGITS and plain.isdigit():
        step = step_of(_key(account), plain, now=now, after=account.second_step)
        # The database decides which of two that come at once was first.
        rows = Account.objects.filter(pk=account.pk, second_step__lt=step or 0)
        return step is not None and rows.update(second_step=step) == 1
    return _use_recovery_code(account, plain, now=now)


def _use_recovery_code(account: Account, plain: str, *, now: datetime) -> bool:
    with transaction.atomic():
        kept: Account = Account.objects.select_for_update().get(pk=account.pk)
        digest = _digest(plain)
        if digest not in kept.recovery:
            return False
        kept.recovery = [one for one in kept.recovery if one != digest]
        kept.save(update_fields=["recovery"])
        AccountEvent.objects.create(at=now, what="recovery_code", account=kept, by=kept)
    return True


def _key(account: Account) -> bytes:
    return vault().unwrap(account.second_key or b"", _party(account))


def _party(account: Account) -> str:
    return f"second factor {account.pk}"


def _plain(code: str) -> str:
    """A code as it was meant: without spaces and hyphens, in small letters."""
    return code.replace(" ", "").replace("-", "").lower()


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _digest(code: str) -> str:
    return vault().lookup(f"recovery {_plain(code)}")
