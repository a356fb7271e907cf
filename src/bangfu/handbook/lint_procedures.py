"""Procedures that load and yet cannot be walked to their end, or not in their time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bangfu.core.procedures import OPENED, Clock, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.rules import Handbook
from bangfu.handbook.lint_duties import calendar_gap
from bangfu.handbook.problems import Issue

_END = -1
# Five working days are seven days at least.
_WORKING_DAYS_A_WEEK, _DAYS_A_WEEK = 5, 7


def procedure_findings(handbook: Handbook, procedure: Procedure) -> Iterator[Issue]:
    """Steps that no case reaches, cases that never end, clocks that cannot be kept."""
    for number, term in enumerate(procedure.terms, start=1):
        place = f"terms[{number}]"
        reached = _reached(handbook, term)
        for at, step in enumerate(term.steps):
            if at not in reached:
                words = {"found": step.id}
                where = f"{place}.steps[{at + 1}]"
                yield Issue("procedures", procedure.id, where, "step_unreachable", words)
        if _END not in reached and term.steps:
            yield Issue("procedures", procedure.id, place, "case_endless", {})
        yield from _clocks(procedure, place, term)
        yield from _performers(handbook, procedure, place, term)
        clocks = [clock for step in term.steps for clock in (step.within, step.not_before) if clock]
        if any(c.unit == "working_days" for c in (*clocks, term.within) if c):
            yield from calendar_gap(handbook, "procedures", procedure.id, place, term)


def _reached(handbook: Handbook, term: ProcedureTerm) -> set[int]:
    """The places of the steps that some case comes to; the end included."""
    found: set[int] = set()
    open_ = list(_next(term.steps, -1))
    while open_:
        at = open_.pop()
        if at in found:
            continue
        found.add(at)
        if at != _END:
            open_ += _following(handbook, term, at)
    return found


def _following(handbook: Handbook, term: ProcedureTerm, at: int) -> Iterator[int]:
    """Where a case may go from a step."""
    step = term.steps[at]
    names = [one.id for one in term.steps]
    for outcome in step.outcomes.values():
        yield _END if outcome.closes else names.index(outcome.back_to)
    kind = handbook.kind(step.fact)
    field = kind.field(step.outcome) if kind and step.outcome else None
    if field is None or step.lapses or set(field.options) - set(step.outcomes):
        yield from _next(term.steps, at)


def _next(steps: Sequence[ProcedureStep], at: int) -> Iterator[int]:
    """The steps that may come after a place: the first one, or any behind those with `when`."""
    for number in range(at + 1, len(steps)):
        yield number
        if not steps[number].when:
            return
    yield _END


def _clocks(procedure: Procedure, place: str, term: ProcedureTerm) -> Iterator[Issue]:
    """A step may not take longer than the whole, nor be over before it may begin."""
    for number, step in enumerate(term.steps, start=1):
        where = f"{place}.steps[{number}]"
        for key in ("within", "not_before"):
            clock: Clock | None = getattr(step, key)
            if clock and term.within and _days(clock) > _days(term.within):
                words = {"key": key, "found": clock.number, "most": term.within.number}
                yield Issue("procedures", procedure.id, f"{where}.{key}", "clock_long", words)
        first, last = step.not_before, step.within
        if first and last and first.after == last.after and _days(first) > _days(last):
            words = {"first": first.number, "last": last.number}
            yield Issue("procedures", procedure.id, f"{where}.within", "clock_never", words)
        if step.within is None and term.within is None:
            words = {"found": step.id}
            yield Issue("procedures", procedure.id, where, "step_no_clock", words)
    chained = [s.within for s in term.steps if s.within and not s.when and s.within.after == ""]
    if term.within and sum(map(_days, chained)) > _days(term.within):
        words = {"found": sum(clock.number for clock in chained), "most": term.within.number}
        yield Issue("procedures", procedure.id, f"{place}.within", "clocks_long", words)


def _days(clock: Clock) -> int:
    """How many days a clock runs at least."""
    if clock.unit == "days":
        return clock.number
    weeks, rest = divmod(clock.number, _WORKING_DAYS_A_WEEK)
    return weeks * _DAYS_A_WEEK + rest


def _performers(
    handbook: Handbook, procedure: Procedure, place: str, term: ProcedureTerm
) -> Iterator[Issue]:
    """A step whose takers may not do its fact can never be taken; one that names a later or
    missing step to count from is refused by the loader.
    """
    for number, step in enumerate(term.steps, start=1):
        kind = handbook.kind(step.fact)
        if kind and kind.performers and not set(kind.performers) & set(step.by):
            words = {"found": kind.id, "known": ", ".join(kind.performers), "step": step.id}
            where = f"{place}.steps[{number}].by"
            yield Issue("procedures", procedure.id, where, "step_never_taken", words)
        for clock in (step.within, step.not_before):
            anchor = term.step(clock.after) if clock and clock.after != OPENED else None
            if anchor is not None and anchor.when:
                words = {"found": anchor.id, "step": step.id}
                where = f"{place}.steps[{number}]"
                yield Issue("procedures", procedure.id, where, "clock_unsure", words)
