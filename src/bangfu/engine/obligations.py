"""What is owed, in columns: one row an obligation, with the facts counted for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import Period, day_of
from bangfu.core.results import Obligation, State
from bangfu.engine.spans import Ints, ranges
from bangfu.engine.tables import Days, Ids


@dataclass(frozen=True, slots=True)
class Owed:
    """Obligations (应办) in columns, by rule, then subject (and person), then period.

    `rule` indexes `rules`; `start` and `end` bound the period, `due` and `closes` are days;
    `need` and `got` are scaled as in `Obligation`. `basis` is the fact by which the person
    answers (his assignment), `trigger` the fact that set a deadline off (0 for duties).
    `streak` counts how many obligations of the rule about this subject (and, for rules per
    holder, of this person) were overdue running, up to and with this one, inside the days
    asked for; what is excused or not yet decided neither breaks nor lengthens it.
    Row i was counted from `facts[offsets[i]:offsets[i + 1]]`, sorted.
    """

    rules: tuple[str, ...]
    rule: NDArray[np.int32]
    subject: Ids
    person: Ids
    start: Days
    end: Days
    due: Days
    closes: Days
    need: Ints
    got: Ints
    state: NDArray[np.int8]
    streak: NDArray[np.int32]
    basis: Ids
    trigger: Ids
    offsets: Ints
    facts: Ids

    def __len__(self) -> int:
        return len(self.subject)

    def because(self, index: int) -> tuple[int, ...]:
        """The facts counted for row `index`, in the ledger's order."""
        found = self.facts[self.offsets[index] : self.offsets[index + 1]]
        return tuple(found.tolist())

    def where(self, mask: NDArray[np.bool_] | Ints) -> Owed:
        """The rows that a mask marks, or that an array of positions names, with their facts."""
        kept = np.flatnonzero(mask) if mask.dtype == np.bool_ else mask
        low, high = self.offsets[kept], self.offsets[kept + 1]
        columns = {name: getattr(self, name)[kept] for name in _COLUMNS}
        offsets = np.concatenate([_ZERO, np.cumsum(high - low)])
        return Owed(
            rules=self.rules,
            offsets=offsets,
            facts=self.facts[ranges(low, high)[1]],
            **columns,
        )

    def of(self, *rules: str) -> Owed:
        """The rows of the rules named."""
        wanted = [number for number, rule in enumerate(self.rules) if rule in rules]
        return self.where(np.isin(self.rule, wanted))

    def rows(self) -> list[Obligation]:
        """The rows as `Obligation`s, in the same order."""
        facts, bounds = self.facts.tolist(), self.offsets.tolist()
        columns = (getattr(self, name).tolist() for name in _SHOWN)
        return [
            Obligation(
                rule=self.rules[rule],
                subject=subject,
                person=person,
                period=Period(_day(start), _day(end)),
                due=_day(due),
                closes=_day(closes),
                need=need,
                got=got,
                state=_STATES[state],
                because=tuple(facts[bounds[i] : bounds[i + 1]]),
            )
            for i, (rule, subject, person, start, end, due, closes, need, got, state) in enumerate(
                zip(*columns, strict=True)
            )
        ]


_SHOWN = ("rule", "subject", "person", "start", "end", "due", "closes", "need", "got", "state")
_COLUMNS = (*_SHOWN, "streak", "basis", "trigger")
_TYPES = {
    "rule": np.int32, "start": np.int32, "end": np.int32, "due": np.int32, "closes": np.int32,
    "state": np.int8, "streak": np.int32,
}  # fmt: skip
_STATES = tuple(State)
_OVERDUE = int(State.OVERDUE)
_BREAKS = np.array([state in {State.DONE, State.LATE, State.OVER} for state in State])
_ZERO = np.zeros(1, dtype=np.int64)
_day = lru_cache(maxsize=65536)(day_of)


def nothing_owed(rules: Sequence[str] = ()) -> Owed:
    """An empty result."""
    columns = {name: np.zeros(0, dtype=_TYPES.get(name, np.int64)) for name in _COLUMNS}
    return Owed(rules=tuple(rules), offsets=_ZERO, facts=_ZERO[:0], **columns)


def joined(parts: Iterable[Owed]) -> Owed:
    """Several results one after the other; their rule names are put together."""
    found = [part for part in parts if len(part)]
    if not found:
        return nothing_owed()
    if len(found) == 1:
        return found[0]
    names = tuple(dict.fromkeys(name for part in found for name in part.rules))
    columns = {
        name: np.concatenate([getattr(part, name) for part in found])
        for name in _COLUMNS
        if name != "rule"
    }
    places = [np.array([names.index(name) for name in p.rules], dtype=np.int32) for p in found]
    rule = [place[part.rule] for place, part in zip(places, found, strict=True)]
    counts = np.concatenate([np.diff(part.offsets) for part in found])
    return Owed(
        rules=names,
        rule=np.concatenate(rule),
        offsets=np.concatenate([_ZERO, np.cumsum(counts)]),
        facts=np.concatenate([part.facts for part in found]),
        **columns,
    )


def streaks(unit: Ints, state: NDArray[np.int8]) -> NDArray[np.int32]:
    """How many rows of one unit were overdue running, for rows sorted by unit, then period."""
    missed = state == _OVERDUE
    count = np.cumsum(missed)
    broken = _BREAKS[state]
    fresh = np.ones(len(unit), dtype=np.bool_)
    np.not_equal(unit[1:], unit[:-1], out=fresh[1:])
    base = np.where(broken, count, np.where(fresh, count - missed, 0))
    streak = count - np.maximum.accumulate(base)
    return np.where(missed, streak, 0).astype(np.int32)


def day_columns(days: Sequence[date]) -> Ints:
    """Days as numbers."""
    return np.fromiter((day.toordinal() for day in days), np.int64, len(days)) - _EPOCH


_EPOCH = date(1970, 1, 1).toordinal()
