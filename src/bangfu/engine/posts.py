"""Who holds one role for which subject, as of a day, numbered in rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bangfu.engine.spans import FOREVER, Ints, Spans, ints, merged, ranges
from bangfu.engine.tables import AssignmentTable, Ids


@dataclass(frozen=True)
class Posts:
    """The assignments (责任) of one role that count on the as-of day.

    `subjects` are sorted and each stands for a row; the other columns have one entry an
    assignment, sorted by row, start and id; row r has those from `first[r]` to `first[r + 1]`.
    """

    subjects: Ids
    row: Ints
    person: Ids
    start: Ints
    end: Ints
    id: Ids
    first: Ints

    def __len__(self) -> int:
        return len(self.subjects)

    @cached_property
    def spans(self) -> Spans:
        """The days on which anybody holds the post, by row."""
        return merged(self.row, self.start, self.end)

    @cached_property
    def pairs(self) -> Pairs:
        """The holders of each subject, one row for each subject and person."""
        order = np.lexsort((self.person, self.row))
        row, person = self.row[order], self.person[order]
        fresh = np.ones(len(order), dtype=np.bool_)
        fresh[1:] = (row[1:] != row[:-1]) | (person[1:] != person[:-1])
        pair = np.empty(len(order), dtype=np.int64)
        pair[order] = np.cumsum(fresh) - 1
        row = row[fresh]
        first = np.searchsorted(row, np.arange(len(self.subjects) + 1))
        return Pairs(row, person[fresh], pair, merged(pair, self.start, self.end), first)

    def holding(self, row: Ints, person: Ids, day: Ints) -> Ints:
        """An assignment by which person[i] holds the post for row[i] on day[i], or -1.

        Looks at the first assignment of every row at once, then at the second of those that
        have one and found nothing, and so on: few subjects have more than two.
        """
        found = np.full(len(row), -1, dtype=np.int64)
        open_ = np.arange(len(row))
        at, last = self.first[row], self.first[row + 1]
        while len(open_):
            held = (self.person[at] == person) & (self.start[at] <= day) & (day < self.end[at])
            found[open_[held]] = at[held]
            at = at + 1
            more = ~held & (at < last)
            open_, at, last = open_[more], at[more], last[more]
            person, day = person[more], day[more]
        return found

    def answering(self, row: Ints, day: Ints) -> Ints:
        """The assignment whose holder answers for row[i] on day[i]; every row has one.

        The holder on that day, of several the latest start, then the highest id; where nobody
        holds the post, the last who held it before; else the first who takes it up after.
        """
        asked, at = ranges(self.first[row], self.first[row + 1])
        start, end, when = self.start[at], self.end[at], day[asked]
        rank = np.where(start > when, 0, np.where(end <= when, 1, 2))
        tie = np.choose(rank, (-start, end, start))
        order = np.lexsort((self.id[at], start, tie, rank))
        best = np.empty(len(row), dtype=np.int64)
        best[asked[order]] = at[order]  # numpy keeps the last of repeated positions
        return best


@dataclass(frozen=True, slots=True)
class Pairs:
    """Subjects with their holders: `row` and `person` a pair, sorted by both.

    `of_assignment` numbers the pair of each assignment; `spans` has the days by pair; the
    pairs of row r are those from `first[r]` to `first[r + 1]`.
    """

    row: Ints
    person: Ids
    of_assignment: Ints
    spans: Spans
    first: Ints


def posts_of(
    table: AssignmentTable | None, *, as_of: int, persons: Collection[int] | None = None
) -> Posts:
    """The posts as they stand on `as_of` (a day number): what starts later is not known yet,
    what ends later is still held. With `persons`, only the subjects that one of them holds or
    held, with all their holders.
    """
    if table is None:
        none = np.zeros(0, dtype=np.int64)
        return Posts(none, none, none, none, none, none, np.zeros(1, dtype=np.int64))
    start, end = ints(table.start), ints(table.end)
    end = np.where(end > as_of, FOREVER, end)
    known = (start <= as_of) & (start < end)
    if persons is not None:
        theirs = np.isin(table.person, list(persons)) & known
        known &= np.isin(table.subject, table.subject[theirs])
    subjects, row = np.unique(table.subject[known], return_inverse=True)
    order = np.lexsort((table.id[known], start[known], row))
    row = row[order]
    return Posts(
        subjects=subjects,
        row=row,
        person=table.person[known][order],
        start=start[known][order],
        end=end[known][order],
        id=table.id[known][order],
        first=np.searchsorted(row, np.arange(len(subjects) + 1)),
    )
