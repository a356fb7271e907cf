"""Forms of the registry's desk, made from the registry's kinds: what is fixed, what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from bangfu.core.facts import Draft
from bangfu.core.marks import form_words, well_formed
from bangfu.core.registry import FOUNDING, SUBJECT_TITLES
from bangfu.core.rules import FactKind, Field, StatusKind
from bangfu.core.text import Refused
from bangfu.core.values import BadValue, BadValues
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import words
from bangfu.web.entry import (
    MOST_RADIOS,
    Control,
    Given,
    Option,
    chooser,
    drafts_of,
    given_by,
    subject_label,
    value_controls,
    yesterday,
)
from bangfu.web.reader import Reader
from bangfu.web.words import place, say

# What the programme fills in by itself; nobody types it.
SILENT = {"stands_in_for", "until"}
# Chosen or typed to say that a value is no more.
ENDS = "-"


@dataclass(frozen=True, slots=True)
class DeskForm:
    """The form as the template draws it."""

    uid: str
    today: date
    yesterday: date
    day: Control
    controls: tuple[Control, ...]
    subject: Control | None = None
    reason: Control | None = None
    problems: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Who fills in which kind, about whom; `fixed` values come from the address."""

    reader: Reader
    kind: FactKind
    about: Named | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    amends: str | None = None

    @property
    def founds(self) -> bool:
        """Whether the fact makes a new subject."""
        return self.kind.id in FOUNDING and self.amends is None

    @property
    def takes_post(self) -> bool:
        """Whether a person's page asks for a post of his: then what for is chosen."""
        person = self.about is not None and self.about.type == "person"
        return person and self.kind.id == "registry.assignment" and self.amends is None


def form_of(desk: Desk, given: Given, errors: Mapping[str, str]) -> DeskForm:
    """The form with its controls; what the address fixed is hidden or stands as a chip."""
    find = reverse("desk-choose", args=[desk.kind.id])
    controls = []
    for control in value_controls(desk.kind, given, errors, find):
        name = control.name.removeprefix("v.")
        item = desk.kind.field(name)
        if item is None or name in SILENT or name in desk.fixed:
            continue
        controls.append(_drawn(desk, item, control, given))
    people = _participants(desk, given, errors, find)
    placed = {"occurred_on", "subject", "reason", *(f.id for f in desk.kind.fields)}
    placed |= {f"participants.{role.id}" for role in desk.kind.participants}
    placed -= {*desk.fixed, *SILENT}
    return DeskForm(
        uid=given.uid,
        today=desk.reader.today,
        yesterday=yesterday(desk.reader.today),
        day=Control("occurred_on", "occurred_on", _day_label(desk.kind), "date",
                    value=given.occurred_on, error=errors.get("occurred_on", "")),
        controls=(*people, *controls) if desk.kind.participants else (*controls, *people),
        subject=_subject(desk, given, errors, find),
        reason=Control("reason", "reason", _("Why it is corrected"), "text", required=True,
                       value=given.reason, error=errors.get("reason", ""))
        if desk.amends else None,
        problems=tuple(said for where, said in errors.items() if where not in placed),
        hidden=tuple((f"v.{name}", value) for name, value in desk.fixed.items()),
        unsure=bool(errors) and bool(_malformed(desk.kind, given)),
    )  # fmt: skip


def given_of(desk: Desk, data: QueryDict) -> Given:
    """What a sent form holds, with what the address fixed put in."""
    given = given_by(data, desk.kind)
    values = {**given.values, **desk.fixed}
    subjects = given.subjects
    if desk.founds:
        subjects = (given.uid,)
    elif desk.about is not None and not desk.takes_post:
        subjects = (desk.about.uid,)
    return replace(given, values=values, subjects=subjects)


def draft_of(desk: Desk, given: Given) -> Draft:
    """The draft that a sent form becomes; raises `BadValues` for what is missing or wrong."""
    performer = desk.reader.policy.person_uid
    if desk.kind.id == "registry.status" and not given.values.get("value") and not desk.amends:
        raise Refused("no_value", "请选择。", "Choose one.", place="value")
    if not given.sure and (malformed := _malformed(desk.kind, given)):
        raise BadValues(malformed)
    draft = drafts_of(given, desk.kind, performer=performer, amends=desk.amends,
                      latest=desk.reader.today)[0]  # fmt: skip
    draft = replace(draft, performed_by=given.performed_by or performer)
    return queries.carry_identifiers(desk.reader.policy, draft)


def _malformed(kind: FactKind, given: Given) -> list[BadValue]:
    """The numbers that cannot be what they are asked for: digits left out or typed wrongly. Who is
    sure has them stored: a file may hold such a number, and the checks tell of it.
    """
    found = []
    for item in kind.fields:
        text = str(given.values.get(item.id, "")).strip()
        if item.form and text not in ("", ENDS) and not well_formed(item.form, text):
            need = form_words(item.form)
            zh = f"{item.title.zh}{need.zh}，请核对"
            en = f"{item.title.en} {need.en}; please check"
            found.append(BadValue("form", zh, en, place=item.id))
    return found


def status_of(desk: Desk, given: Given) -> StatusKind | None:
    """The status that a form of `registry.status` is about."""
    name = desk.fixed.get("status") or given.values.get("status", "")
    return desk.reader.handbook.statuses.get(str(name))


def _drawn(desk: Desk, item: Field, control: Control, given: Given) -> Control:
    """A control as the desk draws it: roles and statuses are chosen, not typed."""
    if item.id == "role":
        return _choice(control, _roles(desk), given)
    if item.id == "status":
        options = [
            (one.id, say(one.title))
            for one in desk.reader.handbook.statuses.values()
            if desk.about is None or one.subject == desk.about.type
        ]
        return _choice(control, options, given)
    if item.id == "value":
        return _status_value(desk, control, given)
    if item.type == "reference":
        chosen = str(given.values.get(item.id, ""))
        known = queries.named(desk.reader.policy, [chosen]) if chosen else {}
        chips = [Option(uid, place(one.name)) for uid, one in known.items()]
        return replace(
            chooser(control.name, control.label, chosen=chips, required=item.required,
                    find=control.find, error=control.error),
            id=control.id,
        )  # fmt: skip
    if item.identifier and desk.amends:
        return replace(control, value="", help=_(
            "Kept as it is where this stays empty; a hyphen takes it away."))  # fmt: skip
    return control


def _choice(control: Control, options: Sequence[tuple[str, str]], given: Given) -> Control:
    chosen = given.values.get(control.name.removeprefix("v."), "")
    widget = "radio" if len(options) <= MOST_RADIOS else "select"
    drawn = tuple(Option(key, title, key == chosen) for key, title in options)
    return replace(control, widget=widget, options=drawn)


def _roles(desk: Desk) -> list[tuple[str, str]]:
    known = desk.reader.handbook.roles.values()
    roles = [role for role in known if not role.administers]  # the founder alone gives these
    if desk.takes_post or desk.about is None:
        return [(role.id, f"{say(role.title)} · {say(SUBJECT_TITLES[role.subject])}")
                for role in roles]  # fmt: skip
    return [(role.id, say(role.title)) for role in roles if role.subject == desk.about.type]


def _status_value(desk: Desk, control: Control, given: Given) -> Control:
    status = status_of(desk, given)
    title = say(status.title) if status else control.label
    if status is None or status.type == "text":
        return replace(control, label=title, required=True,
                       help=_("A hyphen says that it ends."))  # fmt: skip
    options = [(key, say(text)) for key, text in status.options.items()]
    if status.type == "flag":
        options = [("yes", _("yes"))]
    return replace(_choice(control, [*options, (ENDS, _("none: it ends"))], given),
                   label=title, required=True)  # fmt: skip


def _subject(desk: Desk, given: Given, errors: Mapping[str, str], find: str) -> Control | None:
    if desk.founds:
        return None
    error = errors.get("subject", "")
    if desk.about is not None and not desk.takes_post:
        label = say(SUBJECT_TITLES[desk.about.type])  # type: ignore[index]
        chip = [Option(desk.about.uid, place(desk.about.name))]
        return chooser("subject", label, chosen=chip, required=False, fixed=True, error=error)
    known = queries.named(desk.reader.policy, given.subjects)
    chips = [Option(uid, place(known[uid].name)) for uid in given.subjects if uid in known]
    label = _("For which household, village, branch, unit or township") if desk.takes_post else (
        subject_label(desk.kind))  # fmt: skip
    return chooser("subject", label, chosen=chips, find=f"{find}?for=subject", error=error)


def _participants(
    desk: Desk, given: Given, errors: Mapping[str, str], find: str
) -> tuple[Control, ...]:
    found = []
    for role in desk.kind.participants:
        error = errors.get(f"participants.{role.id}", "")
        uids = given.participants.get(role.id, ())
        fixed = desk.takes_post and desk.about is not None
        if fixed and desk.about:
            uids = (desk.about.uid,)
        known = queries.named(desk.reader.policy, uids)
        chips = [Option(uid, known[uid].name) for uid in uids if uid in known]
        found.append(
            chooser(f"p.{role.id}", say(role.title), chosen=chips, required=role.required,
                    many=role.many, fixed=fixed, find=f"{find}?for={role.id}", error=error)
        )  # fmt: skip
    return tuple(found)


def _day_label(kind: FactKind) -> str:
    """What the day means here."""
    return {
        "registry.assignment": _("First day in the post"),
        "registry.assignment_end": _("First day without the post"),
        "registry.membership": _("Belongs to the household from"),
        "registry.membership_end": _("First day no longer in the household"),
        "registry.status": _("True from"),
        "registry.place_name": _("Called so from"),
    }.get(kind.id, _("Registered from"))


def title_of(desk: Desk) -> str:
    """What the page is headed with."""
    title = say(desk.kind.title)
    if desk.amends:
        return _("Correct: %(kind)s") % {"kind": title}
    return title


def about_line(one: Named) -> str:
    """A subject's type and where it lies."""
    parts = [say(SUBJECT_TITLES[one.type]), place(one.place)]  # type: ignore[index]
    return " · ".join(part for part in parts if part)


def days_words(start: date, end: date | None) -> str:
    """From when to when something holds."""
    first = words.day(start, year=True)
    if end is None:
        return _("since %(day)s") % {"day": first}
    return _("%(start)s to %(end)s") % {"start": first, "end": words.day(end, year=True)}
