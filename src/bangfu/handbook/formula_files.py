"""formulas/*.toml: dated arithmetic over fields, and numbers that hold from a day on."""

from __future__ import annotations

from bangfu.core.formulas import Formula, FormulaLine, FormulaTerm, Proposes
from bangfu.core.rules import SubjectType, Term
from bangfu.core.text import Text
from bangfu.handbook.duty_files import condition
from bangfu.handbook.grammar import read_id, read_terms, read_title
from bangfu.handbook.reader import Table, duplicates

_SUBJECTS: tuple[SubjectType, ...] = ("household", "person")
_MOST, _MOST_MONTHS = 1e12, 120
_EXAMPLE = 'proposes = {fact = "risk_lead", below = "monitoring_line"}'


def read_formula(table: Table, stem: str) -> Formula:
    """One formula; problems are noted in the table."""
    lines = any(term.has("lines") for term in table.tables("terms"))
    subject = table.choice("subject", _SUBJECTS) if table.has("subject") else None
    if lines != (subject is not None):
        table.wrong("formula_subject", "subject")
    formula = Formula(
        id=read_id(table, stem),
        title=read_title(table),
        unit=table.title("unit") or Text("", ""),
        subject=subject,
        terms=read_terms(table, _term),
        proposes=_proposes(table),
    )
    table.close()
    if subject != "household" and any(term.per_head for term in formula.terms):
        table.wrong("formula_heads", "terms")
    return formula


def _term(table: Table, dates: Term) -> FormulaTerm:
    lines = tuple(_line(entry) for entry in table.tables("lines"))
    for name in sorted(duplicates(line.id for line in lines)):
        table.wrong("duplicate", "lines", found=name)
    value = table.number("value", -_MOST, _MOST)
    if (value is None) == (not lines):
        table.wrong("formula_either", "value")
    return FormulaTerm(
        dates.start,
        dates.end,
        dates.source,
        value=value,
        lines=lines,
        months=table.count("months", 1, _MOST_MONTHS, default=12),
        per_head=table.flag("per_head"),
    )


def _line(table: Table) -> FormulaLine:
    line = FormulaLine(
        id=table.name("id"),
        title=read_title(table),
        fact=table.name("fact"),
        fields=table.names("fields"),
        take=table.choice("take", ("each", "latest"), default="each"),
        minus=table.flag("minus"),
        where=condition(table, "where"),
    )
    if not line.fields:
        example = 'fields = ["…"]'
        table.wrong("empty" if table.has("fields") else "missing", "fields", example=example)
    table.close()
    return line


def _proposes(table: Table) -> Proposes | None:
    raw = table.take("proposes")
    if raw is None:
        return None
    inner = table.table("proposes", example=_EXAMPLE)
    if inner is None:
        return None
    below = inner.name("below", required=False)
    above = inner.name("above", required=False)
    found = Proposes(inner.name("fact"), "below" if below else "above", below or above)
    if bool(below) == bool(above):
        inner.wrong("one_of", "below", one="below", other="above")
    inner.close()
    return found
