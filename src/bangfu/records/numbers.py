"""What is computed for a reader: his tables go into the engine, the handbook says what for.

Results are kept by all that they depend on, the head of the chain included, so nothing is ever
thrown away by hand, and a ledger that was set back never answers from what it once held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date
from typing import TypeVar

from bangfu.core.periods import Period
from bangfu.core.results import Case, FigureValue, Reach, ScoreValue, Step, Trace, Vacancy
from bangfu.engine import announced, duties, ladder, reads, staffing
from bangfu.engine import cases as runs
from bangfu.engine import coverage as coverages
from bangfu.engine import figures as counted
from bangfu.engine import scores as marks
from bangfu.engine import trace as traces
from bangfu.engine.cache import Cache, Key
from bangfu.engine.obligations import Owed
from bangfu.engine.population import population
from bangfu.engine.tables import Tables
from bangfu.records import access, county, guard, ledger, names, since
from bangfu.records.access import Policy
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import Head
from bangfu.records.ledger_queries import history
from bangfu.records.mirror import current, few
from bangfu.records.mirror.current import tables_for

T = TypeVar("T")

# A county's tables weigh some tens of megabytes, its results mostly far less.
_tables = Cache(4)
_results = Cache(64)
# What pages make of them: a county page weighs some hundred kilobytes, and crowds no result out.
_pages = Cache(128)
# Those of readers of a few subjects are small, and many ask: some ten results each, two pages.
_few = Cache(16384)
_few_pages = Cache(4096)


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

    rulebook = handbook()
    kinds = reads.owed(rulebook, rules)

    def compute() -> Owed:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return duties.owed(
            rulebook, found, as_of=as_of, within=within, rules=rules, persons=persons
        )

    call = ("owed", within, _frozen(persons), _frozen(rules))
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds)


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
    policy: Policy,
    coverage_id: str,
    *,
    as_of: date,
    known_at: int | None = None,
    by: str = "",
    of: int = 0,
) -> list[Reach]:
    """How far a coverage reaches: the whole, or by the groups of a breakdown; or one of the
    things that it tells of, such as one notice: `of` is the number of the fact that stands.
    """

    kinds = reads.reached(handbook(), coverage_id)

    def compute() -> list[Reach]:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return coverages.reach(handbook(), found, coverage_id, as_of=as_of, by=by, of=of)

    call = ("reach", coverage_id, by, of)
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds))


def kinds_reached(coverage_id: str) -> frozenset[str] | None:
    """The kinds of facts that a coverage is read from; None where it may be any."""
    return reads.reached(handbook(), coverage_id)


def reaching(
    policy: Policy, coverage_id: str, *, as_of: date, known_at: int | None = None, of: int = 0
) -> Mapping[int, int]:
    """The last fact that reached each of a coverage's population."""

    kinds = reads.reached(handbook(), coverage_id)

    def compute() -> dict[int, int]:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return coverages.reaching(handbook(), found, coverage_id, as_of=as_of, of=of)

    call = ("reaching", coverage_id, of)
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds)


def to_come(
    policy: Policy, coverage_id: str, *, as_of: date, known_at: int | None = None
) -> list[int]:
    """The announcements of a coverage whose day has not passed, soonest first."""

    kinds = reads.reached(handbook(), coverage_id)

    def compute() -> list[int]:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return announced.to_come(handbook(), found, coverage_id, as_of=as_of)

    call = ("to_come", coverage_id)
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds))


def next_for(
    policy: Policy, coverage_id: str, *, as_of: date, known_at: int | None = None
) -> Mapping[int, int]:
    """The next announcement for each whom a coverage has not reached, where there is one."""

    kinds = reads.reached(handbook(), coverage_id)

    def compute() -> dict[int, int]:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return announced.next_for(handbook(), found, coverage_id, as_of=as_of)

    call = ("next_for", coverage_id)
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds)


def values_of(
    policy: Policy, status: str, *, as_of: date, known_at: int | None = None
) -> Mapping[int, str]:
    """The value of a status on a day, of each subject that the reader sees and that has one."""

    def compute() -> dict[int, str]:
        found = tables(policy, as_of=as_of, known_at=known_at)
        kind = handbook().statuses[status]
        people = population(handbook(), found, kind.subject, as_of=as_of)
        values = zip(people.ids.tolist(), people.status(status), strict=True)
        return {number: str(value) for number, value in values if value is not None}

    call = ("values", status)
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at)


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


def cases(
    policy: Policy,
    *,
    as_of: date,
    known_at: int | None = None,
    procedures: Collection[str] | None = None,
) -> list[Case]:
    """The cases about what the reader sees, of all procedures or those named."""
    rulebook = handbook()
    kinds = reads.cases(rulebook, procedures)
    if not kinds:
        return []

    def compute() -> list[Case]:
        found = tables(policy, as_of=as_of, known_at=known_at, kinds=kinds)
        return runs.cases(rulebook, found, as_of=as_of, procedures=procedures)

    call = ("cases", _frozen(procedures))
    return list(_kept(_results, policy, call, compute, as_of=as_of, known_at=known_at, kinds=kinds))


def case_of(policy: Policy, uid: str, *, as_of: date, known_at: int | None = None) -> Case | None:
    """The case that was opened by the fact of that uid, or by what that fact corrected or was
    corrected by; None where the reader sees no such case.
    """
    chain = history(policy, uid, known_at=known_at)
    opening = next((fact for fact in chain if fact.standing), None)
    rules = handbook().procedures.values()
    named = {rule.id for rule in rules if opening and rule.opens == opening.kind}
    if opening is None or not named:
        return None
    found = cases(policy, as_of=as_of, known_at=known_at, procedures=named)
    return next((case for case in found if case.case == opening.sequence), None)


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


def result_of(
    policy: Policy, call: Hashable, compute: Callable[[], T], *, as_of: date, known_at: int | None
) -> T:
    """What the engine makes of a reader's tables, kept by all that it depends on."""
    return _kept(_results, policy, call, compute, as_of=as_of, known_at=known_at)


def kept(
    policy: Policy,
    call: Hashable,
    compute: Callable[[], T],
    *,
    as_of: date,
    kinds: Collection[str] | None = None,
) -> T:
    """What a page makes of a reader's numbers, names and posts as they stand on a day, kept until
    something concerns him; `call` is all else that it depends on, the language included. With
    `kinds` it is made of the registry and of facts of these kinds alone.
    """
    asked = ("kept", policy.person, policy.roles, call)
    return _kept(
        _pages, policy, asked, compute, as_of=as_of, known_at=None, kinds=kinds, lifted=False
    )


def forget() -> None:
    """Let go of all results and tables that this process keeps."""
    _tables.clear()
    _results.clear()
    _few.clear()
    _few_pages.clear()
    _pages.clear()
    few.forget()
    names.forget()
    access.forget()
    county.forget()
    since.forget()


def _kept(
    cache: Cache,
    policy: Policy,
    call: Hashable,
    compute: Callable[[], T],
    *,
    as_of: date,
    known_at: int | None,
    kinds: Collection[str] | None = None,
    lifted: bool = True,
) -> T:
    """A result from the cache, or computed and kept there; `lifted` for the engine's input."""
    head, rulebook = _stands_since(policy, kinds), handbook()
    key = Key(
        sequence=head.sequence,
        handbook=f"{rulebook.digest} {id(rulebook)}",
        as_of=as_of,
        known_at=known_at,
        scope=(policy.scope, head.hash),
        call=call,
    )
    chosen = cache
    if policy.scope.small:
        chosen = _few_pages if cache is _pages else _few
    if not lifted:
        return chosen.get(key, compute)
    with guard.lifted(policy):
        return chosen.get(key, compute)


def _stands_since(policy: Policy, kinds: Collection[str] | None = None) -> Head:
    """The ledger's end, or for a reader of single subjects the end when last something concerned
    him, of these kinds if they are named: until then his results stand.
    """
    if not policy.scope.small:
        return ledger.seen_head()
    key = ("numbers", policy.scope, _frozen(kinds))
    with guard.lifted(policy):
        return since.base_of(key, lambda: current.concerned(policy.scope), kinds=kinds)


def _frozen(items: Collection[int] | Collection[str] | None) -> Hashable:
    return None if items is None else frozenset(items)
