"""The one place where pages read the clock; everything below takes the time as an argument."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The moment of this request, with its zone."""
    return timezone.now()
