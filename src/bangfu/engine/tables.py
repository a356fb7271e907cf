"""The engine's input: one county, or one reader's part of it, in columns.

Registry subjects and persons are int64 numbers (the sequence of their founding fact), days
are int32 days since 1970-01-01, ends are exclusive with `OPEN` for "still", facts are their
sequence. What a table holds was already limited to what its reader may see and to what was
known at his `known_at`; corrected and voided facts are left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

OPEN = np.int32(2**31 - 1)

Ids = NDArray[np.int64]
Days = NDArray[np.int32]
Strings = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class FactTable:
    """The standing facts of one kind, one row for each subject a fact has, by sequence.

    `values` has one array a field: int64 scaled numbers (with `missing` masks), int32 day
    numbers for dates, bool, or objects (str, None) for the rest; personal values only where
    the reader may see them. `minute` is the minute of the day of a timed kind, -1 where it
    was not noted; None for kinds that are not timed.
    """

    fact: Ids
    subject: Ids
    day: Days
    performer: Ids
    values: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    missing: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    minute: NDArray[np.int16] | None = None

    def __len__(self) -> int:
        return len(self.fact)

    def where(self, mask: NDArray[np.bool_]) -> FactTable:
        """Only the marked rows."""
        return FactTable(
            self.fact[mask],
            self.subject[mask],
            self.day[mask],
            self.performer[mask],
            {name: column[mask] for name, column in self.values.items()},
            {name: column[mask] for name, column in self.missing.items()},
            None if self.minute is None else self.minute[mask],
        )


@dataclass(frozen=True, slots=True)
class ParticipantTable:
    """Who took part in the facts of one kind: fact, role, participant."""

    fact: Ids
    role: Strings
    participant: Ids


@dataclass(frozen=True, slots=True)
class AssignmentTable:
    """Who holds one role for which subject, from `start` up to `end`; `id` is the fact."""

    id: Ids
    person: Ids
    subject: Ids
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class StatusTable:
    """One dated status: subject, value, from `start` up to `end`; `id` is the fact."""

    id: Ids
    subject: Ids
    value: Strings
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class MemberTable:
    """Who belongs to which household, from `start` up to `end`; `id` is the fact."""

    id: Ids
    person: Ids
    household: Ids
    relation: Strings
    start: Days
    end: Days


@dataclass(frozen=True, slots=True)
class SubjectTable:
    """The subjects of one type; `village` and `township` are numbers, 0 where there is none.

    `since` is the day of the founding fact.
    """

    id: Ids
    village: Ids
    township: Ids
    since: Days


_NONE = np.zeros(0, dtype=np.int64)
_NO_DAYS = np.zeros(0, dtype=np.int32)
NO_FACTS = FactTable(_NONE, _NONE, _NO_DAYS, _NONE)
NO_PARTICIPANTS = ParticipantTable(_NONE, np.zeros(0, dtype=np.object_), _NONE)
NO_SUBJECTS = SubjectTable(_NONE, _NONE, _NONE, _NO_DAYS)
NO_STATUSES = StatusTable(_NONE, _NONE, np.zeros(0, dtype=np.object_), _NO_DAYS, _NO_DAYS)
HOUSEHOLD = "household"
NO_MEMBERS = MemberTable(_NONE, _NONE, _NONE, np.zeros(0, dtype=np.object_), _NO_DAYS, _NO_DAYS)


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything the engine reads, keyed by kind, role, status and subject type."""

    as_of: date
    facts: Mapping[str, FactTable]
    participants: Mapping[str, ParticipantTable]
    assignments: Mapping[str, AssignmentTable]
    statuses: Mapping[str, StatusTable]
    subjects: Mapping[str, SubjectTable]
    memberships: Mapping[str, MemberTable] = field(default_factory=dict)
    # What the engine made of posts and statuses; it holds as long as these do, whatever facts come.
    frames: dict[Hashable, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def members(self) -> MemberTable:
        """Who belongs to which household."""
        return self.memberships.get(HOUSEHOLD, NO_MEMBERS)
