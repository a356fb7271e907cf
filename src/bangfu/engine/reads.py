"""Which kinds of facts a question is read from: but for the registry, no others can change it."""

from __future__ import annotations

from collections.abc import Collection

from bangfu.core.rules import Handbook
from bangfu.engine.population import asks_statuses


def owed(handbook: Handbook, rules: Collection[str] | None = None) -> set[str]:
    """Those that duties and deadlines read, or those of the chosen rules."""
    kinds: set[str] = set()
    for duty in handbook.duties.values():
        if rules is None or duty.id in rules:
            kinds.update(duty.facts)
            kinds.update(kind for term in duty.terms for kind in term.excused_by)
    for deadline in handbook.deadlines.values():
        if rules is None or deadline.id in rules:
            kinds.update((deadline.after, deadline.fact))
            kinds.update(kind for term in deadline.terms for kind in term.pause)
    return kinds


def reached(handbook: Handbook, coverage_id: str) -> frozenset[str] | None:
    """Those of a coverage and what is announced for it; None where its conditions may read any."""
    coverage = handbook.coverage[coverage_id]
    if coverage.where and not asks_statuses(handbook, coverage.population, coverage.where):
        return None
    if coverage.filters and "SELECT" in coverage.filters.upper():
        return None
    announced = coverage.announced
    return frozenset({coverage.fact} | ({announced.fact} if announced else set()))


def cases(handbook: Handbook, procedures: Collection[str] | None = None) -> set[str]:
    """Those of all procedures, or of the chosen ones."""
    rules = handbook.procedures.values()
    chosen = [rule for rule in rules if procedures is None or rule.id in procedures]
    return {kind for procedure in chosen for kind in procedure.kinds()}


def usual(handbook: Handbook) -> frozenset[str]:
    """Those of all these together, which the page of a day asks for."""
    found = owed(handbook) | cases(handbook)
    for coverage in handbook.coverage:
        found |= reached(handbook, coverage) or frozenset()
    return frozenset(found)
