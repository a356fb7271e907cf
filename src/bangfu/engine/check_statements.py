"""What is run for a check: its query written anew, dated, with the facts that it reads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from bangfu.core.rules import Check, CheckTerm, Handbook, term_on
from bangfu.engine.check_narrowing import Demand, demands
from bangfu.handbook.check_query import SUBJECT, Query
from bangfu.handbook.check_references import query_of
from bangfu.handbook.check_views import check_views
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import to_sql

FACT = "fact"
_READ_FROM = ("fact_", "latest_")
_UNITS = {"age": "year", "months": "month", "days": "day"}
_KEPT = 4
MOST_MADE = 2000  # statements of some days of some hundred checks


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL of a check on a day; after its own columns come those with facts.

    It `reads` views, of their columns those of `names`; without rows that meet its `demands` it
    finds nothing.
    """

    check: Check
    sql: str
    columns: Mapping[str, Column]
    reads: frozenset[str]
    names: frozenset[str] = frozenset()
    demands: tuple[Demand, ...] = ()

    @property
    def personal(self) -> frozenset[str]:
        """The columns that come of personal values."""
        return frozenset(name for name, column in self.columns.items() if column.personal)


class Statements:
    """The statements of one handbook's checks; queries are read once."""

    def __init__(self, handbook: Handbook) -> None:
        self.handbook = handbook
        self._views = check_views(handbook)
        self._queries: dict[tuple[str, date], Query] = {}
        self._made: dict[tuple[str, date], Statement | None] = {}

    def of(self, check: Check, day: date) -> Statement | None:
        """What is run on a day; None where no term is in force. Raises `BadCondition`."""
        key = (check.id, day)
        if key not in self._made:
            made = self._make(check, day)
            while len(self._made) >= MOST_MADE:
                self._made.pop(next(iter(self._made)), None)
            self._made[key] = made
        return self._made[key]

    def _make(self, check: Check, day: date) -> Statement | None:
        term = term_on(check.terms, day)
        if term is None:
            return None
        query = self._query(check, term)
        tree = _dated(query.tree.copy(), self.handbook, check, day)
        assert isinstance(tree, exp.Select)  # noqa: S101 - by the check of the query
        grouped = query.tree.args.get("group") is not None
        for number, column in enumerate(_facts(query.tree)):
            read: exp.Expression = exp.column(FACT, table=column)
            if grouped:
                read = exp.Anonymous(this="list", expressions=[read])
            tree = tree.select(exp.alias_(read, f"#{number}", quoted=True), copy=False)
        names = frozenset(column.name for column in tree.find_all(exp.Column))
        wanted = demands(tree)
        return Statement(check, to_sql(tree), query.columns, query.reads, names, wanted)

    def columns(self, check: Check, day: date) -> Mapping[str, Column]:
        """The columns that a check gives on a day."""
        term = term_on(check.terms, day)
        return {} if term is None else self._query(check, term).columns

    def _query(self, check: Check, term: CheckTerm) -> Query:
        key = (check.id, term.start)
        if key not in self._queries:
            self._queries[key] = query_of(self.handbook, check, term, self._views)
        return self._queries[key]


def statements_of(handbook: Handbook) -> Statements:
    """The statements of a handbook; those asked last are kept."""
    found = _kept.get(id(handbook))
    if found is None or found.handbook is not handbook:
        found = _kept[id(handbook)] = Statements(handbook)
    _kept.move_to_end(id(handbook))
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return found


_kept: OrderedDict[int, Statements] = OrderedDict()


def _facts(tree: exp.Select) -> Iterator[str]:
    """The relations of a query whose rows are facts, by the names that they have in it."""
    sources = [tree.args["from_"].this, *(join.this for join in tree.args.get("joins") or ())]
    for source in sources:
        if isinstance(source, exp.Subquery):
            facts = FACT in source.this.named_selects
        else:
            facts = source.name.startswith(_READ_FROM)
        if facts:
            yield source.alias_or_name


def _dated(tree: exp.Expression, handbook: Handbook, check: Check, day: date) -> exp.Expression:
    """The query with its own words (`param`, `age`, `months`, `days`, `as_of`) made plain SQL."""

    def inside(node: exp.Expression) -> exp.Expression:
        # What replaces a node is not looked into again.
        return node.transform(plain)

    def plain(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Div):
            # By nothing there is no share: unknown, not infinite.
            below = exp.Nullif(this=inside(node.expression), expression=exp.Literal.number(0))
            return exp.Div(this=inside(node.this), expression=below, typed=False, safe=False)
        if not isinstance(node, exp.Anonymous):
            return node
        name, given = node.name.lower(), node.expressions
        if name == "as_of":
            return _day(day)
        if name == "param":
            return _number(handbook, check, given[0].name, given[1], day, inside(given[1]))
        if name in _UNITS:
            since = inside(given[0])
            until = inside(given[1]) if len(given) > 1 else _day(day)
            unit = exp.Literal.string(_UNITS[name])
            return exp.Anonymous(this="date_sub", expressions=[unit, since, until])
        return node

    return tree.transform(plain, copy=False)


def _day(day: date) -> exp.Expression:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE", dialect="duckdb")


def _number(  # noqa: PLR0917 - a number on a day, as asked and as dated
    handbook: Handbook,
    check: Check,
    name: str,
    asked: exp.Expression,
    day: date,
    on: exp.Expression,
) -> exp.Expression:
    """What a dated number is on a day that the query gives; unknown where none is in force."""
    values = list(numbers(handbook, check, name))
    if isinstance(asked, exp.Anonymous):  # as_of(), the only day that a query can call
        held = [value for start, end, value in values if start <= day and (not end or day < end)]
        return _literal(held[-1]) if held else exp.Null()
    case = exp.Case()
    for start, end, value in values:
        holds: exp.Expression = exp.GTE(this=on.copy(), expression=_day(start))
        if end is not None:
            before = exp.LT(this=on.copy(), expression=_day(end))
            holds = exp.And(this=holds, expression=before)
        case = case.when(holds, _literal(value), copy=False)
    return exp.Paren(this=case) if values else exp.Null()


def _literal(value: float) -> exp.Expression:
    number = exp.Literal.number(_shown(abs(value)))
    return exp.Neg(this=number) if value < 0 else number


def numbers(
    handbook: Handbook, check: Check, name: str
) -> Iterator[tuple[date, date | None, float]]:
    """The values of a parameter with their days: the check's own, or a formula's."""
    own = [(t.start, t.end, t.params[name].value) for t in check.terms if name in t.params]
    yield from own
    formula = handbook.formulas.get(name)
    if formula is not None and not own:
        yield from ((t.start, t.end, t.value) for t in formula.terms if t.value is not None)


def _shown(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


__all__ = ["SUBJECT", "Statement", "Statements", "numbers", "statements_of"]
