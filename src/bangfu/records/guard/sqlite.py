"""The wall on SQLite: temporary views before the tables, and an authorizer behind them.

A name without a schema means the temporary view; the view reads an inner view of a name that
nobody knows (`WITH records_fact AS …` could pass for the outer one), and only from inside that
one does the authorizer let the table be read. Where the wall is lifted, statements are made to
name the tables themselves. They carry a mark, so that a prepared one is never found again by
code that writes the same words.
"""

# ruff: noqa: S608, PLR0917 -- names of this package; SQLite and Django give many arguments
from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.db import DatabaseError

from bangfu.records.guard import state
from bangfu.records.guard.tables import PROTECTED, columns
from bangfu.records.handbooks import handbook
from bangfu.records.visible import needs

_TOKEN = secrets.token_hex(6)
_INNER = f"guard_{_TOKEN}_"
_MARK = f"/*{_TOKEN}*/ "
_SCOPE = {
    "guard_scope": "county INTEGER, me INTEGER, auditor INTEGER, low TEXT, high TEXT",
    "guard_path": "low TEXT, high TEXT",
    "guard_subject": "id INTEGER PRIMARY KEY",
    "guard_town": "id INTEGER PRIMARY KEY",
    "guard_needed": "kind TEXT, part TEXT, PRIMARY KEY (kind, part)",
}
# Without a schema, not a column's qualifier, not inside a text.
_NAME = re.compile(rf"""(?<![\w."'])("?)({"|".join(PROTECTED)})\1(?![\w."'])""")
# What SQLite says of statements that it, or the authorizer, does not let through.
_REFUSED = re.compile(r"prohibited|not authorized|because it is a view")
_COUNTS = frozenset(("sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "sqlite_temp_master"))
_WRITES = frozenset((sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE))
_SHAPES = frozenset((
    sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_CREATE_TEMP_VIEW, sqlite3.SQLITE_CREATE_TRIGGER,
    sqlite3.SQLITE_CREATE_TEMP_TRIGGER, sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_CREATE_TEMP_INDEX, sqlite3.SQLITE_CREATE_VTABLE, sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_TEMP_TABLE, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_DROP_TEMP_VIEW,
    sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_VTABLE,
))  # fmt: skip
_KEPT = "_bangfu_walled"


def install(database: Any) -> None:
    """Put the views and the authorizer on a connection that has none yet."""
    raw = database.connection
    if getattr(database, _KEPT, None) is raw:
        return
    for statement in _made():
        raw.execute(statement)
    raw.set_authorizer(_allow)
    if _watch not in database.execute_wrappers:
        database.execute_wrappers.append(_watch)
    setattr(database, _KEPT, raw)


def remove(database: Any) -> None:
    """Take them away again."""
    raw: Any = getattr(database, _KEPT, None)
    if raw is None or raw is not database.connection:
        return
    raw.set_authorizer(None)
    for table in PROTECTED:
        raw.execute(f"DROP VIEW temp.{table}")
        raw.execute(f"DROP VIEW temp.{_INNER}{table}")
    for table in _SCOPE:
        raw.execute(f"DROP TABLE temp.{table}")
    if _watch in database.execute_wrappers:
        database.execute_wrappers.remove(_watch)
    setattr(database, _KEPT, None)


def fill(database: Any, reader: state.Reader | None) -> None:
    """Write down the scope of the moment, and what counts elsewhere; nobody's is empty."""
    raw = database.connection
    for table in _SCOPE:
        raw.execute(f"DELETE FROM temp.{table}")
    if reader is None or (reader.person is None and not reader.scope.county):
        return
    scope = reader.scope
    # "0" is the character after "/".
    ranges = [(path, path[:-1] + "0") for path in scope.paths]
    raw.execute(
        "INSERT INTO temp.guard_scope VALUES (?, ?, ?, ?, ?)",
        (
            int(scope.county),
            reader.person,
            int(reader.auditor),
            *(ranges[0] if ranges else (None, None)),
        ),
    )
    if scope.county:
        return
    raw.executemany("INSERT INTO temp.guard_needed VALUES (?, ?)", needs(handbook()).pairs)
    raw.executemany("INSERT INTO temp.guard_path VALUES (?, ?)", ranges[1:])
    raw.executemany(
        "INSERT INTO temp.guard_subject VALUES (?)", [(number,) for number in scope.subjects]
    )
    raw.execute(
        f"{_MARK}INSERT INTO temp.guard_town SELECT DISTINCT s.township "
        "FROM main.records_subject s WHERE s.township > 0 AND s.id IN "
        "(SELECT id FROM temp.guard_subject)"
    )
    # The townships that the places of the scope lie in: of "/1/17/203/" that of 203.
    places = [(int(path.strip("/").rpartition("/")[2]),) for path in scope.paths]
    raw.executemany(
        f"{_MARK}INSERT OR IGNORE INTO temp.guard_town SELECT township "
        "FROM main.records_subject WHERE township > 0 AND id = ?",
        places,
    )


def _made() -> Iterator[str]:
    for table, shape in _SCOPE.items():
        yield f"CREATE TEMP TABLE {table} ({shape})"
    for table, condition in PROTECTED.items():
        seen = condition.format(main="main.", scope="temp.", inner=_INNER)
        shown = columns(table).format(main="main.", scope="temp.")
        yield f"CREATE TEMP VIEW {_INNER}{table} AS SELECT {shown} FROM main.{table} t WHERE {seen}"
        yield (f"CREATE TEMP VIEW {table} AS SELECT * FROM temp.{_INNER}{table}")


def _allow(
    action: int, first: str | None, second: str | None, schema: str | None, source: str | None
) -> int:
    """SQLite asks while it prepares a statement; `source` is the innermost view."""
    if state.held().lifted:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        if first in PROTECTED and schema == "main":
            known = source is not None and source.startswith(_INNER)
            return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY if first in _COUNTS else sqlite3.SQLITE_OK
    if action in _WRITES and (first in PROTECTED or first in _SCOPE):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY if action in _SHAPES else sqlite3.SQLITE_OK


def _watch(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Lifted, name the tables themselves; else say clearly what was refused."""
    if state.held().lifted:
        return execute(_beneath(sql), params, many, context)
    try:
        return execute(sql, params, many, context)
    except DatabaseError as problem:
        if _REFUSED.search(str(problem)):
            raise state.Closed(
                f"the wall refused a statement ({problem}): read through records.queries, "
                "write through records.actions"
            ) from problem
        raise


@lru_cache(maxsize=512)
def _beneath(sql: str) -> str:
    return _MARK + _NAME.sub(r"main.\1\2\1", sql)
