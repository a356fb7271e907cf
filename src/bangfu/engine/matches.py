"""The facts that may count for a duty, each with its row in the grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.core.rules import Duty, FactKind, Handbook
from bangfu.engine.conditions import Values, columns_of, field_values, holds, tree_of
from bangfu.engine.question import Question
from bangfu.engine.spans import Ints, Spans, ints, locate, merged, ranges
from bangfu.engine.tables import NO_PARTICIPANTS, FactTable, Ids, Tables


@dataclass(frozen=True, slots=True)
class Matches:
    """Facts by sequence: their grid row, day, sequence and, where one is summed, a value."""

    row: Ints
    day: Ints
    fact: Ids
    value: Ints | None


def matches(duty: Duty, ask: Question, *, days: tuple[int, int], field: str) -> Matches:
    """The facts of a duty's kinds whose day lies in `days` (the second one excluded), that
    pass its filters and were done by whom it asks for; `field` is the one that is summed.
    """
    parts = []
    for kind in duty.facts:
        table = ask.tables.facts.get(kind)
        if table is not None and len(table):
            of_kind = _taken_part if duty.via else _of_kind
            part = of_kind(duty, ask.handbook.kinds[kind], table, ask, days=days, field=field)
            if len(part.fact):
                parts.append(part)
    if len(parts) == 1 and _sorted(parts[0].fact):
        return parts[0]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Matches(none, none, none, none if field else None)
    fact = np.concatenate([part.fact for part in parts])
    order = np.argsort(fact, kind="stable")
    values = [part.value for part in parts if part.value is not None]
    return Matches(
        np.concatenate([part.row for part in parts])[order],
        np.concatenate([part.day for part in parts])[order],
        fact[order],
        np.concatenate(values)[order] if values else None,
    )


def _of_kind(
    duty: Duty,
    kind: FactKind,
    table: FactTable,
    ask: Question,
    *,
    days: tuple[int, int],
    field: str,
) -> Matches:
    posts = ask.posts
    inside = (table.day >= days[0]) & (table.day < days[1])
    wanted = np.flatnonzero(inside)
    row = locate(posts.subjects, table.subject[wanted])
    if (row < 0).any():
        known = row >= 0
        wanted, row = wanted[known], row[known]
    if duty.filters and len(wanted):
        passed = passing(duty.filters, kind, table)[wanted]
        wanted, row = wanted[passed], row[passed]
    if duty.by == "holder":
        held = posts.holding(row, table.performer[wanted], ints(table.day[wanted]))
        did = held >= 0
        if not did.all():
            wanted, row, held = wanted[did], row[did], held[did]
        if duty.per == "holder":
            row = posts.pairs.of_assignment[held]
    elif duty.per == "holder":
        # Whoever did it, it counts for everyone who answers for the subject.
        first = posts.pairs.first
        fact, row = ranges(first[row], first[row + 1])
        wanted = wanted[fact]
    value = None
    if field:
        value = amounts(table, field)[wanted]
    return Matches(row, ints(table.day[wanted]), table.fact[wanted], value)


def _taken_part(
    duty: Duty,
    kind: FactKind,
    table: FactTable,
    ask: Question,
    *,
    days: tuple[int, int],
    field: str,
) -> Matches:
    """The facts in which one who held the post on that day took part in the role `via`: each
    once for each subject (and holder) of his posts, whatever the fact itself is about.
    """
    inside = (table.day >= days[0]) & (table.day < days[1])
    if duty.filters:
        inside &= passing(duty.filters, kind, table)
    at = np.flatnonzero(inside)
    facts, first = np.unique(table.fact[at], return_index=True)
    at = at[first]
    parts, posts = ask.tables.participants.get(kind.id, NO_PARTICIPANTS), ask.posts
    seat = np.flatnonzero(parts.role == duty.via)
    which = locate(facts, parts.fact[seat])
    seat, which = seat[which >= 0], which[which >= 0]
    by_person = np.argsort(posts.person, kind="stable")
    persons, who = posts.person[by_person], parts.participant[seat]
    owner, place = ranges(np.searchsorted(persons, who), np.searchsorted(persons, who, "right"))
    which, held = which[owner], by_person[place]
    day = ints(table.day[at])[which]
    did = (posts.start[held] <= day) & (day < posts.end[held])
    which, held = which[did], held[did]
    row = posts.pairs.of_assignment[held] if duty.per == "holder" else posts.row[held]
    once = np.unique(np.stack([which, row]), axis=1)
    at, row = at[once[0]], once[1]
    value = amounts(table, field)[at] if field else None
    return Matches(row, ints(table.day[at]), table.fact[at], value)


def amounts(table: FactTable, field: str) -> Ints:
    """The scaled numbers of a field, 0 where none was given."""
    values = table.values.get(field)
    if values is None:
        return np.zeros(len(table), dtype=np.int64)
    missing = table.missing.get(field)
    return ints(values) if missing is None else np.where(missing, 0, ints(values))


def passing(text: str, kind: FactKind, table: FactTable) -> NDArray[np.bool_]:
    """Which rows of a fact table meet a simple condition on the fact's own fields."""
    tree = tree_of(text, fact_columns(kind))
    everywhere = np.ones(len(table), dtype=np.bool_)
    columns = {
        "occurred_on": Values("day", table.day, everywhere),
        "subject": Values("number", table.subject, everywhere),
        "performer": Values("number", table.performer, everywhere),
    }
    for name in columns_of(tree) - columns.keys():
        field, values = kind.field(name), table.values.get(name)
        if field is None or values is None:
            columns[name] = Values("null", np.zeros(1, dtype=np.int64), ~everywhere[:1])
        else:
            columns[name] = field_values(field, values, table.missing.get(name))
    return holds(tree, columns, len(table))


def fact_columns(kind: FactKind) -> frozenset[str]:
    """The names that a condition on facts of that kind may read."""
    fields = (field.id for field in kind.fields if not field.personal)
    return frozenset((*fields, "occurred_on", "subject", "performer"))


def lasting(
    tables: Tables, handbook: Handbook, kinds: Iterable[str], *, as_of: int, by: str, of: Ids
) -> Spans:
    """The days that span facts of `kinds` cover, known on `as_of`, by position in `of`.

    `by` "performer": who did them (who was on leave); "subject": whom they are about. Both
    days of a span belong to it; a fact without both is left out.
    """
    rows, starts, ends = [_NONE], [_NONE], [_NONE]
    for name in kinds:
        kind, table = handbook.kinds.get(name), tables.facts.get(name)
        if kind is None or kind.span is None or table is None or not len(table):
            continue
        first, last = kind.span
        row = locate(of, table.performer if by == "performer" else table.subject)
        counted = (row >= 0) & (table.day <= as_of)
        for field in (first, last):
            if field not in table.values:
                counted[:] = False
            elif field in table.missing:
                counted &= ~table.missing[field]
        if counted.any():
            rows.append(row[counted])
            starts.append(ints(table.values[first][counted]))
            ends.append(ints(table.values[last][counted]) + 1)
    return merged(np.concatenate(rows), np.concatenate(starts), np.concatenate(ends))


def _sorted(ids: Ids) -> bool:
    return bool((ids[1:] >= ids[:-1]).all())


_NONE = np.zeros(0, dtype=np.int64)
