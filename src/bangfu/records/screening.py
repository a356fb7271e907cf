"""Doubts for a reader: of all that he sees, of one household at once, and how many there were."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from bangfu.core.periods import period_of
from bangfu.core.results import Doubt, FormulaValue, Screening
from bangfu.engine import checks, formulas
from bangfu.engine.cache import Cache
from bangfu.records import guard
from bangfu.records.access import Policy, Scope, held_on, within
from bangfu.records.county import known_at as known_at_of
from bangfu.records.handbooks import handbook
from bangfu.records.mirror.current import tables_for
from bangfu.records.models import Membership, Subject
from bangfu.records.numbers import result_of, tables

MOST_POINTS = 6  # in the course of a month: each asks all checks of all that is in scope
_WEEK = 7
_past = Cache(64)


def screening(policy: Policy, *, as_of: date, known_at: int | None = None) -> Screening:
    """What all checks find among what the reader sees."""

    def compute() -> Screening:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return checks.doubts(handbook(), found, as_of=as_of, few=policy.scope.small)

    return result_of(policy, ("screening",), compute, as_of=as_of, known_at=known_at)


def doubts_about(
    policy: Policy, subjects: Iterable[int], *, as_of: date, kinds: Collection[str] | None = None,
    known_at: int | None = None,
) -> Screening:  # fmt: skip
    """What the checks find about these households and persons, their households and members.

    Read by index, so that whoever enters something learns it at once; `kinds` asks only checks
    that read these. What only shows beside other households the county's run finds. Of what the
    reader does not see nothing is said.
    """
    rules = handbook()
    if not rules.checks or (kinds and not checks.any_reads(rules, kinds, as_of=as_of)):
        return Screening()
    touched = touched_by(policy, subjects, as_of, known_at)
    if not touched:
        return Screening()
    with guard.lifted(policy):
        found = tables_for(Scope(subjects=touched), as_of=as_of, known_at=known_at, kinds=None)
        return checks.doubts(rules, found, as_of=as_of, kinds=kinds, few=True)


def touched_by(
    policy: Policy, subjects: Iterable[int], day: date, known_at: int | None = None
) -> frozenset[int]:
    """The households concerned with their members, as far as the reader sees them."""
    subjects = frozenset(subjects)
    now = held_on(day, known_at)
    homes = set(subjects)
    homes.update(
        Membership.objects.filter(now, person__in=subjects).values_list("subject", flat=True)
    )
    members = Membership.objects.filter(now, subject__in=homes).values_list("person", flat=True)
    every = homes | set(members)
    seen = Subject.objects.filter(within(policy.scope), id__in=every, voided_seq=None)
    return frozenset(seen.values_list("id", flat=True))


def formula_values(
    policy: Policy, subject: int, *, as_of: date, known_at: int | None = None
) -> list[FormulaValue]:
    """What each formula gives for one household, as far as the reader sees its facts."""
    rules = handbook()
    if not any(formula.subject == "household" for formula in rules.formulas.values()):
        return []
    touched = touched_by(policy, (subject,), as_of, known_at)
    if subject not in touched:
        return []
    with guard.lifted(policy):
        found = tables_for(Scope(subjects=touched), as_of=as_of, known_at=known_at, kinds=None)
        return [
            value
            for formula in rules.formulas.values()
            if formula.subject == "household"
            for value in formulas.worth(rules, found, formula.id, as_of=as_of, subjects=(subject,))
        ]


def proposals(policy: Policy, *, as_of: date, known_at: int | None = None) -> list[FormulaValue]:
    """The households whose number lies beyond its line, among those that the reader sees."""

    def compute() -> list[FormulaValue]:
        found = tables(policy, as_of=as_of, known_at=known_at)
        return formulas.beyond_line(handbook(), found, as_of=as_of)

    return result_of(policy, ("proposals",), compute, as_of=as_of, known_at=known_at)


def course(policy: Policy, *, as_of: date) -> list[tuple[date, int]]:
    """How many doubts there were on days of the month, as each day knew: open ones, by week."""
    return [(day, count(policy, day, as_of=as_of)) for day in days_of_month(as_of)]


def days_of_month(as_of: date) -> list[date]:
    """The first of the month, then every seventh day, and the day itself."""
    first = period_of(as_of, "month").start
    span = (as_of - first).days
    days = [first + timedelta(days=number) for number in range(0, span, _WEEK)]
    return [*days[: MOST_POINTS - 1], as_of]


def count(policy: Policy, day: date, *, as_of: date) -> int:
    """How many open doubts a day had; what the past knew does not change, so it is kept."""
    if day == as_of:
        return len(open_ones(screening(policy, as_of=day).doubts))
    upto = known_at_of(day)
    key = (f"{handbook().digest} {id(handbook())}", policy.scope, day, upto)

    def compute() -> int:
        asked = replace(policy, as_of=day)
        return len(open_ones(screening(asked, as_of=day, known_at=upto).doubts))

    return _past.get(key, compute)


def open_ones(found: Iterable[Doubt]) -> list[Doubt]:
    """The doubts that nobody is exempted from."""
    return [doubt for doubt in found if not doubt.exempt]


def forget() -> None:
    """Let go of the counts of days past."""
    _past.clear()
