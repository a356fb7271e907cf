"""What is announced to come, and for whom: the next class of those whom none has reached yet."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number
from bangfu.core.rules import Announced, Handbook
from bangfu.engine.coverage import belonging, reached
from bangfu.engine.population import Population
from bangfu.engine.spans import ints, locate
from bangfu.engine.tables import NO_FACTS, NO_PARTICIPANTS, FactTable, Tables


def to_come(handbook: Handbook, tables: Tables, coverage_id: str, *, as_of: date) -> list[int]:
    """The standing announcements (预告) of a coverage whose day has not passed, soonest first."""
    rule = handbook.coverage[coverage_id].announced
    if rule is None:
        return []
    facts = tables.facts.get(rule.fact, NO_FACTS)
    return facts.fact[_ahead(facts, rule, as_of)].tolist() if len(facts) else []


def next_for(
    handbook: Handbook, tables: Tables, coverage_id: str, *, as_of: date
) -> dict[int, int]:
    """The next announcement for each of the population that nothing has reached yet.

    Worked out from what stands announced, by the number of its fact; whom nothing is announced
    for is not in it. Raises `KeyError` for an unknown id, `BadCondition`.
    """
    coverage = handbook.coverage[coverage_id]
    found = reached(handbook, tables, coverage, as_of=as_of)
    if coverage.announced is None or found is None:
        return {}
    people = found.population.only(~found.reached)
    facts = tables.facts.get(coverage.announced.fact, NO_FACTS)
    answer = np.zeros(len(people.ids), dtype=np.int64)
    for row in _ahead(facts, coverage.announced, as_of) if len(facts) else ():
        asked = _meant(people, facts, coverage.announced, int(row))
        answer[(answer == 0) & asked] = facts.fact[row]
    known = answer > 0
    return dict(zip(people.ids[known].tolist(), answer[known].tolist(), strict=True))


def _ahead(facts: FactTable, rule: Announced, as_of: date) -> NDArray[np.intp]:
    """The rows whose day is `as_of` or later, by day and number."""
    today = day_number(as_of)
    day = ints(facts.values[rule.day])
    rows = np.flatnonzero((facts.day <= today) & (day >= today))
    return rows[np.lexsort((facts.fact[rows], day[rows]))]


def _meant(people: Population, facts: FactTable, rule: Announced, row: int) -> NDArray[np.bool_]:
    """Whom one announcement is for."""
    meant = np.ones(len(people.ids), dtype=np.bool_)
    for by, name in rule.limits.items():
        if by in people.handbook.statuses:
            given = facts.values[name][row]
            wanted = {given} if isinstance(given, str) else set(given or ())
            if wanted:
                meant &= np.array([value in wanted for value in people.status(by)], dtype=np.bool_)
            continue
        table = people.tables.participants.get(rule.fact, NO_PARTICIPANTS)
        groups = table.participant[(table.fact == facts.fact[row]) & (table.role == name)]
        if len(groups):
            member, whose = belonging(people, by)
            inside = np.zeros(len(people.ids), dtype=np.bool_)
            inside[member[locate(np.unique(groups), whose) >= 0]] = True
            meant &= inside
    return meant
