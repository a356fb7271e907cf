"""What is asked of the engine: which rules and records, which posts, days and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bangfu.core.periods import Period, day_number
from bangfu.core.rules import Handbook
from bangfu.engine.posts import Posts
from bangfu.engine.tables import Tables


@dataclass(frozen=True, slots=True)
class Question:
    """What every step needs to know of one rule's owing; `posts` are those of its role, of
    `persons` where they are named.
    """

    handbook: Handbook
    tables: Tables
    posts: Posts
    as_of: date
    within: Period
    persons: frozenset[int] | None = None

    @property
    def day(self) -> int:
        """The as-of day as a number."""
        return day_number(self.as_of)
