"""The rules of an invented county for the engine's tests: kinds, roles, statuses, and one rule
each at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bangfu.core.calendar import WorkCalendar
from bangfu.core.rules import (
    Deadline,
    Duty,
    FactKind,
    Field,
    FieldType,
    Handbook,
    ParticipantRole,
    Role,
    Source,
    StatusKind,
    SubjectType,
    Term,
)
from bangfu.core.text import Text

SOURCE = Source(title="试验办法", quote="每周一次。", standing="proposal")
ALWAYS = Term(date(2000, 1, 1), None, SOURCE)
SATURDAYS_WORKED = frozenset({date(2017, 1, 22), date(2017, 2, 4)})
SPRING_FESTIVAL = frozenset(date(2017, 1, day) for day in range(27, 32))
CALENDAR = WorkCalendar(frozenset(range(2015, 2020)), SPRING_FESTIVAL, SATURDAYS_WORKED)


def text(words: str) -> Text:
    return Text(words, words)


def field(name: str, kind: FieldType, *, decimals: int = 0, personal: bool = False) -> Field:
    return Field(name, text(name), kind, decimals=decimals, personal=personal)


def kind(
    name: str,
    subject: SubjectType,
    *fields: Field,
    span: tuple[str, str] | None = None,
    timed: bool = False,
    participants: tuple[ParticipantRole, ...] = (),
) -> FactKind:
    return FactKind(
        name, text(name), subject, (ALWAYS,), "work", (),
        fields=fields, span=span, timed=timed, participants=participants,
    )  # fmt: skip


DAYS = (field("from", "date"), field("to", "date"))
KINDS = (
    kind(
        "visit", "household",
        field("minutes", "integer"), field("money", "money"), field("mu", "number", decimals=1),
        field("topic", "choice"), field("met", "boolean"), field("promised", "date"),
        participants=(ParticipantRole("companion", text("companion"), "person"),),
    ),
    kind(
        "call", "household", field("minutes", "integer"), field("topic", "choice"),
        participants=(ParticipantRole("companion", text("companion"), "person"),),
    ),
    kind("leave", "person", *DAYS, span=("from", "to")),
    kind("training", "person", *DAYS, span=("from", "to")),
    kind("standstill", "household", *DAYS, span=("from", "to")),
    kind("alarm", "household", timed=True),
    kind("check", "household", timed=True),
    kind("lecture", "village", participants=(ParticipantRole("hearer", text("hearer"), "person"),)),
)  # fmt: skip
ROLES = (
    Role("helper", text("helper"), "household", "subject"),
    Role("first_secretary", text("first secretary"), "village", "place"),
    Role("township_officer", text("township officer"), "township", "place", office=True),
)
STATUSES = (
    StatusKind("category", text("category"), "household", "choice"),
    StatusKind("far", text("far"), "household", "flag"),
    StatusKind("grade", text("grade"), "person", "choice"),
    StatusKind("poor", text("poor"), "village", "flag"),
)
HANDBOOK = Handbook(
    county="test",
    title=text("test"),
    digest="0",
    calendar=CALENDAR,
    roles={role.id: role for role in ROLES},
    statuses={status.id: status for status in STATUSES},
    kinds={one.id: one for one in KINDS},
)


def handbook(duties: Sequence[Duty] = (), deadlines: Sequence[Deadline] = ()) -> Handbook:
    return replace(
        HANDBOOK,
        duties={duty.id: duty for duty in duties},
        deadlines={deadline.id: deadline for deadline in deadlines},
    )
