"""What each post holder owes: duties over the calendar grid, and deadlines beside them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np

from bangfu.core.periods import Period, day_number
from bangfu.core.rules import Deadline, Duty, DutyTerm, Handbook
from bangfu.engine.deadlines import deadline_owed
from bangfu.engine.frames import framed
from bangfu.engine.grid import Columns, governed
from bangfu.engine.matches import Matches, matches
from bangfu.engine.obligations import Owed, joined, nothing_owed, streaks
from bangfu.engine.posts import Posts, posts_of
from bangfu.engine.question import Question
from bangfu.engine.segment import segment, units_of
from bangfu.engine.tables import Tables


def owed(
    handbook: Handbook,
    tables: Tables,
    *,
    as_of: date,
    within: Period,
    rules: Collection[str] | None = None,
    persons: Collection[int] | None = None,
) -> Owed:
    """What is owed in the periods that touch `within` and have begun by `as_of`.

    Of all duties and deadlines or those among `rules`; with `persons`, what these persons
    answer for. By rule in the handbook's order, then subject (and person), then period.
    What happened after `as_of` is not known: the answer is the same whether or not it is in
    `tables`. Raises `UnknownYear` and `MixedTypes`.
    """
    whose = None if persons is None else frozenset(persons)
    posts: dict[str, Posts] = {}
    parts = []
    chosen: list[Duty | Deadline] = [*handbook.duties.values(), *handbook.deadlines.values()]
    for rule in chosen:
        if rules is not None and rule.id not in rules:
            continue
        if rule.role not in posts:
            posts[rule.role] = _posts(handbook, tables, rule.role, as_of=as_of, persons=whose)
        if not len(posts[rule.role]):
            continue
        ask = Question(handbook, tables, posts[rule.role], as_of, within, whose)
        found = _duty_owed(rule, ask) if isinstance(rule, Duty) else deadline_owed(rule, ask)
        if persons is not None and len(found):
            found = found.where(np.isin(found.person, list(persons)))
        parts.append(found)
    return joined(parts)


def _posts(
    handbook: Handbook,
    tables: Tables,
    role: str,
    *,
    as_of: date,
    persons: frozenset[int] | None,
) -> Posts:
    table, day = tables.assignments.get(role), day_number(as_of)
    return framed(
        tables,
        handbook,
        ("posts", role, as_of, persons),
        lambda: posts_of(table, as_of=day, persons=persons),
    )


def _periods(duty: Duty, ask: Question) -> list[tuple[DutyTerm, Columns]]:
    """The terms that govern any period asked for, with these."""
    found = []
    for term in duty.terms:
        columns = governed(duty.terms, term, term.every, within=ask.within, as_of=ask.as_of)
        if len(columns):
            found.append((term, columns))
    return found


def _duty_owed(duty: Duty, ask: Question) -> Owed:
    """One duty over all of its terms."""
    frames = framed(
        ask.tables,
        ask.handbook,
        ("periods", duty.id, ask.within, ask.as_of),
        lambda: _periods(duty, ask),
    )
    if not frames:
        return nothing_owed()
    units = units_of(duty, ask.posts)
    first = min(int(columns.start[0]) for _, columns in frames)
    last = max(int(columns.end[-1]) + term.grace for term, columns in frames)
    days = (first, min(last, ask.day + 1))
    facts: dict[str, Matches] = {}
    blocks = []
    for term, columns in frames:
        field = term.field if term.measure == "sum" else ""
        if field not in facts:
            facts[field] = matches(duty, ask, days=days, field=field)
        blocks.append(segment(duty, term, columns, units, facts[field], ask))
    unit = np.concatenate([rows for rows, _ in blocks])
    found = joined(part for _, part in blocks)
    if len(blocks) > 1 and len(found):
        order = np.lexsort((found.start, unit))
        found, unit = found.where(order), unit[order]
    found.streak[:] = streaks(unit, found.state)
    return found
