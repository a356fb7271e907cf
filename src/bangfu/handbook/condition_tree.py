"""The whitelist and the types of conditions: every node of a tree is known, or it is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NoReturn

from sqlglot import exp

from bangfu.core.text import Text
from bangfu.handbook.condition_problems import BadCondition
from bangfu.handbook.condition_query import select
from bangfu.handbook.condition_types import (
    Column,
    ColumnType,
    Scope,
    fit,
    known_option,
    only,
    resolve,
    shown,
    typed,
)

_SIMPLE = "AND OR NOT = <> < <= > >= IN BETWEEN IS NULL"
_QUERIES = "EXISTS, IN, ( ) over SELECT … FROM … JOIN … ON … WHERE … GROUP BY … HAVING …"
_PARTS = ("year", "quarter", "month", "week", "day", "isodow")
_TEXT, _NUMBER, _DATE, _BOOLEAN = (
    Column("text"),
    Column("number"),
    Column("date"),
    Column("boolean"),
)
_AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
# class -> (name, types of its arguments, type of its result; None: that of the argument)
_FUNCTIONS: Mapping[type[exp.Expression], tuple[str, ColumnType, ColumnType | None]] = {
    exp.Lower: ("lower", "text", "text"),
    exp.Length: ("length", "text", "number"),
    exp.Abs: ("abs", "number", "number"),
    exp.Year: ("year", "date", "number"),
    exp.Month: ("month", "date", "number"),
    exp.Sum: ("sum", "number", "number"),
    exp.Avg: ("avg", "number", "number"),
    exp.Min: ("min", "any", None),
    exp.Max: ("max", "any", None),
}
FUNCTIONS = (
    "lower", "length", "coalesce", "abs", "round", "count", "sum", "min", "max", "avg",
    "list_contains", "date_part", "year", "month",
)  # fmt: skip
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def check(
    tree: exp.Expression,
    *,
    columns: Collection[str],
    views: Mapping[str, Collection[str]],
    row: str,
    simple: bool,
) -> None:
    """Raise `BadCondition` unless every node is on the whitelist and every type fits."""
    checker = Checker({name: typed(view) for name, view in views.items()}, simple)
    checker.truth(tree, Scope({row: typed(columns)}))


@dataclass(slots=True)
class Checker:
    """Judges the nodes of one condition: the whitelist, and which types may meet."""

    views: Mapping[str, Mapping[str, Column]]
    simple: bool
    rules: Mapping[type[exp.Expression], Callable[[exp.Expression, Scope], Column]] = field(
        init=False
    )

    def __post_init__(self) -> None:
        self.rules = {
            exp.And: self._junction,
            exp.Or: self._junction,
            exp.Not: self._same,
            exp.Paren: self._paren,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Is: self._is,
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Neg: self._negative,
            exp.Boolean: self._boolean,
            exp.Cast: self._date,
            **dict.fromkeys(_COMPARISONS, self._comparison),
        }
        if not self.simple:
            self.rules = {
                **self.rules,
                **dict.fromkeys(_FUNCTIONS, self._function),
                exp.Count: self._count,
                exp.Coalesce: self._coalesce,
                exp.Round: self._round,
                exp.ArrayContains: self._list_contains,
                exp.Anonymous: self._date_part,
                exp.Exists: self._exists,
                exp.Subquery: self._scalar,
            }

    def truth(self, node: exp.Expr, scope: Scope) -> None:
        """Refuse a node that is not something which holds or does not."""
        if self.value(node, scope).type not in ("boolean", "any"):
            raise BadCondition("condition_truth", found=shown(node))

    def value(self, node: object, scope: Scope) -> Column:
        """The type of a node; refuses what is not on the whitelist."""
        if isinstance(node, exp.Null):
            raise BadCondition("condition_null")
        if not isinstance(node, exp.Expression):
            raise BadCondition("condition_syntax", column=1)
        rule = self.rules.get(type(node))
        return rule(node, scope) if rule else self._refuse(node)

    def _refuse(self, node: exp.Expression) -> NoReturn:
        if isinstance(node, (exp.Exists, exp.Subquery, exp.Query)):
            raise BadCondition("condition_subquery")
        if isinstance(node, exp.Func):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            names = ", ".join(FUNCTIONS)
            allowed = (
                Text(
                    "这里不能调用任何函数，只写比较",
                    "no function may be called here: compare columns",
                )
                if self.simple
                else Text(f"可用的函数只有：{names}", f"the only functions are: {names}")
            )
            raise BadCondition(
                "condition_function",
                found=name.lower(),
                allowed_zh=allowed.zh,
                allowed_en=allowed.en,
            )
        allowed_signs = _SIMPLE if self.simple else f"{_SIMPLE} {_QUERIES}"
        raise BadCondition("condition_expression", found=shown(node), allowed=allowed_signs)

    # -- logic ---------------------------------------------------------------------------

    def _junction(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression")
        assert isinstance(node, exp.Connector)  # noqa: S101 - by the table of rules
        for part in node.flatten(unnest=False):
            self.truth(part, scope)
        return _BOOLEAN

    def _same(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        self.truth(node.this, scope)
        return _BOOLEAN

    def _paren(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        return self.value(node.this, scope)

    def _comparison(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression")
        self._match(node.this, [node.expression], scope)
        return _BOOLEAN

    def _in(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expressions", "query")
        query = node.args.get("query")
        if query is None and not node.expressions:
            raise BadCondition("condition_syntax", column=1)
        self._match(node.this, node.expressions, scope)
        if query is not None:
            if self.simple:
                raise BadCondition("condition_subquery")
            only(query, "this")
            found = select(self, query.this, scope, "list")
            fit(self.value(node.this, scope), found[0])
        return _BOOLEAN

    def _between(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "low", "high")
        self._match(node.this, [node.args["low"], node.args["high"]], scope)
        return _BOOLEAN

    def _is(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression")
        self.value(node.this, scope)
        if not isinstance(node.expression, (exp.Null, exp.Boolean)):
            self._refuse(node)
        if isinstance(node.expression, exp.Boolean):
            self.truth(node.this, scope)
        return _BOOLEAN

    def _match(self, left: object, right: list[exp.Expression], scope: Scope) -> None:
        """Types must fit, and a text beside a column of options must be one of them."""
        one = self.value(left, scope)
        for node in right:
            other = self.value(node, scope)
            fit(one, other)
            known_option(left, one, node)
            known_option(node, other, left)

    # -- values --------------------------------------------------------------------------

    def _literal(self, node: exp.Expression, scope: Scope) -> Column:
        return _TEXT if isinstance(node, exp.Literal) and node.is_string else _NUMBER

    def _boolean(self, node: exp.Expression, scope: Scope) -> Column:
        return _BOOLEAN

    def _negative(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        fit(_NUMBER, self.value(node.this, scope))
        return _NUMBER

    def _date(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "to")
        text, to = node.this, node.args["to"]
        plain = isinstance(text, exp.Literal) and text.is_string
        if not plain or to.this != exp.DType.DATE:
            self._refuse(node)
        try:
            date.fromisoformat(text.name)
        except ValueError:
            raise BadCondition("condition_date", found=text.name) from None
        return _DATE

    def _column(self, node: exp.Expression, scope: Scope) -> Column:
        column = self._named(node, scope)
        if column.personal:
            raise BadCondition("condition_personal", found=node.name)
        return column

    def _named(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "table")
        if not isinstance(node.this, exp.Identifier):
            self._refuse(node)
        return resolve(node.name, node.text("table"), scope)

    # -- functions and subqueries (parse_sql only) ---------------------------------------

    def _function(self, node: exp.Expression, scope: Scope) -> Column:
        name, takes, gives = _FUNCTIONS[type(node)]
        only(node, "this")
        scope = self._aggregate(name, scope) if isinstance(node, _AGGREGATES) else scope
        found = self.value(node.this, scope)
        fit(Column(takes), found)
        return replace(found, options={}) if gives is None else Column(gives)

    def _aggregate(self, name: str, scope: Scope) -> Scope:
        if not scope.aggregates:
            raise BadCondition("condition_aggregate", found=name)
        return replace(scope, aggregates=False)

    def _count(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "big_int")
        scope = self._aggregate("count", scope)
        counted = node.this
        if isinstance(counted, exp.Distinct):
            only(counted, "expressions")
            if len(counted.expressions) != 1:
                self._refuse(counted)
            counted = counted.expressions[0]
        if not isinstance(counted, exp.Star):
            self.value(counted, scope)
        return _NUMBER

    def _coalesce(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expressions")
        self._match(node.this, node.expressions, scope)
        return replace(self.value(node.this, scope), options={})

    def _round(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "decimals")
        fit(_NUMBER, self.value(node.this, scope))
        places = node.args.get("decimals")
        if places is not None and not (isinstance(places, exp.Literal) and places.is_int):
            self._refuse(places)
        return _NUMBER

    def _list_contains(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression")
        found = self.value(node.this, scope)
        fit(Column("list"), found)
        fit(_TEXT, self.value(node.expression, scope))
        known_option(node.this, found, node.expression)
        return _BOOLEAN

    def _date_part(self, node: exp.Expression, scope: Scope) -> Column:
        if node.name.lower() != "date_part" or len(node.expressions) != 2:  # noqa: PLR2004
            self._refuse(node)
        only(node, "this", "expressions")
        part, day = node.expressions
        if not (isinstance(part, exp.Literal) and part.is_string and part.name in _PARTS):
            raise BadCondition("condition_expression", found=shown(part), allowed=", ".join(_PARTS))
        fit(_DATE, self.value(day, scope))
        return _NUMBER

    def _exists(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        select(self, node.this, scope, "exists")
        return _BOOLEAN

    def _scalar(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        found = select(self, node.this, scope, "scalar")
        return found[0]

    def derived(self, node: exp.Expression, scope: Scope) -> Mapping[str, Column]:
        """A condition selects from published views only."""
        raise BadCondition("condition_expression", found=shown(node), allowed=_QUERIES)
