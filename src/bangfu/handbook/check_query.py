"""Queries of checks: one SELECT over published views, with windows, arithmetic and dated numbers.

What a condition may not do, a check may: read personal values that the mirror holds, select from a
query, count in windows, and ask for `param(name, day)`, `age(day[, on])`, `months(from, to)`,
`days(from, to)` and `as_of()`. Every node is known all the same, or it is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from bangfu.handbook.condition_problems import BadCondition
from bangfu.handbook.condition_query import bare_columns_are_grouped, clauses
from bangfu.handbook.condition_tree import Checker
from bangfu.handbook.condition_types import Column, Scope, fit, only, shown, typed
from bangfu.handbook.reader import ID

SUBJECT = "subject"
MOST_DERIVED = 2  # queries in FROM, inside one another
# What a check may call besides the functions of conditions.
QUERY_FUNCTIONS = (
    "param", "age", "months", "days", "as_of", "bool_and", "bool_or", "row_number", "lag", "lead",
)  # fmt: skip
_NUMBER, _DATE, _BOOLEAN = Column("number"), Column("date"), Column("boolean")
_DAYS_OF: Mapping[str, tuple[int, int]] = {
    "age": (1, 2), "months": (2, 2), "days": (2, 2), "as_of": (0, 0),
}  # fmt: skip
_WINDOWED = (exp.RowNumber, exp.Lag, exp.Lead, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: its tree, the columns that it gives by name, and the views that it reads."""

    tree: exp.Select
    columns: Mapping[str, Column]
    reads: frozenset[str]


def check_query(
    tree: object, *, views: Mapping[str, Collection[str]], params: Collection[str]
) -> Query:
    """The query, if every node is on the whitelist and every type fits; else `BadCondition`.

    One of its columns is called `subject`, and is the id of one.
    """
    if not isinstance(tree, exp.Select):
        found = shown(tree) if isinstance(tree, exp.Expression) else str(tree)
        raise BadCondition("condition_expression", found=found, allowed="SELECT … FROM …")
    reader = _QueryReader({name: typed(view) for name, view in views.items()}, simple=False)
    reader.params = frozenset(params)
    columns = reader.rows(tree, Scope({}))
    if columns.get(SUBJECT, Column("text")).type not in ("id", "any"):
        raise BadCondition("query_subject", found=", ".join(columns))
    reads = frozenset(table.name for table in tree.find_all(exp.Table))
    return Query(tree, columns, reads)


class _QueryReader(Checker):
    """Judges a whole query; what a condition may hold it may hold too."""

    params: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rules = {
            **self.rules,
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
            exp.LogicalAnd: self._all_or_any,
            exp.LogicalOr: self._all_or_any,
            exp.Filter: self._filter,
            exp.Window: self._window,
            exp.Anonymous: self._anonymous,
            exp.Length: self._length,
        }

    # -- the query -----------------------------------------------------------------------

    def derived(self, node: exp.Expression, scope: Scope) -> Mapping[str, Column]:
        """The columns of a query in FROM, which sees nothing of what is around it."""
        only(node, "this", "alias")
        if scope.depth >= MOST_DERIVED:
            raise BadCondition("condition_deep", most=MOST_DERIVED)
        return self.rows(node.this, Scope({}, depth=scope.depth + 1))

    def rows(self, query: object, scope: Scope) -> dict[str, Column]:
        """The columns that a query of rows gives, by their names."""
        found, counting, grouped = clauses(self, query, scope, "qualify")
        qualify = found.args.get("qualify")
        if qualify is not None:
            if grouped:
                raise BadCondition("condition_expression", found="QUALIFY", allowed="HAVING")
            self.truth(qualify.this, counting)
        return self._projections(found, counting, grouped)

    def _projections(
        self, query: exp.Select, scope: Scope, grouped: list[exp.Expression]
    ) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for projection in query.expressions:
            inner = projection
            if isinstance(projection, exp.Alias):
                only(projection, "this", "alias")
                inner = projection.this
            name = projection.alias_or_name
            if isinstance(inner, exp.Star) or not ID.fullmatch(name):
                raise BadCondition("query_name", found=shown(projection))
            if name in found:
                raise BadCondition("condition_alias", found=name)
            column = self.value(inner, scope)
            aggregate = _aggregates(inner)
            if aggregate and not grouped:
                raise BadCondition("condition_aggregate", found=shown(inner))
            if grouped:
                bare_columns_are_grouped(inner, grouped)
            found[name] = replace(column, personal=column.personal or self._sealed(inner, scope))
        return found

    def _sealed(self, node: exp.Expression, scope: Scope) -> bool:
        """Whether anything personal goes into a value; a mere count of rows tells of nobody."""
        columns = [node] if isinstance(node, exp.Column) else node.find_all(exp.Column)
        return any(self._reached(column, scope) for column in columns)

    def _reached(self, column: exp.Column, scope: Scope) -> bool:
        try:
            return self._named(column, scope).personal
        except BadCondition:
            return True  # inside a subquery, whose relations are not this scope's

    # -- nodes ---------------------------------------------------------------------------

    def _column(self, node: exp.Expression, scope: Scope) -> Column:
        return self._named(node, scope)

    def _arithmetic(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression", "typed", "safe")
        fit(_NUMBER, self.value(node.this, scope))
        fit(_NUMBER, self.value(node.expression, scope))
        return _NUMBER

    def _all_or_any(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this")
        name = "bool_and" if isinstance(node, exp.LogicalAnd) else "bool_or"
        self.truth(node.this, self._aggregate(name, scope))
        return _BOOLEAN

    def _filter(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "expression")
        if not isinstance(node.this, exp.AggFunc) or not isinstance(node.expression, exp.Where):
            self._refuse(node)
        found = self.value(node.this, scope)
        self.truth(node.expression.this, replace(scope, aggregates=False))
        return found

    def _window(self, node: exp.Expression, scope: Scope) -> Column:
        only(node, "this", "partition_by", "order", "over")
        inner = replace(self._aggregate("over", scope), aggregates=True)
        counted = node.this
        if not isinstance(counted, _WINDOWED):
            self._refuse(node)
        if isinstance(counted, exp.RowNumber):
            found = _NUMBER
        elif isinstance(counted, (exp.Lag, exp.Lead)):
            only(counted, "this", "offset")
            offset = counted.args.get("offset")
            if offset is not None and not (isinstance(offset, exp.Literal) and offset.is_int):
                self._refuse(counted)
            found = self.value(counted.this, replace(inner, aggregates=False))
        else:
            found = self.value(counted, inner)
        plain = replace(inner, aggregates=False)
        for part in node.args.get("partition_by") or ():
            self.value(part, plain)
        order = node.args.get("order")
        if order is not None:
            only(order, "expressions")
            for part in order.expressions:
                only(part, "this", "desc", "nulls_first")
                self.value(part.this, plain)
        return found

    def _length(self, node: exp.Expression, scope: Scope) -> Column:
        """How long a text is, or how many options are chosen."""
        only(node, "this")
        found = self.value(node.this, scope)
        if found.type != "list":
            fit(Column("text"), found)
        return _NUMBER

    def _anonymous(self, node: exp.Expression, scope: Scope) -> Column:
        name = node.name.lower()
        if name == "date_part":
            return self._date_part(node, scope)
        only(node, "this", "expressions")
        given = node.expressions
        if name == "param":
            return self._param(node, scope)
        if name not in _DAYS_OF:
            self._refuse(node)
        least, most = _DAYS_OF[name]
        if not least <= len(given) <= most:
            self._refuse(node)
        for one in given:
            fit(_DATE, self.value(one, scope))
        return _DATE if name == "as_of" else _NUMBER

    def _param(self, node: exp.Expression, scope: Scope) -> Column:
        given = node.expressions
        if len(given) != 2:  # noqa: PLR2004 - a name and a day
            self._refuse(node)
        name, day = given
        if not (isinstance(name, exp.Literal) and name.is_string and name.name in self.params):
            raise BadCondition(
                "query_param", found=shown(name), known=", ".join(sorted(self.params)) or "-"
            )
        fit(_DATE, self.value(day, scope))
        return _NUMBER


def _aggregates(node: exp.Expression) -> bool:
    """Whether a value is an aggregate of rows; a window keeps every row, a subquery has its own."""
    for one in node.find_all(exp.AggFunc):
        at: exp.Expr = one
        while at is not node and not isinstance(at, (exp.Window, exp.Select)):
            at = at.parent  # type: ignore[assignment]
        if not isinstance(at, (exp.Window, exp.Select)):
            return True
    return False
