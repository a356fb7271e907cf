"""The entry form filled with what this reader may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bangfu.core.rules import FactKind, Field, ParticipantRole
from bangfu.records import queries
from bangfu.records.queries import Named
from bangfu.web import case_form
from bangfu.web.entry import (
    Control,
    Entry,
    Given,
    Option,
    as_last,
    chooser,
    subject_label,
    value_controls,
    yesterday,
)
from bangfu.web.reader import Reader
from bangfu.web.roster import read_roster
from bangfu.web.words import day, place, say

# So many households or fewer stand in the form to be ticked; more are searched for.
MOST_LISTED = 40
MOST_LATEST = 8
# At the foot of every page, with a form of its own.
FEEDBACK = "feedback"
_OURS = {"occurred_on", "subject", "more_subjects", "minute", "performed_by", "reason"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Who fills in a form of which kind, and the names of what it refers to."""

    reader: Reader
    kind: FactKind
    _known: dict[str, Named] = field(default_factory=dict)

    def names(self, uids: Iterable[str]) -> Mapping[str, Named]:
        """What these uids are called, of those that the reader may see."""
        missing = [uid for uid in dict.fromkeys(uids) if uid and uid not in self._known]
        if missing:
            self._known.update(queries.named(self.reader.policy, missing))
            if left := [uid for uid in missing if uid not in self._known]:
                self._known.update(queries.facts_named(self.reader.policy, left))
        return self._known


def own_affair(kind: FactKind) -> bool:
    """Whether a kind is only ever about the person who records it."""
    return bool(kind.recorders) and all(who.scope == "self" for who in kind.recorders)


def entry_of(
    setting: Setting, given: Given, *, errors: Mapping[str, str], amends: str | None
) -> Entry:
    """The form as the template draws it."""
    kind, reader = setting.kind, setting.reader
    find = reverse("find", args=[kind.id])
    known = _OURS | {item.id for item in kind.fields}
    known |= {f"participants.{role.id}" for role in kind.participants}
    return Entry(
        uid=given.uid,
        today=reader.today,
        yesterday=yesterday(reader.today),
        subject=_subject(setting, given, errors, find, fixed=amends is not None),
        day=Control("occurred_on", "occurred_on", "", "date", value=given.occurred_on,
                    error=errors.get("occurred_on", "")),
        minute=_minute(given, errors) if kind.timed else None,
        performer=_performer(setting, given, errors, find),
        controls=case_form.with_cases(
            reader, kind, given, _controls(setting, given, errors, find)
        ),
        participants=_participants(setting, given, errors, find),
        reason=_reason(given, errors) if amends else None,
        problems=tuple(said for place, said in errors.items() if place not in known),
        last="" if amends else as_last(queries.last_values(reader.policy, kind), kind),
        announces=kind.message is not None,
    )  # fmt: skip


def _controls(
    setting: Setting, given: Given, errors: Mapping[str, str], find: str
) -> tuple[Control, ...]:
    """The fields, those that refer to something with what is chosen by name; but for cases."""
    kinds = {item.id: item for item in setting.kind.fields}
    return tuple(
        _referring(setting, kinds[name], control)
        if kinds[name].type == "reference" and not setting.reader.handbook.opened_by(kinds[name].to)
        else control
        for control in value_controls(setting.kind, given, errors, find)
        if (name := control.name.removeprefix("v."))
    )


def _referring(setting: Setting, item: Field, control: Control) -> Control:
    """What is chosen by name; where facts are meant, the latest of them to choose from."""
    chosen = [control.value] if control.value else []
    if item.to in setting.reader.handbook.kinds:
        latest = queries.facts_to_name(setting.reader.policy, item.to, "", most=MOST_LATEST)
        if not set(chosen) - {one.uid for one in latest}:
            options = [
                Option(one.uid, one.name, one.uid in chosen, _day(one.place)) for one in latest
            ]
            return replace(control, options=tuple(options))
    return replace(control, chosen=tuple(_chips(chosen, setting.names(chosen))))


def _day(text: str) -> str:
    return day(date.fromisoformat(text), year=True)


def performs(reader: Reader, kind: FactKind) -> bool:
    """Whether the reader himself may be the one who did it."""
    held = {post.role for post in reader.policy.roles}
    return not kind.performers or bool(held & set(kind.performers))


def _subject(
    setting: Setting, given: Given, errors: Mapping[str, str], find: str, *, fixed: bool
) -> Control:
    kind, reader = setting.kind, setting.reader
    subjects = (reader.policy.person_uid,) if own_affair(kind) else given.subjects
    names = setting.names(subjects)
    error = " ".join(errors[place] for place in ("subject", "more_subjects") if place in errors)
    if fixed or own_affair(kind):
        return chooser("subject", subject_label(kind), chosen=_chips(subjects, names),
                       required=False, fixed=True, error=error)  # fmt: skip
    # Of one's posts those that record such facts: of what one is a cadre or a member says nothing.
    roles = dict.fromkeys(rule.role for rule in kind.recorders)
    mine = [item for role in roles for item in queries.my_subjects(reader.policy, role)]
    own = [item for item in {one.uid: one for one in mine}.values() if item.type == kind.subject]
    own.sort(key=lambda one: (one.place, one.name, one.id))
    if len(own) == 1 and not given.subjects:
        given_subjects: Sequence[str] = (own[0].uid,)
    else:
        given_subjects = given.subjects
    if own and len(own) <= MOST_LISTED and set(given_subjects) <= {item.uid for item in own}:
        options = _options(own, given_subjects)
        return chooser("subject", subject_label(kind), options=options, many=True, error=error,
                       help=_each(kind) if len(options) > 1 else "")  # fmt: skip
    return chooser(
        "subject", subject_label(kind), chosen=_chips(given_subjects, names), many=True,
        find=f"{find}?for=subject", error=error,
    )  # fmt: skip


def _each(kind: FactKind) -> str:
    """What becomes of one form for several: a fact for each, unless the kind is one sheet."""
    if kind.many_subjects:
        return ""
    return _("If you choose several, all that is filled in below is stored for each of them.")


def _performer(
    setting: Setting, given: Given, errors: Mapping[str, str], find: str
) -> Control | None:
    """Who did it: asked only where it may be somebody else than who enters it."""
    own = performs(setting.reader, setting.kind)
    may_be_other = bool(setting.reader.pages & {"township", "county"})
    if (
        own
        and not may_be_other
        and "performed_by" not in errors
        and (given.performed_by in ("", setting.reader.policy.person_uid))
    ):
        return None
    chosen = given.performed_by or (setting.reader.policy.person_uid if own else "")
    holders = queries.performers(setting.reader.policy, setting.kind, given.subjects)
    if not chosen and len(holders) == 1:
        chosen = holders[0].uid
    error = errors.get("performed_by", "")
    if (
        holders
        and len(holders) <= MOST_LISTED
        and (not chosen or chosen in {item.uid for item in holders})
    ):
        options = _options(holders, (chosen,))
        return chooser("performed_by", _("Done by"), options=options, error=error)
    names = setting.names([chosen]) if chosen else {}
    query = urlencode([("for", "performed_by"), *(("subject", uid) for uid in given.subjects)])
    return chooser("performed_by", _("Done by"), chosen=_chips([chosen], names) if chosen else (),
                   find=f"{find}?{query}", error=error)  # fmt: skip


def _participants(
    setting: Setting, given: Given, errors: Mapping[str, str], find: str
) -> tuple[Control, ...]:
    controls = []
    for role in setting.kind.participants:
        chosen = given.participants.get(role.id, ())
        near = _near(setting, given, role)
        listed = {one.uid for one in near}
        others = [uid for uid in chosen if uid not in listed]
        control = chooser(
            f"p.{role.id}",
            say(role.title),
            options=_options(near, chosen),
            chosen=_chips(others, setting.names(others)),
            required=role.required,
            many=role.many,
            find=f"{find}?for={role.id}",
            error=errors.get(f"participants.{role.id}", ""),
        )
        # Who came along to a household is few; who came to a class or a meeting may be a list.
        if role.many and role.type == "person" and setting.kind.subject != "household":
            pasted = given.pasted.get(role.id, "")
            control = replace(control, paste=f"paste.{role.id}", pasted=pasted)
        controls.append(control)
    return tuple(controls)


def _near(setting: Setting, given: Given, role: ParticipantRole) -> list[Named]:
    """Who belongs to the branch or village that it is about, to be ticked rather than searched."""
    if role.type != "person" or not role.many or setting.kind.subject not in ("branch", "village"):
        return []
    own = [one.uid for one in queries.my_subjects(setting.reader.policy)
           if one.type == setting.kind.subject]  # fmt: skip
    about = given.subjects or own
    if len(about) != 1:
        return []
    found = queries.holders(setting.reader.policy, about[0])
    return found if len(found) <= MOST_LISTED else []


def _options(found: Sequence[Named], chosen: Iterable[str]) -> list[Option]:
    """Subjects to be ticked; where they lie is said only if it tells them apart."""
    picked = set(chosen)
    several = len({item.place for item in found}) > 1
    return [
        Option(item.uid, place(item.name), item.uid in picked, place(item.place) if several else "")
        for item in found
    ]


def _chips(uids: Iterable[str], names: Mapping[str, Named]) -> list[Option]:
    return [
        Option(uid, names[uid].name if uid in names else _("not visible to you")) for uid in uids
    ]


def _minute(given: Given, errors: Mapping[str, str]) -> Control:
    return Control("time", "time", _("Hour"), "time", required=True, value=given.time,
                   error=errors.get("minute", ""))  # fmt: skip


def _reason(given: Given, errors: Mapping[str, str]) -> Control:
    return Control("reason", "reason", _("Why it is corrected"), "text", value=given.reason,
                   error=errors.get("reason", ""))  # fmt: skip


def pasted_in(setting: Setting, given: Given, language: str) -> tuple[Given, dict[str, str]]:
    """The form with the persons of the pasted lists among those who took part, and what of the
    lists names nobody for sure, by input; those lines stay in the box.
    """
    errors: dict[str, str] = {}
    parties, left = dict(given.participants), dict(given.pasted)
    for role in setting.kind.participants:
        text = given.pasted.get(role.id, "")
        if not text.strip() or role.type != "person" or not role.many:
            continue
        there = parties.get(role.id, ())
        roster = read_roster(setting.reader.policy, text, there)
        parties[role.id] = (*there, *roster.uids)
        left[role.id] = "\n".join(roster.left)
        if roster.problems:
            errors[f"participants.{role.id}"] = roster.words(language)
    return replace(given, participants=parties, pasted=left), errors
