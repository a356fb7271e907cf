"""One state of the whole database as a file, taken while others write, and such a file judged.

All that depends on the kind of database stands here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from bangfu.core.text import Refused
from bangfu.records.checkpoints import Point
from bangfu.records.folder import sync

SESSIONS = "django_session"


def take(target: Path, source: Path | None = None) -> Point:
    """Write the database as it stands at one moment into a new file; where its ledger ends.

    The copy has no free pages: what was erased before is not in it. Writers go on meanwhile.
    `source` is another file than the one in use.
    """
    _only_sqlite()
    with closing(sqlite3.connect(str(source or connection.settings_dict["NAME"]))) as opened:
        opened.execute("VACUUM INTO ?", [str(target)])
    sync(target)
    return end_of(target)


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Have a database file to oneself, its journal written into it; nobody else writes meanwhile.

    Raises `Refused` (`served`) while any other program has it open.
    """
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as opened:
        try:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Only who is alone may leave the journal; who comes later waits for the lock.
            mode = opened.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            opened.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            mode = "busy"
        if mode != "delete":
            raise Refused(
                "served",
                "还有程序在用数据库。请先停下服务（systemctl stop bangfu），再运行一次。",
                "Another program has the database open. Stop serving (systemctl stop bangfu) and "
                "run this again.",
            )

        yield


@contextmanager
def speaking_to(file: Path) -> Iterator[None]:
    """Inside the block this process speaks to another file of the same county."""
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = file
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


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
