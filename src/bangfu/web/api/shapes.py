"""What goes in and comes out as JSON: each shape with its limits, as OpenAPI states them too."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    StringConstraints,
)

from bangfu.core.values import MAX_TEXT

MOST_FACTS = 100
MOST_NAMED = 2000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def _day(given: object) -> object:
    """Only what is written as a day: neither numbers nor moments."""
    if isinstance(given, str) and not _DAY.match(given):
        raise ValueError("a day is written 2017-07-31")
    if given is not None and not isinstance(given, (str, date)):
        raise ValueError("a day is written 2017-07-31")
    return given


Day = Annotated[date, BeforeValidator(_day), Field(strict=False)]
Uid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Value = StrictStr | StrictInt | StrictBool | list[StrictStr] | None


class Shape(BaseModel):
    """A closed shape: what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Participant(Shape):
    """Who else took part, in which role."""

    role: Name
    uid: Uid


class FactIn(Shape):
    """One fact to be recorded; every reference is a uid, its own is made by whoever sends it.

    Without `performed_by` it is the sender who did it. `amends` names the standing fact that this
    one corrects. Numbers with decimals are written as texts ("12.50").
    """

    uid: Uid
    kind: Name
    occurred_on: Day
    subject: Uid
    more_subjects: list[Uid] = Field(default_factory=list, max_length=MOST_NAMED)
    performed_by: Uid | None = None
    values: dict[Name, Value] = Field(default_factory=dict, max_length=MOST_FACTS)
    participants: list[Participant] = Field(default_factory=list, max_length=MOST_NAMED)
    minute: Annotated[int, Field(ge=0, lt=1440)] | None = None
    amends: Uid | None = None
    reason: Text = ""


class Batch(Shape):
    """Facts in the order in which they are to be recorded."""

    facts: list[FactIn] = Field(min_length=1, max_length=MOST_FACTS)


class Problem(BaseModel):
    """What is wrong, where: `message` is in the language asked for, `zh` and `en` say the same."""

    code: str
    place: str
    message: str
    zh: str
    en: str


class Failure(Problem):
    """A request that was declined as a whole; `problems` lists each place that is wrong."""

    problems: list[Problem] = []


class Outcome(BaseModel):
    """What became of one fact; `standing` is the uid to amend instead, where there is one."""

    uid: str
    state: Literal["stored", "already", "refused"]
    problems: list[Problem] = []
    standing: str | None = None


class Outcomes(BaseModel):
    """One answer for each fact, in the order sent."""

    facts: list[Outcome]
    stored: int
    already: int
    refused: int


class About(BaseModel):
    """A subject or a person, as far as the reader may know."""

    uid: str
    name: str


class ObligationOut(BaseModel):
    """One thing owed; `start` to `end` is half-open, `closes` the last day of grace."""

    rule: str
    title: str
    subject: About
    start: date
    end: date
    due: date
    closes: date
    need: int
    got: int
    state: Literal["due", "done", "late", "overdue", "excused", "over"]


class Obligations(BaseModel):
    """What the reader owes, as it stands on `as_of`."""

    as_of: date
    obligations: list[ObligationOut]


class FigureOut(BaseModel):
    """A figure of the handbook with its value and, of a composite, its parts."""

    id: str
    title: str
    unit: str
    value: int | float | None
    parts: dict[str, int | float | None]


class Figures(BaseModel):
    """The figures of a day, as known on another or, with null, now."""

    as_of: date
    known_at: date | None
    figures: list[FigureOut]


class FieldOut(BaseModel):
    """One field of a kind; `options` maps ids to titles."""

    id: str
    title: str
    type: str
    required: bool
    unit: str
    options: dict[str, str]
    minimum: float | None
    maximum: float | None
    decimals: int


class RoleOut(BaseModel):
    """A role in which others take part."""

    id: str
    title: str
    type: str
    required: bool
    many: bool


class KindOut(BaseModel):
    """A kind of fact that the reader may record."""

    id: str
    title: str
    subject: str
    many_subjects: bool
    timed: bool
    fields: list[FieldOut]
    participants: list[RoleOut]


class Kinds(BaseModel):
    """What the reader may record."""

    kinds: list[KindOut]
