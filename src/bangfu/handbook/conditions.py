"""SQL conditions of a handbook: read, limited to a whitelist, and written out again.

`parse_simple` reads conditions over one row (statuses of a subject, fields of a fact); its trees
hold only these sqlglot nodes: And, Or, Not, Paren, EQ, NEQ, LT, LTE, GT, GTE, In (of a list),
Between, Is (NULL, TRUE, FALSE), Column, Literal, Neg, Boolean, Null, and Cast of a text to DATE.
`parse_sql` allows subqueries over published views and a few functions besides. A condition that
gives NULL does not hold. The engine runs `to_sql` of the checked tree, never the author's text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bangfu.handbook.check_query import Query, check_query
from bangfu.handbook.condition_problems import BadCondition
from bangfu.handbook.condition_tree import check

__all__ = [
    "RESERVED", "BadCondition", "Query", "parse_query", "parse_simple", "parse_sql", "to_sql",
]  # fmt: skip

MOST_WORDS = 300
MOST_QUERY_WORDS = 600
MOST_LEVELS = 12
_MOST_IN_A_ROW = 2  # of NOT, and of minus signs

# The first wall: a condition is made of these and of nothing else. Comments, semicolons,
# quoted names, parameters, escapes and casts by :: do not get past it to the parser.
_WORD = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>'(?:[^'\x00-\x1f\x7f\\]|'')*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>\d{1,15}(?:\.\d{1,6})?(?![\w.]))
    |(?P<comment>--|/\*|\*/|\#)
    |(?P<sign><>|<=|>=|!=|[=<>(),.*\-])
    |(?P<semicolon>;)
    |(?P<quote>["`])""",
    re.VERBOSE,
)
# A query of a check may also add and divide.
_QUERY_WORD = re.compile(_WORD.pattern.replace("[=<>(),.*\\-]", "[=<>(),.*+/\\-]"), re.VERBOSE)
_REFUSED_AT_ONCE = {
    "comment": "condition_comment",
    "semicolon": "condition_statements",
    "quote": "condition_quoted",
}
_STATEMENT_WORDS = """
alter analyze attach begin call checkpoint commit copy create delete describe detach drop execute
explain export from import insert install load merge pivot pragma prepare reset rollback select set
show summarize table truncate unpivot update use vacuum values with
"""
_STATEMENTS = frozenset(_STATEMENT_WORDS.split())
_RESERVED_WORDS = """
all analyse analyze and any array as asc asymmetric at between both case cast check collate column
constraint create date default deferrable desc describe distinct do else end except exists false
fetch for foreign from grant group having in initially intersect interval into is lambda lateral
leading left like limit map not null offset on only or order pivot pivot_longer pivot_wider placing
primary qualify references returning right select show some struct summarize symmetric table then
time timestamp to trailing true union unique unpivot using values variadic when where window with
"""
# Words of SQL: a column of such a name could not be written bare, so no field or status has one.
RESERVED = frozenset(_RESERVED_WORDS.split())


class _Word(NamedTuple):
    kind: str
    text: str


def parse_simple(text: str, columns: Collection[str]) -> exp.Expression:
    """The checked tree of a condition over one row, without functions or subqueries.

    `columns` are the names that may be used; where it is a mapping to `Column`, types and
    options are checked too. Raises `BadCondition`.
    """
    tree = _parse(text)
    check(tree, columns=columns, views={}, row="", simple=True)
    return tree


def parse_sql(
    text: str,
    columns: Collection[str],
    views: Mapping[str, Collection[str]],
    *,
    row: str = "",
) -> exp.Expression:
    """The checked tree of a condition that may also query the published `views`.

    `row` is the name by which a subquery may call the outer row, such as `household`: the
    engine selects from a view of that name. Raises `BadCondition`.
    """
    tree = _parse(text)
    check(tree, columns=columns, views=views, row=row, simple=False)
    return tree


def parse_query(
    text: str, views: Mapping[str, Collection[str]], *, params: Collection[str]
) -> Query:
    """The checked query of a check over the published `views`; `params` may be asked for by name.

    Personal columns may be read here, and what is made of one is marked so. Raises `BadCondition`.
    """
    words = _read(text, word=_QUERY_WORD, most=MOST_QUERY_WORDS)
    if words[0].text.lower() != "select":
        raise BadCondition("condition_expression", found=words[0].text, allowed="SELECT …")
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except RecursionError:
        raise BadCondition("condition_deep", most=MOST_LEVELS) from None
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        column = details[0].get("col") or len(text)
        raise BadCondition("condition_syntax", column=column) from None
    return check_query(tree, views=views, params=params)


def to_sql(tree: exp.Expression) -> str:
    """A checked tree as one line of DuckDB SQL, without anything of the author's layout."""
    return tree.sql(dialect="duckdb", comments=False)


def _parse(text: str) -> exp.Expression:
    words = _read(text)
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except RecursionError:
        raise BadCondition("condition_deep", most=MOST_LEVELS) from None
    except SqlglotError as error:
        first = words[0].text
        if words[0].kind == "name" and first.lower() in _STATEMENTS:
            raise BadCondition("condition_statement", found=first.upper()) from None
        details = getattr(error, "errors", None) or [{}]
        column = details[0].get("col") or len(text)
        raise BadCondition("condition_syntax", column=column) from None
    if not isinstance(tree, exp.Expression):
        raise BadCondition("condition_syntax", column=1)
    return tree


def _read(text: str, *, word: re.Pattern[str] = _WORD, most: int = MOST_WORDS) -> list[_Word]:
    """The words of a condition; raises at the first character that none begins with."""
    words: list[_Word] = []
    at = 0
    while at < len(text):
        match = word.match(text, at)
        if match is None:
            raise BadCondition("condition_character", found=_shown(text[at]), column=at + 1)
        kind = str(match.lastgroup)
        if kind in _REFUSED_AT_ONCE:
            raise BadCondition(_REFUSED_AT_ONCE[kind])
        if kind != "space":
            words.append(_Word(kind, match.group()))
        at = match.end()
    if not words:
        raise BadCondition("condition_empty")
    if len(words) > most:
        raise BadCondition("condition_long", size=len(words), most=most)
    _limit_depth(words)
    return words


def _limit_depth(words: list[_Word]) -> None:
    """Refuse what would send the parser, or a reader, down too many levels."""
    level = row = 0
    for word in words:
        name = word.text.lower()
        if word.kind == "name" and name in ("case", "if"):
            allowed = "AND, OR, NOT"
            raise BadCondition("condition_expression", found=word.text, allowed=allowed)
        level += (name == "(") - (name == ")")
        row = row + 1 if name in ("not", "-") else 0
        if level > MOST_LEVELS or row > _MOST_IN_A_ROW:
            raise BadCondition("condition_deep", most=MOST_LEVELS)


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
