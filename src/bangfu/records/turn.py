"""Writers take turns: one at a time, in the order in which they came.

SQLite's own waiting is a lottery in which one of eight writers starves. Two file locks make a
queue: whoever holds the first is next in line and waits for the second, so that the one who
just finished cannot overtake him. On PostgreSQL an advisory lock does the same.
"""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import OperationalError, connection

from bangfu.records.presence import ensure_same_file

_ADVISORY = 0x62616E67  # any fixed number that names this lock in its database
_THREADS = threading.RLock()
_ROOM = 256 * 1024  # kibibytes
_PATIENCE = 20.0  # seconds, where the settings say nothing
_PAUSE = 0.004


@contextmanager
def turn() -> Iterator[None]:
    """Hold the one right to write to the ledger until the block ends.

    Raises `OperationalError` if it is not to be had within the database's time-out.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        with _advisory():
            yield
    elif ":memory:" in name or "mode=memory" in name:
        with _THREADS:
            yield
    else:
        patience = float(connection.settings_dict["OPTIONS"].get("timeout", _PATIENCE))
        with queue(Path(name), patience=patience):
            ensure_same_file()
            yield


@contextmanager
def roomy(room: int = _ROOM) -> Iterator[None]:
    """Give SQLite memory, in kibibytes, for one long transaction, else it writes pages again and
    again.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = {-room}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(before)}")


@contextmanager
def queue(database: Path, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Stand in line for a database file; inside the block nobody else is.

    Whoever stands for longer than `patience` seconds, in both places, gets `OperationalError`:
    an import that takes minutes must not take every thread of the server with it.
    """
    end = time.monotonic() + patience
    queue = os.open(f"{database}-queue", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    lock = os.open(f"{database}-turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _take(queue, end)
        try:
            _take(lock, end)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        yield
    finally:
        os.close(lock)
        os.close(queue)


def _take(descriptor: int, end: float) -> None:
    """Lock a file by asking again and again: a blocking `flock` knows no time-out."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise OperationalError("the ledger is locked by another writer") from None
            time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 -- so that no two keep step
        else:
            return


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])
