"""Dated terms: what holds from when to when, and by which document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from bangfu.core.text import Text

Standing = Literal["official", "local", "article", "proposal"]


@dataclass(frozen=True, slots=True)
class Source:
    """The document (依据) that makes a rule a rule, and its own words."""

    title: str
    quote: str
    standing: Standing
    number: str = ""
    date: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """From `start` up to but not including `end` (None: open), as `source` says."""

    start: date
    end: date | None
    source: Source

    def holds(self, day: date) -> bool:
        """Whether the term is in force on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


T = TypeVar("T", bound=Term)


def term_on(terms: Sequence[T], day: date) -> T | None:
    """The term in force on `day`, or None in a gap; of overlapping ones the latest start."""
    held = [term for term in terms if term.holds(day)]
    return max(held, key=lambda term: term.start, default=None)


@dataclass(frozen=True, slots=True)
class NameTerm:
    """What something is called (称谓) from `start` up to but not including `end`."""

    start: date
    end: date | None
    title: Text

    def holds(self, day: date) -> bool:
        """Whether it is called so on `day`."""
        return self.start <= day and (self.end is None or day < self.end)
