"""The entry form that follows from a fact kind, and the drafts that a sent form becomes.

Names of inputs: `uid`, `occurred_on`, `time`, `subject` (repeated), `performed_by`, `v.FIELD`,
`p.ROLE` (repeated), `paste.ROLE`, `reason`, `row` (repeated, the obligations it was opened from).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from bangfu.core.facts import Draft, Fact, Value
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import FactKind, Field
from bangfu.core.text import Refused
from bangfu.core.values import BadValue, BadValues, read_day, read_values
from bangfu.records.refusals import future_day
from bangfu.web.words import say

MOST_RADIOS = 6
MOST_FACTS = 200
MOST_PASTED = 200_000
_SPACE = uuid.UUID("6f1d3c5e-52a8-4d0b-9a55-0f3f9f2f7f11")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """One input as the template draws it; `find` is the address that searches for options."""

    id: str
    name: str
    label: str
    widget: str
    required: bool = False
    value: str = ""
    options: tuple[Option, ...] = ()
    chosen: tuple[Option, ...] = ()
    unit: str = ""
    help: str = ""
    error: str = ""
    whole: bool = False
    many: bool = False
    fixed: bool = False
    find: str = ""
    paste: str = ""
    pasted: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form holds, as texts: just opened, sent with mistakes, or from a stored fact."""

    uid: str
    occurred_on: str
    time: str = ""
    subjects: tuple[str, ...] = ()
    performed_by: str = ""
    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    participants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""
    sure: bool = False
    pasted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """The whole form: its controls, and what is wrong with it as a whole."""

    uid: str
    today: date
    yesterday: date
    subject: Control
    day: Control
    controls: tuple[Control, ...]
    participants: tuple[Control, ...]
    minute: Control | None = None
    performer: Control | None = None
    reason: Control | None = None
    problems: tuple[str, ...] = ()
    last: str = ""
    announces: bool = False


def new_uid() -> str:
    """A uid for a fact that does not exist yet."""
    return str(uuid.uuid4())


def given_by(data: QueryDict, kind: FactKind) -> Given:
    """What a sent form holds."""
    values: dict[str, str | list[str]] = {}
    for item in kind.fields:
        name = f"v.{item.id}"
        values[item.id] = data.getlist(name) if item.type == "choices" else data.get(name, "")
    return Given(
        uid=data.get("uid", "").strip() or new_uid(),
        occurred_on=data.get("occurred_on", "").strip(),
        time=data.get("time", "").strip(),
        subjects=_once(data.getlist("subject")),
        performed_by=data.get("performed_by", "").strip(),
        values=values,
        participants={r.id: _once(data.getlist(f"p.{r.id}")) for r in kind.participants},
        reason=data.get("reason", "").strip(),
        sure=data.get("sure") == "1",
        pasted={r.id: data.get(f"paste.{r.id}", "")[:MOST_PASTED] for r in kind.participants},
    )


def given_from(fact: Fact, kind: FactKind) -> Given:
    """What a form that corrects `fact` begins with."""
    held: dict[str, list[str]] = {}
    for role, uid in fact.participants:
        held.setdefault(role, []).append(uid)
    return Given(
        uid=new_uid(),
        occurred_on=fact.occurred_on.isoformat(),
        time="" if fact.minute is None else f"{fact.minute // 60:02d}:{fact.minute % 60:02d}",
        subjects=(fact.subject, *fact.more_subjects),
        performed_by=fact.performed_by,
        values={f.id: _as_text(fact.values.get(f.id)) for f in kind.fields},
        participants={role: tuple(uids) for role, uids in held.items()},
    )


def drafts_of(
    given: Given,
    kind: FactKind,
    *,
    performer: str,
    amends: str | None = None,
    latest: date | None = None,
) -> list[Draft]:
    """The drafts that a sent form becomes: one for each subject, or one sheet for all.

    A day after `latest`, if given, is told together with the other mistakes.
    Raises `BadValues`, whose problems name the inputs that are wrong.
    """
    problems: list[BadValue] = []
    values: Mapping[str, Value] = {}
    try:
        values = read_values(kind, given.values)
    except BadValues as wrong:
        problems += wrong.problems
    day = _day(given, latest, problems)
    if not given.subjects:
        problems.append(BadValue("subject", "请选对象", "Choose whom it is about", place="subject"))
    minute = _minute(given, kind, problems)
    if problems or day is None:
        raise BadValues(problems)
    one_sheet = kind.many_subjects or amends is not None
    sheets = [given.subjects] if one_sheet else [(uid,) for uid in given.subjects]
    if len(sheets) > MOST_FACTS:
        raise _too_many(len(sheets))
    return [
        Draft(
            uid=given.uid if not index else str(uuid.uuid5(_SPACE, f"{given.uid} {sheet[0]}")),
            kind=kind.id,
            occurred_on=day,
            subject=sheet[0],
            more_subjects=sheet[1:],
            performed_by=performer,
            values=values,
            participants=tuple((r, uid) for r, uids in given.participants.items() for uid in uids),
            minute=minute,
            amends=amends,
            reason=given.reason,
        )
        for index, sheet in enumerate(sheets)
    ]


def _too_many(count: int) -> BadValues:
    return BadValues(
        [
            BadValue(
                "too_many",
                f"一次最多记 {MOST_FACTS} 个对象，这里有 {count} 个；请分几次记",
                f"At most {MOST_FACTS} can be entered at once, not {count}; enter them in parts",
                place="subject",
            )
        ]
    )


def errors_of(refused: Refused, language: str) -> dict[str, str]:
    """What is wrong, by the input it belongs to; "" where it belongs to none."""
    problems = refused.problems if isinstance(refused, BadValues) else (refused,)
    errors: dict[str, str] = {}
    for problem in problems:
        said = problem.say(language)
        place = problem.place
        errors[place] = f"{errors[place]} {said}" if place in errors else said
    return errors


def value_controls(
    kind: FactKind, given: Given, errors: Mapping[str, str], find: str
) -> tuple[Control, ...]:
    """One control for each field of the kind; `find` is the address that searches references."""
    return tuple(
        _control(item, given.values.get(item.id, ""), errors.get(item.id, ""), find)
        for item in kind.fields
    )


def _control(item: Field, value: str | list[str], error: str, find: str) -> Control:
    chosen = value if isinstance(value, list) else [value]
    options: list[Option] = []
    widget = "text"
    if item.type in ("choice", "choices"):
        few = len(item.options) <= MOST_RADIOS
        widget = "ticks" if item.type == "choices" else "radio" if few else "select"
        options = [Option(key, say(text), key in chosen) for key, text in item.options.items()]
    elif item.type == "boolean":
        widget = "yesno"
        options = [
            Option("true", _("yes"), "true" in chosen),
            Option("false", _("no"), "false" in chosen),
        ]
    elif item.type in ("integer", "number", "money"):
        widget = "number"
    elif item.type == "date":
        widget = "date"
    elif item.type == "reference":
        widget = "find"
    elif item.long:
        widget = "long"
    return Control(
        id=item.id.replace(".", "-"),
        name=f"v.{item.id}",
        label=say(item.title),
        widget=widget,
        required=item.required,
        value="" if isinstance(value, list) else value,
        options=tuple(options),
        unit=say(item.unit) or (_("yuan") if item.type == "money" else ""),
        help=say(item.help),
        error=error,
        whole=item.type == "integer",
        find=f"{find}?field={item.id}" if widget == "find" else "",
    )


def subject_label(kind: FactKind) -> str:
    """What the kind is about, as the form asks for it: 户, 村, 党支部."""
    return say(SUBJECT_TITLES[kind.subject])


def yesterday(today: date) -> date:
    """The day before."""
    return today - timedelta(days=1)


def as_last(values: Mapping[str, Value], kind: FactKind) -> str:
    """The last entry's values for the button "as last time", as JSON; empty where none fits.

    `values` hold nothing personal: what one household told is not offered for the next.
    """
    kept = {
        item.id: _as_text(values[item.id])
        for item in kind.fields
        if item.id in values and item.type != "reference"
    }
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def _day(given: Given, latest: date | None, problems: list[BadValue]) -> date | None:
    day = read_day(given.occurred_on)
    if day is None:
        problems.append(BadValue("date", "请填发生的日期", "Fill in the day it happened",
                                 place="occurred_on"))  # fmt: skip
    elif latest is not None and day > latest:
        said = future_day(day, latest)
        problems.append(BadValue(said.code, said.text.zh, said.text.en, place="occurred_on"))
    return day


def _minute(given: Given, kind: FactKind, problems: list[BadValue]) -> int | None:
    if not kind.timed:
        return None
    hour, _colon, minute = given.time.partition(":")
    if hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60:  # noqa: PLR2004 -- a clock
        return int(hour) * 60 + int(minute)
    problems.append(BadValue("time", "请填时刻，如 09:30", "Fill in the hour, such as 09:30",
                             place="minute"))  # fmt: skip
    return None


def _as_text(value: Value) -> str | list[str]:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else str(value)


def _once(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(uid.strip() for uid in given if uid.strip()))


def chooser(
    name: str,
    label: str,
    *,
    options: Sequence[Option] = (),
    chosen: Sequence[Option] = (),
    required: bool = True,
    many: bool = False,
    fixed: bool = False,
    find: str = "",
    error: str = "",
    help: str = "",  # noqa: A002 -- the word of `Field`
) -> Control:
    """A control that chooses subjects: from a list, or by searching."""
    return Control(
        id=name.replace(".", "-"), name=name, label=label, widget="find", required=required,
        options=tuple(options), chosen=tuple(chosen), many=many, fixed=fixed, find=find,
        error=error, help=help,
    )  # fmt: skip
