"""Who asks, and which two days the question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from bangfu.core.periods import Period, period_of
from bangfu.core.rules import Handbook
from bangfu.records import queries
from bangfu.records.access import NOBODY, Policy, policy_for
from bangfu.records.plans import EARLIEST
from bangfu.records.tokens import Granted
from bangfu.web.audience import Page, pages_of

MOST_DIGITS = 8
_KEPT, _TOKEN = "_bangfu_reader", "_bangfu_token"


@dataclass(frozen=True, slots=True)
class Reader:
    """The person behind a request: what he may see, his pages, and the county's today."""

    policy: Policy
    handbook: Handbook
    today: date
    pages: frozenset[Page]


def reader_of(request: HttpRequest) -> Reader:
    """The reader of a request, worked out once; nobody signed in sees nothing."""
    kept = known_reader(request)
    if kept is not None:
        return kept
    handbook = queries.handbook()
    today = queries.today()
    policy = NOBODY
    if request.user.is_authenticated and not isinstance(request.user, AnonymousUser):
        policy = policy_for(request.user, as_of=today)
    held = frozenset(post.role for post in policy.roles)
    reader = Reader(policy, handbook, today, pages_of(held, handbook))
    setattr(request, _KEPT, reader)
    return reader


def known_reader(request: HttpRequest) -> Reader | None:
    """The reader if a request has had him worked out already; asks nothing of the database."""
    kept = getattr(request, _KEPT, None)
    return kept if isinstance(kept, Reader) else None


def forget_reader(request: HttpRequest) -> None:
    """Whoever asked has signed in or out meanwhile: work the reader out anew."""
    vars(request).pop(_KEPT, None)


def keep_token(request: HttpRequest, granted: Granted) -> None:
    """From now on the account of that token asks, for what the token opens."""
    request.user = granted.account
    vars(request)[_TOKEN] = granted
    forget_reader(request)


def token_of(request: HttpRequest) -> Granted | None:
    """What the token of a request opens; None if it came without one."""
    found = vars(request).get(_TOKEN)
    return found if isinstance(found, Granted) else None


@dataclass(frozen=True, slots=True)
class Days:
    """The two days of a question: the one it speaks of, and until when what was known counts.

    `known_on` None is everything known now; `known_at` is the same as a sequence. `query` is
    what a link carries on so that the page it leads to speaks of the same days.
    """

    as_of: date
    known_on: date | None
    known_at: int | None
    is_today: bool

    @property
    def query(self) -> str:
        """`?as_of=…&known_at=…`, or nothing for today."""
        asked = {} if self.is_today else {"as_of": self.as_of.isoformat()}
        if self.known_on is not None:
            asked["known_at"] = self.known_on.isoformat()
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def more(self) -> str:
        """The same to be put behind another parameter."""
        return self.query.replace("?", "&", 1)


def days_of(request: HttpRequest) -> Days:
    """The days that a request asks for; what is no day, or lies ahead, is today."""
    today = reader_of(request).today
    as_of = min(day_in(request, "as_of") or today, today)
    known_on = day_in(request, "known_at")
    if known_on is not None and known_on >= today:
        known_on = None
    known_at = None if known_on is None else queries.known_at(known_on)
    return Days(as_of, known_on, known_at, as_of == today)


def month_of(request: HttpRequest, today: date) -> Period:
    """The month that a request asks for (`?month=2017-07`), else that of `today`."""
    return period_of(min(_month_day(request) or today, today), "month")


def day_in(request: HttpRequest, name: str) -> date | None:
    """The day in a query parameter; None for none, or for one before the ledger's first."""
    return _day(request.GET.get(name, ""))


def count_in(request: HttpRequest, name: str) -> int:
    """The row to begin with in a query parameter; 0 for anything that is no such number."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def _month_day(request: HttpRequest) -> date | None:
    return _day(f"{request.GET.get('month', '')}-01")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= EARLIEST else None
