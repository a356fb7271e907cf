"""The form of a step of a case: its case to choose from a list, and what the case says already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from bangfu.core.facts import Fact, Value
from bangfu.core.rules import FactKind, term_on
from bangfu.records import queries
from bangfu.web import cases, words
from bangfu.web.entry import Control, Given, Option
from bangfu.web.reader import Reader
from bangfu.web.words import say

Values = dict[str, str | list[str]]
People = dict[str, tuple[str, ...]]


def filled_in(reader: Reader, kind: FactKind, case: str) -> tuple[Values, People]:
    """What a form opened from the case of that uid holds: the case, the subjects and people that
    it named last under the same name, and what the step must repeat. Nothing for an unknown case.
    """
    opening = queries.fact(reader.policy, case) if case else None
    named = kind.naming(opening.kind) if opening else None
    if opening is None or named is None:
        return {}, {}
    found = queries.case_of(reader.policy, opening.uid, as_of=reader.today)
    facts = queries.facts(reader.policy, found.because) if found else [opening]
    step = cases.current(reader, found) if found else None
    said: dict[str, tuple[str, ...]] = {}
    for fact in facts:
        said |= {name: (str(value),) for name, value in fact.values.items() if _plain(value)}
        roles = dict.fromkeys(role for role, _ in fact.participants)
        said |= {role: tuple(u for r, u in fact.participants if r == role) for role in roles}
    repeated = set(step.same if step and step.fact == kind.id else ())
    values: Values = {
        item.id: said[item.id][0]
        for item in kind.fields
        if item.id in said
        and (item.id in repeated or (item.type == "reference" and not item.names_a_fact))
    }
    people = {role.id: said[role.id] for role in kind.participants if role.id in said}
    return {**values, named.id: opening.uid}, people


def _plain(value: Value) -> bool:
    """Whether a value fits one input."""
    return value is not None and not isinstance(value, (list, bool))


def with_cases(
    reader: Reader, kind: FactKind, given: Given, controls: Sequence[Control]
) -> tuple[Control, ...]:
    """The controls, with the open cases to choose from where a field names one; what a step of
    that kind needs is asked for as required.
    """
    # A fact that may also stand for itself, such as a further measure, is then asked for no more.
    alone = [f.to for f in kind.fields if not f.required and not given.values.get(f.id)]
    rules = [rule for rule in reader.handbook.procedures.values() if rule.opens not in alone]
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
