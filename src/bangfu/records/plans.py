"""A draft on its way through the checks: what its kind asks for, who records it, what was found."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from bangfu.core.disclosure import DISCLOSURES
from bangfu.core.facts import VOID, Draft, Value
from bangfu.core.registry import ERASURE, PLACE_LEVELS
from bangfu.core.rules import FactKind, SubjectType, term_on
from bangfu.records.ledger import MORE, Stored
from bangfu.records.registry_rows import SubjectRow

EARLIEST = date(1949, 10, 1)
MINUTES_A_DAY = 1440
ANY_TYPE = {
    "registry.assignment", "registry.assignment_end", "registry.status", ERASURE, VOID,
    *DISCLOSURES,
}  # fmt: skip
PLACE_KINDS = {"registry.place", "registry.place_name", "registry.place_alias"}
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class Entry(NamedTuple):
    """A draft, the uid of who records it, and when; what a batch is made of.

    `founder` says that it is the founder who writes; his uid alone does not make him. What
    `follows` from another draft (`following.py`) needs no post of its own.
    """

    draft: Draft
    recorded_by: str
    recorded_at: datetime
    founder: bool = False
    follows: bool = False


class Plan:
    """What the checks ask of a kind again and again, worked out once."""

    def __init__(self, kind: FactKind) -> None:
        self.kind = kind
        self.roles = {role.id: role for role in kind.participants}
        self.required = [role for role in kind.participants if role.required]
        self.single = [role for role in kind.participants if not role.many]
        self.performers = frozenset(kind.performers)
        self.references = [field for field in kind.fields if field.type == "reference"]
        self.dated = [field for field in kind.fields if field.when]
        self.personal = {f.id: f.party for f in kind.fields if f.personal or f.identifier}
        self.types: tuple[SubjectType, ...] = ()
        if kind.id in PLACE_KINDS:
            self.types = PLACE_LEVELS
        elif kind.id not in ANY_TYPE:
            self.types = (kind.subject,)
        # The recorders of whom one post, held for the subject, is all that they need.
        self.narrow = {rule.role for rule in kind.recorders if rule.scope == "subject"}
        self.wide = {rule.role for rule in kind.recorders if rule.scope == "place"}
        self.members = any(rule.scope == "member" for rule in kind.recorders)
        self._in_force: dict[date, bool] = {}

    def kind_without(self, kept: Collection[str]) -> FactKind:
        """The kind as a correction meets it that keeps the values of these fields."""
        fields = (replace(f, required=False) if f.id in kept else f for f in self.kind.fields)
        return replace(self.kind, fields=tuple(fields))

    def in_force(self, day: date) -> bool:
        """Whether the kind can be recorded for `day`."""
        if day not in self._in_force:
            self._in_force[day] = term_on(self.kind.terms, day) is not None
        return self._in_force[day]


class Recording(NamedTuple):
    """Who records and when: `day` decides which posts he holds, `latest` which days have come.

    A null recorder is the founder.
    """

    recorder: SubjectRow | None
    day: date
    latest: date
    follows: bool = False

    @property
    def who(self) -> int:
        """The recorder's number, 0 for the founder."""
        return self.recorder.id if self.recorder else 0


@dataclass(slots=True)
class Asked:
    """A draft on its way through the checks; `plain` while all is as it mostly is."""

    draft: Draft
    plan: Plan
    performer: SubjectRow | None
    recording: Recording
    amended: Stored | None
    plain: bool


@dataclass(slots=True)
class Checked:
    """A draft that passed, with what its references stand for; a founding one has no subject."""

    draft: Draft
    plan: Plan
    values: dict[str, Value]
    subject: SubjectRow | None
    more: list[SubjectRow]
    participants: list[tuple[str, SubjectRow]]
    performer: SubjectRow | None
    amended: Stored | None

    @property
    def subjects(self) -> list[SubjectRow]:
        """The subjects that there are already."""
        return [self.subject, *self.more] if self.subject else []


def participant_rows(checked: Checked) -> list[tuple[str, SubjectRow]]:
    """Participants as the ledger keeps them: the further subjects first, under their own role."""
    return [(MORE, row) for row in checked.more] + checked.participants
