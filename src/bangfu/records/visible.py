"""Which facts a reader may see: the one rule for pages, the database's wall and the numbers.

A fact opens in full where a subject of it lies in scope, the reader did or wrote it, or its kind
is public. It opens
as a foreign one, in what a number needs and no more, where somebody in scope took part in it, or
where it counts for somebody who answers for something in scope (`needed`). What amends a fact
that opens opens with it. What lay in scope as known then opens to who asks as known then.

The rule is said three times over the same `needed`: here row by row, in `guard/tables.py` as SQL,
in `mirror/tables.py` over columns; tests/records/test_visible.py holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.db.models import Q

from bangfu.core.rules import Handbook
from bangfu.records.models import Assignment, SubjectPast

# The parts of a fact that are no participant's role.
PERFORMER, SUBJECT = "@performer", "@subject"
# Stands with the kinds that are public: they open in full to whoever has signed in.
EVERYBODY = "@everybody"

# Stands for the uid of whoever may not be seen: nobody is called so.
HIDDEN = ""

STATUS = "registry.status"


class Covering(Protocol):
    """How far somebody sees; `access.Scope` is one."""

    def covers(self, subject: int, path: str) -> bool:
        """Whether the subject of that number and place path lies inside."""


def needed(handbook: Handbook) -> frozenset[tuple[str, str]]:
    """Kinds and parts: a fact of the kind counts for whoever stands in the part, wherever it was.

    Leave excuses its performer, a class attended counts for the post of whoever sat in it, and
    a person's statuses say whether he may hold his post. What is public is so for everybody.
    """
    found = {(STATUS, SUBJECT)}
    found.update((kind.id, EVERYBODY) for kind in handbook.kinds.values() if kind.public)
    for duty in handbook.duties.values():
        found.update((kind, PERFORMER) for term in duty.terms for kind in term.excused_by)
        found.update((kind, duty.via) for kind in duty.facts if duty.via)
    return frozenset(found)


def needed_fields(handbook: Handbook, name: str) -> frozenset[str]:
    """The fields of a foreign fact that numbers read: days of leave, hours of a class; and what
    a class is called, by which one tells it from another.
    """
    if name == STATUS:
        return frozenset({"status", "value"})
    kind = handbook.kind(name)
    if kind is None:
        return frozenset()
    duties = [duty for duty in handbook.duties.values() if duty.via and name in duty.facts]
    found = {term.field for duty in duties for term in duty.terms}
    found.update(("title",) if duties else ())
    found.update(fig.field for fig in handbook.figures.values() if fig.of == f"facts:{name}")
    if kind.span and (name, PERFORMER) in needed(handbook):
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


def by_kind(handbook: Handbook) -> dict[str, frozenset[str]]:
    """`needed`, by kind."""
    found: dict[str, frozenset[str]] = {}
    for kind, part in needed(handbook):
        found[kind] = found.get(kind, frozenset()) | {part}
    return found
