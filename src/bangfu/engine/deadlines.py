"""Deadlines: after one fact, another is owed within hours, days or working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bangfu.core.calendar import WorkCalendar
from bangfu.core.periods import day_number, day_of
from bangfu.core.results import State
from bangfu.core.rules import Deadline, DeadlineTerm, term_on
from bangfu.engine.matches import lasting
from bangfu.engine.obligations import Owed, nothing_owed, streaks
from bangfu.engine.question import Question
from bangfu.engine.spans import Ints, days_before, ints, key_of, locate
from bangfu.engine.tables import FactTable, Ids

_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class _Clocks:
    """One row a trigger: the subject's row in the posts, the trigger, and from when it runs.

    `day` is the trigger's own, `begin` the day it is counted from; `minute` -1 where only the
    day counts. `due` and `due_minute` (-1: the whole day) are the last moment in time.
    """

    row: Ints
    trigger: Ids
    day: Ints
    begin: Ints
    minute: Ints
    due: Ints
    due_minute: Ints
    grace: Ints

    def where(self, mask: NDArray[np.bool_] | Ints) -> _Clocks:
        """The rows that are marked or named."""
        return _Clocks(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def deadline_owed(rule: Deadline, ask: Question) -> Owed:
    """What a deadline demands; one row a trigger, by subject, day counted from, and trigger."""
    triggers = ask.tables.facts.get(rule.after)
    if triggers is None or not len(triggers):
        return nothing_owed()
    clocks = _started(rule, triggers, ask)
    clocks = clocks.where(clocks.due >= day_number(ask.within.start))
    clocks = clocks.where(np.lexsort((clocks.trigger, clocks.begin, clocks.row)))
    if not len(clocks.row):
        return nothing_owed()
    fact, in_time = _answer(rule, clocks, ask)
    closes = clocks.due + clocks.grace
    missing = np.where(ask.day <= closes, State.DUE, State.OVERDUE)
    state = np.where(fact < 0, missing, np.where(in_time, State.DONE, State.LATE)).astype(np.int8)
    basis = ask.posts.answering(clocks.row, np.minimum(clocks.due, ask.day))
    return Owed(
        rules=(rule.id,),
        rule=np.zeros(len(state), dtype=np.int32),
        subject=ask.posts.subjects[clocks.row],
        person=ask.posts.person[basis],
        start=clocks.begin.astype(np.int32),
        end=(clocks.due + 1).astype(np.int32),
        due=clocks.due.astype(np.int32),
        closes=closes.astype(np.int32),
        need=np.ones(len(state), dtype=np.int64),
        got=(fact >= 0).astype(np.int64),
        state=state,
        streak=streaks(clocks.row, state),
        basis=ask.posts.id[basis],
        trigger=clocks.trigger,
        offsets=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(fact >= 0)]),
        facts=fact[fact >= 0],
    )


def _started(rule: Deadline, triggers: FactTable, ask: Question) -> _Clocks:
    """The triggers about subjects that have a holder, each under the term of its first day."""
    row = locate(ask.posts.subjects, triggers.subject)
    kept = (row >= 0) & (triggers.day <= ask.day)
    begin = ints(triggers.day)
    if rule.after_field:
        if rule.after_field not in triggers.values:
            kept[:] = False
        else:
            begin = ints(triggers.values[rule.after_field])
            if rule.after_field in triggers.missing:
                kept &= ~triggers.missing[rule.after_field]
    kept &= (begin <= ask.day) & (begin < day_number(ask.within.end))
    number = np.full(len(row), -1)
    order = sorted(range(len(rule.terms)), key=lambda index: (rule.terms[index].start, -index))
    for index in order:  # of overlapping terms the one that starts last, as term_on
        term = rule.terms[index]
        held = begin >= day_number(term.start)
        if term.end is not None:
            held &= begin < day_number(term.end)
        number[held] = index
    minute = _minutes(rule, rule.after, triggers, ask)
    parts = []
    for index, term in enumerate(rule.terms):
        mine = np.flatnonzero(kept & (number == index))
        if len(mine):
            day = ints(triggers.day[mine])
            parts.append(
                _clocks(
                    term, ask, row=row[mine], trigger=triggers.fact[mine], day=day,
                    begin=begin[mine], minute=minute[mine],
                )
            )  # fmt: skip
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return _Clocks(none, none, none, none, none, none, none, none)
    names = _Clocks.__dataclass_fields__
    return _Clocks(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _clocks(
    term: DeadlineTerm,
    ask: Question,
    *,
    row: Ints,
    trigger: Ids,
    day: Ints,
    begin: Ints,
    minute: Ints,
) -> _Clocks:
    """When the time is up, for triggers of one term."""
    due_minute = np.full(len(row), -1)
    days, place = np.unique(begin, return_inverse=True)
    ends = [_due(term, number, ask.handbook.calendar) for number in days.tolist()]
    due = np.array(ends, dtype=np.int64)[place]
    if term.unit == "hours":
        moment = begin * _MINUTES + minute + term.within * 60
        due = np.where(minute >= 0, moment // _MINUTES, due)
        due_minute = np.where(minute >= 0, moment % _MINUTES, -1)
    minute = minute if term.unit == "hours" else np.full(len(row), -1)
    if term.pause:
        due = _paused(term, ask, row=row, begin=begin, due=due)
    grace = np.full(len(row), term.grace)
    return _Clocks(row, trigger, day, begin, minute, due, due_minute, grace)


def _paused(term: DeadlineTerm, ask: Question, *, row: Ints, begin: Ints, due: Ints) -> Ints:
    """The due days pushed back by one for each paused day up to and with them."""
    pauses = lasting(
        ask.tables, ask.handbook, term.pause, as_of=ask.day, by="subject", of=ask.posts.subjects
    )
    before = days_before(pauses, row, begin + 1)
    pushed = due
    while True:
        later = due + days_before(pauses, row, pushed + 1) - before
        if (later == pushed).all():
            return later
        pushed = later


def _minutes(rule: Deadline, kind: str, table: FactTable, ask: Question) -> Ints:
    """The minute of each fact, -1 where the day alone counts: unless both kinds are timed."""
    kinds = (ask.handbook.kinds[rule.after], ask.handbook.kinds[rule.fact])
    by_day = rule.after_field or not all(kind.timed for kind in kinds)
    if by_day or table.minute is None:
        return np.full(len(table), -1)
    return ints(table.minute)


def _answer(rule: Deadline, clocks: _Clocks, ask: Question) -> tuple[Ids, NDArray[np.bool_]]:
    """The first fact about the subject since each trigger (-1: none), and whether it is in time.

    Where hours count, a fact of the trigger's day does not answer if it came before it; one
    without its minute is taken to come last that day.
    """
    table = ask.tables.facts.get(rule.fact)
    fact = np.full(len(clocks.row), -1, dtype=np.int64)
    in_time = np.zeros(len(clocks.row), dtype=np.bool_)
    if table is None or not len(table):
        return fact, in_time
    row = locate(ask.posts.subjects, table.subject)
    known = np.flatnonzero((row >= 0) & (table.day <= ask.day))
    minute = _minutes(rule, rule.fact, table, ask)
    for by_hour in (False, True):
        mine = np.flatnonzero((clocks.minute >= 0) == by_hour)
        if not len(mine) or not len(known):
            continue
        moment = ints(table.day[known]) * _MINUTES
        since = clocks.day[mine] * _MINUTES
        if by_hour:
            moment += np.where(minute[known] >= 0, minute[known], _MINUTES - 1)
            since += clocks.minute[mine]
        order = known[np.lexsort((table.fact[known], moment, row[known]))]
        keys = np.sort(key_of(row[known], moment))
        at = np.searchsorted(keys, key_of(clocks.row[mine], since))
        own = table.fact[order[np.minimum(at, len(order) - 1)]] == clocks.trigger[mine]
        at += own  # a fact does not answer itself
        place = order[np.minimum(at, len(order) - 1)]
        found = (at < len(order)) & (row[place] == clocks.row[mine])
        fact[mine] = np.where(found, table.fact[place], -1)
        in_time[mine] = table.day[place] <= clocks.due[mine]
        if by_hour:
            last = clocks.due[mine] * _MINUTES + clocks.due_minute[mine]
            exact = ints(table.day[place]) * _MINUTES + minute[place] <= last
            in_time[mine] = np.where(minute[place] >= 0, exact, in_time[mine])
    return fact, in_time


def last_day(rule: Deadline, day: date, calendar: WorkCalendar) -> date | None:
    """The last day to answer a trigger of that day in time, nothing pausing it; None where no term
    is in force. For one trigger at hand, whoever answers for it; `deadline_owed` is for all.
    """
    term = term_on(rule.terms, day)
    if term is None:
        return None
    return day_of(_due(term, day_number(day), calendar))


def _due(term: DeadlineTerm, begin: int, calendar: WorkCalendar) -> int:
    """The last day, of hours the whole day in which they end."""
    if term.unit == "working_days":
        return _working_day(calendar, begin, term.within)
    return begin + (-(-term.within // 24) if term.unit == "hours" else term.within)


@lru_cache(maxsize=8192)
def _working_day(calendar: WorkCalendar, day: int, within: int) -> int:
    return day_number(calendar.add(day_of(day), within))
