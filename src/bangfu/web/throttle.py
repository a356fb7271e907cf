"""Slows down guessing: after a few wrong passwords, a wait that doubles with each further one.

Counted per user name and address, in Django's cache: one process's memory unless a deployment
names another. Signing in follows the wall clock, never the county's as-of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.crypto import salted_hmac

FREE = 4
LONGEST = timedelta(minutes=15)
FORGOTTEN = 24 * 3600


@dataclass(frozen=True, slots=True)
class Guesses:
    """How often it went wrong, and until when no further try is looked at."""

    wrong: int = 0
    until: datetime | None = None


def _key(username: str, address: str) -> str:
    # Hashed: a cache key is no place for a user name, and allows few characters.
    return "sign-in:" + salted_hmac("bangfu.web.throttle", f"{username}\n{address}").hexdigest()


def wait(username: str, address: str, *, now: datetime) -> int:
    """How many seconds must pass before the next try counts; 0 for none."""
    known = cache.get(_key(username, address))
    if not isinstance(known, Guesses) or known.until is None or known.until <= now:
        return 0
    return max(1, round((known.until - now).total_seconds()))


def wrong(username: str, address: str, *, now: datetime) -> None:
    """Note a wrong password."""
    key = _key(username, address)
    known = cache.get(key)
    count = (known.wrong if isinstance(known, Guesses) else 0) + 1
    pause = min(timedelta(seconds=2 ** max(count - FREE, 0)), LONGEST)
    until = now + pause if count >= FREE else None
    cache.set(key, Guesses(count, until), FORGOTTEN)


def right(username: str, address: str) -> None:
    """Forget what went wrong before."""
    cache.delete(_key(username, address))
