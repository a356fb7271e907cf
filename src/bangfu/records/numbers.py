"""What is computed for a reader: his tables go into the engine, the handbook says what for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from bangfu.core.periods import Period
from bangfu.core.results import FigureValue, Reach, ScoreValue, Step, Trace, Vacancy
from bangfu.core.rules import Handbook
from bangfu.engine.tables import Tables
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.mirror.current import tables_for

if TYPE_CHECKING:
    from bangfu.engine.obligations import Owed


def tables(
    policy: Policy,
    *,
    as_of: date,
    known_at: int | None = None,
    kinds: Collection[str] | None = None,
) -> Tables:
    """The engine's tables: what the reader may see, as known at `known_at` (a sequence).

    A reader of single subjects gets them from the database by index, others from the mirror.
    `kinds` names the kinds of facts wanted; each table is made when it is first read.
    """
    return tables_for(policy.scope, as_of=as_of, known_at=known_at, kinds=kinds)


def owed(
    policy: Policy,
    *,
    as_of: date,
    within: Period,
    known_at: int | None = None,
    persons: Collection[int] | None = None,
    rules: Collection[str] | None = None,
) -> Owed:
    """What is owed in the periods that touch `within`, of the subjects that the reader sees."""
    from bangfu.engine.duties import owed as engine_owed

    rulebook = handbook()
    found = tables(policy, as_of=as_of, known_at=known_at, kinds=_kinds_owed(rulebook, rules))
    return engine_owed(rulebook, found, as_of=as_of, within=within, rules=rules, persons=persons)


def figure(
    policy: Policy, figure_id: str, *, as_of: date, known_at: int | None = None
) -> FigureValue:
    """One figure over what the reader may see."""
    from bangfu.engine.figures import figure as engine_figure

    return engine_figure(
        handbook(), tables(policy, as_of=as_of, known_at=known_at), figure_id, as_of=as_of
    )


def figures(policy: Policy, *, as_of: date, known_at: int | None = None) -> dict[str, FigureValue]:
    """Every figure of the handbook, by id, in its order."""
    from bangfu.engine.figures import figure as engine_figure

    rulebook = handbook()
    found = tables(policy, as_of=as_of, known_at=known_at)
    return {name: engine_figure(rulebook, found, name, as_of=as_of) for name in rulebook.figures}


def reach(
    policy: Policy, coverage_id: str, *, as_of: date, known_at: int | None = None
) -> list[Reach]:
    """How far a coverage reaches, by group."""
    from bangfu.engine.coverage import reach as engine_reach

    found = tables(policy, as_of=as_of, known_at=known_at)
    return engine_reach(handbook(), found, coverage_id, as_of=as_of)


def vacancies(
    policy: Policy,
    *,
    as_of: date,
    known_at: int | None = None,
    rules: Collection[str] | None = None,
) -> list[Vacancy]:
    """Posts that are not filled as the handbook asks."""
    from bangfu.engine.staffing import vacancies as engine_vacancies

    found = tables(policy, as_of=as_of, known_at=known_at, kinds=())
    return engine_vacancies(handbook(), found, as_of=as_of, rules=rules)


def scores(
    policy: Policy, score_id: str, *, day: date, known_at: int | None = None
) -> list[ScoreValue]:
    """The scores of the period that contains `day`; those kept to offices show nobody else any."""
    from bangfu.engine.scores import scores as engine_scores

    rulebook = handbook()
    if rulebook.scores[score_id].shown_to == "office" and not policy.office:
        return []
    return engine_scores(rulebook, tables(policy, as_of=day, known_at=known_at), score_id, day=day)


def steps(
    policy: Policy, ladder_id: str, *, as_of: date, known_at: int | None = None
) -> list[Step]:
    """The steps that a ladder proposes; an office's business only."""
    from bangfu.engine.ladder import steps as engine_steps

    if not policy.office:
        return []
    found = tables(policy, as_of=as_of, known_at=known_at)
    return engine_steps(handbook(), found, ladder_id, as_of=as_of)


def trace(policy: Policy, target: str, *, as_of: date, known_at: int | None = None) -> Trace:
    """A number and what lies under it, down to facts, over what the reader may see."""
    from bangfu.engine.trace import trace as engine_trace

    found = tables(policy, as_of=as_of, known_at=known_at)
    return engine_trace(handbook(), found, target, as_of=as_of)


def _kinds_owed(rulebook: Handbook, rules: Collection[str] | None) -> set[str]:
    """The kinds that duties and deadlines read, or those of the chosen rules."""
    kinds: set[str] = set()
    for duty in rulebook.duties.values():
        if rules is None or duty.id in rules:
            kinds.update(duty.facts)
            kinds.update(kind for term in duty.terms for kind in term.excused_by)
    for deadline in rulebook.deadlines.values():
        if rules is None or deadline.id in rules:
            kinds.update((deadline.after, deadline.fact))
            kinds.update(kind for term in deadline.terms for kind in term.pause)
    return kinds
