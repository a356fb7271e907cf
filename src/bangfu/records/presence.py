"""Whether the database is there: the file that a connection has open is still the one in place.

SQLite makes an empty file where there is none, and goes on writing to one that was moved away or
replaced: what is acknowledged then is lost. So each request, and each writer whose turn it is,
looks first. A server's database over a network tells by its errors.
"""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from bangfu.records.folder import NOT_WRITABLE

_KEPT = "_bangfu_file"
CLOCKS_DIFFER = timedelta(minutes=5)  # two servers' clocks, and one that was set right


class ClockBehind(OperationalError):
    """The clock shows a time before that of the ledger's last fact: nothing can be recorded until
    it is set right, or until that time has come.
    """

    def __init__(self, last: str) -> None:
        super().__init__(
            f"服务器时钟不对：台账最后一条登记于 {last}，比现在还晚。"
            "请校准时钟；没有存入任何内容。 "
            f"The server's clock is wrong: the ledger's last fact was recorded at {last}, later "
            "than now. Set the clock right; nothing was stored."
        )


# What passes when the disk has room, the lock is given back or the server is up again; not what
# says that tables are missing or the file is damaged.
_SIGNS = (
    "locked", "busy", "timeout", "connection", "unable to open", "disk is full", "readonly",
    "read-only", "disk i/o error", "was replaced", "no space left",
)  # fmt: skip


def watch() -> None:
    """Note from now on which file each connection opens; called once, before the first one."""
    connection_created.connect(_connected, dispatch_uid="bangfu.records.presence")


def present() -> bool:
    """Whether the database's file is in place; a connection to another file is closed."""
    file = _file()
    if file is None:
        return True
    found = _identity(file)
    if found is None or (connection.connection is not None and _opened() != found):
        connection.close()
    return found is not None


def ensure_same_file() -> None:
    """For a writer whose turn it is: raise `OperationalError` if the file is another by now."""
    file = _file()
    if file is None or connection.connection is None:
        return
    if _opened() != _identity(file):
        raise OperationalError("the database file was replaced or moved away")


def give_up() -> None:
    """Close the connection, so that the next request opens the file anew."""
    if not connection.in_atomic_block:
        connection.close()


def is_away(fault: BaseException | None) -> bool:
    """Whether a fault says that the database cannot be had now, so that waiting may help."""
    if isinstance(fault, ClockBehind):
        return True
    if isinstance(fault, OperationalError | InterfaceError):
        words = str(fault).lower()
        return any(sign in words for sign in _SIGNS)
    return isinstance(fault, OSError) and fault.errno in NOT_WRITABLE


def _file() -> Path | None:
    """The database's file; None where it is none."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return None
    return Path(name)


def _identity(file: Path) -> tuple[int, int, bool] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 -- once a request: as short as it can be
    except OSError:
        return None
    # A connection that could only read goes on reading only.
    return found.st_dev, found.st_ino, bool(found.st_mode & stat.S_IWUSR)


def _opened() -> tuple[int, int, bool] | None:
    identity: tuple[int, int, bool] | None = getattr(connection, _KEPT, None)
    return identity


def _connected(
    sender: type[BaseDatabaseWrapper], connection: BaseDatabaseWrapper, **_rest: object
) -> None:
    """Note which file was opened."""
    if connection.alias == "default":
        file = _file()
        setattr(connection, _KEPT, None if file is None else _identity(file))
