"""What is computed for a reader: his tables go into the engine, the handbook says what for.

Results are kept by all that they depend on, the head of the chain included, so nothing is ever
thrown away by hand, and a ledger that was set back never answers from what it once held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import date
from typing import TypeVar

from bangfu.core.periods import Period
from bangfu.core.results import FigureValue, Reach, ScoreValue, Step, Trace, Vacancy
from bangfu.core.rules import Handbook
from bangfu.engine import coverage as coverages
from bangfu.engine import duties, ladder, staffing
from bangfu.engine import figures as counted
from bangfu.engine import scores as marks
from bangfu.engine import trace as traces
from bangfu.engine.cache import Cache, Key
from bangfu.engine.obligations import Owed
from bangfu.engine.tables import Tables
from bangfu.records import guard, ledger, names, since
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import Head
from bangfu.records.mirror import current
from bangfu.records.mirror.current import tables_for

T = TypeVar("T")

# A county's tables weigh some tens of megabytes, its results mostly far less.
_tables = Cache(4)
_results = Cache(64)
# Those of readers of a few subjects are small, and many ask.
_few = Cache(1024)


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

    def read() -> Tables:
        return tables_for(policy.scope, as_of=as_of, known_at=known_at, kinds=kinds)

    if policy.scope.small:
        return read()
    wanted = None if kinds is None else frozenset(kinds)
    return _kept(_tables, policy, ("tables", wanted), read, as_of=as_of, known_at=known_at)


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

    def compute() -> Owed:
        rulebook = handbook()
        kinds = _kinds_owed(rulebook, rules)
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return duties.owed(
            rulebook, found, as_of=as_of, within=within, rules=rules, persons=persons
        )

    call = ("owed", within, _frozen(persons), _frozen(rules))
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at)


def figure(
    policy: Policy, figure_id: str, *, as_of: date, known_at: int | None = None
) -> FigureValue:
    """One figure over what the reader may see."""

    def compute() -> FigureValue:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return counted.figure(handbook(), found, figure_id, as_of=as_of)

    call = ("figure", figure_id)
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at)


def figures(policy: Policy, *, as_of: date, known_at: int | None = None) -> dict[str, FigureValue]:
    """Every figure of the handbook, by id, in its order."""
    return {
        name: figure(policy, name, as_of=as_of, known_at=known_at) for name in handbook().figures
    }


def reach(
    policy: Policy, coverage_id: str, *, as_of: date, known_at: int | None = None
) -> list[Reach]:
    """How far a coverage reaches, by group."""

    def compute() -> list[Reach]:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return coverages.reach(handbook(), found, coverage_id, as_of=as_of)

    call = ("reach", coverage_id)
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at))


def vacancies(
    policy: Policy,
    *,
    as_of: date,
    known_at: int | None = None,
    rules: Collection[str] | None = None,
) -> list[Vacancy]:
    """Posts that are not filled as the handbook asks."""

    def compute() -> list[Vacancy]:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return staffing.vacancies(handbook(), found, as_of=as_of, rules=rules)

    call = ("vacancies", _frozen(rules))
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at))


def scores(
    policy: Policy, score_id: str, *, day: date, known_at: int | None = None
) -> list[ScoreValue]:
    """The scores of the period that contains `day`; those kept to offices show nobody else any."""
    rulebook = handbook()
    if rulebook.scores[score_id].shown_to == "office" and not policy.office:
        return []

    def compute() -> list[ScoreValue]:
        found = tables(policy, as_of=day, known_at=known_at)
        return marks.scores(rulebook, found, score_id, day=day)

    call = ("scores", score_id)
    return list(_kept(_results, policy, call, compute, as_of=day, known_at=known_at))


def steps(
    policy: Policy, ladder_id: str, *, as_of: date, known_at: int | None = None
) -> list[Step]:
    """The steps that a ladder proposes; an office's business only."""
    if not policy.office:
        return []

    def compute() -> list[Step]:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return ladder.steps(handbook(), found, ladder_id, as_of=as_of)

    call = ("steps", ladder_id)
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at))


def trace(policy: Policy, target: str, *, as_of: date, known_at: int | None = None) -> Trace:
    """A number and what lies under it, down to facts, over what the reader may see.

    A score opens only for whom it is shown to; for others there is no such number.
    """
    rulebook = handbook()
    shape, _, rest = target.partition(":")
    score = rulebook.scores.get(rest.partition(":")[0]) if shape == "score" else None
    if score is not None and score.shown_to == "office" and not policy.office:
        raise LookupError(target)

    def compute() -> Trace:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return traces.trace(rulebook, found, target, as_of=as_of)

    call = ("trace", target)
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at)


def kept(policy: Policy, call: Hashable, compute: Callable[[], T], *, as_of: date) -> T:
    """What a page makes of a reader's numbers, names and posts as they stand on a day, kept until
    something concerns him; `call` is all else that it depends on, the language included.
    """
    asked = ("kept", policy.person, policy.roles, call)
    return _kept(_results, policy, asked, compute, as_of=as_of, known_at=None, lifted=False)


def forget() -> None:
    """Let go of all results and tables that this process keeps."""
    _tables.clear()
    _results.clear()
    _few.clear()
    current.forget()
    names.forget()
    since.forget()


def _kept(
    cache: Cache,
    policy: Policy,
    call: Hashable,
    compute: Callable[[], T],
    *,
    as_of: date,
    known_at: int | None,
    lifted: bool = True,
) -> T:
    """A result from the cache, or computed and kept there; `lifted` for the engine's input."""
    head, rulebook = _stands_since(policy), handbook()
    key = Key(
        sequence=head.sequence,
        handbook=f"{rulebook.digest} {id(rulebook)}",
        as_of=as_of,
        known_at=known_at,
        scope=(policy.scope, head.hash),
        call=call,
    )
    chosen = _few if policy.scope.small else cache
    if not lifted:
        return chosen.get(key, compute)
    with guard.lifted(policy):
        return chosen.get(key, compute)


def _stands_since(policy: Policy) -> Head:
    """The ledger's end, or for a reader of single subjects the end when last something concerned
    him: until then his results stand.
    """
    if not policy.scope.small:
        return ledger.head()
    key = ("numbers", policy.scope)
    with guard.lifted(policy):
        found = since.base_of(key)
        if found is None:
            found = since.base_of(key, current.concerned(policy.scope))
    return found or ledger.head()


def _frozen(items: Collection[int] | Collection[str] | None) -> Hashable:
    return None if items is None else frozenset(items)


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
