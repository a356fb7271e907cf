"""Which facts a reader may see: the one rule for pages, the database's wall and the numbers.

A fact opens in full where a subject of it lies in scope, the reader did or wrote it, or its kind
is public. It opens as a foreign one, in what a number needs and no more, where somebody in scope
took part in it, or where it counts for somebody who answers for something in scope (`needs`). What
amends a fact that opens opens with it. What lay in scope as known then opens to who asks as known
then.

The rule is said three times over the same `needs`: here row by row, in `guard/tables.py` as SQL,
in `mirror/tables.py` over columns; tests/records/test_visible.py holds them together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from bangfu.core.rules import FactKind, Handbook
from bangfu.records.models import Assignment, SubjectPast

# The parts of a fact that are no participant's role.
PERFORMER, SUBJECT = "@performer", "@subject"
# Stands with the kinds that are public: they open in full to whoever has signed in.
EVERYBODY = "@everybody"

# Stands for the uid of whoever may not be seen: nobody is called so.
HIDDEN = ""

STATUS = "registry.status"

# Handbooks whose needs are kept: the county's, and a few that are compared with it.
MOST_KEPT = 8


class Covering(Protocol):
    """How far somebody sees; `access.Scope` is one."""

    def covers(self, subject: int, path: str) -> bool:
        """Whether the subject of that number and place path lies inside."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What numbers need of facts elsewhere, by one handbook.

    `pairs` are kinds and parts: a fact of the kind counts for whoever stands in the part,
    wherever it was; `parts` the same by kind, `fields` the fields that a number reads of it.
    Leave excuses its performer, a class attended counts for the post of whoever sat in it, and
    a person's statuses say whether he may hold his post. What is public is so for everybody.
    """

    pairs: frozenset[tuple[str, str]]
    parts: Mapping[str, frozenset[str]]
    fields: Mapping[str, frozenset[str]]


def needs(handbook: Handbook) -> Needs:
    """What numbers need elsewhere; every request asks, so it is kept as long as the handbook."""
    with _turn:
        kept = _kept.get(handbook.digest)
        # A test may change a rule and leave the files, and so the digest, as they are.
        if kept is None or kept[0] is not handbook:
            kept = _kept[handbook.digest] = (handbook, _needs(handbook))
            while len(_kept) > MOST_KEPT:
                del _kept[next(iter(_kept))]
        return kept[1]


_kept: dict[str, tuple[Handbook, Needs]] = {}
_turn = threading.Lock()


def _needs(handbook: Handbook) -> Needs:
    pairs = {(STATUS, SUBJECT)}
    pairs.update((kind.id, EVERYBODY) for kind in handbook.kinds.values() if kind.public)
    for duty in handbook.duties.values():
        pairs.update((kind, PERFORMER) for term in duty.terms for kind in term.excused_by)
        pairs.update((kind, duty.via) for kind in duty.facts if duty.via)
    parts: dict[str, frozenset[str]] = {}
    for kind, part in pairs:
        parts[kind] = parts.get(kind, frozenset()) | {part}
    fields = {kind.id: _fields(handbook, kind, pairs) for kind in handbook.kinds.values()}
    fields[STATUS] = frozenset({"status", "value"})
    return Needs(frozenset(pairs), parts, fields)


def _fields(handbook: Handbook, kind: FactKind, pairs: Set[tuple[str, str]]) -> frozenset[str]:
    """The fields of a foreign fact that numbers read: days of leave, hours of a class; and what
    a class is called, by which one tells it from another.
    """
    duties = [duty for duty in handbook.duties.values() if duty.via and kind.id in duty.facts]
    found = {term.field for duty in duties for term in duty.terms}
    found.update(("title",) if duties else ())
    found.update(fig.field for fig in handbook.figures.values() if fig.of == f"facts:{kind.id}")
    if kind.span and (kind.id, PERFORMER) in pairs:
        found.update(kind.span)
    return frozenset(field.id for field in kind.fields if field.id in found and not field.personal)


class Party(Protocol):
    """A participant of a fact: in which role, whom, where he lies."""

    @property
    def role(self) -> str:
        """The role; "subject" for the further subjects of a sheet."""

    @property
    def number(self) -> int:
        """The participant."""

    @property
    def path(self) -> str:
        """His place path as it is now."""


class Then:
    """The scope of a reader as it is now and, where he asks so, as it was known at `known_at`."""

    def __init__(self, scope: Covering, known_at: int | None) -> None:
        self._scope = scope
        self._known_at = known_at
        self._paths: dict[int, str] = {}
        self._answer: dict[int, bool] = {}

    def learn(self, subjects: Iterable[int]) -> None:
        """Load where these subjects were said to lie then, if elsewhere."""
        if self._known_at is not None:
            self._paths.update(
                SubjectPast.objects.filter(
                    subject__in=set(subjects),
                    recorded_seq__lte=self._known_at,
                    retired_seq__gt=self._known_at,
                ).values_list("subject", "path")
            )

    def covers(self, subject: int, path: str) -> bool:
        """Whether it lies in the scope now, or did then."""
        past = self._paths.get(subject)
        return self._scope.covers(subject, path) or (
            past is not None and self._scope.covers(subject, past)
        )

    def learn_answering(self, persons: Iterable[int]) -> None:
        """Find out which of these hold or held a post for something in scope."""
        asked = set(persons) - self._answer.keys()
        self._answer.update(dict.fromkeys(asked, False))
        known = Q(retired_seq=None)
        if self._known_at is not None:
            known |= Q(recorded_seq__lte=self._known_at, retired_seq__gt=self._known_at)
        posts = list(
            Assignment.objects.filter(known, person__in=asked).values_list(
                "person", "subject", "subject__path"
            )
        )
        self.learn(subject for _, subject, _ in posts)
        for person, subject, path in posts:
            self._answer[person] = self._answer[person] or self.covers(subject, path)

    def answers(self, person: int | None) -> bool:
        """Whether a person does; asked after he was learned."""
        return person is not None and self._answer.get(person, False)


def parts_of(
    fact: tuple[str, int, int | None],
    parties: Iterable[Party],
    *,
    wanted: Mapping[str, frozenset[str]],
) -> set[int]:
    """Those for whom a fact (kind, subject, performer) may count: its needed parts are theirs."""
    kind, subject, performer = fact
    parts = wanted.get(kind, frozenset())
    found = {party.number for party in parties if party.role in parts}
    if SUBJECT in parts:
        found.add(subject)
    if PERFORMER in parts and performer is not None:
        found.add(performer)
    return found
