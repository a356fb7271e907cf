"""A handbook made by hand: few roles and kinds, and every word of the grammar that records use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bangfu.core.calendar import WorkCalendar
from bangfu.core.registry import REGISTRY_KINDS, VOID_KIND
from bangfu.core.rules import (
    Duty,
    DutyTerm,
    FactKind,
    Field,
    FieldType,
    Figure,
    FigureTerm,
    Handbook,
    ParticipantRole,
    Recorder,
    Role,
    Source,
    StatusKind,
    Term,
)
from bangfu.core.text import Text

SOURCE = Source(title="试验办法", quote="每周一次。", standing="proposal")
ALWAYS = (Term(date(2014, 1, 1), None, SOURCE),)


def words(text: str) -> Text:
    return Text(text, text)


def field(
    name: str,
    kind: FieldType = "text",
    *,
    required: bool = False,
    personal: bool = False,
    identifier: bool = False,
    options: Mapping[str, Text] | None = None,
    party: str = "subject",
    decimals: int = 0,
    to: str = "",
) -> Field:
    return Field(
        name, words(name), kind, required=required, personal=personal or identifier,
        identifier=identifier, options=options or {}, party=party, decimals=decimals, to=to,
    )  # fmt: skip


def options(*names: str) -> dict[str, Text]:
    return {name: words(name) for name in names}


ROLES = (
    Role("helper", words("helper"), "household", "subject", exclusive=True),
    Role("first_secretary", words("first_secretary"), "village", "place", exclusive=True),
    Role("village_lead", words("village_lead"), "village", "place"),
    Role("branch_secretary", words("branch_secretary"), "branch", "subject", exclusive=True),
    Role(
        "township_officer", words("township_officer"), "township", "place",
        page="township", may_correct="scope",
    ),
    Role(
        "registrar", words("registrar"), "county", "county",
        office=True, page="county", may_correct="scope",
        may_erase=True,
    ),
    Role("auditor", words("auditor"), "county", "county", page="audit"),
)  # fmt: skip
STATUSES = (
    StatusKind(
        "category", words("category"), "household", "choice",
        options("registered_poor", "lifted", "ordinary"),
    ),
    StatusKind("poor_village", words("poor_village"), "village", "flag"),
    StatusKind("grade", words("grade"), "person", "text"),
)  # fmt: skip
RECORDERS = (
    Recorder("helper", "subject"),
    Recorder("first_secretary", "place"),
    Recorder("village_lead", "place"),
    Recorder("township_officer", "place"),
)
KINDS = (
    FactKind(
        "household_visit", words("household_visit"), "household", ALWAYS, "work", RECORDERS,
        fields=(
            field("mode", "choice", required=True, options=options("door", "phone")),
            field("minutes", "integer"),
            field("spent", "money"),
            field("distance", "number", decimals=1),
            field("topics", "choices", options=options("policy", "work", "school")),
            field("trouble", "boolean"),
            field("next", "date"),
            field("note"),
            field("income", "money", personal=True),
            field("health", "choice", personal=True, options=options("good", "poor")),
            field("need", personal=True),
            field("account", identifier=True),
            field("remark", personal=True, party="companion"),
        ),
        participants=(ParticipantRole("companion", words("companion"), "person"),),
        performers=("helper", "first_secretary", "village_lead"),
    ),
    FactKind(
        "household_contact", words("household_contact"), "household", ALWAYS, "work", RECORDERS,
        fields=(field("channel", "choice", options=options("met", "phone")),),
        performers=("helper", "first_secretary"),
        many_subjects=True,
    ),
    FactKind(
        "leave", words("leave"), "village", ALWAYS, "attendance",
        (Recorder("first_secretary", "subject"), Recorder("township_officer", "place")),
        fields=(field("from", "date", required=True), field("to", "date", required=True)),
        span=("from", "to"),
    ),
    FactKind(
        "village_meeting", words("village_meeting"), "village", ALWAYS, "work",
        (Recorder("first_secretary", "subject"), Recorder("township_officer", "place")),
        participants=(
            ParticipantRole("attendee", words("attendee"), "person", required=True),
            ParticipantRole("chair", words("chair"), "person", many=False),
        ),
        timed=True,
    ),
    FactKind(
        "old_round", words("old_round"), "household",
        (Term(date(2014, 1, 1), date(2016, 1, 1), SOURCE),), "work", RECORDERS,
    ),
    FactKind(
        "feedback", words("feedback"), "person", ALWAYS, "work",
        (Recorder("helper", "self"), Recorder("township_officer", "self")),
        fields=(field("text", required=True, personal=True),),
    ),
)  # fmt: skip
DUTY = Duty(
    "weekly_visit", words("weekly_visit"), "helper", ("household_visit",), words("visits"),
    (DutyTerm(date(2016, 1, 1), None, SOURCE, every="week", at_least=1, excused_by=("leave",)),),
)  # fmt: skip
VISITS = Figure(
    "visits", words("visits"), "facts:household_visit", "count", words("visits"),
    (FigureTerm(date(2014, 1, 1), None, SOURCE),),
)  # fmt: skip

RULEBOOK = Handbook(
    county="testing",
    title=words("Testing"),
    digest="0" * 64,
    calendar=WorkCalendar(frozenset({2016, 2017}), frozenset(), frozenset()),
    roles={role.id: role for role in ROLES},
    statuses={status.id: status for status in STATUSES},
    kinds={kind.id: kind for kind in (*REGISTRY_KINDS, VOID_KIND, *KINDS)},
    duties={DUTY.id: DUTY},
    figures={VISITS.id: VISITS},
)


def without_posts(handbook: Handbook) -> Handbook:
    """The same handbook in which no role is known."""
    return replace(handbook, roles={})
