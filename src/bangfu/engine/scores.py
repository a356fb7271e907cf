"""Scores: sums of lines for each person or place in a period, with ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import Period, day_number, period_of
from bangfu.core.results import Line, ScoreValue, State
from bangfu.core.rules import Handbook, Indicator, Score, ScoreTerm, SubjectType, term_on
from bangfu.engine.duties import owed
from bangfu.engine.obligations import Owed, nothing_owed
from bangfu.engine.spans import Ints, counting_order, distinct, ints, locate
from bangfu.engine.tables import NO_FACTS, Ids, Tables

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entries:
    """What one indicator reads: closed obligations or facts, each with its holder (an id).

    The obligations are the rows `at` of `owed`.
    """

    indicator: Indicator
    holder: Ids
    owed: Owed
    at: Ints
    facts: Ids


@dataclass(frozen=True, slots=True)
class Column:
    """One indicator over the holders of a board, in their order.

    `counted` obligations or facts were read of each (0: nothing is said of him), `share` of
    the obligations was met, which is worth `points`. `row` gives the holder's position for
    each of the entries.
    """

    entries: Entries
    row: Ints
    counted: Ints
    share: Floats
    points: Floats

    def of(self, entries: Ints | Mask) -> Owed:
        """The obligations of some of the entries."""
        return self.entries.owed.where(self.entries.at[entries])

    def lines(self) -> list[tuple[int, Line]]:
        """The lines with the holder's position."""
        order = np.argsort(self.row, kind="stable")
        bounds = np.searchsorted(self.row[order], np.arange(len(self.counted) + 1)).tolist()
        by_duty = bool(self.entries.indicator.duty)
        obligations = self.of(order).rows() if by_duty else []
        facts = [] if by_duty else self.entries.facts[order].tolist()
        found = []
        for holder in np.flatnonzero(self.counted).tolist():
            mine = slice(bounds[holder], bounds[holder + 1])
            read = {fact for one in obligations[mine] for fact in one.because}.union(facts[mine])
            line = Line(
                indicator=self.entries.indicator.id,
                points=float(self.points[holder]),
                share=float(self.share[holder]) if by_duty else None,
                counted=int(self.counted[holder]),
                because=tuple(sorted(read)),
                obligations=tuple(obligations[mine]),
            )
            found.append((holder, line))
        return found


@dataclass(frozen=True, slots=True)
class Board:
    """The scores of one period: `holders` sorted by id, their points and ranks."""

    score: Score
    period: Period
    holders: Ids
    points: Floats
    rank: Ints
    columns: tuple[Column, ...]

    def rows(self) -> list[ScoreValue]:
        """The scores by rank, then holder, each with its lines."""
        lines: list[list[Line]] = [[] for _ in range(len(self.holders))]
        for column in self.columns:
            for holder, line in column.lines():
                lines[holder].append(line)
        return [
            ScoreValue(
                score=self.score.id,
                holder=int(self.holders[at]),
                period=self.period,
                points=float(self.points[at]),
                rank=int(self.rank[at]),
                lines=tuple(lines[at]),
            )
            for at in np.lexsort((self.holders, self.rank)).tolist()
        ]


def scores(
    handbook: Handbook, tables: Tables, score_id: str, *, day: date, as_of: date | None = None
) -> list[ScoreValue]:
    """The scores (得分) of the period that contains `day`, by rank, then holder.

    As known on `as_of`, or else on `day`. Obligations belong to the period in which they are
    due, if they are closed: done, late, overdue or over the limit. A holder has a line for each
    indicator that says something of him; his points are exactly the sum of his lines. Ranks
    leave gaps after ties (1, 2, 2, 4). Empty where no term is in force on `day`.
    """
    found = board(handbook, tables, score_id, day=day, as_of=as_of)
    return [] if found is None else found.rows()


def board(
    handbook: Handbook, tables: Tables, score_id: str, *, day: date, as_of: date | None = None
) -> Board | None:
    """The scores of one period in columns; None where no term is in force on `day`."""
    found = boards(handbook, tables, score_id, days=[day], as_of=as_of or day)
    return found[0] if found else None


def boards(
    handbook: Handbook,
    tables: Tables,
    score_id: str,
    *,
    days: Sequence[date],
    as_of: date,
    known: Owed | None = None,
) -> list[Board]:
    """The scores of the periods that contain some days, without those that no term governs.

    `known` may hold the obligations that touch these periods, where they are at hand.
    """
    score = handbook.scores[score_id]
    terms = [term_on(score.terms, day) for day in days]
    asked = [
        (term, period_of(day, term.every))
        for day, term in zip(days, terms, strict=True)
        if term is not None
    ]
    if not asked:
        return []
    spans = [period for _, period in asked]
    within = Period(min(one.start for one in spans), max(one.end for one in spans))
    ask = _Ask(handbook, tables, score, within, as_of, known)
    named = dict.fromkeys(one.duty for term, _ in asked for one in term.indicators if one.duty)
    closed = {duty: _closed(duty, ask) for duty in named}
    found = []
    for term, period in asked:
        read = [
            closed[indicator.duty].of(indicator, period)
            if indicator.duty
            else _facts(indicator, ask, period)
            for indicator in term.indicators
        ]
        found.append(_board(score, term, period, read))
    return found


def _board(score: Score, term: ScoreTerm, period: Period, read: Sequence[Entries]) -> Board:
    """Points and ranks of all whom the indicators name."""
    holders = distinct([entries.holder for entries in read])
    columns = tuple(_column(entries, holders, term) for entries in read)
    points = np.zeros(len(holders))
    for column in columns:  # in the order of the lines, so that their sum is exact
        points += column.points
    return Board(score, period, holders, points, _ranks(points), columns)


@dataclass(frozen=True, slots=True)
class _Ask:
    handbook: Handbook
    tables: Tables
    score: Score
    within: Period
    as_of: date
    known: Owed | None

    def place_of(self, subject: SubjectType, ids: Ids) -> Ids:
        """The place at the score's level in which subjects of a type lie, 0 where there is none."""
        if subject == self.score.level:
            return ids
        table = self.tables.subjects.get(subject)
        if table is None or not len(table.id):
            return np.zeros(len(ids), dtype=np.int64)
        order = np.argsort(table.id)
        at = locate(table.id[order], ids)
        place = table.village if self.score.level == "village" else table.township
        return np.where(at >= 0, place[order[at]], 0)


def _facts(indicator: Indicator, ask: _Ask, period: Period) -> Entries:
    """The facts of a period, each once for its holder, however many subjects it has."""
    kind = ask.handbook.kinds[indicator.fact]
    table = ask.tables.facts.get(indicator.fact, NO_FACTS)
    last = min(day_number(period.end) - 1, day_number(ask.as_of))
    at = np.flatnonzero((table.day >= day_number(period.start)) & (table.day <= last))
    if ask.score.level == "person":
        holder = table.performer[at]
    else:
        holder = ask.place_of(kind.subject, table.subject[at])
    once = np.unique(np.stack([holder, table.fact[at]]), axis=1)
    once = once[:, once[0] > 0]
    return Entries(indicator, once[0], nothing_owed(), _NONE, once[1])


@dataclass(frozen=True, slots=True)
class _Closed:
    """The closed obligations of a rule by their due day: the rows `at` of `owed`."""

    owed: Owed
    at: Ints
    due: Ints
    holder: Ids

    def of(self, indicator: Indicator, period: Period) -> Entries:
        """Those that are due in a period."""
        low, high = np.searchsorted(self.due, (day_number(period.start), day_number(period.end)))
        return Entries(indicator, self.holder[low:high], self.owed, self.at[low:high], _NONE)


def _closed(name: str, ask: _Ask) -> _Closed:
    found = ask.known
    if found is None:
        found = owed(ask.handbook, ask.tables, as_of=ask.as_of, within=ask.within, rules={name})
    if name not in found.rules:
        return _Closed(found, _NONE, _NONE, _NONE)
    at = np.flatnonzero(found.rule == found.rules.index(name))
    state = found.state[at]
    at = at[(state != State.DUE) & (state != State.EXCUSED)]
    due = ints(found.due[at])
    if len(at):
        order = counting_order(due - due.min(), int(due.max() - due.min()) + 1)
        at, due = at[order], due[order]
    if ask.score.level == "person":
        return _Closed(found, at, due, found.person[at])
    rule = ask.handbook.duties.get(name) or ask.handbook.deadlines[name]
    holder = ask.place_of(ask.handbook.roles[rule.role].subject, found.subject[at])
    lies = holder > 0
    return _Closed(found, at[lies], due[lies], holder[lies])


def _column(entries: Entries, holders: Ids, term: ScoreTerm) -> Column:
    """The points of every holder under one indicator."""
    indicator = entries.indicator
    row = locate(holders, entries.holder)
    counted = np.bincount(row, minlength=len(holders))
    some = counted > 0
    share: Floats = np.zeros(len(holders))
    if indicator.duty:
        worth = np.array([_worth(state, indicator) for state in State])[
            entries.owed.state[entries.at]
        ]
        met = np.bincount(row, weights=worth, minlength=len(holders))
        np.divide(met, counted, out=share, where=some)
        spread = _spread(share, some) if term.normalise == "minmax" else share
        points: Floats = np.multiply(spread, indicator.weight)
    else:
        points = np.multiply(counted, indicator.points, dtype=np.float64)
    if indicator.floor is not None:
        points = np.maximum(points, indicator.floor)
    if indicator.cap is not None:
        points = np.minimum(points, indicator.cap)
    return Column(entries, row, counted, share, np.where(some, points, 0.0))


def _worth(state: State, indicator: Indicator) -> float:
    return {State.DONE: 1.0, State.LATE: indicator.late_worth}.get(state, 0.0)


def _spread(share: Floats, some: Mask) -> Floats:
    """Shares stretched so that the lowest is 0 and the highest 1; all 1 where they are equal."""
    low, high = (share[some].min(), share[some].max()) if some.any() else (0.0, 0.0)
    return (share - low) / (high - low) if high > low else np.ones(len(share))


def _ranks(points: Floats) -> Ints:
    """1 for the most points; equals share a rank, and the next one leaves a gap."""
    rounded = np.round(points, 6)  # equal sums may differ in their last bits
    return ints(1 + len(points) - np.searchsorted(np.sort(rounded), rounded, side="right"))


_NONE = np.zeros(0, dtype=np.int64)
