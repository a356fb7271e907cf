"""When a simple condition is true, in plain Python; None is unknown, as SQL's NULL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

import sqlglot
from sqlglot import exp

Cell = str | int | bool | date | Decimal | None


def is_true(condition: str, row: Mapping[str, Cell]) -> bool:
    """Whether the condition is true of a row; an empty one always is, an unknown one is not."""
    return not condition or truth(_parsed(condition), row) is True


@lru_cache(maxsize=1024)
def _parsed(condition: str) -> exp.Expr:
    return sqlglot.parse_one(condition, dialect="duckdb")


def truth(tree: exp.Expr, row: Mapping[str, Cell]) -> Cell:
    """What an expression is worth."""
    value: Cell
    match tree:
        case exp.Column():
            value = row.get(tree.name)
        case exp.Literal():
            value = str(tree.this) if tree.is_string else Decimal(tree.this)
        case exp.Boolean():
            value = bool(tree.this)
        case exp.Null():
            value = None
        case exp.Cast():
            value = date.fromisoformat(tree.this.this)
        case exp.Neg():
            inner = truth(tree.this, row)
            value = -inner if isinstance(inner, int | Decimal) else None
        case exp.Paren():
            value = truth(tree.this, row)
        case _:
            value = verdict(tree, row)
    return value


def verdict(tree: exp.Expr, row: Mapping[str, Cell]) -> bool | None:
    """Whether something is so; None where that is unknown."""
    value: Cell = truth(tree.this, row)
    match tree:
        case exp.Not():
            return None if value is None else not value
        case exp.And():
            return every([value, truth(tree.right, row)])
        case exp.Or():
            return some([value, truth(tree.right, row)])
        case exp.Between():
            low, high = truth(tree.args["low"], row), truth(tree.args["high"], row)
            return every([compared(">=", value, low), compared("<=", value, high)])
        case exp.In():
            return some([compared("=", value, truth(one, row)) for one in tree.expressions])
        case exp.Is():
            return value is truth(tree.expression, row)
    return compared(_SIGNS[type(tree)], value, truth(tree.args["expression"], row))


def every(found: list[Cell]) -> bool | None:
    return False if False in found else None if None in found else True


def some(found: list[Cell]) -> bool | None:
    return True if True in found else None if None in found else False


_SIGNS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip


def compared(sign: str, left: Cell, right: Cell) -> bool | None:
    """One comparison; a text beside a day is read as one."""
    if left is None or right is None:
        return None
    if isinstance(left, date) and isinstance(right, str):
        right = date.fromisoformat(right)
    if isinstance(right, date) and isinstance(left, str):
        left = date.fromisoformat(left)
    below = left < right  # type: ignore[operator]
    above = left > right  # type: ignore[operator]
    return {
        "=": not below and not above, "<>": below or above, "<": below, "<=": not above,
        ">": above, ">=": not below,
    }[sign]  # fmt: skip
