"""One case read from its facts, step by step; the ledger's checks and every page read it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from bangfu.core.calendar import WorkCalendar
from bangfu.core.periods import day_number, day_of
from bangfu.core.procedures import DONE, OPENED, Clock, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.rules import Field, Handbook
from bangfu.engine.conditions import Values, columns_of, field_values, holds, tree_of
from bangfu.handbook.columns import case_columns

# Numbers are scaled by their field's decimals, days are day numbers.
Cell: TypeAlias = str | int | bool | None


class Course(NamedTuple):
    """The rules under which a case runs: the term in force on the day it was opened."""

    handbook: Handbook
    procedure: Procedure
    term: ProcedureTerm


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact of a case as its reading needs it; `day` is a day number."""

    fact: int
    kind: str
    day: int
    performer: int
    values: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Passed:
    """A step behind the case, taken or lapsed (fact 0), with what was its last day in time."""

    step: ProcedureStep
    entry: Entry | None
    day: int
    due: int | None
    not_before: int | None
    outcome: str = ""


@dataclass(slots=True)
class Reading:
    """A case as far as its facts have brought it; days are day numbers.

    `step` is what is to be done now, None once the case is `closed`; it has waited `since` a day.
    """

    passed: list[Passed] = field(default_factory=list)
    step: ProcedureStep | None = None
    since: int = 0
    not_before: int | None = None
    due: int | None = None
    paused: int | None = None
    closed: int | None = None
    outcome: str = ""
    others: list[Entry] = field(default_factory=list)
    stray: list[Entry] = field(default_factory=list)


def read(course: Course, opening: Entry, entries: Sequence[Entry], *, as_of: int) -> Reading:
    """The case that `opening` opened, from the facts up to `as_of`.

    Facts count day by day, those of one day in whatever order fits. A fact that is not what the
    case waits for, or is older than the case, changes nothing: it is stray.
    """
    walk = _Walk(course, opening)
    known = [entry for entry in entries if entry.day <= as_of]
    walk.reading.stray += [entry for entry in known if entry.day < opening.day]
    by_day: dict[int, list[Entry]] = {}
    for entry in sorted(known, key=lambda entry: (entry.day, entry.fact)):
        if entry.day >= opening.day:
            by_day.setdefault(entry.day, []).append(entry)
    for day, together in by_day.items():
        walk.meet(day, together)
    walk.pass_lapsed(as_of)
    return walk.end(as_of)


class _Walk:
    """The case on its way: where it stands, what it knows, when its steps were."""

    def __init__(self, course: Course, opening: Entry) -> None:
        self.reading = Reading(since=opening.day)
        self._handbook, self._procedure, self._term = course
        self._known: dict[str, tuple[Field | None, Cell]] = {}
        self._days = {OPENED: opening.day}
        self._spans: list[tuple[int, int]] = []
        self._learn("", opening)
        kind = self._handbook.kinds[course.procedure.opens]
        if kind.span:
            first, last = (opening.values.get(name) for name in kind.span)
            lasts = int(last) - int(first) + 1 if first is not None and last is not None else None
            self._known["lasts"] = (None, lasts)
        self._enter(0)

    def meet(self, day: int, entries: list[Entry]) -> None:
        """What the facts of one day do to the case, as long as one of them fits."""
        self.pass_lapsed(day)
        while (entry := self._fitting(entries)) is not None:
            entries.remove(entry)
            reading, pause = self.reading, self._term.pause
            if reading.step and reading.paused is None and entry.kind == reading.step.fact:
                self._take(reading.step, entry)
                continue
            reading.others.append(entry)
            if pause and entry.kind == pause.fact:
                reading.paused = entry.day if reading.paused is None else reading.paused
            elif reading.paused is not None:
                self._spans.append((reading.paused, entry.day))
                reading.paused = None
        self.reading.stray += entries

    def _fitting(self, entries: list[Entry]) -> Entry | None:
        """The next of these that the case can use: its step, else what lets it go on, else what
        stops it.
        """
        reading, pause = self.reading, self._term.pause
        if reading.closed is not None or reading.step is None:
            return None
        wanted = [] if reading.paused is not None else [reading.step.fact]
        if pause:
            wanted += [pause.fact] if reading.paused is None else [pause.until, pause.fact]
        for kind in wanted:
            for entry in entries:
                if entry.kind == kind:
                    return entry
        return None

    def pass_lapsed(self, day: int) -> None:
        """Pass over the steps whose time to be taken ran out before a day."""
        reading = self.reading
        while reading.step and reading.step.lapses and reading.paused is None:
            due = self._due(reading.step)
            if due is None or due >= day:
                return
            step = reading.step
            reading.passed.append(Passed(step, None, due, due, None))
            self._days[step.id] = reading.since = due
            self._enter(self._term.steps.index(step) + 1)

    def end(self, as_of: int) -> Reading:
        """The case with the clocks of the step it waits for."""
        reading = self.reading
        if reading.step is not None:
            reading.not_before = self._day_of(reading.step.not_before)
            reading.due = self._due(reading.step)
            late_before = reading.paused is not None and _before(reading.due, reading.paused)
            if reading.paused is not None and not late_before:
                self._spans.append((reading.paused, as_of + 1))
                reading.due = self._due(reading.step)
        return reading

    def _take(self, step: ProcedureStep, entry: Entry) -> None:
        reading = self.reading
        outcome = str(entry.values.get(step.outcome) or "") if step.outcome else ""
        due, earliest = self._due(step), self._day_of(step.not_before)
        reading.passed.append(Passed(step, entry, entry.day, due, earliest, outcome))
        reading.since = entry.day
        self._days[step.id] = entry.day
        self._learn(f"{step.id}_", entry)
        leads = step.outcomes.get(outcome)
        if leads is not None and leads.closes:
            self._close(entry.day, outcome)
        elif leads is not None:
            self._fall_back(leads.back_to)
        else:
            self._enter(self._term.steps.index(step) + 1)

    def _fall_back(self, name: str) -> None:
        """Go back to a step: what was done from it on no longer counts."""
        at = next(n for n, step in enumerate(self._term.steps) if step.id == name)
        for step in self._term.steps[at:]:
            self._days.pop(step.id, None)
            for known in self._handbook.kinds[step.fact].fields:
                self._known.pop(f"{step.id}_{known.id}", None)
        self._enter(at)

    def _enter(self, at: int) -> None:
        """Wait for the first step from `at` on that this case needs; at the end close it."""
        for number in range(at, len(self._term.steps)):
            if self._needed(number):
                self.reading.step = self._term.steps[number]
                return
        self._close(self.reading.since, DONE)

    def _close(self, day: int, outcome: str) -> None:
        self.reading.step, self.reading.closed, self.reading.outcome = None, day, outcome

    def _needed(self, number: int) -> bool:
        when = self._term.steps[number].when
        if not when:
            return True
        before = self._term.steps[:number]
        columns = case_columns(self._handbook, self._procedure, before)
        tree = tree_of(when, frozenset(columns))
        return bool(holds(tree, {name: self._values(name) for name in columns_of(tree)}, 1)[0])

    def _values(self, name: str) -> Values:
        if name not in self._known:  # of a step that was passed over
            return Values("null", np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.bool_))
        known, cell = self._known[name]
        missing = np.array([cell is None])
        if known is None:
            return Values("number", np.array([cell or 0], dtype=np.int64), ~missing)
        if known.type in {"integer", "number", "money", "date"}:
            return field_values(known, np.array([cell or 0], dtype=np.int64), missing)
        if known.type == "boolean":
            return field_values(known, np.array([bool(cell)]), missing)
        return field_values(known, np.array([cell], dtype=np.object_), missing)

    def _learn(self, prefix: str, entry: Entry) -> None:
        for known in self._handbook.kinds[entry.kind].fields:
            self._known[f"{prefix}{known.id}"] = (known, entry.values.get(known.id))

    def _due(self, step: ProcedureStep) -> int | None:
        """The last day in time: of the step's own clock and that of the whole the earlier."""
        days = [
            self._pushed(self._anchor(clock), self._day_of(clock))
            for clock in (step.within, self._term.within)
            if clock is not None
        ]
        return min((day for day in days if day is not None), default=None)

    def _anchor(self, clock: Clock) -> int:
        if not clock.after:
            return self.reading.since
        return self._days.get(clock.after, self._days[OPENED])

    def _day_of(self, clock: Clock | None) -> int | None:
        """The day that lies a clock's time after what it counts from."""
        if clock is None:
            return None
        begin = self._anchor(clock)
        if clock.unit == "days":
            return begin + clock.number
        return _working_day(self._handbook.calendar, begin, clock.number)

    def _pushed(self, begin: int, due: int | None) -> int | None:
        """The due day, a day later for each day after `begin`, and up to it, that stood still."""
        if due is None:
            return None
        pushed = due
        while True:
            later = due + sum(
                max(0, min(last, pushed + 1) - max(first, begin + 1)) for first, last in self._spans
            )
            if later == pushed:
                return later
            pushed = later


def _before(due: int | None, day: int) -> bool:
    return due is not None and due < day


@lru_cache(maxsize=8192)
def _working_day(calendar: WorkCalendar, day: int, within: int) -> int:
    return day_number(calendar.add(day_of(day), within))
