"""Coverage: how much of a population a fact has reached in a window, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number, period_of
from bangfu.core.results import Reach
from bangfu.core.rules import Coverage, Handbook, term_on
from bangfu.engine.population import Population, population
from bangfu.engine.spans import Ints, locate
from bangfu.engine.tables import NO_FACTS, Ids, Tables


@dataclass(frozen=True, slots=True)
class Reached:
    """A population, which of it was reached, and by which facts: `member[i]` by `fact[i]`.

    `member` is a position in the population.
    """

    population: Population
    reached: NDArray[np.bool_]
    member: Ints
    fact: Ids

    def facts_of(self, mask: NDArray[np.bool_]) -> Ids:
        """The facts that reached the marked members, each once, sorted."""
        return np.unique(self.fact[mask[self.member]])


def reach(handbook: Handbook, tables: Tables, coverage_id: str, *, as_of: date) -> list[Reach]:
    """The coverage (覆盖面) on a day: one cell, or one for each value of the status `by`.

    The values come in the handbook's order, then others, then "" for those without one. The
    window is the calendar period that contains `as_of`, up to that day; empty where no term is
    in force. Raises `KeyError` for an unknown id, `BadCondition`.
    """
    coverage = handbook.coverage[coverage_id]
    found = reached(handbook, tables, coverage, as_of=as_of)
    if found is None:
        return []
    people = found.population
    if not coverage.by:
        return [_cell("", found, np.ones(len(people.ids), dtype=np.bool_))]
    values = people.status(coverage.by)
    options = list(handbook.statuses[coverage.by].options)
    present = {"" if value is None else str(value) for value in values}
    others = sorted(present - set(options) - {""})
    groups = [group for group in (*options, *others, "") if group in present]
    return [_cell(group, found, _equals(values, group)) for group in groups]


def reached(
    handbook: Handbook, tables: Tables, coverage: Coverage, *, as_of: date
) -> Reached | None:
    """Whom a coverage has reached by a day; None where no term is in force."""
    term = term_on(coverage.terms, as_of)
    if term is None:
        return None
    everyone = population(handbook, tables, coverage.population, as_of=as_of)
    people = everyone.where(coverage.where)
    facts = tables.facts.get(coverage.fact, NO_FACTS)
    start = day_number(period_of(as_of, term.every).start)
    counted = (facts.day >= start) & (facts.day <= day_number(as_of))
    fact, whom = facts.fact[counted], facts.subject[counted]
    if coverage.via:
        table = tables.participants.get(coverage.fact)
        if table is None:
            fact = whom = fact[:0]
        else:
            took_part = (table.role == coverage.via) & np.isin(table.fact, fact)
            fact, whom = table.fact[took_part], table.participant[took_part]
    member = locate(people.ids, whom)
    inside = member >= 0
    mask = np.zeros(len(people.ids), dtype=np.bool_)
    mask[member[inside]] = True
    return Reached(people, mask, member[inside], fact[inside])


def _cell(group: str, found: Reached, members: NDArray[np.bool_]) -> Reach:
    missing = found.population.ids[members & ~found.reached]
    return Reach(
        group=group,
        population=int(members.sum()),
        reached=int((members & found.reached).sum()),
        missing=tuple(missing.tolist()),
        because=tuple(found.facts_of(members).tolist()),
    )


def _equals(values: NDArray[np.object_], group: str) -> NDArray[np.bool_]:
    wanted = group or None
    return np.array([value == wanted for value in values], dtype=np.bool_)
