"""What was done in each cell of the grid: on time, in the days of grace, and by which facts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.core.results import State
from bangfu.core.rules import DutyTerm
from bangfu.engine.grid import Columns
from bangfu.engine.matches import Matches
from bangfu.engine.spans import Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of the grid in which something is owed, row by row.

    `cell` is the flat index (`unit` x periods + `column`), `basis` the assignment of the posts
    whose holder answers.
    """

    cell: Ints
    unit: Ints
    column: Ints
    basis: Ints

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True, slots=True)
class Hits:
    """Facts that fall into cells with something owed: positions in `Matches` and in `Cells`."""

    fact: Ints
    cell: Ints


@dataclass(frozen=True, slots=True)
class Tally:
    """For each cell the amount on time and in the days of grace, and the facts of each."""

    on: Ints
    late: Ints
    on_time: Hits
    in_grace: Hits


def tally(term: DutyTerm, columns: Columns, cells: Cells, facts: Matches, *, units: int) -> Tally:
    """Count the facts of a duty in the cells of one term."""
    first = int(columns.start[0])
    size = int(columns.end[-1]) + term.grace - first
    on_time = [columns.containing(first, size)]
    in_grace = columns.closing(first, size, term.grace) if term.at_most is None else []
    place = None
    if len(cells) < units * len(columns):
        place = np.full(units * len(columns), -1, dtype=np.int32)
        place[cells.cell] = np.arange(len(cells), dtype=np.int32)
    hits = [
        _hits(facts, days, first=first, width=len(columns), place=place)
        for days in (on_time, in_grace)
    ]
    on, late = (_amounts(term, found, len(cells), facts) for found in hits)
    return Tally(on, late, *hits)


def states(term: DutyTerm, need: Ints, done: Tally, open_: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How each cell stands; `open_` says where the period (for `at_least`: with its days of
    grace) still runs.
    """
    running = np.where(open_, _DUE, _DONE if term.at_least is None else _OVERDUE).astype(np.int8)
    if term.at_least is None:
        running[done.on > need] = _OVER
    else:
        running[done.on + done.late >= need] = _LATE
        running[done.on >= need] = _DONE
    return running


def _hits(
    facts: Matches,
    days: list[Ints],
    *,
    first: int,
    width: int,
    place: NDArray[np.int32] | None,
) -> Hits:
    """The facts whose day belongs to a period by one of `days` and whose cell owes something.

    `days` give the period of each day from `first` on; a day outside falls on the -1 that we
    put at either end. `place` gives the position in `Cells` of each cell, None: its own.
    """
    found, where = [_NONE], [_NONE]
    for periods in days:
        padded = np.concatenate([_OUTSIDE, periods, _OUTSIDE])
        column = np.take(padded, facts.day - (first - 1), mode="clip")
        cell = facts.row * width + column
        if place is not None:
            cell = np.take(place, cell, mode="clip").astype(np.int64)
        hit = np.flatnonzero((column >= 0) & (cell >= 0))
        found.append(hit)
        where.append(cell[hit])
    return Hits(np.concatenate(found), np.concatenate(where))


def _amounts(term: DutyTerm, hits: Hits, size: int, facts: Matches) -> Ints:
    """Facts counted, distinct days, or a sum, for each of `size` cells."""
    if term.measure == "days":
        day = facts.day[hits.fact]
        first = int(day.min()) if len(day) else 0
        width = int(day.max()) - first + 1 if len(day) else 1
        distinct = np.unique(hits.cell * width + (day - first))
        return np.bincount(distinct // width, minlength=size)
    if term.measure == "sum" and facts.value is not None:
        total = np.zeros(size, dtype=np.int64)
        np.add.at(total, hits.cell, facts.value[hits.fact])  # bincount would sum as floats
        return total
    return np.bincount(hits.cell, minlength=size)


_NONE = np.zeros(0, dtype=np.int64)
_OUTSIDE = np.full(1, -1, dtype=np.int64)
_DUE, _DONE, _LATE, _OVERDUE, _, _OVER = map(int, State)  # looking an Enum up costs a microsecond
