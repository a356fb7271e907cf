"""One state of the whole database as a file, taken while others write, and such a file judged.

All that depends on the kind of database stands here.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from bangfu.core.text import Refused
from bangfu.records.checkpoints import Point

SESSIONS = "django_session"


def take(target: Path) -> Point:
    """Write the database as it stands at one moment into a new file; where its ledger ends.

    The copy has no free pages: what was erased before is not in it. Writers go on meanwhile.
    """
    _only_sqlite()
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as source:
        source.execute("VACUUM INTO ?", [str(target)])
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return end_of(target)


def end_of(file: Path) -> Point:
    """The head of the ledger in such a file; raises `Refused` where there is none."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            row = database.execute(
                "SELECT sequence, (SELECT COUNT(*) FROM records_fact), hash, recorded_at "
                "FROM records_fact ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
    except sqlite3.DatabaseError:
        row = None
    if row is None:
        raise Refused("empty_ledger", "台账还是空的。", "The ledger is empty.")
    return Point(*row)


def forget_sessions() -> None:
    """End all sign-ins: those of a restored database may have been ended since."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608


def wipe_journal() -> bool:
    """Write the journal into the database file and cut it to nothing, waiting for its readers.

    False if they take too long. Inside a transaction, which only tests hold here, there is
    nothing to cut yet.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not cursor.fetchone()[0]


def settle() -> None:
    """Write all that waits in the journal into the one file, and close it."""
    wipe_journal()
    connection.close()


def _only_sqlite() -> None:
    if connection.vendor != "sqlite":
        raise Refused(
            "other_database",
            "目前只能备份 SQLite 的数据；PostgreSQL 请用 pg_dump。",
            "Only data in SQLite can be backed up as yet; for PostgreSQL use pg_dump.",
        )
