"""Coverage: how much of a population a fact has reached in a window, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bangfu.core.periods import day_number, period_of
from bangfu.core.results import Reach
from bangfu.core.rules import Coverage, Handbook, term_on
from bangfu.engine.population import Population, population
from bangfu.engine.sets import sets_of
from bangfu.engine.spans import Ints, locate
from bangfu.engine.tables import NO_FACTS, NO_SUBJECTS, FactTable, Ids, Tables
from bangfu.engine.views import fact_rows
from bangfu.handbook.breakdowns import post_of
from bangfu.handbook.columns import figure_rows


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


def reach(
    handbook: Handbook,
    tables: Tables,
    coverage_id: str,
    *,
    as_of: date,
    by: str = "",
    of: int = 0,
) -> list[Reach]:
    """The coverage (覆盖面) on a day: one cell, or one for each group of a breakdown `by`.

    Groups are values of a status in the handbook's order, then others; or subjects, by number;
    then "" for those in none. Whoever holds posts for two subjects counts with each. The
    window is the calendar period that contains `as_of`, up to that day; empty where no term is
    in force. With `of`, the number of the fact that the coverage's field `each` names, as it
    stands, only facts about that one thing count, and those of every day up to `as_of`. Raises
    `KeyError` for an unknown id or breakdown, `BadCondition`.
    """
    coverage = handbook.coverage[coverage_id]
    found = reached(handbook, tables, coverage, as_of=as_of, of=of)
    if found is None:
        return []
    if by and by not in coverage.by:
        raise KeyError(by)
    return [_cell(group, found, mask) for group, mask in _groups(found.population, by)]


def reached(
    handbook: Handbook, tables: Tables, coverage: Coverage, *, as_of: date, of: int = 0
) -> Reached | None:
    """Whom a coverage has reached by a day; None where no term is in force."""
    term = term_on(coverage.terms, as_of)
    if term is None:
        return None
    everyone = population(handbook, tables, coverage.population, as_of=as_of)
    people = everyone.where(coverage.where)
    facts = tables.facts.get(coverage.fact, NO_FACTS)
    counted = facts.day <= day_number(as_of)
    if not of:
        counted &= facts.day >= day_number(period_of(as_of, term.every).start)
    elif coverage.each in facts.values:
        counted &= facts.values[coverage.each] == of
    else:
        counted &= False
    if coverage.filters:
        counted = _passing(everyone, coverage, facts, counted)
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


def _passing(
    everyone: Population, coverage: Coverage, facts: FactTable, counted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Of the facts that count by their day those that meet the coverage's condition on them."""
    handbook, tables = everyone.handbook, everyone.tables
    rows = figure_rows(handbook, f"facts:{coverage.fact}")
    if rows is None:
        return counted
    at = np.flatnonzero(counted)
    table = fact_rows(handbook.kinds[coverage.fact], facts, at)
    passed = sets_of(handbook, tables, as_of=everyone.as_of).passing(coverage.filters, rows, table)
    found = np.zeros(len(facts), dtype=np.bool_)
    found[at[passed]] = True
    return found


def reaching(
    handbook: Handbook, tables: Tables, coverage_id: str, *, as_of: date, of: int = 0
) -> dict[int, int]:
    """The last fact that reached each of the population; who was not reached is not in it."""
    found = reached(handbook, tables, handbook.coverage[coverage_id], as_of=as_of, of=of)
    if found is None:
        return {}
    order = np.argsort(found.fact, kind="stable")
    members = found.population.ids[found.member[order]]
    return dict(zip(members.tolist(), found.fact[order].tolist(), strict=True))


def _groups(people: Population, by: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The groups of a breakdown that have anybody in them, and who is in each."""
    if not by:
        yield "", np.ones(len(people.ids), dtype=np.bool_)
        return
    if by in people.handbook.statuses:
        values = people.status(by)
        options = list(people.handbook.statuses[by].options)
        present = {"" if value is None else str(value) for value in values}
        others = sorted(present - set(options) - {""})
        for group in (*options, *others, ""):
            if group in present:
                yield group, _equals(values, group)
        return
    member, whose = belonging(people, by)
    without = np.ones(len(people.ids), dtype=np.bool_)
    without[member] = False
    for number in np.unique(whose):
        mask = np.zeros(len(people.ids), dtype=np.bool_)
        mask[member[whose == number]] = True
        yield str(number), mask
    if without.any():
        yield "", without


def belonging(people: Population, by: str) -> tuple[Ints, Ids]:
    """Who (a position in the population) belongs to which subject: by a post, or by a place."""
    if role := post_of(by):
        posts = people.tables.assignments.get(role)
        if posts is None:
            return people.ids[:0], people.ids[:0]
        day = day_number(people.as_of)
        held = (posts.start <= day) & (day < posts.end)
        member, whose = locate(people.ids, posts.person[held]), posts.subject[held]
    else:
        table = people.tables.subjects.get(people.subject, NO_SUBJECTS)
        member = locate(people.ids, table.id)
        whose = table.township if by == "township" else table.village
    known = (member >= 0) & (whose != 0)
    return member[known], whose[known]


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
