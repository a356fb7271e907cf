"""What the owner of the database can do to it, on either of the two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

POSTGRESQL = connection.vendor == "postgresql"
_TRIGGERS = (
    "SELECT t.tgname, t.tgrelid::regclass FROM pg_trigger t "
    "WHERE NOT t.tgisinternal AND starts_with(t.tgname, 'records_')"
    if POSTGRESQL
    else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
)
_EMPTIED = (
    ["CREATE OR REPLACE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql "
     "AS $$BEGIN RETURN NEW; END$$"]
    if POSTGRESQL
    else ["DROP TRIGGER records_fact_no_update",
          "CREATE TRIGGER records_fact_no_update BEFORE UPDATE ON records_fact WHEN 0 "
          "BEGIN SELECT 1; END"]
)  # fmt: skip


@contextmanager
def tampered(statement: str, *parameters: Any) -> Iterator[None]:
    """The database without its triggers, after this statement, for the length of the block."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            settle_constraints(cursor)
            cursor.execute(_TRIGGERS)
            for name, table in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if POSTGRESQL else ""))
            cursor.execute(statement, parameters)
        yield
        transaction.set_rollback(True)


@contextmanager
def emptied() -> Iterator[None]:
    """The database with a trigger of the right name that does nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _EMPTIED:
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def settle_constraints(cursor: CursorWrapper) -> None:
    """Check now what else waits for the end: PostgreSQL alters no table that waits."""
    if POSTGRESQL:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def changed(value: object, column: str = "") -> object:
    """Another value of the same shape: one byte, or one more."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 0.5
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, str) and value:
        middle = len(value) // 2
        other = "1" if value[middle] != "1" else "2"
        return value[:middle] + other + value[middle + 1 :]
    return "2030-01-01" if column in ("end", "birth") else "1"
