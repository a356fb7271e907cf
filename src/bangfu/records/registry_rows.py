"""What the registry is made of: events that come in, subjects and dated lines that result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bangfu.core.facts import Value

ASSIGNMENT = "assignment"
MEMBERSHIP = "membership"
STATUS = "status"
PLACE_NAME = "placename"
PLACE_ALIAS = "placealias"


class Event(NamedTuple):
    """A registry fact, or a voiding, as the registry reads it; values are unsealed."""

    sequence: int
    uid: str
    kind: str
    day: date
    subject: str
    values: Mapping[str, Value]
    participants: tuple[tuple[str, str], ...]
    amends: int | None


@lru_cache(maxsize=4096)
def around(path: str) -> tuple[int, ...]:
    """The numbers in a place path: "/1/17/" gives 1 and 17."""
    return tuple(int(part) for part in path.split("/") if part)


@dataclass(slots=True)
class SubjectRow:
    """One subject with what its type adds; `fact` is the standing founding fact, `around` the
    numbers of the places in its path.
    """

    id: int
    uid: str
    type: str
    name: str
    path: str
    village: int
    township: int
    since: date
    fact: int
    recorded: int
    voided: int | None = None
    detail: dict[str, object] = field(default_factory=dict)
    around: tuple[int, ...] = ()


class Past(NamedTuple):
    """Where a subject was said to lie, known from `recorded` up to `retired`."""

    subject: int
    path: str
    village: int
    township: int
    since: date
    fact: int
    recorded: int
    retired: int


@dataclass(slots=True)
class Line:
    """One version of one dated line: a post, a membership, a status, a place's name or alias.

    `key` is the role, the status or the code; `value` the basis, the relation, the status's
    value or the name. `stored` tells whether the database has this version already.
    """

    table: str
    fact: int
    root: int
    recorded: int
    subject: int
    start: date
    key: str = ""
    value: str = ""
    person: int = 0
    end: date | None = None
    ended_by: int | None = None
    retired: int | None = None
    stored: bool = False

    def holds(self, day: date) -> bool:
        """Whether it is so on `day`."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, start: date, end: date | None) -> bool:
        """Whether it shares a day with the days from `start` up to `end`."""
        return (end is None or self.start < end) and (self.end is None or start < self.end)
