"""Who belongs to the group around a post (组成): which part of it is missing, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bangfu.core.rules import GroupPart, Handbook, SubjectType
from bangfu.engine.posts import posts_of
from bangfu.engine.spans import FOREVER, Ints, Spans, ints, locate, merged
from bangfu.engine.tables import NO_FACTS, NO_SUBJECTS, Ids, Tables


@dataclass(frozen=True, slots=True)
class Around:
    """Whose groups are asked about, and on which day (its number)."""

    handbook: Handbook
    tables: Tables
    kind: SubjectType
    subjects: Ids
    day: int


def present(around: Around, part: GroupPart) -> Spans:
    """One span, by subject, for each person (or fact) that makes up a part of its group."""
    return _by_fact(around, part.fact) if part.fact else _by_post(around, part.role)


def _by_fact(around: Around, kind: str) -> Spans:
    table = around.tables.facts.get(kind, NO_FACTS)
    row = locate(around.subjects, table.subject)
    known = (row >= 0) & (table.day <= around.day)
    start = ints(table.day)[known]
    return Spans(row[known], start, np.full(len(start), FOREVER))


def _by_post(around: Around, role: str) -> Spans:
    """Each person counts once, however many households of a village he helps."""
    posts = posts_of(around.tables.assignments.get(role), as_of=around.day)
    held = around.handbook.roles[role].subject
    row = locate(around.subjects, _lies_in(around, held, posts.subjects))[posts.row]
    inside = row >= 0
    row, person = row[inside], posts.person[inside]
    pairs, which = np.unique(np.stack([row, person]), axis=1, return_inverse=True)
    spans = merged(which.reshape(-1).astype(np.int64), posts.start[inside], posts.end[inside])
    return Spans(pairs[0][spans.row].astype(np.int64), spans.start, spans.end)


def _lies_in(around: Around, held: SubjectType, subjects: Ids) -> Ints:
    """The subject of the group's type that each subject is, or lies in; 0 for none."""
    if held == around.kind:
        return subjects
    table = around.tables.subjects.get(held, NO_SUBJECTS)
    places = table.village if around.kind == "village" else table.township
    order = np.argsort(table.id)
    at = locate(table.id[order], subjects)
    found = np.zeros(len(subjects), np.int64)
    found[at >= 0] = places[order][at[at >= 0]]
    return found
