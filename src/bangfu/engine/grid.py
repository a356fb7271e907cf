"""The calendar grid: subjects x periods is a dense array, a fact is a coordinate in it.

Matching facts to obligations is then integer indexing: of a fact, its day gives the column and
its subject the row, and counting, lateness and evidence are operations on whole arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bangfu.core.periods import Cadence, Period, period_of
from bangfu.core.rules import Term, term_on
from bangfu.engine.obligations import day_columns
from bangfu.engine.posts import Posts
from bangfu.engine.spans import Counts, Ints, counting_order, ranges


@dataclass(frozen=True, slots=True)
class Columns:
    """The periods that one term governs: `start` and `end` as day numbers, sorted."""

    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.start)

    def containing(self, first: int, size: int) -> Ints:
        """For each of `size` days from `first` on, the period that contains it, or -1."""
        days = np.arange(first, first + size)
        at = np.searchsorted(self.start, days, side="right") - 1
        return np.where((at >= 0) & (days < self.end[at]), at, -1)

    def closing(self, first: int, size: int, grace: int) -> list[Ints]:
        """For each of `size` days from `first` on, the periods in whose grace days it lies.

        One array, or several where a grace is longer than the periods that follow; -1: none.
        """
        days = np.arange(first, first + size)
        at = np.searchsorted(self.end, days, side="right") - 1
        found: list[Ints] = []
        while True:
            late = (at >= 0) & (days < self.end[at] + grace)
            if not late.any():
                return found
            found.append(np.where(late, at, -1))
            at = np.maximum(at - 1, -1)


def governed(
    terms: Sequence[Term], term: Term, every: Cadence, *, within: Period, as_of: date
) -> Columns:
    """The calendar periods that touch `within`, begin by `as_of` and are governed by `term`."""
    found = []
    day = max(within.start, term.start)
    while True:
        period = period_of(day, every)
        if period.start >= within.end or period.start > as_of:
            break
        if term.end is not None and period.start >= term.end:
            break
        if term_on(terms, period.start) is term:
            found.append(period)
        day = period.end
    return Columns(day_columns([p.start for p in found]), day_columns([p.end for p in found]))


def answering(posts: Posts, unit: Ints, units: int, columns: Columns) -> Counts:
    """Units x periods: the assignment whose holder answers, -1 where nobody holds the post.

    `unit` is the grid row of each assignment. The holder on the period's last day answers, of
    several the one with the latest start, then the highest id; where nobody holds the post that
    day, the last who held it within the period. So we paint: first those who left, by their
    end, then the holders, by their start; the last coat shows. In a period that still runs the
    last day stands for today: posts that are not known to end are held on both.
    """
    width = len(columns)
    asked = columns.end - 1
    grid = np.full(units * width, -1, dtype=np.int32)
    last = np.searchsorted(columns.end, posts.end - 1, side="right")
    inside = np.minimum(last, width - 1)
    left = np.flatnonzero(
        (last < width) & (columns.start[inside] < posts.end) & (asked[inside] >= posts.end)
    )
    if len(left):
        order = left[np.lexsort((posts.id[left], posts.start[left], posts.end[left]))]
        grid[unit[order] * width + last[order]] = order
    low = np.searchsorted(asked, posts.start, side="left")
    high = np.searchsorted(asked, posts.end, side="left")
    base = unit * width
    owner, cell = ranges(base + low, base + high)  # by row, start and id, as posts are
    grid[cell] = owner
    return grid.reshape(units, width)


def evidence(row: Ints, entry: Ints, rows: int, *, in_order: bool) -> tuple[Ints, Ints]:
    """The entries of each of `rows` rows as (offsets, entries): a counting sort.

    `in_order`: the entries already ascend; else they are sorted within each row.
    """
    if not in_order:
        order = np.argsort(entry, kind="stable")
        row, entry = row[order], entry[order]
    counts = np.bincount(row, minlength=rows)
    offsets = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets, entry[counting_order(row, rows)]
