"""Columns and their types, and which column a name in a condition refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from bangfu.core.text import Text
from bangfu.handbook.condition_problems import BadCondition
from bangfu.handbook.problems import near

ColumnType = Literal["text", "number", "date", "boolean", "list", "id", "any"]
TYPE_TITLES: Mapping[ColumnType, Text] = {
    "text": Text("文字", "a text"),
    "number": Text("数字", "a number"),
    "date": Text("日期", "a date"),
    "boolean": Text("是否", "a yes or no"),
    "list": Text("多选项", "a list of options"),
    "id": Text("对象编号", "the id of a subject"),
    "any": Text("未知类型的值", "a value of unknown type"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a condition may do with one column: its type and, where closed, its values.

    `options` are the values with their titles; `personal` columns are known and refused.
    """

    type: ColumnType = "any"
    options: Mapping[str, Text] = field(default_factory=dict)
    title: Text | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The relations that a name may refer to, from the inside out.

    `aggregates`: whether count, sum and the like may stand here.
    """

    tables: Mapping[str, Mapping[str, Column]]
    outer: Scope | None = None
    aggregates: bool = False
    depth: int = 0

    def chain(self) -> Iterable[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


# Views of registry facts are many and seldom meant.
_SELDOM = ("fact_registry_", "participant_registry_")


def typed(columns: Collection[str]) -> Mapping[str, Column]:
    """Columns by name; a bare collection of names has columns of unknown type."""
    if isinstance(columns, Mapping):
        return {k: v if isinstance(v, Column) else Column() for k, v in columns.items()}
    return dict.fromkeys(columns, Column())


def resolve(name: str, table: str, scope: Scope) -> Column:
    """The column that `table.name` or `name` means; refuses unknown and ambiguous names.

    A bare name that both a subquery and the row around it have is refused: SQL would take
    the inner one, which is seldom what was meant.
    """
    reachable = {alias: columns for s in scope.chain() for alias, columns in s.tables.items()}
    if table:
        columns = reachable.get(table.lower())
        if columns is None:
            raise _unknown("condition_owner", table, [alias for alias in reachable if alias])
        if name not in columns:
            raise _unknown("condition_column", f"{table}.{name}", columns, name)
        return columns[name]
    holders = [alias for alias, columns in reachable.items() if name in columns]
    if not holders:
        known = sorted({column for columns in reachable.values() for column in columns})
        raise _unknown("condition_column", name, known)
    if len(holders) > 1:
        named = [alias for alias in holders if alias]
        tables = ", ".join(named) or name
        raise BadCondition(
            "condition_ambiguous", found=name, tables=tables, example=f"{named[0]}.{name}"
        )
    return reachable[holders[0]][name]


def _unknown(code: str, found: str, known: Iterable[str], word: str = "") -> BadCondition:
    names = list(known)
    close = near(word or found, names)
    return BadCondition(
        code,
        found=found,
        known=", ".join(n for n in names if not n.startswith(_SELDOM)) or "-",
        suggestion_zh=close.zh,
        suggestion_en=close.en,
    )


def unknown_view(found: str, known: Iterable[str]) -> BadCondition:
    """The refusal of a table that is no published view."""
    return _unknown("condition_view", found, known)


def fit(one: Column, other: Column) -> None:
    """Refuse two types that cannot meet; DuckDB would fail on them while counting."""
    if one.type == other.type or "any" in (one.type, other.type):
        return
    what, with_ = TYPE_TITLES[one.type], TYPE_TITLES[other.type]
    raise BadCondition(
        "condition_type",
        what_zh=what.zh,
        what_en=what.en,
        other_zh=with_.zh,
        other_en=with_.en,
    )


def known_option(name: object, column: Column, value: object) -> None:
    """Refuse a text that is none of a column's options: the comparison would never hold."""
    plain = isinstance(value, exp.Literal) and value.is_string
    if not column.options or not plain or not isinstance(value, exp.Literal):
        return
    if value.name in column.options:
        return
    titles = [title.zh for title in column.options.values()]
    close = near(value.name, column.options)
    if value.name in titles:
        option = list(column.options)[titles.index(value.name)]
        close = Text(f"请写代码“{option}”。", f"write its id “{option}”. ")
    raise BadCondition(
        "condition_option",
        column=name.name if isinstance(name, exp.Column) else "",
        found=value.name,
        known=", ".join(column.options),
        suggestion_zh=close.zh,
        suggestion_en=close.en,
    )


def only(node: exp.Expression, *names: str) -> None:
    """Refuse a node that carries more than the named parts: a hint, a sample, a window."""
    for name, value in node.args.items():
        if value not in (None, False, [], "") and name not in names:
            raise BadCondition("condition_extra", found=shown(node))


def shown(node: exp.Expr) -> str:
    """A node as its author may recognise it, cut to a readable length."""
    text = node.sql(dialect="duckdb", comments=False)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004
