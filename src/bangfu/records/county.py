"""What holds for the whole county: its today, where its ledger ends, what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from bangfu.engine.cache import Cache
from bangfu.records import guard, ledger, since
from bangfu.records.canonical import canonical
from bangfu.records.models import Account, Fact, Meta

# What a county is made with; `found` writes it beside the ledger, and into its first fact.
MADE = ("county", "as_of", "options", "format")


# The stored day is written with a ledger's first facts, and never again.
_kept = Cache(8)


def forget() -> None:
    """Let go of the stored day."""
    _kept.clear()


def made_reason(made: Mapping[str, str]) -> str:
    """What the ledger's first fact gives as its reason: how the county was made."""
    return canonical(made).decode()


def made_of(reason: str) -> dict[str, str]:
    """What `made_reason` wrote; empty for any other reason."""
    try:
        made = json.loads(reason)
    except ValueError:
        return {}
    return made if isinstance(made, dict) else {}


def today(now: datetime | None = None) -> date:
    """The county's today: the stored as-of day of a demo, else the local day of `now`.

    Pages and commands may leave `now` out; it is then the moment of asking.
    """
    stored = _kept.get(since.registry(), lambda: _meta("as_of"))
    if stored:
        return date.fromisoformat(stored)
    return timezone.localdate(now)


def sequence() -> int:
    """Where the ledger ends."""
    return ledger.head().sequence


def known_at(day: date) -> int:
    """The last sequence that had been recorded by the end of `day`, local time; 0 before all.

    The time of recording never runs backwards along the ledger, so the answer is found by halves.
    """
    midnight = datetime.combine(day + timedelta(days=1), time.min)
    end = ledger.moment_text(timezone.make_aware(midnight))
    low, high = 0, sequence()
    while low < high:
        middle = (low + high + 1) // 2
        with guard.lifted():
            recorded = Fact.objects.values_list("recorded_at", flat=True).get(sequence=middle)
        low, high = (middle, high) if recorded < end else (low, middle - 1)
    return low


def founded() -> Mapping[str, object] | None:
    """What the county was made from: its id, as-of day and options; None where there is none."""
    county = _meta("county")
    if county is None:
        return None
    return {
        "county": county,
        "as_of": _meta("as_of") or "",
        "options": json.loads(_meta("options") or "{}"),
        "format": _meta("format"),
    }


def account_names() -> list[str]:
    """The usernames that there are, for whoever runs the program on its own machine."""
    return list(Account.objects.order_by("username").values_list("username", flat=True))


def _meta(key: str) -> str | None:
    return Meta.objects.filter(key=key).values_list("value", flat=True).first()
