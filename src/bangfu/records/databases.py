"""Where the county is kept: a file of SQLite in the data folder, or a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bangfu.records import variables
from bangfu.records.folder import DATABASE

# What waits before the tables is put up once a connection, not once a request.
_KEPT_OPEN = 600  # seconds
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON", "foreign_keys=ON",
    # What is erased is overwritten in the file, not only forgotten.
    "secure_delete=ON",
)  # fmt: skip


def chosen(address: str, data: Path, *, wait: float) -> dict[str, Any]:
    """Django's settings for the database at `address`: postgresql://…, or empty for the file.

    A writer waits `wait` seconds for the file at most.
    Raises `Refused` for an address of another kind.
    """
    if not address:
        return _sqlite(data / DATABASE, wait)
    if address.startswith(("postgresql://", "postgres://")):
        return _postgresql(address)
    raise variables.bad(
        "BANGFU_DATABASE", "要空着，或以 postgresql:// 开头",
        "must be empty or begin with postgresql://",
    )  # fmt: skip


def _sqlite(file: Path, wait: float) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": _KEPT_OPEN,
        "OPTIONS": {
            "timeout": wait,
            # Writers take their turn at BEGIN; a reader never upgrades and deadlocks.
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
        },
    }


def _postgresql(address: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict

    given: dict[str, Any] = dict(conninfo_to_dict(address))
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host",
             "PORT": "port"}  # fmt: skip
    named = {key: given.pop(name, "") for key, name in names.items()}
    return {
        "ENGINE": "bangfu.records.postgresql",
        "CONN_MAX_AGE": _KEPT_OPEN,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": given,
        **named,
    }
