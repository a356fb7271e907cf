"""一户一档: all that the ledger has about one household and its members, for who may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bangfu.core.facts import Fact as CoreFact
from bangfu.core.industry import OF_HOUSEHOLDS, OF_PERSONS
from bangfu.core.results import Case
from bangfu.core.roster import (
    EMPLOYMENT,
    HOUSEHOLD_PROFILE,
    INCOME_ACCOUNT,
    MEASURE,
    MEMBER_PROFILE,
)
from bangfu.records import reading
from bangfu.records.access import Policy, held_on
from bangfu.records.desk_queries import Card, Tie, card
from bangfu.records.handbooks import handbook
from bangfu.records.models import Fact, Person, Status
from bangfu.records.numbers import case_of

MOST_VISITS = 12
MOST_KEPT = 60
_OWN = (HOUSEHOLD_PROFILE, INCOME_ACCOUNT, MEASURE)


@dataclass(frozen=True, slots=True)
class Member:
    """Who belongs, or belonged, to a household, with the newest profile and jobs noted of him.

    `statuses` are those of the day, with their values.
    """

    tie: Tie
    sex: str
    birth: date | None
    profile: CoreFact | None
    jobs: tuple[CoreFact, ...]
    statuses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """The file of one household (一户一档); facts are those that stand, the newest first.

    `work` is how it and its members of the day gain by projects, jobs, loans and classes, with
    what only this file shows. `facts` are those of all other kinds, a step of a case and the
    registry's own left out; `more` is how many further ones there are.
    """

    card: Card
    members: tuple[Member, ...]
    former: tuple[Member, ...]
    profile: CoreFact | None
    incomes: tuple[CoreFact, ...]
    measures: tuple[CoreFact, ...]
    facts: tuple[CoreFact, ...]
    more: int
    work: tuple[CoreFact, ...]
    cases: tuple[tuple[str, Case], ...]


def household_file(policy: Policy, uid: str) -> HouseholdFile | None:
    """The file of the household of that uid; None where it lies outside the reader's scope."""
    found = card(policy, uid)
    if found is None or found.named.type != "household" or found.founding is None:
        return None
    number = found.named.id
    own = _standing(policy, Q(subject=number, kind__in=_OWN))
    rest, more = _rest(policy, number)
    members = _members(policy, found.members)
    return HouseholdFile(
        card=found,
        members=tuple(one for one in members if one.tie.holds(policy.as_of)),
        former=tuple(one for one in members if not one.tie.holds(policy.as_of)),
        profile=_newest(own, HOUSEHOLD_PROFILE),
        incomes=tuple(one for one in own if one.kind == INCOME_ACCOUNT),
        measures=tuple(one for one in own if one.kind == MEASURE),
        facts=tuple(rest),
        more=more,
        work=tuple(_work(policy, number, members)),
        cases=_cases(policy, number),
    )


def _standing(policy: Policy, condition: Q, *, own_file: bool = False) -> list[CoreFact]:
    """The facts that meet a condition and stand, the newest day first; of each kind the newest of
    each subject.
    """
    condition &= Q(amended_by__isnull=True)
    found = reading.select(policy, condition, own_file=own_file)
    known = [one for one in found if one.standing and one.occurred_on <= policy.as_of]
    known.sort(key=lambda one: (one.occurred_on, one.sequence), reverse=True)
    counts: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in known:
        counts[one.kind, one.subject] += 1
        if counts[one.kind, one.subject] <= MOST_KEPT:
            kept.append(one)
    return kept


def _newest(facts: Iterable[CoreFact], kind: str) -> CoreFact | None:
    return next((one for one in facts if one.kind == kind), None)


def _work(policy: Policy, number: int, members: Sequence[Member]) -> list[CoreFact]:
    """What is noted of work and income of the household and of who belongs to it today."""
    people = [one.tie.person.id for one in members if one.tie.holds(policy.as_of)]
    mine = Q(subject=number, kind__in=OF_HOUSEHOLDS) | Q(subject__in=people, kind__in=OF_PERSONS)
    return _standing(policy, mine, own_file=True)


def _members(policy: Policy, ties: Sequence[Tie]) -> list[Member]:
    numbers = {tie.person.id for tie in ties}
    people = {
        row[0]: row[1:]
        for row in Person.objects.filter(subject__in=numbers).values_list("subject", "sex", "birth")
    }
    noted = _standing(policy, Q(subject__in=numbers, kind__in=(MEMBER_PROFILE, EMPLOYMENT)))
    tags: dict[int, list[tuple[str, str]]] = {}
    rows = Status.objects.filter(held_on(policy.as_of), subject__in=numbers)
    for number, name, value in rows.values_list("subject", "status", "value"):
        tags.setdefault(number, []).append((name, value))
    found = []
    for tie in ties:
        mine = [one for one in noted if one.subject == tie.person.uid]
        sex, birth = people.get(tie.person.id, ("", None))
        jobs = tuple(one for one in mine if one.kind == EMPLOYMENT)
        held = tuple(tags.get(tie.person.id, ()))
        found.append(Member(tie, sex, birth, _newest(mine, MEMBER_PROFILE), jobs, held))
    return found


def _rest(policy: Policy, number: int) -> tuple[list[CoreFact], int]:
    """The newest facts of the other kinds: visits, contacts, checks."""
    rules = handbook().procedures.values()
    steps = {kind for rule in rules for kind in rule.kinds()}
    kinds = {
        kind.id
        for kind in handbook().kinds.values()
        if kind.subject == "household" and not kind.registry
    }
    kinds -= {*_OWN, *OF_HOUSEHOLDS, *steps}
    rows = Fact.objects.filter(
        subject=number, kind__in=kinds, amended_by__isnull=True,
        occurred_on__lte=policy.as_of.isoformat(),
    ).order_by("-occurred_on", "-sequence")  # fmt: skip
    newest = list(rows.values_list("sequence", flat=True)[:MOST_VISITS])
    return reading.by_sequence(policy, newest), max(rows.count() - len(newest), 0)


def _cases(policy: Policy, number: int) -> tuple[tuple[str, Case], ...]:
    """The cases about a household with the uid of what opened each, the latest first."""
    opens = {rule.opens for rule in handbook().procedures.values() if rule.subject == "household"}
    rows = Fact.objects.filter(subject=number, kind__in=opens, amended_by__isnull=True)
    found = []
    for uid in rows.order_by("-occurred_on", "-sequence").values_list("uid", flat=True):
        case = case_of(policy, uid, as_of=policy.as_of)
        if case is not None:
            found.append((uid, case))
    return tuple(found)
