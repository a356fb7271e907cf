"""Formulas: dated arithmetic over the facts of a household, each sum with the facts under it."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from bangfu.core.formulas import Formula, FormulaLine, FormulaTerm
from bangfu.core.periods import day_number
from bangfu.core.results import FormulaPart, FormulaValue
from bangfu.core.rules import FactKind, Handbook, term_on
from bangfu.engine.check_views import newest
from bangfu.engine.checks import homes_on
from bangfu.engine.conditions import field_values, holds, tree_of
from bangfu.engine.spans import Ints
from bangfu.engine.tables import FactTable, Tables
from bangfu.handbook.formula_references import line_columns

_CENT = Decimal("0.01")
_MONTHS = 12
# Of one line: what it comes to for each subject, and the facts added up.
Sums = Mapping[int, tuple[Decimal, tuple[int, ...]]]


def worth(
    handbook: Handbook,
    tables: Tables,
    formula_id: str,
    *,
    as_of: date,
    subjects: Collection[int] | None = None,
) -> list[FormulaValue]:
    """What a formula gives on a day for each subject that it knows anything of, by subject.

    Of `subjects` each is answered for, whether anything is known or not. Empty where no term is in
    force. Raises `KeyError` for an unknown formula or one that is a value by itself.
    """
    formula = handbook.formulas[formula_id]
    term = term_on(formula.terms, as_of)
    if formula.subject is None:
        raise KeyError(formula_id)
    if term is None:
        return []
    homes = homes_on(tables, day_number(as_of))
    heads: dict[int, int] = {}
    for mine in homes.values():
        for home in mine:
            heads[home] = heads.get(home, 0) + 1
    sums = {
        line.id: _sums(handbook, tables, formula, line, homes, _window(as_of, term.months))
        for line in term.lines
    }
    known = sorted({subject for one in sums.values() for subject in one})
    asked = known if subjects is None else sorted(set(subjects))
    limit = constant(handbook, formula.proposes.line, as_of) if formula.proposes else None
    return [
        _value(formula, term, subject, sums, heads.get(subject, 0), limit, as_of)
        for subject in asked
    ]


def constant(handbook: Handbook, formula_id: str, day: date) -> Decimal | None:
    """What a formula that is a value holds on a day."""
    term = term_on(handbook.formulas[formula_id].terms, day)
    return None if term is None or term.value is None else Decimal(repr(term.value))


def beyond_line(handbook: Handbook, tables: Tables, *, as_of: date) -> list[FormulaValue]:
    """Where a formula lies on the side of its line that proposes a fact; nothing is recorded."""
    found: list[FormulaValue] = []
    for formula in handbook.formulas.values():
        if formula.proposes is not None:
            every = worth(handbook, tables, formula.id, as_of=as_of)
            found += [one for one in every if one.beyond]
    return found


def _window(as_of: date, months: int) -> tuple[int, int]:
    """The days that count: after the day so many months ago, up to the day itself."""
    at = as_of.year * _MONTHS + as_of.month - 1 - months
    year, month = divmod(at, _MONTHS)
    last = calendar.monthrange(year, month + 1)[1]
    first = date(year, month + 1, min(as_of.day, last)) + timedelta(days=1)
    return day_number(first), day_number(as_of)


def _sums(  # noqa: PLR0917 - a line over facts, for whom and when
    handbook: Handbook,
    tables: Tables,
    formula: Formula,
    line: FormulaLine,
    homes: Mapping[int, tuple[int, ...]],
    window: tuple[int, int],
) -> Sums:
    kind, table = handbook.kinds[line.fact], tables.facts.get(line.fact)
    found: dict[int, tuple[Decimal, tuple[int, ...]]] = {}
    if table is None or not len(table):
        return found
    rows = _rows(kind, table, line, window)
    members = formula.subject == "household" and kind.subject == "person"
    for subject, fact, amount in _amounts(kind, table, line, rows):
        for whose in homes.get(subject, ()) if members else (subject,):
            total, facts = found.get(whose, (Decimal(0), ()))
            found[whose] = total + amount, (*facts, fact)
    return found


def _rows(kind: FactKind, table: FactTable, line: FormulaLine, window: tuple[int, int]) -> Ints:
    """The facts in the window that count; of `latest` ones the newest of each subject."""
    counted = (table.day >= window[0]) & (table.day <= window[1])
    if line.where:
        tree = tree_of(line.where, frozenset(line_columns(kind)))
        columns = {
            field.id: field_values(field, table.values[field.id], table.missing.get(field.id))
            for field in kind.fields
            if field.id in table.values and field.type != "choices"
        }
        counted &= holds(tree, columns, len(table))
    at = np.flatnonzero(counted)
    return newest(table, at) if line.take == "latest" else at


def _amounts(
    kind: FactKind, table: FactTable, line: FormulaLine, rows: Ints
) -> Iterator[tuple[int, int, Decimal]]:
    """Subject, fact and amount of each row in which any of the fields is filled in."""
    for at in rows.tolist():
        amount, filled = Decimal(0), False
        for name in line.fields:
            field, values = kind.field(name), table.values.get(name)
            missing = table.missing.get(name)
            if field is None or values is None or (missing is not None and missing[at]):
                continue
            filled = True
            amount += Decimal(int(values[at])).scaleb(-field.places)
        if filled:
            yield int(table.subject[at]), int(table.fact[at]), amount


def _value(  # noqa: PLR0917 - everything that a value is made of
    formula: Formula,
    term: FormulaTerm,
    subject: int,
    sums: Mapping[str, Sums],
    heads: int,
    limit: Decimal | None,
    as_of: date,
) -> FormulaValue:
    parts = []
    for line in term.lines:
        amount, facts = sums[line.id].get(subject, (Decimal(0), ()))
        parts.append(FormulaPart(line.id, line.title, amount, line.minus, tuple(sorted(facts))))
    total = sum(((-one.amount if one.minus else one.amount) for one in parts), Decimal(0))
    value: Decimal | None = total
    if not any(part.because for part in parts) or (term.per_head and not heads):
        value = None
    elif term.per_head:
        value = (total / heads).quantize(_CENT, ROUND_HALF_UP)
    beyond = False
    if value is not None and limit is not None and formula.proposes is not None:
        beyond = value < limit if formula.proposes.side == "below" else value > limit
    return FormulaValue(
        formula.id,
        subject,
        as_of,
        value,
        total,
        heads if term.per_head else 0,
        tuple(parts),
        limit,
        beyond,
    )
