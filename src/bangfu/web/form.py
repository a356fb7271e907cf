"""The entry form filled with what this reader may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bangfu.core.rules import FactKind
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
from bangfu.web.words import place, say

# So many households or fewer stand in the form to be ticked; more are searched for.
MOST_LISTED = 40
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
        return self._known


def entry_of(
    setting: Setting, given: Given, *, errors: Mapping[str, str], amends: str | None
) -> Entry:
    """The form as the template draws it."""
    kind, reader = setting.kind, setting.reader
    find = reverse("find", args=[kind.id])
    known = _OURS | {item.id for item in kind.fields}
    named = _named_values(setting, given, value_controls(kind, given, errors, find))
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
        controls=case_form.with_cases(reader, kind, given, named),
        participants=_participants(setting, given, errors, find),
        reason=_reason(given, errors) if amends else None,
        problems=tuple(said for place, said in errors.items() if place not in known),
        last="" if amends else as_last(queries.last_values(reader.policy, kind), kind),
    )  # fmt: skip


def _named_values(
    setting: Setting, given: Given, controls: Sequence[Control]
) -> tuple[Control, ...]:
    """The controls, what is chosen already shown by its name."""
    found = []
    for item, control in zip(setting.kind.fields, controls, strict=True):
        uid = str(given.values.get(item.id) or "")
        if item.type == "reference" and uid and not item.names_a_fact:
            found.append(replace(control, chosen=tuple(_chips([uid], setting.names([uid])))))
        else:
            found.append(control)
    return tuple(found)


def performs(reader: Reader, kind: FactKind) -> bool:
    """Whether the reader himself may be the one who did it."""
    held = {post.role for post in reader.policy.roles}
    return not kind.performers or bool(held & set(kind.performers))


def _subject(
    setting: Setting, given: Given, errors: Mapping[str, str], find: str, *, fixed: bool
) -> Control:
    kind, reader = setting.kind, setting.reader
    names = setting.names(given.subjects)
    error = " ".join(errors[place] for place in ("subject", "more_subjects") if place in errors)
    if fixed:
        return chooser("subject", subject_label(kind), chosen=_chips(given.subjects, names),
                       required=False, fixed=True, error=error)  # fmt: skip
    own = [item for item in queries.my_subjects(reader.policy) if item.type == kind.subject]
    if len(own) == 1 and not given.subjects:
        given_subjects: Sequence[str] = (own[0].uid,)
    else:
        given_subjects = given.subjects
    if own and len(own) <= MOST_LISTED and set(given_subjects) <= {item.uid for item in own}:
        options = _options(own, given_subjects)
        return chooser("subject", subject_label(kind), options=options, many=True, error=error)
    return chooser(
        "subject", subject_label(kind), chosen=_chips(given_subjects, names), many=True,
        find=f"{find}?for=subject", error=error,
    )  # fmt: skip


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
        controls.append(
            chooser(
                f"p.{role.id}",
                say(role.title),
                chosen=_chips(chosen, setting.names(chosen)),
                required=role.required,
                many=role.many,
                find=f"{find}?for={role.id}",
                error=errors.get(f"participants.{role.id}", ""),
            )
        )
    return tuple(controls)


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
