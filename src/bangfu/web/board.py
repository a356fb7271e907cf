"""Obligations counted: by village, duty, person or township, and by how they stand.

Works on the engine's columns; names are looked up for the lines that are shown only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bangfu.core.results import State
from bangfu.engine.obligations import Owed

By = Literal["village", "rule", "person", "township"]
GROUPINGS: tuple[By, ...] = ("village", "rule", "person")
# What a leader asks first: how much, how much is done, what is wrong.
SHOWN: tuple[State, ...] = (State.DONE, State.LATE, State.DUE, State.OVERDUE)
_STATES = len(State)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about (a number or a rule's id), and how many in each state."""

    key: int | str
    counts: tuple[int, ...]

    @property
    def owed(self) -> int:
        """How many in all, what is excused left out."""
        return sum(self.counts) - self.counts[State.EXCUSED]

    def of(self, state: State) -> int:
        """How many in one state; what is over a limit is shown with the overdue."""
        over = self.counts[State.OVER] if state is State.OVERDUE else 0
        return self.counts[state] + over

    @property
    def share(self) -> float | None:
        """The part that was met, late included, of what is decided."""
        met = self.counts[State.DONE] + self.counts[State.LATE]
        decided = self.owed - self.counts[State.DUE]
        return met / decided if decided else None


@dataclass(frozen=True, slots=True)
class Places:
    """In which village and township each subject lies; 0 where in none."""

    village: Mapping[int, int]
    township: Mapping[int, int]


def keys_of(owed: Owed, by: By, places: Places) -> NDArray[np.int64]:
    """For each row, the number of its village, township or person, or the place of its rule."""
    if by == "rule":
        return owed.rule.astype(np.int64)
    if by == "person":
        return owed.person
    where = places.village if by == "village" else places.township
    subjects, inverse = np.unique(owed.subject, return_inverse=True)
    found = np.fromiter((where.get(int(n), 0) for n in subjects), np.int64, len(subjects))
    return found[inverse]


def lines(owed: Owed, by: By, places: Places) -> list[Line]:
    """One line for each village, rule, person or township that owes something."""
    if not len(owed):
        return []
    keys, inverse = np.unique(keys_of(owed, by, places), return_inverse=True)
    cells = inverse.astype(np.int64) * _STATES + owed.state.astype(np.int64)
    counts = np.bincount(cells, minlength=len(keys) * _STATES).reshape(len(keys), _STATES)
    return [
        Line(owed.rules[int(key)] if by == "rule" else int(key), tuple(row))
        for key, row in zip(keys.tolist(), counts.tolist(), strict=True)
    ]


def total(owed: Owed) -> Line:
    """All of it in one line."""
    counts = np.bincount(owed.state.astype(np.int64), minlength=_STATES)
    return Line(0, tuple(counts.tolist()))


def only(
    owed: Owed,
    places: Places,
    *,
    village: int | None = None,
    township: int | None = None,
    rule: str = "",
    person: int | None = None,
    state: State | None = None,
) -> Owed:
    """The rows of one village, township, rule, person or state, or of several of these at once."""
    mask = np.ones(len(owed), dtype=np.bool_)
    if village is not None:
        mask &= keys_of(owed, "village", places) == village
    if township is not None:
        mask &= keys_of(owed, "township", places) == township
    if rule:
        mask &= owed.rule == (owed.rules.index(rule) if rule in owed.rules else -1)
    if person is not None:
        mask &= owed.person == person
    if state is not None:
        wanted = [int(state)] + ([int(State.OVER)] if state is State.OVERDUE else [])
        mask &= np.isin(owed.state, wanted)
    return owed.where(mask)


SORTS = ("owed", "done", "late", "due", "overdue", "share")


def sorted_by(found: list[Line], sort: str, titles: Mapping[int | str, str]) -> list[Line]:
    """The lines in order: by a column, the most first, or by name; `-` turns it round."""
    name, reverse = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return sorted(found, key=lambda line: titles.get(line.key, ""), reverse=reverse)
    states = {"done": State.DONE, "late": State.LATE, "due": State.DUE, "overdue": State.OVERDUE}

    def measure(line: Line) -> float:
        if name == "share":
            return -1.0 if line.share is None else line.share
        return line.of(states[name]) if name in states else line.owed

    # Worst first: most of anything, but the lowest share.
    downwards = (name != "share") != reverse
    return sorted(
        found,
        key=lambda line: (-measure(line) if downwards else measure(line), titles.get(line.key, "")),
    )


# By state: overdue, over, due, late, done, excused.
_RANK = np.array([2, 4, 3, 0, 5, 1])


def worst_first(owed: Owed, start: int, count: int) -> Owed:
    """`count` rows from `start`, the overdue first, the longest overdue before all."""
    order = np.lexsort((owed.subject, owed.due, _RANK[owed.state]))
    return owed.where(order[start : start + count])
