"""Formulas: every kind, field and other formula that they name is there and fits."""

from __future__ import annotations

from bangfu.core.formulas import Formula, FormulaLine
from bangfu.core.rules import FactKind
from bangfu.core.text import Text
from bangfu.handbook.check_references import shared_numbers
from bangfu.handbook.check_views import check_columns, measured
from bangfu.handbook.condition_types import Column
from bangfu.handbook.fact_files import NUMBERS
from bangfu.handbook.lookup import Lookup
from bangfu.handbook.references import NOT_NUMBER

_SEALED = Text("它不进入计算用的副本", "the copy that is counted from does not hold it")


def check_formula(look: Lookup, formula: Formula) -> None:
    """The lines of a formula, and what it is compared with."""
    for number, term in enumerate(formula.terms, start=1):
        for place, line in enumerate(term.lines, start=1):
            _check_line(look.at(f"terms[{number}].lines[{place}]"), formula, line)
    proposes = formula.proposes
    if proposes is None:
        return
    inner = look.at("proposes")
    kind = inner.kind("fact", proposes.fact)
    if kind is not None and kind.subject != formula.subject:
        inner.wrong("proposes_subject", "fact", found=kind.id)
    side = proposes.side
    if inner.reference(side, "formulas", proposes.line):
        other = look.handbook.formulas.get(proposes.line)
        if other is not None and other.id not in shared_numbers(look.handbook):
            inner.wrong("proposes_line", side, found=proposes.line)


def _check_line(look: Lookup, formula: Formula, line: FormulaLine) -> None:
    kind = look.kind("fact", line.fact)
    if kind is None:
        return
    members = formula.subject == "household" and kind.subject == "person"
    if kind.subject != formula.subject and not members:
        look.wrong("formula_kind", "fact", found=kind.id)
    numbers = [field.id for field in kind.fields if field.type in NUMBERS and measured(field)]
    for name in line.fields:
        field = kind.field(name)
        if field is None:
            look.among("fields", "fields", name, numbers)
        elif name not in numbers:
            why = _SEALED if field.type in NUMBERS else NOT_NUMBER
            known = ", ".join(numbers) or "-"
            look.wrong("formula_field", "fields", found=name, why_zh=why.zh, why_en=why.en,
                       known=known)  # fmt: skip
    look.simple("where", line.where, line_columns(kind))


def line_columns(kind: FactKind) -> dict[str, Column]:
    """The columns of a line's `where`; what is personal may be read, for it is a sum for itself."""
    return {
        name: Column(column.type, column.options, column.title)
        for name, column in check_columns(kind).items()
    }
