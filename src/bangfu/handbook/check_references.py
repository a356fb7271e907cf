"""Checks: every view, column, post and kind that they name is there and fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bangfu.core.checking import CaseCell, Check, CheckCase, CheckTerm, Lead
from bangfu.core.rules import FactKind, Handbook, SubjectType
from bangfu.handbook.check_files import places
from bangfu.handbook.check_query import SUBJECT, Query
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import BadCondition, parse_query
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.procedure_references import reaches
from bangfu.handbook.references import mismatch


def query_of(
    handbook: Handbook, check: Check, term: CheckTerm, views: Mapping[str, Collection[str]]
) -> Query:
    """The checked query of one term; raises `BadCondition`."""
    params = {*shared_numbers(handbook), *(name for one in check.terms for name in one.params)}
    return parse_query(term.select, views, params=params)


def shared_numbers(handbook: Handbook) -> set[str]:
    """The formulas that are a number by themselves, which any check may ask for."""
    return {
        formula.id
        for formula in handbook.formulas.values()
        if any(term.value is not None for term in formula.terms)
    }


def check_check(look: Lookup, check: Check) -> None:
    """Queries, posts, exemption and examples of a check."""
    for name in check.mends:
        if look.reference("mends", "roles", name):
            role = look.handbook.roles.get(name)
            if role is not None and not _reaches(role.subject, check.subject):
                mismatch(look, "mends", name, role.subject, check.subject)
    _check_named(look, check)
    if _broken(look):
        return
    views = look.queried
    for number, term in enumerate(check.terms, start=1):
        inner = look.at(f"terms[{number}]")
        for name in sorted(set(term.params) & shared_numbers(look.handbook)):
            inner.wrong("param_clash", f"params.{name}", found=name)
        try:
            query = query_of(look.handbook, check, term, views)
        except BadCondition as bad:
            inner.bad("select", bad)
            continue
        if SUBJECT not in query.columns:
            inner.wrong("check_subject", "select", found=", ".join(query.columns))
        for name in sorted(
            places(check.message.zh) - query.columns.keys() | (places(check.message.zh) & {SUBJECT})
        ):
            inner.wrong("message_column", "select", found=name, known=", ".join(query.columns))
    for number, case in enumerate(check.cases, start=1):
        _check_case(look.at(f"cases[{number}]"), case, views)


def _check_named(look: Lookup, check: Check) -> None:
    """The kinds by which a check is exempted from, and which it proposes."""
    kind = look.kind("exempted_by", check.exempted_by) if check.exempted_by else None
    if kind is not None:
        _check_exemption(look, kind, check)
    if check.proposes is not None:
        _check_lead(look.at("proposes"), check, check.proposes)


def _reaches(post: SubjectType, subject: SubjectType) -> bool:
    """Whether a post held for one thing reaches another: itself, what lies in it, its members."""
    own = post == "household" and subject == "person"
    return own or reaches(post, subject)


def _broken(look: Lookup) -> bool:
    """Whether a kind is missing because its file could not be read, which is reported there."""
    return bool(set(look.known["facts"]) - look.handbook.kinds.keys())


def _check_exemption(look: Lookup, kind: FactKind, check: Check) -> None:
    """Whoever exempts says which check, why, and until when."""
    if kind.subject != check.subject:
        look.wrong("exemption_subject", "exempted_by", found=kind.id, subject=kind.subject)
    for name, type_ in (("check", "text"), ("until", "date")):
        field = kind.field(name)
        if field is None or field.type != type_ or not field.required or field.personal:
            look.wrong("exemption_field", "exempted_by", found=kind.id, field=name, type=type_)


def _check_lead(look: Lookup, check: Check, lead: Lead) -> None:
    """What is proposed is about the same subject; filled in is only what an address may carry."""
    kind = look.kind("fact", lead.fact)
    if kind is None:
        return
    if kind.subject != check.subject:
        look.wrong("proposes_subject", "fact", found=kind.id)
    open_fields = {one.id: one for one in kind.fields if not one.personal}
    for name, value in lead.values.items():
        field = open_fields.get(name)
        if field is None:
            look.among("values", "fields", name, list(open_fields))
        elif field.options:
            look.among(f"values.{name}", "options", value, list(field.options))


def _check_case(look: Lookup, case: CheckCase, views: Mapping[str, Mapping[str, Column]]) -> None:
    for view, rows in case.rows.items():
        if view not in views:
            look.wrong("case_view", "rows", found=view)
            continue
        for number, row in enumerate(rows, start=1):
            for name, cell in row.items():
                column = views[view].get(name)
                if column is None:
                    known = ", ".join(views[view])
                    look.wrong("case_column", f"rows.{view}[{number}]", found=name, known=known)
                elif not _fits(column, cell):
                    look.wrong("case_value", f"rows.{view}[{number}]", found=cell, column=name)


def _fits(column: Column, cell: CaseCell) -> bool:
    if column.type == "list":
        return isinstance(cell, tuple) and (not column.options or set(cell) <= set(column.options))
    if column.type == "text":
        return isinstance(cell, str) and (not column.options or cell in column.options)
    if column.type == "boolean":
        return isinstance(cell, bool)
    if column.type in ("number", "id"):
        return isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return column.type == "any" or not isinstance(cell, (str, bool, int, float, tuple))
