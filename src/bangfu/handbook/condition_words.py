"""A condition in plain words, for those who read rules and not SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from bangfu.core.text import Text
from bangfu.handbook.columns import FLAG
from bangfu.handbook.condition_types import Column
from bangfu.handbook.conditions import BadCondition, parse_sql, to_sql

_SIGNS: Mapping[type[exp.Expression], Text] = {
    exp.EQ: Text("为", "is"),
    exp.NEQ: Text("不为", "is not"),
    exp.LT: Text("小于", "is below"),
    exp.LTE: Text("不大于", "is at most"),
    exp.GT: Text("大于", "is above"),
    exp.GTE: Text("不小于", "is at least"),
}
_OF_DAYS: Mapping[type[exp.Expression], Text] = {
    exp.LT: Text("早于", "is before"),
    exp.LTE: Text("不晚于", "is not after"),
    exp.GT: Text("晚于", "is after"),
    exp.GTE: Text("不早于", "is not before"),
}
_TITLES: Mapping[str, Text] = {
    "id": Text("编号", "id"),
    "since": Text("登记日", "day of registration"),
    "subject": Text("对象", "subject"),
    "performer": Text("办理人", "performer"),
    "occurred_on": Text("发生日", "day it happened"),
    "state": Text("状态", "state"),
}


def in_words(text: str, columns: Mapping[str, Column], language: str) -> str:
    """The condition in words of `language`; what has no words (subqueries) stays SQL."""
    try:
        tree = parse_sql(text, columns, {})
    except BadCondition:
        return f"`{' '.join(text.split())}`"
    return _Speaker(columns, language).say(tree)


class _Speaker:
    def __init__(self, columns: Mapping[str, Column], language: str) -> None:
        self.columns = columns
        self.language = language
        self.english = language.lower().startswith("en")
        self.rules: Mapping[type[exp.Expression], Callable[[exp.Expression], str]] = {
            exp.And: lambda node: self._join(node, Text("，且", " and ")),
            exp.Or: lambda node: self._join(node, Text("，或", " or ")),
            exp.Not: self._not,
            exp.Paren: lambda node: self._words(Text("（{}）", "({})"), self.say(node.this)),
            exp.In: self._in,
            exp.Between: self._between,
            exp.Is: self._is,
            **dict.fromkeys(_SIGNS, self._comparison),
        }

    def say(self, node: exp.Expression) -> str:
        rule = self.rules.get(type(node))
        return rule(node) if rule else f"`{to_sql(node)}`"

    def _words(self, words: Text, *parts: str) -> str:
        return words.say(self.language).format(*parts)

    def _join(self, node: exp.Expression, between: Text) -> str:
        parts = node.flatten(unnest=False) if isinstance(node, exp.Connector) else ()
        return between.say(self.language).join(
            self.say(part) for part in parts if isinstance(part, exp.Expression)
        )

    def _not(self, node: exp.Expression) -> str:
        inner = node.this
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return self._words(Text("有{}", "{} is known"), self._value(inner.this))
        return self._words(Text("并非（{}）", "not ({})"), self.say(inner))

    def _in(self, node: exp.Expression) -> str:
        column = node.this
        between = Text("、", ", ").say(self.language)
        options = between.join(self._value(item, column) for item in node.expressions)
        return self._words(Text("{}为{}之一", "{} is one of: {}"), self._value(column), options)

    def _between(self, node: exp.Expression) -> str:
        low, high = (self._value(node.args[key], node.this) for key in ("low", "high"))
        words = Text("{}在 {} 到 {} 之间", "{} lies from {} to {}")
        return self._words(words, self._value(node.this), low, high)

    def _is(self, node: exp.Expression) -> str:
        if isinstance(node.expression, exp.Null):
            return self._words(Text("没有{}", "{} is unknown"), self._value(node.this))
        return f"`{to_sql(node)}`"

    def _comparison(self, node: exp.Expression) -> str:
        column = self.columns.get(node.this.name) if isinstance(node.this, exp.Column) else None
        flag = column is not None and column.options == FLAG
        if flag and column is not None and column.title and isinstance(node, (exp.EQ, exp.NEQ)):
            words = (
                Text("是{}", "it is: {}") if isinstance(node, exp.EQ) else Text("不是{}", "not: {}")
            )
            return self._words(words, column.title.say(self.language))
        days = column is not None and column.type == "date"
        sign = (_OF_DAYS if days else _SIGNS).get(type(node), _SIGNS[type(node)])
        value = self._value(node.expression, node.this)
        return f"{self._value(node.this)} {sign.say(self.language)} {value}"

    def _value(self, node: exp.Expression, beside: exp.Expression | None = None) -> str:
        """A column by its title, a text by its option's title, a day by itself."""
        if isinstance(node, exp.Column):
            column = self.columns.get(node.name)
            title = (column.title if column else None) or _TITLES.get(node.name)
            return title.say(self.language) if title else node.name
        if isinstance(node, exp.Cast):
            return str(node.this.name)
        if isinstance(node, exp.Literal) and node.is_string:
            column = self.columns.get(beside.name) if isinstance(beside, exp.Column) else None
            option = column.options.get(node.name) if column else None
            return f"“{option.say(self.language) if option else node.name}”"
        return to_sql(node)
