"""Writers take turns: one at a time, in the order in which they came.

SQLite's own waiting is a lottery in which one of eight writers starves. Two file locks make a
queue: whoever holds the first is next in line and waits for the second, so that the one who
just finished cannot overtake him. On PostgreSQL an advisory lock does the same.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

_ADVISORY = 0x62616E67  # any fixed number that names this lock in its database
_THREADS = threading.RLock()
_ROOM = 256 * 1024  # kibibytes


@contextmanager
def turn() -> Iterator[None]:
    """Hold the one right to write to the ledger until the block ends."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        with _advisory():
            yield
    elif ":memory:" in name or "mode=memory" in name:
        with _THREADS:
            yield
    else:
        with queue(Path(name)):
            yield


@contextmanager
def roomy() -> Iterator[None]:
    """Give SQLite memory for one long transaction, else it writes pages again and again."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = {-_ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(before)}")


@contextmanager
def queue(database: Path) -> Iterator[None]:
    """Stand in line for a database file; inside the block nobody else is."""
    queue = os.open(f"{database}-queue", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    lock = os.open(f"{database}-turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(queue, fcntl.LOCK_EX)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        yield
    finally:
        os.close(lock)
        os.close(queue)


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])
