"""Cases: what runs of a procedure there are, how each stands, who holds it, what it waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import numpy as np

from bangfu.core.periods import Period, day_number, day_of
from bangfu.core.procedures import DONE, Procedure, ProcedureTerm
from bangfu.core.results import (
    CASE_STATES,
    Case,
    CaseState,
    Obligation,
    State,
    Taken,
    Trace,
)
from bangfu.core.rules import FactKind, Handbook, term_on
from bangfu.core.text import Text
from bangfu.engine.casebook import Cell, Course, Entry, Passed, Reading, read
from bangfu.engine.spans import locate
from bangfu.engine.tables import NO_SUBJECTS, FactTable, Ids, Tables

LAPSED = Text("逾期未办，视为放弃", "not taken in its time")
FINISHED = Text("走完各步", "all steps taken")


def cases(
    handbook: Handbook,
    tables: Tables,
    *,
    as_of: date,
    procedures: Collection[str] | None = None,
    only: int | None = None,
) -> list[Case]:
    """The cases about the subjects in `tables` as they stand on `as_of`.

    Of all procedures or those named, by procedure in the handbook's order, then the day they were
    opened and its fact; `only` is the fact that opened the one case that is wanted. What happened
    after `as_of` is not known. Raises `UnknownYear` and `MixedTypes`.
    """
    found: list[Case] = []
    for procedure in handbook.procedures.values():
        if procedures is None or procedure.id in procedures:
            found += _of(handbook, tables, procedure, as_of=as_of, only=only)
    return found


def _of(
    handbook: Handbook, tables: Tables, procedure: Procedure, *, as_of: date, only: int | None
) -> Iterator[Case]:
    known = tables.subjects.get(procedure.subject, NO_SUBJECTS)
    table = tables.facts.get(procedure.opens)
    if table is None or not len(table) or not len(known.id):
        return
    day = day_number(as_of)
    openings = _entries(handbook.kinds[procedure.opens], table, known.id, up_to=day)
    openings = [(subject, one) for subject, one in openings if only in (None, one.fact)]
    following = _following(handbook, tables, procedure, known.id, up_to=day) if openings else {}
    posts = Posts(tables, as_of=day)
    for subject, opening in sorted(openings, key=lambda one: (one[1].day, one[1].fact)):
        term = term_on(procedure.terms, day_of(opening.day))
        if term is not None:
            mine = following.get((opening.fact, subject), [])
            reading = read(Course(handbook, procedure, term), opening, mine, as_of=day)
            around = posts.around(procedure.subject, subject)
            yield _case(procedure, opening, subject, reading, posts=posts, around=around, day=day)


def _following(
    handbook: Handbook, tables: Tables, procedure: Procedure, subjects: Ids, *, up_to: int
) -> dict[tuple[int, int], list[Entry]]:
    """The facts of the steps and pauses by the case that they name and their subject."""
    found: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for name in procedure.kinds():
        kind, table = handbook.kinds[name], tables.facts.get(name)
        field = kind.naming(procedure.opens)
        if table is None or field is None:
            continue
        # Most facts of some kinds, such as leave, belong to no case.
        named = table.values.get(field.id), table.missing.get(field.id)
        if named[0] is None or (named[1] is not None and named[1].all()):
            continue
        for subject, entry in _entries(kind, table, subjects, up_to=up_to):
            case = entry.values.get(field.id)
            if case is not None:
                found[int(case), subject].append(entry)
    return found


def _entries(
    kind: FactKind, table: FactTable, subjects: Ids, *, up_to: int
) -> list[tuple[int, Entry]]:
    """The facts of a kind about these subjects that have happened, with their subject."""
    inside = locate(np.sort(subjects), table.subject) >= 0
    rows = np.flatnonzero(inside & (table.day <= up_to))
    columns = {}
    for field in kind.fields:
        if field.id not in table.values or field.type == "choices":
            continue
        values: list[Cell] = table.values[field.id][rows].tolist()
        if field.id in table.missing:
            lacking = table.missing[field.id][rows].tolist()
            values = [None if gone else v for v, gone in zip(values, lacking, strict=True)]
        columns[field.id] = values
    keys = (table.fact, table.subject, table.day, table.performer)
    return [
        (subject, Entry(fact, kind.id, day, who, {name: columns[name][n] for name in columns}))
        for n, (fact, subject, day, who) in enumerate(
            zip(*(key[rows].tolist() for key in keys), strict=True)
        )
    ]


class Posts:
    """Who holds which role for what on the day."""

    def __init__(self, tables: Tables, *, as_of: int) -> None:
        self._tables = tables
        self._as_of = as_of
        self._held: dict[str, dict[int, list[tuple[int, int, int]]]] = {}
        self._places: dict[str, Mapping[int, tuple[int, int]]] = {}
        county = tables.subjects.get("county", NO_SUBJECTS)
        self._county = county.id.tolist()

    def around(self, kind: str, subject: int) -> tuple[int, ...]:
        """The subject, and the places that it lies in."""
        if kind not in self._places:
            table = self._tables.subjects.get(kind, NO_SUBJECTS)
            rows = zip(
                table.id.tolist(), table.village.tolist(), table.township.tolist(), strict=True
            )
            self._places[kind] = {number: (village, town) for number, village, town in rows}
        return (subject, *self._places[kind].get(subject, ()), *self._county)

    def holders(self, roles: Iterable[str], around: tuple[int, ...]) -> tuple[int, ...]:
        """Who may take a step: by role, then the latest to take up the post first."""
        found: list[int] = []
        for role in roles:
            held = self._role(role)
            mine = [post for place in dict.fromkeys(around) for post in held.get(place, ())]
            found += [person for _, _, person in sorted(mine, reverse=True)]
        return tuple(dict.fromkeys(found))

    def _role(self, role: str) -> dict[int, list[tuple[int, int, int]]]:
        if role not in self._held:
            held: dict[int, list[tuple[int, int, int]]] = {}
            self._held[role] = held
            table = self._tables.assignments.get(role)
            if table is not None:
                now = np.flatnonzero((table.start <= self._as_of) & (self._as_of < table.end))
                columns = (table.subject, table.start, table.id, table.person)
                for subject, *post in zip(*(c[now].tolist() for c in columns), strict=True):
                    held.setdefault(subject, []).append((post[0], post[1], post[2]))
        return self._held[role]


def _case(
    procedure: Procedure,
    opening: Entry,
    subject: int,
    reading: Reading,
    *,
    posts: Posts,
    around: tuple[int, ...],
    day: int,
) -> Case:
    step = reading.step
    state: CaseState = "open"
    if reading.closed is not None:
        state = "closed"
    elif reading.paused is not None:
        state = "paused"
    late_by = day if reading.paused is None else reading.paused
    facts = [passed.entry.fact for passed in reading.passed if passed.entry]
    facts += [entry.fact for entry in reading.others]
    return Case(
        procedure=procedure.id,
        case=opening.fact,
        subject=subject,
        opened=day_of(opening.day),
        state=state,
        taken=tuple(_taken(passed) for passed in reading.passed),
        step=step.id if step else "",
        roles=step.by if step else (),
        holders=posts.holders(step.by, around) if step else (),
        since=day_of(reading.since),
        not_before=_day(reading.not_before),
        due=_day(reading.due),
        late=step is not None and reading.due is not None and reading.due < late_by,
        outcome=reading.outcome,
        closed=_day(reading.closed),
        paused=_day(reading.paused),
        stray=tuple(sorted(entry.fact for entry in reading.stray)),
        because=tuple(sorted({opening.fact, *facts})),
    )


def step_owed(case: Case, person: int) -> Obligation | None:
    """What a holder of an open case owes (应办): its step, from the day it waits to its last day.

    Without a clock the last day is the last that there is. None where the case is closed, stands
    still, or is not his.
    """
    if case.state != "open" or person not in case.holders:
        return None
    due = case.due or date.max
    return Obligation(
        rule=case.procedure,
        subject=case.subject,
        person=person,
        period=Period(case.since, max(due, case.since)),
        due=due,
        closes=due,
        need=1,
        got=0,
        state=State.OVERDUE if case.late else State.DUE,
        because=case.because,
    )


def _taken(passed: Passed) -> Taken:
    entry = passed.entry
    return Taken(
        step=passed.step.id,
        fact=entry.fact if entry else 0,
        day=day_of(passed.day),
        performer=entry.performer if entry else 0,
        outcome=passed.outcome,
        due=_day(passed.due),
        late=entry is not None and passed.due is not None and passed.day > passed.due,
        early=entry is not None
        and passed.not_before is not None
        and passed.day < passed.not_before,
    )


def _day(number: int | None) -> date | None:
    return None if number is None else day_of(number)


def case_trace(handbook: Handbook, case: Case) -> Trace:
    """A case as a tree: the fact that opened it, then each step with its fact."""
    procedure = handbook.procedures[case.procedure]
    term = term_on(procedure.terms, case.opened)
    opens = Trace(handbook.kinds[procedure.opens].title, str(case.opened), (case.case,))
    nodes = [opens, *(_step_trace(handbook, term, taken) for taken in case.taken if term)]
    others = set(case.because) - {case.case, *(taken.fact for taken in case.taken)}
    if others:
        title = Text("中止和恢复", "Stopped and gone on")
        nodes.append(Trace(title, str(len(others)), tuple(sorted(others))))
    if case.stray:
        title = Text("不再算数的步骤", "Steps that no longer count")
        nodes.append(Trace(title, str(len(case.stray)), case.stray))
    state = CASE_STATES[case.state]
    return Trace(procedure.title, str(state), case.because, tuple(nodes), about=case.subject)


def _step_trace(handbook: Handbook, term: ProcedureTerm, taken: Taken) -> Trace:
    step = term.step(taken.step)
    title = step.title if step else Text(taken.step, taken.step)
    if not taken.fact:
        return Trace(title, str(LAPSED))
    words = outcome_title(handbook, term, taken.step, taken.outcome)
    value = f"{taken.day} {words}".strip() if taken.outcome else str(taken.day)
    return Trace(title, value, (taken.fact,), about=taken.performer or None)


def outcome_title(handbook: Handbook, term: ProcedureTerm, step: str, outcome: str) -> Text:
    """What the outcome of a step is called."""
    walked = term.step(step)
    kind = handbook.kinds.get(walked.fact) if walked else None
    field = kind.field(walked.outcome) if kind and walked else None
    if outcome == DONE or not outcome:
        return FINISHED
    return field.options.get(outcome, Text(outcome, outcome)) if field else Text(outcome, outcome)
