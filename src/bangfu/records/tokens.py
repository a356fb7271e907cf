"""Tokens (接口令牌): a program's way to ask in an account's name, for some things, until a day.

The secret is shown once; the row keeps its keyed digest, and a seal over all that decides what it
opens, so that a row edited without the master key opens nothing and is named by `verify`. A token
ends on its last day, when its owner or the security administrator ends it, with its account, and
with the password that the account had when it was made. What it opens is never more than the
posts that its owner holds at that moment. Its days follow the wall clock, like signing in.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from bangfu.core.text import Refused
from bangfu.records import guard
from bangfu.records.access import Policy
from bangfu.records.account_rights import rights_of
from bangfu.records.canonical import canonical
from bangfu.records.models import Account, AccountEvent, ApiToken
from bangfu.records.sealing import vault

# So that a secret that lies about somewhere is known for what it is.
PREFIX = "bangfu_"
SECRET_BYTES = 32
MOST_OPEN = 10
MOST_DAYS = 366
LONGEST_TITLE = 60
_LONGEST_SECRET = 100
READ, RECORD = "read:", "record:"
READS = ("obligations", "figures")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner and the security administrator see it; `owner` is the username.

    `handle` names it without telling how many tokens others have: the username and the token's
    number among those of its account. `state` is open, ended (by somebody), over (its last day has
    passed), or void (the password has changed since, the account is closed, or the row is not as it
    was written).
    """

    handle: str
    owner: str
    person: str
    title: str
    scope: tuple[str, ...]
    last_day: date
    made_at: datetime
    ended_at: datetime | None
    used_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Granted:
    """What an accepted secret opens, and for whom."""

    account: Account
    scope: frozenset[str]

    def reads(self, what: str) -> bool:
        """Whether it reads one of `READS`."""
        return f"{READ}{what}" in self.scope

    def records(self, kind: str) -> bool:
        """Whether it records facts of a kind."""
        return f"{RECORD}{kind}" in self.scope

    @property
    def records_any(self) -> bool:
        """Whether it records anything."""
        return any(one.startswith(RECORD) for one in self.scope)


class NoToken(Refused):
    """A secret that opens nothing; `known` if it once did."""

    def __init__(self, *, known: bool) -> None:
        self.known = known
        if known:
            super().__init__("token_ended", "这个令牌已经失效，请本人在“我的账号”里另建一个。",
                             "This token has ended; its owner makes another.")  # fmt: skip
        else:
            super().__init__("token_unknown", "没有这个令牌。", "There is no such token.")


def scope_of(reads: Iterable[str], kinds: Iterable[str]) -> tuple[str, ...]:
    """A scope from what is to be read and the kinds that are to be recorded, in that order."""
    return (*(READ + one for one in reads), *(RECORD + one for one in kinds))


@guard.lifting
def make_token(
    account: Account,
    *,
    title: str,
    scope: frozenset[str],
    allowed: Collection[str],
    last_day: date,
    by: Policy,
    now: datetime,
) -> str:
    """Make a token for one's own account and return its secret, which nothing keeps.

    `allowed` is the scope that the owner's posts have today. Raises `Refused`.
    """
    if account.person_id is None or account.person_id != by.person:
        raise Refused("no_right", "您的岗位不管这件事。", "Your posts do not include this.")
    today = _day(now)
    said = title.strip()
    if not 1 <= len(said) <= LONGEST_TITLE or not said.isprintable():
        raise Refused("bad_title", f"请写明用途（不超过 {LONGEST_TITLE} 个字）。",
                      f"Say what it is for, in at most {LONGEST_TITLE} characters.",
                      place="title")  # fmt: skip
    if not scope or not scope <= set(allowed):
        raise Refused("bad_scope", "请至少勾选一项，且只能勾选列出的。",
                      "Tick at least one thing, of those listed.", place="scope")  # fmt: skip
    if not today <= last_day <= today + timedelta(days=MOST_DAYS):
        raise Refused("bad_last_day", f"最后一天应在今天与 {MOST_DAYS} 天之内。",
                      f"The last day must lie between today and {MOST_DAYS} days from now.",
                      place="last_day")  # fmt: skip
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        # One row of the account is held, so that two at once do not make one too many.
        Account.objects.select_for_update().get(pk=account.pk)
        rows = ApiToken.objects.filter(account=account, ended_at=None, last_day__gte=today)
        if sum(_valid(row) for row in rows.select_related("account")) >= MOST_OPEN:
            raise Refused("many_tokens", f"已有 {MOST_OPEN} 个令牌，请先停用不用的。",
                          f"There are {MOST_OPEN} tokens already; end one first.")  # fmt: skip
        row = ApiToken(
            account=account, title=said, digest=vault().token_digest(secret),
            bound=_bound(account), scope=sorted(scope), last_day=last_day, made_at=now,
        )  # fmt: skip
        row.seal = seal_of(row)
        row.save()
        AccountEvent.objects.create(at=now, what="token_made", account=account, by=account)
    return secret


@guard.lifting
def end_tokens(handles: Collection[str], *, by: Policy, now: datetime) -> int:
    """End tokens: one's own, or as security administrator anybody's; how many.

    Refused alike whether one is foreign or absent.
    """
    owners = {one.rpartition(".")[0] for one in handles}
    rows = ApiToken.objects.filter(account__username__in=owners)
    if not may_revoke(by):
        rows = rows.filter(account__person=by.person) if by.person else rows.none()
    with transaction.atomic():
        held = list(rows.select_for_update(of=("self",)).select_related("account"))
        named = _handles(held)
        found = [row for row in held if named[row.pk] in handles]
        if len(found) < len(set(handles)):
            raise Refused("no_token", "没有这个令牌。", "There is no such token.")
        open_ones = [row for row in found if row.ended_at is None]
        actor = Account.objects.filter(person=by.person, is_active=True).first()
        for row in open_ones:
            _end(row, now)
            own = row.account.person_id == by.person
            what = "token_ended" if own else "token_revoked"
            AccountEvent.objects.create(at=now, what=what, account=row.account, by=actor)
    return len(open_ones)


def end_all(*, now: datetime) -> int:
    """End every token: those of a restored database may have been ended since; how many."""
    with transaction.atomic():
        rows = list(ApiToken.objects.filter(ended_at=None))
        for row in rows:
            _end(row, now)
    return len(rows)


def own_tokens(policy: Policy, *, now: datetime) -> list[Token]:
    """One's own tokens, the newest first; the wall shows no others."""
    if policy.person is None:
        return []
    rows = ApiToken.objects.filter(account__person=policy.person).order_by("-pk")
    return _shown(rows.select_related("account__person"), now)


@guard.lifting
def all_tokens(policy: Policy, *, now: datetime, start: int, most: int) -> tuple[list[Token], int]:
    """At most `most` of everybody's tokens from `start` on, and how many there are: those that may
    still open something first, then the newest; for the security administrator and the auditor.
    """
    if not rights_of(policy).log:
        return [], 0
    over = When(Q(ended_at__isnull=False) | Q(last_day__lt=_day(now)), then=1)
    rows = ApiToken.objects.order_by(Case(over, default=0), "-pk").select_related("account__person")
    return _shown(rows[start : start + most], now), ApiToken.objects.count()


def may_revoke(policy: Policy) -> bool:
    """Whether the reader ends other people's tokens."""
    rights = rights_of(policy)
    return rights.resets and rights.log


def accept(secret: str, *, now: datetime) -> Granted:
    """What a secret opens at this moment; raises `NoToken`."""
    if not secret.startswith(PREFIX) or not secret.isascii() or len(secret) > _LONGEST_SECRET:
        raise NoToken(known=False)
    # Before anybody is known, as with signing in.
    with guard.lifted():
        rows = ApiToken.objects.select_related("account")
        row = rows.filter(digest=vault().token_digest(secret)).first()
        if row is None:
            raise NoToken(known=False)
        if _state(row, _day(now)) != "open":
            raise NoToken(known=True)
        if row.used_on != _day(now):
            ApiToken.objects.filter(pk=row.pk).update(used_on=_day(now))
        return Granted(row.account, frozenset(row.scope))


def seal_of(row: ApiToken) -> str:
    """The seal of a token's row as it is in memory."""
    return vault().seal_token(
        canonical(
            {
                "account": row.account_id,
                "title": row.title,
                "digest": row.digest,
                "bound": row.bound,
                "scope": row.scope,
                "last_day": row.last_day.isoformat(),
                "made_at": row.made_at.astimezone(UTC).isoformat(),
                "ended_at": row.ended_at.astimezone(UTC).isoformat() if row.ended_at else None,
            }
        )
    )


def first_unsealed_token() -> str | None:
    """The owner's username of the first token whose row is not as it was sealed."""
    for row in ApiToken.objects.order_by("pk").select_related("account"):
        if row.seal != seal_of(row):
            return row.account.username
    return None


def _end(row: ApiToken, now: datetime) -> None:
    """A row whose seal was broken before stays so: no later write covers an edit up."""
    whole = constant_time_compare(row.seal, seal_of(row))
    row.ended_at = now
    row.seal = seal_of(row) if whole else row.seal
    row.save(update_fields=["ended_at", "seal"])


def _bound(account: Account) -> str:
    """What changes with the account's password, as a keyed digest."""
    return vault().token_digest(account.get_session_auth_hash())


def _valid(row: ApiToken) -> bool:
    return (
        row.account.is_active
        and constant_time_compare(row.seal, seal_of(row))
        and constant_time_compare(row.bound, _bound(row.account))
    )


def _state(row: ApiToken, today: date) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.last_day < today:
        return "over"
    return "open" if _valid(row) else "void"


def _day(now: datetime) -> date:
    return timezone.localtime(now).date()


def _handles(rows: Iterable[ApiToken]) -> dict[int, str]:
    """The handle of each of these accounts' tokens, by row."""
    found: dict[int, str] = {}
    numbers: Counter[str] = Counter()
    accounts = {row.account_id for row in rows}
    known = ApiToken.objects.filter(account__in=accounts).order_by("pk")
    for number, owner in known.values_list("pk", "account__username"):
        numbers[owner] += 1
        found[number] = f"{owner}.{numbers[owner]}"
    return found


def _shown(rows: Iterable[ApiToken], now: datetime) -> list[Token]:
    rows = list(rows)
    handles = _handles(rows)
    return [
        Token(
            handle=handles[row.pk],
            owner=row.account.username,
            person=row.account.person.name if row.account.person else "",
            title=row.title,
            scope=tuple(row.scope),
            last_day=row.last_day,
            made_at=row.made_at,
            ended_at=row.ended_at,
            used_on=row.used_on,
            state=_state(row, _day(now)),
        )
        for row in rows
    ]
