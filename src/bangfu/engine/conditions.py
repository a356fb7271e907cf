"""Simple conditions of a handbook over numpy columns, with SQL's three truth values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from bangfu.core.periods import day_number
from bangfu.core.rules import Field
from bangfu.core.text import Refused
from bangfu.handbook.conditions import BadCondition, parse_simple

Truth = tuple[NDArray[np.bool_], NDArray[np.bool_]]  # where it is true, where it is false
ValueType = Literal["text", "number", "day", "flag", "null"]
Reader = Callable[[exp.Expr, Mapping[str, "Values"]], Truth]


class MixedTypes(Refused):
    """A condition compares what cannot be compared, such as a text with a number."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            "mixed_types",
            f"条件中不能拿 {left} 与 {right} 比较。",
            f"A condition cannot compare {left} with {right}.",
        )


@dataclass(frozen=True, slots=True)
class Values:
    """One column of a condition, or one literal: an array of one entry or of one a row.

    `known` is False where the value is missing; numbers are integers scaled by `decimals`,
    days are day numbers.
    """

    type: ValueType
    values: NDArray[np.generic]
    known: NDArray[np.bool_]
    decimals: int = 0
    literal: bool = False


def text_values(values: NDArray[np.generic]) -> Values:
    """A column of texts; None is missing."""
    return Values("text", values, np.array([value is not None for value in values], dtype=np.bool_))


def field_values(
    field: Field, values: NDArray[np.generic], missing: NDArray[np.bool_] | None
) -> Values:
    """One field of a fact table as a column of conditions."""
    known = np.ones(len(values), dtype=np.bool_) if missing is None else ~missing
    if field.type in {"integer", "number", "money"} or field.numbered:
        return Values("number", values, known, field.places)
    if field.type == "date":
        return Values("day", values, known)
    if field.type == "boolean":
        return Values("flag", values, known)
    return text_values(values)


@lru_cache(maxsize=1024)
def tree_of(text: str, columns: frozenset[str]) -> exp.Expression:
    """The checked tree of a simple condition, parsed once."""
    return parse_simple(text, columns)


@lru_cache(maxsize=1024)
def words_alone(text: str, columns: frozenset[str]) -> exp.Expression | None:
    """The tree of a condition that only compares columns of texts with texts; None for any other.

    SQL says the same of it as `holds`, which needs no database for it.
    """
    try:
        tree = tree_of(text, columns)
    except BadCondition:
        return None
    return tree if all(_is_of_words(node) for node in tree.walk()) else None


def _is_of_words(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    if isinstance(node, exp.Is):
        return isinstance(node.args["expression"], exp.Null)
    return isinstance(node, _OF_WORDS)


def columns_of(tree: exp.Expr) -> frozenset[str]:
    """The names that a condition reads."""
    return frozenset(column.name for column in tree.find_all(exp.Column))


def read_by(text: str, columns: Collection[str]) -> frozenset[str]:
    """The names that the text of a simple condition reads, none where it is empty."""
    return columns_of(tree_of(text, frozenset(columns))) if text else frozenset()


def holds(tree: exp.Expr, columns: Mapping[str, Values], size: int) -> NDArray[np.bool_]:
    """Where the condition is true of each of `size` rows; unknown counts as false.

    Raises `MixedTypes`.
    """
    true, _ = _truth(tree, columns)
    return true if len(true) == size else np.full(size, true[0])


def _truth(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    reader = _TRUTHS.get(type(tree))
    if reader is not None:
        return reader(tree, columns)
    value = _operand(tree, columns)
    if value.type == "null":
        return _NEVER, _NEVER
    if value.type != "flag":
        raise MixedTypes(value.type, "flag")
    yes = value.values.astype(np.bool_)
    return value.known & yes, value.known & ~yes


def _not(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    true, false = _truth(tree.this, columns)
    return false, true


def _and(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    left, right = _truth(tree.this, columns), _truth(tree.args["expression"], columns)
    return left[0] & right[0], left[1] | right[1]


def _or(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    left, right = _truth(tree.this, columns), _truth(tree.args["expression"], columns)
    return left[0] | right[0], left[1] & right[1]


def _comparison(compare: Callable[..., NDArray[np.bool_]]) -> Reader:
    def read(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
        right = _operand(tree.args["expression"], columns)
        return _compared(compare, _operand(tree.this, columns), right)

    return read


def _between(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    value = _operand(tree.this, columns)
    low = _compared(operator.ge, value, _operand(tree.args["low"], columns))
    high = _compared(operator.le, value, _operand(tree.args["high"], columns))
    return low[0] & high[0], low[1] | high[1]


def _in(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    value = _operand(tree.this, columns)
    true, false = _NEVER, ~_NEVER
    for item in tree.args["expressions"]:
        equal = _compared(operator.eq, value, _operand(item, columns))
        true, false = true | equal[0], false & equal[1]
    return true, false


def _is(tree: exp.Expr, columns: Mapping[str, Values]) -> Truth:
    wanted = tree.args["expression"]
    if isinstance(wanted, exp.Null):
        known = _operand(tree.this, columns).known
        return ~known, known
    true, false = _truth(tree.this, columns)
    same = true if wanted.this else false
    return same, ~same


def _operand(tree: exp.Expr, columns: Mapping[str, Values]) -> Values:
    if isinstance(tree, exp.Column):
        return columns[tree.name]
    if isinstance(tree, exp.Literal):
        text = str(tree.this)
        return _constant("text", _one(text)) if tree.is_string else _number(text)
    reader = _OPERANDS.get(type(tree))
    if reader is not None:
        return reader(tree, columns)
    true, false = _truth(tree, columns)
    return Values("flag", true, true | false)


def _negative(tree: exp.Expr, columns: Mapping[str, Values]) -> Values:
    value = _operand(tree.this, columns)
    return replace(value, values=np.negative(value.values.astype(np.int64)))


def _coalesce(tree: exp.Expr, columns: Mapping[str, Values]) -> Values:
    """The first that is known; only queries of checks have it."""
    found = _operand(tree.this, columns)
    for other in tree.expressions:
        found, spare = _alike(found, _operand(other, columns))
        values = np.where(found.known, found.values, spare.values)
        found = replace(found, values=values, known=found.known | spare.known)
    return replace(found, literal=False)


def _one(text: str) -> NDArray[np.generic]:
    return np.array([text], dtype=np.object_)


def _constant(kind: ValueType, values: NDArray[np.generic]) -> Values:
    return Values(kind, values, ~_NEVER, literal=True)


def _number(text: str) -> Values:
    number = Decimal(text)
    decimals = max(0, -int(number.as_tuple().exponent))
    scaled = int(number.scaleb(decimals))
    return Values("number", np.array([scaled], dtype=np.int64), ~_NEVER, decimals, literal=True)


def _day(text: str) -> NDArray[np.generic]:
    try:
        return np.array([day_number(date.fromisoformat(text))], dtype=np.int64)
    except ValueError:
        raise MixedTypes("day", f"'{text}'") from None


def _compared(compare: Callable[..., NDArray[np.bool_]], left: Values, right: Values) -> Truth:
    left, right = _alike(left, right)
    known = left.known & right.known
    if left.type != "text":
        result = compare(left.values, right.values)
        return known & result, known & ~result
    # Missing texts are None, which has no order: compare only where both are known.
    result = np.zeros(np.broadcast_shapes(left.values.shape, right.values.shape), dtype=np.bool_)
    known = np.broadcast_to(known, result.shape)
    one, other = (np.broadcast_to(side.values, result.shape)[known] for side in (left, right))
    result[known] = compare(one, other)
    return known & result, known & ~result


def _alike(left: Values, right: Values) -> tuple[Values, Values]:
    """Both operands in one type and one scale."""
    if "null" in {left.type, right.type}:
        none = Values("number", np.zeros(1, dtype=np.int64), _NEVER)
        return none, none
    if left.type == "text" != right.type:
        right, left = _alike(right, left)
        return left, right
    if right.type == "text" != left.type:
        right = _read(right, left.type)
    if left.type != right.type:
        raise MixedTypes(left.type, right.type)
    if left.decimals != right.decimals:
        places = max(left.decimals, right.decimals)
        return _scaled(left, places), _scaled(right, places)
    return left, right


def _read(literal: Values, kind: ValueType) -> Values:
    """A text literal as the type that it is compared with, as SQL reads it."""
    if not literal.literal or kind not in {"day", "number"}:
        raise MixedTypes(kind, literal.type)
    text = str(literal.values[0])
    if kind == "day":
        return _constant("day", _day(text))
    try:
        return _number(text)
    except (InvalidOperation, ValueError):
        raise MixedTypes(kind, f"'{text}'") from None


def _scaled(value: Values, decimals: int) -> Values:
    """The same numbers with more decimals; as Python's integers, which have no largest."""
    factor = 10 ** (decimals - value.decimals)
    values = value.values.astype(np.object_) * factor
    return Values("number", values, value.known, decimals)


_NEVER = np.zeros(1, dtype=np.bool_)
_TRUTHS: Mapping[type[exp.Expr], Reader] = {
    exp.Paren: lambda tree, columns: _truth(tree.this, columns),
    exp.Not: _not,
    exp.And: _and,
    exp.Or: _or,
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is,
    exp.EQ: _comparison(operator.eq),
    exp.NEQ: _comparison(operator.ne),
    exp.LT: _comparison(operator.lt),
    exp.LTE: _comparison(operator.le),
    exp.GT: _comparison(operator.gt),
    exp.GTE: _comparison(operator.ge),
}
_OF_WORDS = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.In, exp.Column, exp.Identifier,
    exp.Null,
)  # fmt: skip
_OPERANDS: Mapping[type[exp.Expr], Callable[[exp.Expr, Mapping[str, Values]], Values]] = {
    exp.Paren: lambda tree, columns: _operand(tree.this, columns),
    exp.Coalesce: _coalesce,
    exp.Neg: _negative,
    exp.Boolean: lambda tree, _: _constant("flag", np.array([bool(tree.this)])),
    exp.Null: lambda _, __: Values("null", np.zeros(1, dtype=np.int64), _NEVER),
    exp.Cast: lambda tree, _: _constant("day", _day(tree.this.this)),
}
