"""Subqueries of conditions: SELECT over published views, and nothing else of SQL's queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal, Protocol

from sqlglot import exp

from bangfu.handbook.condition_problems import BadCondition
from bangfu.handbook.condition_types import Column, Scope, only, shown, unknown_view

MOST_SUBQUERIES = 3  # inside one another
Place = Literal["exists", "list", "scalar"]


class Reader(Protocol):
    """What a subquery needs of the checker around it."""

    @property
    def views(self) -> Mapping[str, Mapping[str, Column]]:
        """The published views and their columns."""

    def truth(self, node: exp.Expr, scope: Scope) -> None:
        """Refuse what does not hold or fail to hold."""

    def value(self, node: object, scope: Scope) -> Column:
        """The type of a node."""

    def derived(self, node: exp.Expression, scope: Scope) -> Mapping[str, Column]:
        """The columns of a query in FROM; raises `BadCondition` where there may be none."""


def select(reader: Reader, query: object, scope: Scope, place: Place) -> list[Column]:
    """The columns that a subquery gives; raises `BadCondition`.

    `place`: "exists" takes any projection, "list" one column, "scalar" one aggregate.
    """
    found, aggregating, grouped = clauses(reader, query, scope)
    return _projections(reader, found, aggregating, grouped=grouped, place=place)


def clauses(
    reader: Reader, query: object, scope: Scope, *also: str
) -> tuple[exp.Select, Scope, list[exp.Expression]]:
    """A SELECT whose FROM, WHERE, GROUP BY and HAVING hold, the scope of what it gives, where
    aggregates may stand, and what it is grouped by; raises `BadCondition`. Parts named in `also`
    may be there too and are the caller's to look at.
    """
    if not isinstance(query, exp.Select):
        found = shown(query) if isinstance(query, exp.Expression) else str(query)
        raise BadCondition("condition_expression", found=found, allowed="SELECT")
    if scope.depth >= MOST_SUBQUERIES:
        raise BadCondition("condition_deep", most=MOST_SUBQUERIES)
    only(query, "expressions", "from_", "joins", "where", "group", "having", *also)
    inner = relations(reader, query, scope)
    where, group, having = (query.args.get(name) for name in ("where", "group", "having"))
    if where is not None:
        reader.truth(where.this, inner)
    grouped = grouping(reader, group, inner)
    aggregating = replace(inner, aggregates=True)
    if having is not None:
        if group is None:
            raise BadCondition("condition_expression", found="HAVING", allowed="WHERE")
        reader.truth(having.this, aggregating)
        bare_columns_are_grouped(having.this, grouped)
    return query, aggregating, grouped


def relations(reader: Reader, query: exp.Select, scope: Scope) -> Scope:
    """The scope inside: FROM one view, INNER or LEFT JOIN others ON a condition."""
    source = query.args.get("from_")
    if source is None:
        raise BadCondition("condition_expression", found=shown(query), allowed="SELECT … FROM …")
    only(source, "this")
    tables: dict[str, Mapping[str, Column]] = {}
    _add(reader, source.this, tables, scope)
    joins: list[exp.Expression] = query.args.get("joins") or []
    for join in joins:
        only(join, "this", "on", "side", "kind")
        usual = join.side in ("", "LEFT") and join.kind in ("", "INNER", "OUTER")  # type: ignore[attr-defined]
        if join.args.get("on") is None or not usual:
            allowed = "JOIN … ON …, LEFT JOIN … ON …"
            raise BadCondition("condition_expression", found=shown(join), allowed=allowed)
        _add(reader, join.this, tables, scope)
    inner = Scope(tables, outer=scope, depth=scope.depth + 1)
    for join in joins:
        reader.truth(join.args["on"], inner)
    return inner


def _add(
    reader: Reader, table: exp.Expression, tables: dict[str, Mapping[str, Column]], scope: Scope
) -> None:
    """One more relation under its alias; no function, file or schema."""
    if isinstance(table, exp.Subquery):
        found = reader.derived(table, scope)
        name = table.alias.lower()
        if not name or name in tables or any(name in outer.tables for outer in scope.chain()):
            raise BadCondition("condition_alias", found=name or shown(table))
        tables[name] = found
        return
    named = isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier)
    if not named or table.this.args.get("quoted") or table.name not in reader.views:
        raise unknown_view(table.name if named else shown(table), reader.views)
    only(table, "this", "alias")
    alias = table.args.get("alias")
    if alias is not None:
        only(alias, "this")
    name = (table.alias or table.name).lower()
    if name in tables or any(name in outer.tables for outer in scope.chain()):
        raise BadCondition("condition_alias", found=name)
    tables[name] = reader.views[table.name]


def grouping(reader: Reader, group: exp.Expression | None, scope: Scope) -> list[exp.Expression]:
    """The columns of GROUP BY, none where there is none."""
    if group is None:
        return []
    only(group, "expressions")
    for column in group.expressions:
        if not isinstance(column, exp.Column):
            raise BadCondition("condition_expression", found=shown(column), allowed="GROUP BY x, y")
        reader.value(column, scope)
    return list(group.expressions)


def _projections(
    reader: Reader, query: exp.Select, scope: Scope, *, grouped: list[exp.Expression], place: Place
) -> list[Column]:
    found: list[Column] = []
    for projection in query.expressions:
        if isinstance(projection, exp.Star):
            if place != "exists" or grouped:
                raise BadCondition("condition_scalar")
            continue
        aggregate = projection.find(exp.AggFunc)
        found.append(reader.value(projection, scope))
        if aggregate is not None and place == "exists" and not grouped:
            # It gives one row even where nothing was found, so EXISTS would always hold.
            raise BadCondition("condition_aggregate", found=aggregate.sql_name().lower())
        if aggregate is None and place == "scalar":
            raise BadCondition("condition_scalar")
        if aggregate is not None or grouped:
            bare_columns_are_grouped(projection, grouped)
    if place != "exists" and (len(found) != 1 or (place == "scalar" and grouped)):
        raise BadCondition("condition_scalar")
    return found


def bare_columns_are_grouped(node: exp.Expression, grouped: Iterable[exp.Expression]) -> None:
    """Beside an aggregate only grouped columns may stand; DuckDB would refuse others later."""
    known = {column.sql() for column in grouped}
    for column in node.find_all(exp.Column):
        if column.find_ancestor(exp.AggFunc, exp.Filter) is None and column.sql() not in known:
            raise BadCondition("condition_expression", found=shown(column), allowed="GROUP BY")
