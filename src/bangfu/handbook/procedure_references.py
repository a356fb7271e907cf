"""Procedures: every kind, role, field and step that a case needs is there and fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bangfu.core.procedures import Clock, Opening, Procedure, ProcedureStep, ProcedureTerm
from bangfu.core.registry import PLACE_LEVELS
from bangfu.core.rules import FactKind, Handbook, SubjectType
from bangfu.handbook.columns import case_columns, status_columns
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.references import mismatch

# What lies in a place, so that a post held for the place reaches it.
_INSIDE = frozenset((*PLACE_LEVELS, "household", "person", "unit", "branch", "project"))


def check_procedure(look: Lookup, procedure: Procedure) -> None:
    """Kinds, roles, outcomes, conditions and clocks of a procedure."""
    for folder in ("duties", "deadlines"):
        if procedure.id in look.known[folder]:
            look.wrong("procedure_clash", "id", found=procedure.id, folder=folder)
    opening = look.kind("opens", procedure.opens)
    if opening is not None:
        _fits(look, "opens", opening, procedure)
    for other in look.handbook.procedures.values():
        if other.opens == procedure.opens and other.id < procedure.id:
            look.wrong("opens_twice", "opens", found=procedure.opens, other=other.id)
    for number, term in enumerate(procedure.terms, start=1):
        inner = look.at(f"terms[{number}]")
        _check_calendar(inner, "within", term.within)
        if term.pause is not None:
            for key, name in (("fact", term.pause.fact), ("until", term.pause.until)):
                kind = inner.kind(f"pause.{key}", name)
                if kind is not None:
                    _fits(inner, f"pause.{key}", kind, procedure)
        if term.opening is not None:
            _check_opening(inner, procedure, term.opening)
        _check_steps(inner, procedure, term)


def _check_opening(look: Lookup, procedure: Procedure, opening: Opening) -> None:
    """What must be so for a case to be opened can be told of its subject."""
    columns = status_columns(look.handbook.statuses.values(), procedure.subject)
    look.simple("opening.where", opening.where, columns)
    for name, fields in opening.evidence.items():
        kind = look.kind(f"opening.evidence.{name}", name)
        if kind is None:
            continue
        if kind.subject != procedure.subject or kind.many_subjects or kind.registry:
            look.wrong("opening_evidence", f"opening.evidence.{name}", found=kind.id)
        open_ = [one.id for one in kind.fields if not one.personal]
        for one in fields:
            look.among(f"opening.evidence.{name}", "fields", one, open_)
    for name in opening.not_while:
        look.reference("opening.not_while", "procedures", name)


def _check_steps(look: Lookup, procedure: Procedure, term: ProcedureTerm) -> None:
    for number, step in enumerate(term.steps, start=1):
        inner = look.at(f"steps[{number}]")
        kind = inner.kind("fact", step.fact)
        if kind is not None:
            _fits(inner, "fact", kind, procedure)
            _check_outcomes(inner, step, kind)
            _check_sets(inner, procedure, step, kind)
            parts = [*(f.id for f in kind.fields), *(part.id for part in kind.participants)]
            for name in step.needs:
                inner.among("needs", "fields", name, parts)
            _check_same(inner, step, kind, _earlier(look, procedure, term.steps[: number - 1]))
        for name in step.by:
            if inner.reference("by", "roles", name):
                _check_reach(inner, name, procedure.subject)
        if _readable(look.handbook, procedure, term.steps[: number - 1]):
            columns = case_columns(look.handbook, procedure, term.steps[: number - 1])
            inner.simple("when", step.when, columns)
        for key in ("not_before", "within"):
            _check_calendar(inner, key, getattr(step, key))


def _fits(look: Lookup, key: str, kind: FactKind, procedure: Procedure) -> None:
    """A fact of a case is about the case's subject alone; but for the first, it names the case."""
    if kind.subject != procedure.subject:
        mismatch(look, key, kind.id, kind.subject, procedure.subject)
    elif kind.many_subjects or kind.registry:
        look.wrong("case_alone", key, found=kind.id)
    elif key == "opens":
        return
    elif kind.id == procedure.opens:
        look.wrong("opens_again", key, found=kind.id)
    elif kind.naming(procedure.opens) is None:
        look.wrong("case_field", key, found=kind.id, opens=procedure.opens)


def _check_outcomes(look: Lookup, step: ProcedureStep, kind: FactKind) -> None:
    if not step.outcome:
        return
    field = kind.field(step.outcome)
    known = [f.id for f in kind.fields if f.type == "choice" and f.required and not f.personal]
    if field is None:
        look.among("outcome", "fields", step.outcome, known)
    elif field.id not in known:
        look.wrong("outcome_field", "outcome", found=field.id, known=", ".join(known) or "-")
    else:
        for option in step.outcomes:
            look.among(f"outcomes.{option}", "options", option, list(field.options))


def _check_sets(look: Lookup, procedure: Procedure, step: ProcedureStep, kind: FactKind) -> None:
    """The status is one of the case's subject, and can become whatever the fact may say."""
    sets = step.sets
    if sets is None:
        return
    inner = look.at("sets")
    if not inner.reference("status", "statuses", sets.status):
        return
    status = look.handbook.statuses.get(sets.status)
    if status is not None and status.subject != procedure.subject:
        mismatch(inner, "status", sets.status, status.subject, procedure.subject)
    options = list(status.options) if status else []
    if sets.field:
        choices = [one.id for one in kind.fields if one.type == "choice" and not one.personal]
        if inner.among("field", "fields", sets.field, choices):
            field = kind.field(sets.field)
            for option in field.options if field else ():
                inner.among("field", "options", option, options)
    elif options:
        inner.among("value", "options", sets.value, options)
    outcome = kind.field(step.outcome)
    if sets.when and outcome is not None:
        inner.among("when", "options", sets.when, list(outcome.options))


def _earlier(look: Lookup, procedure: Procedure, before: Sequence[ProcedureStep]) -> list[FactKind]:
    """The kinds of the facts that come before a step, as far as they could be read."""
    names = (procedure.opens, *(step.fact for step in before))
    return [kind for name in names if (kind := look.handbook.kind(name))]


def _check_same(
    look: Lookup, step: ProcedureStep, kind: FactKind, earlier: Sequence[FactKind]
) -> None:
    """What must be as the case said has been said before, and may be read."""
    open_ = [f.id for f in kind.fields if not f.personal]
    parts = [*open_, *(part.id for part in kind.participants)]
    said = {name for one in earlier for name in parts if one.part(name)}
    for name in step.same:
        look.among("same", "fields", name, [part for part in parts if part in said])


def _check_reach(look: Lookup, name: str, subject: SubjectType) -> None:
    role = look.handbook.roles.get(name)
    if role is not None and not reaches(role.subject, subject):
        mismatch(look, "by", name, role.subject, subject)


def reaches(post: SubjectType, subject: SubjectType) -> bool:
    """Whether a post held for a subject of type `post` may reach a subject of another type."""
    return post == subject or (post in PLACE_LEVELS and subject in _INSIDE)


def _check_calendar(look: Lookup, key: str, clock: Clock | None) -> None:
    if clock and clock.unit == "working_days" and not look.handbook.calendar.years:
        look.wrong("calendar_needed", key)


def _readable(handbook: Handbook, procedure: Procedure, before: Sequence[ProcedureStep]) -> bool:
    """Whether all that a condition may read was read itself without problems."""
    return all(handbook.kind(name) for name in _kinds(procedure, before))


def _kinds(procedure: Procedure, before: Sequence[ProcedureStep]) -> Iterator[str]:
    yield procedure.opens
    yield from (step.fact for step in before)
