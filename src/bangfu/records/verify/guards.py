"""What the database itself keeps watch with: its triggers, and its own count of facts."""

from __future__ import annotations

from importlib import import_module

from django.db import connection


def guarded() -> bool:
    """Whether the triggers are those that the second migration laid, word for word."""
    laid = import_module("bangfu.records.migrations.0002_append_only")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return bool(dict(cursor.fetchall()) == laid.sqlite_statements())
        # The mark "A": it fires always. Only triggers of foreign keys are PostgreSQL's own.
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
            "AND t.tgenabled = 'A' AND c.relnamespace = current_schema()::regnamespace "
            "AND starts_with(c.relname, 'records_')"
        )
        triggers = dict(cursor.fetchall())
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace "
            "AND starts_with(proname, 'records_')"
        )
        functions = dict(cursor.fetchall())
    return bool(triggers == laid.postgres_triggers() and functions == laid.postgres_functions())


def counted(last: int) -> bool:
    """Whether the highest sequence that SQLite ever gave a fact is the chain's last."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'records_fact'")
        row = cursor.fetchone()
    return (row[0] if row else 0) == last
