"""What a sheet's rows are about, for readers who bring one: subjects found, values as they stand.

Identifiers are compared, never shown: whoever asks gets them to tell "the same" from "another",
and the pages mask them. Foreign and absent answer alike, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from bangfu.core.facts import Value
from bangfu.core.registry import FOUNDING, PLACE_LEVELS
from bangfu.core.rules import FactKind
from bangfu.records import guard, ledger
from bangfu.records.access import Policy, held_on, policy_for, within
from bangfu.records.handbooks import handbook
from bangfu.records.ledger import MORE
from bangfu.records.models import (
    Account,
    Assignment,
    Fact,
    Household,
    Membership,
    Participant,
    Person,
    PlaceAlias,
    PlaceName,
    Status,
    Subject,
)
from bangfu.records.names import nameable
from bangfu.records.reading import COLUMNS, Opener, Raw, participants
from bangfu.records.sealing import vault

_SOME = 900
_DETAILS = ("person", "household")
_DATED = ("registry.assignment", "registry.membership")


@dataclass(frozen=True, slots=True)
class Known:
    """A subject of the registry as a sheet's row may mean it."""

    id: int
    uid: str
    type: str
    name: str
    village: int
    township: int
    birth: date | None = None
    number: str = ""
    path: str = ""


class Standing(NamedTuple):
    """A fact that counts, with its values unmasked; `more`: its further subjects."""

    uid: str
    kind: str
    day: date
    subject: str
    performer: str
    values: dict[str, Value]
    participants: tuple[tuple[str, str], ...]
    more: tuple[str, ...] = ()
    minute: int | None = None


@dataclass(slots=True)
class Ties:
    """What holds of some subjects on a day: homes of persons, posts, statuses; by number.

    `homes` person → (household, relation, uid of the fact, its day); `posts` (person, role,
    subject); `statuses` (subject, status) → value.
    """

    homes: dict[int, tuple[int, str, str, date]] = field(default_factory=dict)
    posts: set[tuple[int, str, int]] = field(default_factory=set)
    statuses: dict[tuple[int, str], str] = field(default_factory=dict)


class PlaceNamed(NamedTuple):
    """A place under one of its names or codes."""

    word: str
    place: Known


def places(policy: Policy) -> list[PlaceNamed]:
    """All places that the reader may name, once for each name, alias and code that they have."""
    with guard.lifted(policy):
        rows = Subject.objects.filter(nameable(policy), type__in=PLACE_LEVELS, voided_seq=None)
        known = {row.id: _known(row) for row in rows}
        found = [PlaceNamed(one.name, one) for one in known.values()]
        for model, column in ((PlaceName, "name"), (PlaceName, "code"), (PlaceAlias, "name")):
            lines = model._default_manager.filter(retired_seq=None)
            for subject, word in lines.values_list("subject", column):
                if subject in known and word:
                    found.append(PlaceNamed(word, known[subject]))
        return list(dict.fromkeys(found))


def types(policy: Policy) -> frozenset[str]:
    """The types of which anything is registered, whoever may see it."""
    with guard.lifted(policy):
        return frozenset(Subject.objects.values_list("type", flat=True).distinct())


def person_names(policy: Policy) -> frozenset[str]:
    """All names that persons in the reader's scope bear."""
    with guard.lifted(policy):
        rows = Subject.objects.filter(within(policy.scope), type="person", voided_seq=None)
        return frozenset(rows.values_list("name", flat=True).distinct().iterator())


def households(
    policy: Policy, numbers: Iterable[str], *, before: int | None = None
) -> dict[str, list[Known]]:
    """The households of these numbers, by number; `before` as in `called`."""
    found: dict[str, list[Known]] = {}
    reach = within(policy.scope) & _until(before)
    for row in _subjects(policy, reach, "household__number__in", numbers, joined=("household",)):
        found.setdefault(row.household.number, []).append(_known(row))
    return found


def persons(
    policy: Policy, id_numbers: Iterable[str], *, before: int | None = None
) -> dict[str, list[Known]]:
    """The persons of these id numbers, by id number: found through its keyed digest; `before` as
    in `called`.
    """
    with guard.lifted(policy):
        box = vault()
    digests = {box.lookup(number): number for number in id_numbers}
    found: dict[str, list[Known]] = {}
    reach = within(policy.scope) & _until(before)
    for row in _subjects(policy, reach, "person__id_digest__in", digests, joined=("person",)):
        found.setdefault(digests[row.person.id_digest], []).append(_known(row))
    return found


def called(
    policy: Policy, kind: str, words: Iterable[str], *, before: int | None = None
) -> dict[str, list[Known]]:
    """The subjects of a type that bear these very names, by name; with `before`, of those only
    that the ledger had up to that sequence.
    """
    found: dict[str, list[Known]] = {}
    detailed = kind in ("person", "household")
    reach = within(policy.scope) if detailed else nameable(policy)
    joined = (kind,) if detailed else ()
    reach &= Q(type=kind) & _until(before)
    for row in _subjects(policy, reach, "name__in", words, joined=joined):
        found.setdefault(row.name, []).append(_known(row))
    return found


def born(
    policy: Policy, words: Iterable[str], births: Iterable[date], *, before: int | None = None
) -> dict[str, list[Known]]:
    """The persons of these names who were born on one of these days, by name; `before` as in
    `called`.
    """
    found: dict[str, list[Known]] = {}
    asked = list(words)
    for part in ledger.portions(dict.fromkeys(births), _SOME):
        reach = within(policy.scope) & Q(type="person", person__birth__in=part) & _until(before)
        for row in _subjects(policy, reach, "name__in", asked, joined=("person",)):
            found.setdefault(row.name, []).append(_known(row))
    return found


def of_uids(policy: Policy, uids: Iterable[str]) -> dict[str, Known]:
    """The subjects of these uids that lie in scope."""
    found = _subjects(policy, within(policy.scope), "uid__in", uids, joined=_DETAILS)
    return {row.uid: _known(row) for row in found}


def of_ids(policy: Policy, numbers: Iterable[int]) -> dict[int, Known]:
    """The subjects of these numbers that lie in scope."""
    found = _subjects(policy, within(policy.scope), "id__in", numbers, joined=_DETAILS)
    return {row.id: _known(row) for row in found}


def names_of_uids(policy: Policy, uids: Iterable[str]) -> dict[str, Known]:
    """The subjects of these uids that the reader may name."""
    return {row.uid: _known(row) for row in _subjects(policy, nameable(policy), "uid__in", uids)}


def _until(before: int | None) -> Q:
    return Q() if before is None else Q(id__lte=before)


def _subjects(
    policy: Policy, reach: Q, asked: str, values: Iterable[object], *, joined: Sequence[str] = ()
) -> list[Subject]:
    """The subjects within `reach` of which the column `asked` is one of the values, with the rows
    that are `joined`.
    """
    found: list[Subject] = []
    with guard.lifted(policy):
        for some in ledger.portions(dict.fromkeys(values), _SOME):
            rows = Subject.objects.filter(reach, voided_seq=None, **{asked: some})
            found += rows.select_related(*joined) if joined else rows
    return found


def founding_kind(subject: str) -> FactKind:
    """The kind that registers subjects of a type."""
    name = next(kind for kind, types in FOUNDING.items() if subject in types)
    return handbook().kinds[name]


def recorder_called(username: str, *, as_of: date) -> Policy:
    """The policy of an account, for a command run on the machine in its name; nobody's if none."""
    with guard.lifted():
        account = Account.objects.filter(username=username).first()
    return policy_for(account, as_of=as_of)


def registrars(*, as_of: date) -> list[str]:
    """The names of the accounts that register households all over the county."""
    kind = founding_kind("household")
    roles = {rule.role for rule in kind.recorders if rule.scope == "county"}
    with guard.lifted():
        names = Account.objects.filter(is_active=True).exclude(person=None)
        held = Assignment.objects.filter(held_on(as_of), role__in=roles)
        found = names.filter(person__in=held.values("person")).order_by("username")
        return list(found.values_list("username", flat=True))


def _known(row: Subject) -> Known:
    cached = row._state.fields_cache
    person: Person | None = cached.get("person")
    household: Household | None = cached.get("household")
    return Known(
        row.id, row.uid, row.type, row.name, row.village, row.township,
        person.birth if person else None, household.number if household else "", row.path,
    )  # fmt: skip


def standing(policy: Policy, kind: FactKind, subjects: Sequence[int]) -> dict[int, list[Standing]]:
    """The facts of a kind that count about these subjects, in the order of their days."""
    found: dict[int, list[Standing]] = {}
    if not subjects:
        return found
    with guard.lifted(policy):
        opener = Opener(policy)
        for some in ledger.portions(subjects, _SOME):
            for numbers, line in _standing(policy, kind, some, opener):
                for number in numbers:
                    found.setdefault(number, []).append(line)
    return found


def _standing(
    policy: Policy, kind: FactKind, some: Sequence[int], opener: Opener
) -> Iterator[tuple[list[int], Standing]]:
    """The same for few of them: each fact once, with those of them that it is about."""
    condition = Q(kind=kind.id, subject__in=some, amended_by=None)
    if kind.id in FOUNDING:
        condition = Q(sequence__in=Subject.objects.filter(id__in=some).values("fact"))
    elif kind.many_subjects:
        further = _further(kind).filter(participant__in=some).values("fact")
        condition |= Q(sequence__in=further)
    rows = Fact.objects.filter(condition).order_by("occurred_on", "sequence")
    raws = [Raw(*row) for row in rows.values_list(*COLUMNS)]
    named = bool(kind.participants) or kind.many_subjects
    parts = participants([raw.sequence for raw in raws]) if named else {}
    wanted = frozenset(some)
    about = {
        raw.sequence: [
            number
            for number, path in [(raw.subject, raw.subject_path)] + [
                (part.number, part.path)
                for part in parts.get(raw.sequence, ()) if part.role == MORE
            ]
            if number in wanted and policy.scope.covers(number, path)
        ]
        for raw in raws
    }  # fmt: skip
    raws = [raw for raw in raws if about[raw.sequence]]
    opener.learn(raws)
    for raw in raws:
        values, _erased = opener.open(raw, masked=False)
        those = [(part.role, part.uid) for part in parts.get(raw.sequence, ())]
        yield about[raw.sequence], Standing(
            raw.uid, raw.kind, date.fromisoformat(raw.occurred_on), raw.subject_uid,
            raw.performer_uid or "", values,
            tuple(one for one in those if one[0] != MORE),
            tuple(uid for role, uid in those if role == MORE), raw.minute,
        )  # fmt: skip


def _further(kind: FactKind) -> QuerySet[Participant]:
    """The further subjects of the facts of a kind that count."""
    return Participant.objects.filter(role=MORE, fact__kind=kind.id, fact__amended_by=None)


def all_standing(policy: Policy, kind: FactKind) -> Iterable[tuple[Known, Standing]]:
    """Every fact of a kind that counts, with each of its subjects in the reader's scope; of a
    kind of which the newest holds, the newest of each subject; of posts and homes those that last.
    """
    with guard.lifted(policy):
        facts = Fact.objects.filter(kind=kind.id, amended_by=None)
        for model in (Assignment, Membership):
            if kind.id == f"registry.{model._meta.model_name}":
                now = Q(end=None) | Q(end__gt=policy.as_of)
                last = model._default_manager.filter(now, retired_seq=None)
                facts = facts.filter(sequence__in=last.values_list("fact", flat=True))
        live = set(facts.values_list("uid", flat=True)) if kind.id in _DATED else None
        about = Q(id__in=facts.values("subject"))
        if kind.many_subjects:
            about |= Q(id__in=_further(kind).values("participant"))
        rows = Subject.objects.filter(about, within(policy.scope)).order_by("path", "id")
        numbers = list(rows.values_list("id", flat=True))
    for some in ledger.portions(numbers, _SOME):
        facts_of = standing(policy, kind, some)
        with guard.lifted(policy):
            rows = Subject.objects.filter(id__in=some, voided_seq=None)
            known = {row.id: _known(row) for row in rows.select_related("person", "household")}
        for number in some:
            lines = facts_of.get(number, []) if number in known else []
            for line in lines[-1:] if kind.latest else lines:
                if live is None or line.uid in live:
                    yield known[number], line


def ties(policy: Policy, subjects: Sequence[int], *, day: date) -> Ties:
    """Homes, posts and statuses of these subjects on a day."""
    found = Ties()
    with guard.lifted(policy):
        for some in ledger.portions(subjects, _SOME):
            now = Q(end=None) | Q(end__gt=day)
            homes = Membership.objects.filter(now, person__in=some, retired_seq=None)
            lines = list(homes.values_list("person", "subject", "relation", "fact", "start"))
            facts = dict(
                Fact.objects.filter(sequence__in=[line[3] for line in lines]).values_list(
                    "sequence", "uid"
                )
            )
            for person, home, relation, fact, start in lines:
                found.homes[person] = (home, relation, facts[fact], start)
            posts = Assignment.objects.filter(now, person__in=some, retired_seq=None)
            found.posts.update(posts.values_list("person", "role", "subject"))
            lines_of = Status.objects.filter(
                now, subject__in=some, retired_seq=None, start__lte=day
            )
            for subject, status, value in lines_of.values_list("subject", "status", "value"):
                found.statuses[subject, status] = value
    return found


def kinds_for(policy: Policy) -> list[FactKind]:
    """The kinds that the reader's posts may record at all, registry kinds included."""
    roles = {post.role for post in policy.roles}
    return [
        kind
        for kind in handbook().kinds.values()
        if policy.founder or any(rule.role in roles for rule in kind.recorders)
    ]
