"""What the database itself keeps watch with: its triggers, and its own count of facts."""

from __future__ import annotations

from importlib import import_module

from django.db import connection

_POSTGRES_TRIGGERS = 8


def guarded() -> bool:
    """Whether the triggers are those that the second migration laid, word for word."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            laid = import_module("bangfu.records.migrations.0002_append_only")
            return bool(dict(cursor.fetchall()) == laid.sqlite_statements())
        cursor.execute(
            "SELECT COUNT(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
            "AND tgname LIKE 'records%%'"
        )
        return bool(cursor.fetchone()[0] >= _POSTGRES_TRIGGERS)


def counted(last: int) -> bool:
    """Whether the highest sequence that SQLite ever gave a fact is the chain's last."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'records_fact'")
        row = cursor.fetchone()
    return (row[0] if row else 0) == last
