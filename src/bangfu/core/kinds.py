"""Kinds of facts: their fields, who takes part, who may record them, what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from bangfu.core.terms import Term
from bangfu.core.text import Text

SubjectType = Literal[
    "county", "township", "village", "group", "household", "person", "unit", "branch", "project"
]
FieldType = Literal[
    "text", "integer", "number", "money", "choice", "choices", "boolean", "date", "reference"
]
_SUBJECTS = frozenset((*get_args(SubjectType), "place"))
Evidence = Literal["work", "attendance", "online", "location", "media"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a fact kind (字段).

    `personal` values are sealed under the key of `party` ("subject" or a participant role).
    An `identifier` (id number, phone, account) never reaches the mirror. An `own_file` value shows
    in the file of its household and on no other page. `decimals` scales
    numbers to integers in the engine; money has 2. A `reference` holds the uid of a subject
    of type `to`, or of a fact of kind `to`. `header` is the exact column header under which the
    national system exports it (表头), from which sheets are read and written. `form`: what an
    identifier must look like ("id_number", "phone", "account", "disability_card"), by which checks
    know whether it is well formed. `when`: a date is "ahead", not before the fact's own day, or
    "past", not after the day that it is recorded on.
    """

    id: str
    title: Text
    type: FieldType
    unit: Text | None = None
    options: Mapping[str, Text] = field(default_factory=dict)
    required: bool = False
    personal: bool = False
    identifier: bool = False
    own_file: bool = False
    party: str = "subject"
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    long: bool = False
    to: str = ""
    header: str = ""
    form: str = ""
    when: Literal["", "ahead", "past"] = ""
    help: Text | None = None

    @property
    def names_a_fact(self) -> bool:
        """Whether it names a fact of the ledger rather than a subject or a post."""
        return self.type == "reference" and self.to not in _SUBJECTS and "." not in self.to

    @property
    def numbered(self) -> bool:
        """Whether rules know what it names by its number: a fact of the ledger, or a project."""
        return self.names_a_fact or (self.type == "reference" and self.to == "project")

    @property
    def places(self) -> int:
        """How many decimals its numbers have: money 2, integers none."""
        return {"money": 2, "number": self.decimals}.get(self.type, 0)


@dataclass(frozen=True, slots=True)
class ParticipantRole:
    """Who else took part in a fact of this kind (参与人): attendee, host, companion."""

    id: str
    title: Text
    type: SubjectType
    required: bool = False
    many: bool = True


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who may record a kind, and about what.

    scope `subject`: holds `role` for that very subject; `place`: holds `role` for a place
    that contains the subject (or for a branch or unit there); `self`: the subject is the
    recorder; `county`: holds `role` at all; `member`: belongs to that very household, without any
    post (`role` is empty): what a household says itself.
    """

    role: str
    scope: Literal["subject", "place", "self", "county", "member"]


@dataclass(frozen=True)  # without slots: what follows from the fields is worked out once
class FactKind:
    """What can be entered (事实种类): from it follow form, sheet, API, check and report.

    `many_subjects`: one sheet may cover several subjects (a round of contacts).
    `span`: ("from", "to") fields of a kind that lasts, such as leave; both days inclusive.
    `performers`: roles of whom `performed_by` must hold one for the subject on that day;
    empty: anybody. `timed`: the hour matters. `message`: what one tells a chat group about such
    a fact; `{subject}` and `{FIELD}` stand for its values, and a line of which one is empty is
    left out. `public` (公开): announced to everybody, so whoever has signed in may read it,
    wherever it happened. `latest` (现状): the newest standing fact about a subject is what holds
    now, as a profile that is surveyed again. `department` (部门名单): who sends the lists whose
    rows are such facts; whom they name and we do not know is passed over. `consent`: a kind about
    households whose newest fact says in its field `given` whether data about them may be matched;
    where it says no, no such fact is recorded.
    """

    id: str
    title: Text
    subject: SubjectType
    terms: tuple[Term, ...]
    evidence: Evidence
    recorders: tuple[Recorder, ...]
    fields: tuple[Field, ...] = ()
    participants: tuple[ParticipantRole, ...] = ()
    performers: tuple[str, ...] = ()
    many_subjects: bool = False
    timed: bool = False
    span: tuple[str, str] | None = None
    emergency: bool = False
    registry: bool = False
    message: Text | None = None
    public: bool = False
    latest: bool = False
    department: Text | None = None
    consent: str = ""

    @cached_property
    def by_id(self) -> dict[str, Field]:
        """The fields by their ids."""
        return {field.id: field for field in self.fields}

    @cached_property
    def required(self) -> frozenset[str]:
        """The ids of the fields that have to be filled in."""
        return frozenset(field.id for field in self.fields if field.required)

    def field(self, name: str) -> Field | None:
        """The field of that id, or None."""
        return self.by_id.get(name)

    def part(self, name: str) -> Text | None:
        """What its field or participant of that id is called, None where there is none."""
        found = [one.title for one in self.fields if one.id == name]
        found += [one.title for one in self.participants if one.id == name]
        return found[0] if found else None

    def naming(self, kind: str) -> Field | None:
        """The field that names a fact of `kind`, as the facts of a case name what opened it."""
        return next((f for f in self.fields if f.type == "reference" and f.to == kind), None)
