"""Facts as pages show them: values in words, names for uids, and what may not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bangfu.core.facts import VOID, Fact, Value
from bangfu.core.registry import SUBJECT_TITLES
from bangfu.core.rules import FactKind, Field, Handbook
from bangfu.records import queries
from bangfu.records.access import FOUNDER, Policy
from bangfu.records.queries import Named
from bangfu.web import words
from bangfu.web.words import say


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what stands beside it; `mood` is "erased" or "masked" where it is not a value."""

    label: str
    value: str
    mood: str = ""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact in a list."""

    url: str
    about: str
    title: str
    day: date
    performer: str
    recorder: str
    recorded_at: datetime


def names_in(policy: Policy, facts: Iterable[Fact]) -> Mapping[str, Named]:
    """What everything that these facts refer to is called, of what the reader may see."""
    facts = list(facts)
    uids: set[str] = set()
    for fact in facts:
        uids.update((fact.subject, fact.performed_by, fact.recorded_by, *fact.more_subjects))
        uids.update(uid for _role, uid in fact.participants)
        uids |= queries.references(fact.kind, fact.values)
    found = queries.named(policy, uids - {FOUNDER})
    referred = {uid for fact in facts for uid in queries.references(fact.kind, fact.values)}
    return {**found, **queries.facts_named(policy, referred - found.keys())}


def name_of(uid: str, names: Mapping[str, Named]) -> str:
    """A name; the founder's, or that it may not be seen."""
    if uid == FOUNDER:
        return _("at the founding of the ledger")
    return words.place(names[uid].name) if uid in names else _("not visible to you")


def about(fact: Fact, names: Mapping[str, Named]) -> str:
    """Whom a fact is about: one name, or the first and how many more."""
    first = name_of(fact.subject, names)
    more = len(fact.more_subjects)
    if not more:
        return first
    said = ngettext("%(first)s and %(n)d more", "%(first)s and %(n)d more", more)
    return said % {"first": first, "n": more}


def title_of(handbook: Handbook, fact: Fact) -> str:
    """What kind of fact it is."""
    if fact.kind == VOID:
        return _("Withdrawal")
    kind = handbook.kinds.get(fact.kind)
    return say(kind.title) if kind else fact.kind


def fact_lines(
    handbook: Handbook, facts: Sequence[Fact], names: Mapping[str, Named], *, query: str = ""
) -> list[FactLine]:
    """Facts for a list, in the order given; `query` is added to their addresses."""
    return [
        FactLine(
            url=reverse("fact", args=[fact.uid]) + query,
            about=about(fact, names),
            title=title_of(handbook, fact),
            day=fact.occurred_on,
            performer=name_of(fact.performed_by, names),
            recorder=name_of(fact.recorded_by, names),
            recorded_at=fact.recorded_at,
        )
        for fact in facts
    ]


def value_lines(kind: FactKind | None, fact: Fact, names: Mapping[str, Named]) -> list[Line]:
    """The fields of a fact: what is filled in, what is erased, what is sealed from the reader.

    The case that it belongs to is left out: the page has a link to it.
    """
    if kind is None:
        return [Line(key, str(value)) for key, value in fact.values.items()]
    lines = []
    for item in kind.fields:
        label = say(item.title)
        if queries.handbook().opened_by(item.to):
            continue
        if item.id in fact.values:
            said = _registry_words(fact, item.id) or value_words(item, fact.values[item.id], names)
            lines.append(Line(label, said))
        elif item.personal and fact.erased:
            lines.append(Line(label, _("erased"), "erased"))
        elif item.own_file and not fact.erased:
            lines.append(Line(label, _("only in the file of the household"), "masked"))
        elif item.personal and item.required:
            lines.append(Line(label, _("sealed from you"), "masked"))
    return lines


def _registry_words(fact: Fact, field: str) -> str:
    """What the handbook calls the post or status that a registry fact names by its id."""
    handbook = queries.handbook()
    named = str(fact.values.get(field, ""))
    if fact.kind == "registry.assignment" and field == "role":
        role = handbook.roles.get(named)
        return say(role.title) if role else ""
    status = handbook.statuses.get(str(fact.values.get("status", "")))
    if fact.kind != "registry.status" or status is None:
        return ""
    if field == "status":
        return say(status.title)
    if field == "value" and status.type == "flag" and named:
        return _("yes")
    return say(status.options[named]) if named in status.options else ""


def value_words(item: Field, value: Value, names: Mapping[str, Named] | None = None) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return pgettext("list", ", ").join(_option(item, part) for part in value)
    text = str(value)
    if item.type == "choice":
        text = _option(item, text)
    elif item.type == "date":
        text = words.day(date.fromisoformat(text), year=True)
    elif item.type == "reference":
        text = name_of(text, names or {})
    elif item.type == "number" and "." in text:
        text = text.rstrip("0").rstrip(".")
    elif item.type == "money":
        text = text.removesuffix(".00")
        return f"{text} {say(item.unit)}" if item.unit else _("%(amount)s yuan") % {"amount": text}
    return f"{text} {say(item.unit)}" if item.unit else text


def message_words(kind: FactKind | None, fact: Fact, names: Mapping[str, Named]) -> str:
    """What may be pasted into a chat group about a fact; empty where its kind has no such text.

    A line of which one value is empty is left out.
    """
    if kind is None or kind.message is None or not fact.standing:
        return ""
    said = {
        item.id: value_words(item, fact.values.get(item.id), names)
        for item in kind.fields
        if not item.personal
    }
    said["subject"] = name_of(fact.subject, names)
    lines = []
    for line in say(kind.message).splitlines():
        asked = [name for _text, name, _spec, _conversion in Formatter().parse(line) if name]
        if all(said.get(name) for name in asked):
            lines.append(line.format_map(said))
    return "\n".join(lines)


def _option(item: Field, key: str) -> str:
    return say(item.options[key]) if key in item.options else key


def people_lines(kind: FactKind | None, fact: Fact, names: Mapping[str, Named]) -> list[Line]:
    """Subjects of a sheet and participants, one line for each role."""
    lines = []
    if fact.more_subjects:
        label = say(SUBJECT_TITLES[kind.subject]) if kind else _("About")
        everyone = [name_of(uid, names) for uid in (fact.subject, *fact.more_subjects)]
        lines.append(Line(label, pgettext("list", ", ").join(everyone)))
    for role in kind.participants if kind else ():
        held = [name_of(uid, names) for name, uid in fact.participants if name == role.id]
        if held:
            lines.append(Line(say(role.title), pgettext("list", ", ").join(held)))
    return lines


def changes(kind: FactKind | None, before: Fact, after: Fact) -> list[str]:
    """What a correction changed, a sentence for each field."""
    if kind is None or after.kind == VOID:
        return []
    found = []
    if before.occurred_on != after.occurred_on:
        found.append(
            (_("Day it happened"), words.day(before.occurred_on), words.day(after.occurred_on))
        )
    for item in kind.fields:
        old, new = before.values.get(item.id), after.values.get(item.id)
        if old != new:
            empty = _("empty")
            old_words = _registry_words(before, item.id) or value_words(item, old) or empty
            new_words = _registry_words(after, item.id) or value_words(item, new) or empty
            found.append((say(item.title), old_words, new_words))
    return [
        _("%(field)s: %(old)s → %(new)s") % {"field": field, "old": old, "new": new}
        for field, old, new in found
    ]
