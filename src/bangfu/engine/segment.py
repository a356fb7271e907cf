"""One term of one duty over the calendar grid: from days held and facts done to states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.core.results import State
from bangfu.core.rules import Duty, DutyTerm, Handbook
from bangfu.engine.frames import framed
from bangfu.engine.grid import Columns, answering, evidence
from bangfu.engine.matches import Matches, lasting
from bangfu.engine.obligations import Owed
from bangfu.engine.posts import Posts
from bangfu.engine.question import Question
from bangfu.engine.spans import (
    Counts,
    Ints,
    Spans,
    common,
    days_before,
    days_within,
    locate,
    touching,
)
from bangfu.engine.statuses import condition_of, true_spans
from bangfu.engine.tally import Cells, Tally, states, tally


@dataclass(frozen=True, slots=True)
class Units:
    """The rows of a duty's grid: subjects, or subjects with one holder each.

    `of_assignment` gives the row of each assignment of the posts, `subject_row` the subject's
    row in the posts, `spans` the days on which the post is held.
    """

    of_assignment: Ints
    subject_row: Ints
    spans: Spans

    def __len__(self) -> int:
        return len(self.subject_row)


def units_of(duty: Duty, posts: Posts) -> Units:
    """The rows that a duty's obligations have."""
    if duty.per == "holder":
        return Units(posts.pairs.of_assignment, posts.pairs.row, posts.pairs.spans)
    return Units(posts.row, np.arange(len(posts)), posts.spans)


def segment(  # noqa: PLR0917
    duty: Duty, term: DutyTerm, columns: Columns, units: Units, facts: Matches, ask: Question
) -> tuple[Ints, Owed]:
    """The obligations of the periods that one term governs, with the grid row of each."""
    key = (duty.id, duty.terms.index(term), ask.within, ask.as_of, ask.persons)
    asked = framed(ask.tables, ask.handbook, key, lambda: _asked(duty, term, columns, units, ask))
    cells, need = asked.cells, asked.need
    excused = np.zeros(len(cells), dtype=np.bool_)
    if term.excused_by and term.at_least is not None:
        away = _days_away(term, columns, cells, spans=asked.spans, ask=ask)
        off = np.flatnonzero(away)
        need = need.copy()
        need[off] = asked.needs.at(cells.column[off], asked.covered[off] - away[off])
        excused[off] = need[off] == 0
    done = tally(term, columns, cells, facts, units=len(units))
    grace = term.grace if term.at_least is not None else 0
    state = states(term, need, done, (columns.end + grace > ask.day)[cells.column])
    state[excused] = _EXCUSED
    offsets, because = _because(state, done, facts)
    end = columns.end.astype(np.int32)
    return cells.unit, Owed(
        rules=(duty.id,),
        rule=np.zeros(len(cells), dtype=np.int32),
        subject=ask.posts.subjects[units.subject_row[cells.unit]],
        person=ask.posts.person[cells.basis],
        start=columns.start.astype(np.int32)[cells.column],
        end=end[cells.column],
        due=(end - 1)[cells.column],
        closes=(end - 1 + grace)[cells.column],
        need=need,
        got=np.where(state == _DONE, done.on, done.on + done.late),
        state=state,
        streak=np.zeros(len(cells), dtype=np.int32),
        basis=ask.posts.id[cells.basis],
        trigger=np.zeros(len(cells), dtype=np.int64),
        offsets=offsets,
        facts=because,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a term asks for before any fact is looked at: the cells with something owed, how much
    and on how many days covered in each.
    """

    spans: Spans
    needs: _Needs
    cells: Cells
    covered: Counts
    need: Ints

    def __len__(self) -> int:
        return len(self.covered)


def _asked(  # noqa: PLR0917
    duty: Duty, term: DutyTerm, columns: Columns, units: Units, ask: Question
) -> _Asked:
    spans = _answered(duty, term, units, ask)
    covered = days_within(spans, len(units), columns.start, columns.end)
    scale = 10 ** places_of(duty, term, ask.handbook)
    needs = _Needs(columns, (term.at_least or 0) * scale)
    wanted = covered if term.at_least is None else needs.of_grid(covered)
    cell = np.flatnonzero(wanted)
    unit = cell // len(columns)
    column = cell - unit * len(columns)
    who = answering(ask.posts, units.of_assignment, len(units), columns)
    cells = Cells(cell, unit, column, np.take(who, cell))
    if term.at_least is None:
        need = np.full(len(cells), (term.at_most or 0) * scale, dtype=np.int64)
    else:
        need = np.take(wanted, cell)
    return _Asked(spans, needs, cells, np.take(covered, cell), need)


def _answered(duty: Duty, term: DutyTerm, units: Units, ask: Question) -> Spans:
    """The days on which the post is held and the term's `where` is true of the subject."""
    subject = ask.handbook.roles[duty.role].subject
    tree = condition_of(ask.handbook, subject, term.where)
    if tree is None:
        return units.spans
    true = true_spans(tree, ask.tables, subject, ask.posts.subjects, as_of=ask.day)
    return common(units.spans, true, units.subject_row)


def places_of(duty: Duty, term: DutyTerm, handbook: Handbook) -> int:
    """How many decimals the numbers have that the term adds up."""
    if term.measure != "sum":
        return 0
    fields = (handbook.kinds[kind].field(term.field) for kind in duty.facts)
    return next((field.places for field in fields if field is not None), 0)


class _Needs:
    """What is needed in a period of which some days are covered: the share of `at_least`,
    rounded half up, so that a once-a-period duty is owed from half the period on.
    """

    def __init__(self, columns: Columns, at_least: int) -> None:
        length = columns.end - columns.start
        most = int(length.max())
        days = np.arange(most + 1)
        table = (2 * at_least * days + length[:, None]) // (2 * length[:, None])
        self.table: Ints = table.ravel()
        self.row: Ints = np.arange(len(columns)) * (most + 1)

    def of_grid(self, covered: Counts) -> Ints:
        """For every unit and period."""
        needed: Ints = self.table[covered + self.row]
        return needed

    def at(self, column: Ints, covered: Ints) -> Ints:
        """For some cells."""
        needed: Ints = self.table[self.row[column] + covered]
        return needed


def _days_away(
    term: DutyTerm, columns: Columns, cells: Cells, *, spans: Spans, ask: Question
) -> Ints:
    """How many of its covered days the one who answers for a cell was excused."""
    away = np.zeros(len(cells), dtype=np.int64)
    persons = np.unique(ask.posts.person)
    leave = lasting(
        ask.tables, ask.handbook, term.excused_by, as_of=ask.day, by="performer", of=persons
    )
    if not len(leave.row):
        return away
    person = locate(persons, ask.posts.person)[cells.basis]
    taken = np.zeros(len(persons), dtype=np.bool_)
    taken[leave.row] = True
    some = np.flatnonzero(taken[person])
    start, end = columns.start[cells.column[some]], columns.end[cells.column[some]]
    owner, span = touching(spans, cells.unit[some], start, end)
    who = person[some][owner]
    first = np.maximum(spans.start[span], start[owner])
    last = np.minimum(spans.end[span], end[owner])
    days = days_before(leave, who, last) - days_before(leave, who, first)
    np.add.at(away, some[owner], days)
    return away


def _because(state: NDArray[np.int8], done: Tally, facts: Matches) -> tuple[Ints, Ints]:
    """The facts of each cell: those on time, and those in the days of grace unless it is done."""
    cell, fact = done.on_time.cell, done.on_time.fact
    late = np.flatnonzero(state[done.in_grace.cell] != _DONE)
    if len(late):
        cell = np.concatenate([cell, done.in_grace.cell[late]])
        fact = np.concatenate([fact, done.in_grace.fact[late]])
    offsets, order = evidence(cell, fact, len(state), in_order=not len(late))
    return offsets, facts.fact[order]


_DONE, _EXCUSED = int(State.DONE), int(State.EXCUSED)
