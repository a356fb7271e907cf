"""The form of a step of a case: its case to choose from a list, and what the case says already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from bangfu.core.facts import Fact
from bangfu.core.rules import FactKind, term_on
from bangfu.records import queries
from bangfu.web import cases, words
from bangfu.web.entry import Control, Given, Option
from bangfu.web.reader import Reader
from bangfu.web.words import say

Values = dict[str, str | list[str]]
People = dict[str, tuple[str, ...]]


def filled_in(reader: Reader, kind: FactKind, case: str) -> tuple[Values, People]:
    """What a form opened from the case of that uid holds: the case, and whatever the fact that
    opened it says under the same name of subjects and people. Nothing for an unknown case.
    """
    opening = queries.fact(reader.policy, case) if case else None
    named = kind.naming(opening.kind) if opening else None
    opened = reader.handbook.kinds.get(opening.kind) if opening else None
    if opening is None or named is None or opened is None:
        return {}, {}
    people: dict[str, list[str]] = {}
    for role, uid in opening.participants:
        people.setdefault(role, []).append(uid)
    values: Values = {named.id: opening.uid}
    for item in kind.fields:
        if item.type == "reference" and item is not named:
            said = str(opening.values.get(item.id) or "")
            values[item.id] = said if opened.field(item.id) else "".join(people.get(item.id, []))
    return values, {
        role.id: tuple(people[role.id]) for role in kind.participants if role.id in people
    }


def with_cases(
    reader: Reader, kind: FactKind, given: Given, controls: Sequence[Control]
) -> tuple[Control, ...]:
    """The controls, with the open cases to choose from where a field names one; what a step of
    that kind needs is asked for as required.
    """
    rules = reader.handbook.procedures.values()
    terms = [term for rule in rules if (term := term_on(rule.terms, reader.today))]
    taking = [step for term in terms for step in term.steps if step.fact == kind.id]
    needed = {name for step in taking for name in step.needs}
    controls = [
        replace(control, required=control.required or item.id in needed)
        for item, control in zip(kind.fields, controls, strict=True)
    ]
    return tuple(
        _chooser(reader, kind, given.values.get(item.id), control)
        if reader.handbook.opened_by(item.to)
        else control
        for item, control in zip(kind.fields, controls, strict=True)
    )


def _chooser(reader: Reader, kind: FactKind, value: object, control: Control) -> Control:
    chosen = str(value or "")
    options = [
        Option(line.uid, cases.case_words(line), line.uid == chosen)
        for line in cases.waiting_for(reader, kind)
    ]
    if chosen and not any(option.chosen for option in options):
        options.insert(0, Option(chosen, _title(reader, chosen), chosen=True))
    shown = "" if options else _("No open case waits for this entry.")
    return replace(
        control, widget="select", options=tuple(options), find="", value=chosen,
        help=control.help or shown,
    )  # fmt: skip


def _title(reader: Reader, uid: str) -> str:
    """A case that waits for something else, or is closed, by what opened it."""
    opening = queries.fact(reader.policy, uid)
    return fact_words(reader, opening) if opening else _("not visible to you")


def fact_words(reader: Reader, fact: Fact) -> str:
    """A fact by its kind, whom it is about, and its day."""
    kind = reader.handbook.kinds.get(fact.kind)
    about = queries.named(reader.policy, [fact.subject]).get(fact.subject)
    parts = [say(kind.title) if kind else fact.kind]
    parts += [words.place(about.name)] if about else []
    return " · ".join([*parts, words.day(fact.occurred_on, year=True)])
